# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: an invalidation that takes long
# After -EBUSY a snapshot leaves requests.
s/ && !(flags & HMM_FAULT_SNAPSHOT) &&$/ \&\&/
