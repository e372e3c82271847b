# SPDX-License-Identifier: GPL-2.0-only
# what: a request for write access is served with read access
# file: src/fault.c
# classes: fork mix
/^static inline u8 hmm_want_of\(/,/^}/ s/request & write \? HMM_WANT_WRITE : 0/0/
