# SPDX-License-Identifier: GPL-2.0-only
#
# Packages; included by the Makefile. Lines that begin with "##" are for `make help`.

##
##   make deb             the Debian packages, and the example driver's, into build/packages/

.PHONY: deb

deb:
	@packaging/make-deb
