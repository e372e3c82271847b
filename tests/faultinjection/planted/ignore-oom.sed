# SPDX-License-Identifier: GPL-2.0-only
# file: compat/fault.h
# with: nothing there
# Out of memory in a fault is another error.
s/return -ENOMEM;/return -EFAULT;/
