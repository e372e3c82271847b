// SPDX-License-Identifier: GPL-2.0-only
/* Conditionals on CONFIG_X, which --drop-guard resolves: "gone" goes. */
#include <linux/hmm.h>

#if IS_ENABLED(CONFIG_X)
int a;
#else
int gone_a;
#endif

#if IS_ENABLED(CONFIG_Y)
int b;
#elif IS_ENABLED(CONFIG_X)
int c;
#else
int gone_b;
#endif

#if defined(CONFIG_X) || defined(CONFIG_X_MODULE)
int d;
#endif

#if IS_ENABLED(CONFIG_Y)
#ifndef CONFIG_X
int gone_c;
#else
int e;
# ifdef CONFIG_Z
int f;
# endif
#endif
#endif

#if !defined CONFIG_X || !IS_ENABLED( CONFIG_X ) || \
	!IS_ENABLED(CONFIG_X)
int gone_d;
#endif

#if IS_ENABLED(CONFIG_X) || \
	IS_ENABLED(CONFIG_Y)
int g;
#endif

#ifdef CONFIG_X2
int h;
#endif
