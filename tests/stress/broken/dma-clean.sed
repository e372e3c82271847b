# SPDX-License-Identifier: GPL-2.0-only
# what: hmm_range_dma_unmap() does not mark pages dirty
# file: src/dma.c
# classes: free; shmem
/^long hmm_backport_range_dma_unmap\(/,/^}/ s/if \(dirty && /if (0 \&\& dirty \&\& /
