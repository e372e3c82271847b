# SPDX-License-Identifier: GPL-2.0-only
# about: looks at the headers that dkms read last
# file: sdk/hmm-backport.dkms.conf
# story: skipped
# caught: kernel without MMU_NOTIFIER
s/^		tree=\/lib\/modules.*/		:/
