/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a core that was built for fault injection offers: see inject.c.
 */
#ifndef HMM_INJECT_H
#define HMM_INJECT_H

#include <linux/sched.h>
#include <linux/types.h>
#include "hmm_api.h"

/**
 * hmm_inject_arm() - let something fail from now on, in this task
 * @failure: &enum hmm_api_failure
 * @nth: the first to fail, from 1
 * @always: all after it too
 */
void hmm_inject_arm(unsigned int failure, unsigned int nth, bool always);

/**
 * hmm_inject_disarm() - nothing fails any more
 *
 * Return: how many did.
 */
unsigned int hmm_inject_disarm(void);

/* Fills the part of @state that is about this. */
void hmm_inject_state(struct hmm_api_state *state);

#endif
