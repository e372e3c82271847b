# SPDX-License-Identifier: GPL-2.0-only
# about: a driver that is built already stays as it is
# file: packaging/dkms-package
# story: dependant
# caught: kernel and hmm-backport in one apt run, dependant
s/^			stale .*/			[ ! -e "$dkms_tree\/$driver\/kernel-$kernel-x86_64" ] || continue/
