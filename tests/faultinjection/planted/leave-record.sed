# SPDX-License-Identifier: GPL-2.0-only
# file: src/mm.c
# with: first mirror
# The object stays when the notifiers cannot be registered.
/^	if (ret) {$/,/^	}$/{
	/kfree(hmm);/d
}
