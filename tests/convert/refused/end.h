/* SPDX-License-Identifier: GPL-2.0-only */
/* Ends in the middle of a statement, for who includes it to end. */
static struct hmm_mirror *mirror =
hmm_range_register	/* left: 06-register-args */
