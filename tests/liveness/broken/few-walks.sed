# SPDX-License-Identifier: GPL-2.0-only
# what: a fault gives up after two walks
# file: src/fault.c
# by: disturbed_some
# says: gave up after 2 walks, disturbed 1 times only
s/^(#define HMM_WALKS[[:space:]]+)16/\12/
