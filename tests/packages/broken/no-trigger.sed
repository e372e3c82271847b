# SPDX-License-Identifier: GPL-2.0-only
# about: drivers are not built again after an upgrade
# file: packaging/debian/hmm-backport-dkms.postinst
# story: dependant
# caught: kernel and hmm-backport in one apt run, dependant
/dpkg-trigger/d
