# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: many pages
# The saved requests of a long range are not freed.
/^	hmm_forget_requests(&fault);$/d
