// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a PTE has its frame number differs between architectures, and on some between
 * machines.  The kernel's accessors tell: a bit is only taken for one of the frame number
 * if they put it there and find it again.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include "pte_like.h"

struct hmm_pte_bits hmm_pte_bits __read_mostly;

/*
 * An address of 52 bits is more than any machine has memory.  Beyond, some architectures
 * put flags, and 64-bit PowerPC with CONFIG_DEBUG_VM stops whoever asks for such a frame.
 */
#define HMM_FRAME_BITS	((BITS_PER_LONG == 64 ? 52 : 32) - PAGE_SHIFT)

/**
 * hmm_pte_bits_learn() - find out what the bits of PTEs are
 *
 * Called once, before the first walk.  Without an answer only equal PTEs are alike.
 */
void __init hmm_pte_bits_learn(void)
{
	const pte_t zero = pfn_pte(0, PAGE_KERNEL);
	u64 bit = pte_val(pfn_pte(1, PAGE_KERNEL)) ^ pte_val(zero);
	unsigned int i;

	hmm_pte_bits.indifferent = pte_val(pte_mkyoung(zero)) ^ pte_val(pte_mkold(zero));
	if (!is_power_of_2(bit))
		return;
	hmm_pte_bits.shift = ilog2(bit);
	for (i = 0; i < HMM_FRAME_BITS; i++, bit <<= 1) {
		pte_t pte = pfn_pte(1UL << i, PAGE_KERNEL);

		if ((pte_val(pte) ^ pte_val(zero)) != bit || pte_pfn(pte) != 1UL << i)
			break;
		hmm_pte_bits.frame |= bit;
	}
	hmm_pte_bits.indifferent |= hmm_pte_bits.frame;
}
