# SPDX-License-Identifier: GPL-2.0-only
# what: the switch is not looked at
# file: src/mirror.c
# by: switch_off
# says: a second mirror$
s/!hmm_enabled\(\)/0/
