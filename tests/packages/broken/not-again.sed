# SPDX-License-Identifier: GPL-2.0-only
# about: what an interrupted run left is not taken out
# file: packaging/dkms-package
# story: failing
# caught: killed in the middle
/^	rm -f "$state"\/\*\.log$/,/^	dkms add /s/^	remove .*//
