# SPDX-License-Identifier: GPL-2.0-only
# what: faults go on in an address space whose memory is being reaped
# file: src/fault.c
# classes: foreign
s/hmm_mm_stable\(hmm->mm\) \?/hmm_mm_stable(hmm->mm) || 1 ?/
