// SPDX-License-Identifier: GPL-2.0-only
#include "harness.h"

extern const struct scenario group_waits[];
extern const struct scenario group_mirrors[];
extern const struct scenario group_show[];
extern const struct scenario group_unload[];
extern const struct scenario group_foreign[];
extern const struct scenario group_lockdown[];
extern const struct scenario group_absent[];
extern const struct scenario group_planted[];

const struct scenario *const scenario_groups[] = {
	group_waits, group_mirrors, group_show, group_unload, group_foreign, group_lockdown,
	group_absent, group_planted, NULL,
};
