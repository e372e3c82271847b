# SPDX-License-Identifier: GPL-2.0-only
# file: src/validity.c
# with: fuzz
# A range can be begun inside a callback.
s/^	else if (hmm_caller_is_current(hmm))$/	else if (0)/
