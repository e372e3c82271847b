# SPDX-License-Identifier: GPL-2.0-only
# file: src/validity.c
# with: fuzz
# A range can be begun inside a callback.
/^static int hmm_try_begin/,/^}/s/if (hmm_caller_is_current(hmm))/if (0)/
