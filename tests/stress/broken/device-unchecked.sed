# SPDX-License-Identifier: GPL-2.0-only
# what: the device does not ask whether its range is valid
# file: hmm_stress.c
# classes: files mix
/^static bool hs_window_valid\(/,/^}/ s/return .*/return true;/
