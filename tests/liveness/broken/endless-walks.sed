# SPDX-License-Identifier: GPL-2.0-only
# what: a fault never gives up
# file: src/fault.c
# by: disturbed_always
# says: it succeeded, disturbed 1000 times
s/while \(fault->walks < HMM_WALKS\)/for (;;)/
