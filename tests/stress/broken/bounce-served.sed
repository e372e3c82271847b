# SPDX-License-Identifier: GPL-2.0-only
# what: DMA through bounce buffers is not refused
# file: compat/dma.h
# classes: bounce
/^static inline bool hmm_dma_is_direct\(/,/^}/ s/return !dma_need_sync\(.*/return true;/
