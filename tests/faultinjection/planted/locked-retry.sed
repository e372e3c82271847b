# SPDX-License-Identifier: GPL-2.0-only
# file: compat/fault.h
# with: may drop the lock
# A fault that dropped the lock is taken for one that did not.
s/return -EAGAIN;/return 0;/
