# SPDX-License-Identifier: GPL-2.0-only
# about: skipped by BUILD_EXCLUSIVE only, which dkms 3.0.10 calls a failure
# file: sdk/hmm-backport.dkms.conf
# story: skipped
# caught: too new kernel
/hb_unsupported; then/,/elif/s/AUTOINSTALL=""/:/
