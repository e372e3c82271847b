/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For Coccinelle: macros of the kernel that hide a condition from a parser and
 * that spatch's own standard.h does not have.  A function with a macro like
 * that is skipped whole otherwise.
 */
#define scoped_guard(...) if (1)
#define scoped_cond_guard(...) if (1)
#define with_intel_runtime_pm(...) if (1)
#define with_intel_runtime_pm_if_in_use(...) if (1)
