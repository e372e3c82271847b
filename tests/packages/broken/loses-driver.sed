# SPDX-License-Identifier: GPL-2.0-only
# about: a driver that cannot be built again is gone
# file: packaging/dkms-package
# story: dependant
# caught: dependant does not build any more
s/^	\*) restore .*/	*) ;;/
