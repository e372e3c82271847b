/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Comparing PTEs, so that what one says need not be asked of each of its neighbours.
 */
#ifndef HMM_COMPAT_PTE_LIKE_H
#define HMM_COMPAT_PTE_LIKE_H

#include "pgtable.h"

/**
 * struct hmm_pte_bits - what the bits of this machine's PTEs are
 * @frame: low bits of the frame number, as many as stand in a row
 * @shift: how far left they stand
 * @indifferent: @frame, and those that only tell whether the page was accessed
 */
struct hmm_pte_bits {
	u64		frame;
	unsigned int	shift;
	u64		indifferent;
};

extern struct hmm_pte_bits hmm_pte_bits;
void hmm_pte_bits_learn(void);

/**
 * struct hmm_pte_like - which PTEs are like one
 * @value: that one
 * @same: the bits in which others must agree with it; 0: there is none
 */
struct hmm_pte_like {
	u64	value;
	u64	same;
};

/**
 * hmm_pte_like() - which PTEs say the same as one, each of its own frame
 * @pte: a PTE
 * @entry: what hmm_pte_decode() says of it
 * @bits: a copy of hmm_pte_bits, which the compiler can keep in registers
 *
 * Return: for hmm_pte_is_like(), in the same mapping.
 */
static inline struct hmm_pte_like hmm_pte_like(pte_t pte, struct hmm_entry entry,
					       struct hmm_pte_bits bits)
{
	return (struct hmm_pte_like) {
		.value = pte_val(pte),
		.same = entry.alike ? ~bits.indifferent : ~0ULL,
	};
}

static inline bool hmm_pte_is_like(pte_t pte, struct hmm_pte_like like)
{
	return !((pte_val(pte) ^ like.value) & like.same);
}

/**
 * hmm_pte_frame() - the part of a frame number in which PTEs that are alike can differ
 * @pte: a PTE
 * @bits: as for hmm_pte_like()
 *
 * Return: it; the frames of two PTEs that are alike differ by the difference of these.
 */
static inline u64 hmm_pte_frame(pte_t pte, struct hmm_pte_bits bits)
{
	return (pte_val(pte) & bits.frame) >> bits.shift;
}

#endif
