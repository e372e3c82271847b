# SPDX-License-Identifier: GPL-2.0-only
# about: what was wrong is not said
# file: packaging/dkms-package
# story: failing
# caught: oldest kernel does not build
/^			reason "/d
