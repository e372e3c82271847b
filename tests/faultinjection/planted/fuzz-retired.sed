# SPDX-License-Identifier: GPL-2.0-only
# file: src/validity.c
# with: fuzz
# A range whose mirror has gone can be begun.
/^static int hmm_try_begin/,/^}/s/if (!range->client->mirror)/if (0)/
