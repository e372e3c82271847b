# SPDX-License-Identifier: GPL-2.0-only
# about: a kernel that fails stops the others
# file: packaging/dkms-package
# story: failing
# caught: oldest kernel does not build
s/^		\*) failed="$failed $kernel" ;;/		*) failed="$failed $kernel"; break ;;/
