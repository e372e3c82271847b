# SPDX-License-Identifier: GPL-2.0-only
# what: mirrors are not told to drop an address space that goes away
# file: src/mirror.c
# classes: exec; lastuser
/^void hmm_mirrors_release\(/,/^}/ s/^\thmm_clients_sync\(.*/\t(void)all;/
