# SPDX-License-Identifier: GPL-2.0-only
# what: of two kinds of PTEs that alternate, what the first lacks counts for both
# file: src/fault.c
# classes: fork mix
/^static int hmm_fault_ptes\(/,/^}/ {
	s/const struct hmm_seen run = \*seen;/struct hmm_seen run = *seen;/
	s/^\t\t\tbits\.frame = run\.frame;/\t\t\trun.lacking = two[0].lacking;\
&/
}
