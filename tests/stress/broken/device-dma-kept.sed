# SPDX-License-Identifier: GPL-2.0-only
# what: the device's callback leaves its DMA mapping alone
# file: hmm_stress.c
# classes: files mix
/^static void hs_drop\(/,/^}/ s/if \(hs->held\.mapped/if (0 \&\& hs->held.mapped/
