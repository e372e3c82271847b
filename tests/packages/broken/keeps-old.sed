# SPDX-License-Identifier: GPL-2.0-only
# about: the other version stays in dkms' tree
# file: packaging/debian/hmm-backport-dkms.prerm
# story: install
# caught: upgrade, 4 kernels
/^upgrade)/,/;;/{/dkms-package remove /d}
