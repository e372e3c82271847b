# SPDX-License-Identifier: GPL-2.0-only
#
# The targets that test; included by the Makefile. Lines that begin with "##" are for `make help`.

##
##   make kernels-debug   build a kernel with KASAN, lockdep and kmemleak (7 minutes of one
##                        processor, once); then: tests/scenarios/run debug
##   make debug-selftest  show that this kernel notices planted faults (by hand, 5 minutes)

.PHONY: kernels-debug debug-selftest

kernels-debug:
	@tests/kernels/debug-kernel

debug-selftest:
	@tests/kernels/debug-selftest
