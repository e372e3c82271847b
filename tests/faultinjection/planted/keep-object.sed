# SPDX-License-Identifier: GPL-2.0-only
# file: src/mirror.c
# with: first mirror
# The client stays when the address space's object cannot be had.
/^	if (IS_ERR(hmm)) {$/,/^	}$/{
	/kfree(client);/d
}
