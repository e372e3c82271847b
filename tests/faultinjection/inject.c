// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the core in the build for fault injection: decides what fails, and
 * keeps account of what the core holds.
 */
#include <linux/export.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "wrap.h"

static DEFINE_SPINLOCK(lock);

static LIST_HEAD(sites);

static struct task_struct *who;
static unsigned int what;
static unsigned int chance;
static bool ever;
static unsigned int injected;

/* While the module is loaded only the command line can say. */
static unsigned int load_nth;
module_param(load_nth, uint, 0444);
MODULE_PARM_DESC(load_nth, "fault injection: which allocation fails while the module is loaded");

/* For most cases; whatever is held at a time must fit. */
static struct held {
	struct hmm_site	*site;
	enum hmm_held	kind;
	unsigned long	id;
} held[2048];

static unsigned int nr_held;
static unsigned int underflows;

bool hmm_inject(struct hmm_site *site, unsigned int failure)
{
	bool fail = false;
	unsigned long irq;

	spin_lock_irqsave(&lock, irq);
	if (!site->list.next)
		list_add_tail(&site->list, &sites);
	if (load_nth && failure == HMM_FAIL_ALLOC && THIS_MODULE->state == MODULE_STATE_COMING)
		fail = !--load_nth;
	if (who == current && what == failure) {
		if (chance)
			chance--;
		if (!chance && (ever || !injected))
			fail = true;
	}
	if (fail) {
		injected++;
		site->failed = true;
	}
	spin_unlock_irqrestore(&lock, irq);
	return fail;
}

/* A module that cannot be loaded has nobody to ask: the kernel's log says it. */
static void say_while_loading(void)
{
	if (THIS_MODULE->state == MODULE_STATE_COMING)
		pr_info("hmm_inject: %u things are held while loading\n", nr_held);
}

void hmm_hold(struct hmm_site *site, enum hmm_held kind, unsigned long id)
{
	unsigned long irq;

	spin_lock_irqsave(&lock, irq);
	if (nr_held < ARRAY_SIZE(held))
		held[nr_held] = (struct held) { site, kind, id };
	nr_held++;
	spin_unlock_irqrestore(&lock, irq);
	say_while_loading();
}

void hmm_give_back(enum hmm_held kind, unsigned long id)
{
	unsigned int i, n;
	unsigned long irq;

	spin_lock_irqsave(&lock, irq);
	n = min_t(unsigned int, nr_held, ARRAY_SIZE(held));
	for (i = n; i--; )
		if (held[i].kind == kind && held[i].id == id)
			break;
	if (i < n) {
		held[i] = held[n - 1];
		nr_held--;
	} else {
		underflows++;
	}
	spin_unlock_irqrestore(&lock, irq);
	say_while_loading();
}

void hmm_inject_arm(unsigned int failure, unsigned int nth, bool always)
{
	spin_lock_irq(&lock);
	what = failure;
	chance = nth;
	ever = always;
	injected = 0;
	who = current;
	spin_unlock_irq(&lock);
}
EXPORT_SYMBOL_GPL(hmm_inject_arm);

unsigned int hmm_inject_disarm(void)
{
	unsigned int n;

	spin_lock_irq(&lock);
	who = NULL;
	n = injected;
	spin_unlock_irq(&lock);
	return n;
}
EXPORT_SYMBOL_GPL(hmm_inject_disarm);

static const char *base(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

void hmm_inject_state(struct hmm_api_state *state)
{
	struct hmm_site *site, *show = NULL;
	unsigned int i;

	spin_lock_irq(&lock);
	state->underflows = underflows;
	list_for_each_entry(site, &sites, list) {
		state->sites++;
		if (site->failed)
			state->failed_sites++;
	}
	/* Work queues are held as long as the module is there. */
	for (i = 0; i < nr_held; i++) {
		if (i < ARRAY_SIZE(held) && held[i].kind == HMM_HELD_QUEUE)
			continue;
		state->outstanding++;
		if (i < ARRAY_SIZE(held))
			show = held[i].site;
	}
	if (show) {
		snprintf(state->what, sizeof(state->what), "%s:%d %s", base(show->file),
			 show->line, show->what);
	} else {
		int n = 0;

		list_for_each_entry(site, &sites, list)
			if (!site->failed && n < sizeof(state->what))
				n += scnprintf(state->what + n, sizeof(state->what) - n,
					       "%s:%d %s; ", base(site->file), site->line,
					       site->what);
	}
	spin_unlock_irq(&lock);
}
EXPORT_SYMBOL_GPL(hmm_inject_state);
