# SPDX-License-Identifier: GPL-2.0-only
# what: a fault that began anew keeps what it had found before
# file: src/fault.c
# classes: overlap mix
/^static int hmm_fault_range\(/,/^}/ s/^\t\t\tfrom = range->first;/\t\t\t;/
