# SPDX-License-Identifier: GPL-2.0-only
# what: unregistering a mirror does not wait for its callbacks
# file: src/mirror.c
# by: mirrors_fork mirrors_exit
# says: calls were not over when hmm_mirror_unregister[(][)] returned
/^void hmm_backport_mirror_unregister\(/,/^}/ s/hmm_client_retire\(client\);/queue_work(hmm_wq, \&client->retire_work);/
