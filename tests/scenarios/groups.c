// SPDX-License-Identifier: GPL-2.0-only
#include "harness.h"

const struct scenario *const scenario_groups[] = {
	group_anon, group_thp, group_hugetlb, group_file, group_rights, group_swap,
	group_fork, group_live, group_life, group_protocol, group_nonblock,
	group_perpage, group_retry, group_dma, group_stress, NULL,
};
