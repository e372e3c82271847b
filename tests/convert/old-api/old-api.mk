# SPDX-License-Identifier: GPL-2.0-only
#
# In place of hmm-backport.mk: the API of before the series.
LINUXINCLUDE := -I$(OLD_API_DIR) $(LINUXINCLUDE)
