# SPDX-License-Identifier: GPL-2.0-only
# about: a kernel that is skipped counts as failed
# file: packaging/dkms-package
# story: skipped
# caught: oldest kernel unsupported
s/^		77) say .*/		77) failed="$failed $kernel" ;;/
