// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of native-ranges.c: this kernel has no interval notifiers.
 */
#include <linux/stddef.h>
#include "watch.h"

const struct watch_ops *const native_ranges;
