# SPDX-License-Identifier: GPL-2.0-only
# what: a refused invalidation counts as one that runs for ever
# file: src/mirror.c
# classes: killed
/^int hmm_mirrors_start\(/,/^}/ s/ret && has_end/false/
