// SPDX-License-Identifier: GPL-2.0-only
/* Conditionals on CONFIG_X that --drop-guard leaves, and does not touch. */
#include <linux/hmm.h>

#if IS_ENABLED(CONFIG_X) && IS_ENABLED(CONFIG_Y) /* left */
int a;
#endif

#ifdef CONFIG_X_MODULE /* left */
int b;
#endif

#if IS_ENABLED(CONFIG_Y) && \
	IS_ENABLED(CONFIG_X) && defined(CONFIG_Z) /* left */
int c;
#endif

#if IS_REACHABLE(CONFIG_X) /* left */
int d;
#endif

#define WITH_X	IS_ENABLED(CONFIG_X) /* left */

int e(struct hmm_range *range)
{
	return IS_ENABLED(CONFIG_X) ? 1 : 2; /* left */
}
