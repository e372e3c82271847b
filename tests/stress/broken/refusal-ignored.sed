# SPDX-License-Identifier: GPL-2.0-only
# what: a mirror that cannot drop pages now is not listened to
# file: src/mirror.c
# classes: killed
/ hmm_clients_sync\(struct hmm \*hmm,$/,/^}/ s/ret \? -EAGAIN : 0/0/
