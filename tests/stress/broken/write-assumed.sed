# SPDX-License-Identifier: GPL-2.0-only
# what: pages of a mapping that allows writes are taken for writable
# file: src/fault.c
# classes: fork; ksm
/^static struct hmm_result hmm_judge_page\(/,/^}/ {
	s/\(entry\.write \? fault->rw : fault->ro\)/fault->rw/
	s/entry\.write \? fault->rw_lacking : HMM_WANT_WRITE/fault->rw_lacking/
}
