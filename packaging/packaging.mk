# SPDX-License-Identifier: GPL-2.0-only
#
# Packages; included by the Makefile. Lines that begin with "##" are for `make help`.

##
##   make deb             the Debian packages, and the example driver's, into build/packages/

.PHONY: deb

deb:
	@packaging/make-deb

##   make rpm             the rpm packages, and the example driver's, there too; for a distribution:
##                        RPMBUILD="--define 'rhel 9' --define 'dist .el9'"; RPM_RELEASE=1
##   make rpm-kmod KMOD_KERNEL=RELEASE [KMOD_TREE=DIR]   the module itself as an rpm, for one kernel

.PHONY: rpm rpm-kmod

rpm:
	@packaging/make-rpm

rpm-kmod:
	@packaging/make-rpm kmod $(KMOD_KERNEL) $(KMOD_TREE)
