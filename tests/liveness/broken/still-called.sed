# SPDX-License-Identifier: GPL-2.0-only
# what: a mirror that unregisters in its callback stays in service
# file: src/mirror.c
# by: mirrors_inside
# says: a range of it begins again
s/^\thmm_validity_retire\(client\);/\tif (!hmm_validity_in_callback(client->hmm))\n\t\thmm_validity_retire(client);/
