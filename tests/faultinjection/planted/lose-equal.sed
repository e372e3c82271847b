# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: equal requests
# Requests that are the same for all pages are not put back after a retry.
/^static void hmm_restore_requests/,/^}/s/u8 want = hmm_want(fault, i);/u8 want = fault->wants ? fault->wants[i] : 0;/
