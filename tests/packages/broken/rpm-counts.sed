# SPDX-License-Identifier: GPL-2.0-only
# about: rpm's scriptlet takes a version out only when no other follows
# file: packaging/rpm/hmm-backport.spec.in
# test: rpm-dkms.t
# caught: upgrade, 2 kernels
/^%preun dkms/,/remove/s,^%{_datadir},[ "$1" != 0 ] || &,
