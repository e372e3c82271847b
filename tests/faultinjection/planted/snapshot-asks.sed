# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: snapshot with holes
# A snapshot faults what the requests of its array ask for.
/^static int hmm_save_requests/,/^}/s/if (fault->flags & HMM_FAULT_SNAPSHOT)/if (0)/
