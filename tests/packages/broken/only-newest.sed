# SPDX-License-Identifier: GPL-2.0-only
# about: built for the newest kernel only
# file: packaging/dkms-package
# story: install
# caught: install, two kernels
s/^	done | sort -V$/& | tail -n 1/
