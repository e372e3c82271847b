# SPDX-License-Identifier: GPL-2.0-only
# about: no-autoinstall is not looked at
# file: packaging/dkms-package
# story: failing
# caught: no-autoinstall
s/-f \/etc\/dkms\/no-autoinstall/-f \/nowhere/
