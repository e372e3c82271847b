# SPDX-License-Identifier: GPL-2.0-only
# about: removed, its modules stay
# file: packaging/debian/hmm-backport-dkms.prerm
# story: install
# caught: purge
/^remove)/,/;;/{/dkms-package remove /d}
