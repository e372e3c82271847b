# SPDX-License-Identifier: GPL-2.0-only
# what: a fault gives up after two walks
# file: src/fault.c
# by: disturbed_some
s/^(#define HMM_WALKS[[:space:]]+)16/\12/
