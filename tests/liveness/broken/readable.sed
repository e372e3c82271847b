# SPDX-License-Identifier: GPL-2.0-only
# what: anyone can read debugfs
# file: src/debugfs.c
# by: show_rights
# says: facts: mode 444
s/0400/0444/
