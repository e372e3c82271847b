# SPDX-License-Identifier: GPL-2.0-only
# file: src/module.c
# with: range registered
# One work queue stays when the other cannot be had.
/^	if (!hmm_free_wq) {$/,/^	}$/{
	/destroy_workqueue/d
}
