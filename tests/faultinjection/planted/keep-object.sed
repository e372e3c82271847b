# SPDX-License-Identifier: GPL-2.0-only
# file: src/mirror.c
# with: mirror
# The address space's object stays when there is no memory for the mirror's.
/^	if (!client) {$/,/^	}$/{
	/hmm_put(hmm);/d
}
