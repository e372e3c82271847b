# SPDX-License-Identifier: GPL-2.0-only
# what: the device's callback drops nothing
# file: hmm_stress.c
# classes: files exec mix
/^static int hs_sync\(/,/^}/ s/^\ths_drop\(.*//
