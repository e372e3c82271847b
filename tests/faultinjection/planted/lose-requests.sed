# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: may drop the lock
# The requests are not put back after a retry.
s/ret == -EBUSY || ret == -EAGAIN/ret == -EBUSY/
