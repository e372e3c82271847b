// SPDX-License-Identifier: GPL-2.0-only
/* How the driver registers its mirrors: hmm-convert looks for this. */
#include "driver.h"

int drv_init(struct drv *x)
{
	return hmm_mirror_register(&x->mirror, x->mm);
}
