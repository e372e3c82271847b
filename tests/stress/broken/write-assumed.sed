# SPDX-License-Identifier: GPL-2.0-only
# what: pages of a mapping that allows writes are taken for writable
# file: src/fault.c
# classes: fork; ksm
/^static int hmm_put_entry\(/,/^}/ s/entry\.write && fault->may_write/fault->may_write/
