# SPDX-License-Identifier: GPL-2.0-only
# what: an end takes back the record of another task
# file: src/validity.c
# classes: overlap mix
/^static int hmm_record_newest\(/,/^}/ s/records\[i\]\.task == current/records[i].task/
