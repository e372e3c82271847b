# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: fuzz
# A fault that failed leaves the range valid.
/^	if (ret) {$/,/^	}$/{
	/^	if (ret) {$/!{
		/^		hmm_validity_forget(range);$/d
	}
}
