# SPDX-License-Identifier: GPL-2.0-only
# what: a wait does not end with its time
# file: src/validity.c
# by: wait_timeout
# says: still running after
s/\*timeout = schedule_timeout\(\*timeout\)/schedule_timeout(*timeout)/
