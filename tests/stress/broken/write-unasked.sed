# SPDX-License-Identifier: GPL-2.0-only
# what: a request for write access is served with read access
# file: src/fault.c
# classes: fork mix
/^static u8 hmm_want_of\(/,/^}/ s/if \(request & range->flags\[HMM_PFN_WRITE\]\)/if (0)/
