# SPDX-License-Identifier: GPL-2.0-only
# about: a folder of three rpm packages belongs to the one that is erased first
# file: packaging/rpm/hmm-backport.spec.in
# test: rpm-dkms.t
# caught: erase
/^%files dev/,$s/^%dir .*//
