# SPDX-License-Identifier: GPL-2.0-only
# about: rpm's scriptlet builds before the version that is replaced leaves
# file: packaging/rpm/hmm-backport.spec.in
# test: rpm-dkms.t
# caught: reinstall
s/^%posttrans dkms/%post dkms/
