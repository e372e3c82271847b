# SPDX-License-Identifier: GPL-2.0-only
# what: the device does not mark dirty what it wrote
# file: hmm_stress.c
# classes: free; shmem
/^static void hs_set_dirty\(/,/^}/ s/^\tset_page_dirty.*//
