/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For Coccinelle: what kernel code uses and spatch's own standard.h does not
 * know, or not in every version.
 */
#define xa_for_each MACROITERATOR
#define xa_for_each_start MACROITERATOR
#define xa_for_each_range MACROITERATOR
#define xa_for_each_marked MACROITERATOR
#define idr_for_each_entry MACROITERATOR
#define list_for_each_entry_safe MACROITERATOR
#define hash_for_each_possible MACROITERATOR
#define for_each_sgtable_page MACROITERATOR
#define for_each_sgtable_dma_page MACROITERATOR
#define fallthrough
#define __user
#define __iomem
#define __force
#define __must_check
#define __maybe_unused
#define __init
#define __exit
