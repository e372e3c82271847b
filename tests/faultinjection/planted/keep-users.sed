# SPDX-License-Identifier: GPL-2.0-only
# file: src/range.c
# with: range unregistered
# A range that is unregistered keeps the users of the address space.
/^void hmm_backport_range_unregister/,/^}$/{
	/hmm_put_mm/d
}
