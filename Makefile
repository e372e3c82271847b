# SPDX-License-Identifier: GPL-2.0-only
#
# The door for people. It finds the kernel and calls kbuild, which reads Kbuild;
# whatever is on the command line (CC=, LLVM=1, ARCH=, W=1, ...) reaches kbuild.
# DKMS calls kbuild without this file, but for `make clean`.
#
# Lines that begin with "##" are what `make help` prints, here and in the files included below.

## hmm-backport: the cleaned-up HMM core for many kernels, as a module
##
##   make modules         build hmm_backport.ko
##   make install         build, install and run depmod (root)
##   make explain         what the kernel's headers are like, every fact; builds nothing
##   make clean           remove what was built here (build/ stays)
##   make help            this
##
## Which kernel: KDIR=FOLDER (a kernel's build tree) or KVER=RELEASE (installed headers).
## Without either: the running kernel's headers, else the newest installed ones.
## How: CC=gcc-12, LLVM=1, CC=clang LD=ld.lld, ARCH=, CROSS_COMPILE=, W=1, V=1 (show commands)
## A kernel outside the tested range: HMM_BACKPORT_EXPERIMENTAL=1

.PHONY: modules install explain clean help
# One goal after the other: kbuild and the tests share the work out themselves.
.NOTPARALLEL:

modules install explain:
	+@MAKE='$(MAKE)' sh scripts/build.sh $@

clean:
	@find . -path ./build -prune -o -path ./.git -prune -o -path ./examples -prune -o \
		-path ./tests -prune -o -type f \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o \
		-name '*.mod.c' -o -name '.*.cmd' -o -name '.*.d' -o -name Module.symvers -o \
		-name modules.order -o -name .module-common.o \) -exec rm -f {} +
	@rm -rf compat/generated .tmp_versions
	@echo "clean: what was built is gone"

help:
	@sed -n 's/^## \{0,1\}//p' $(wildcard Makefile packaging/packaging.mk tests/tests.mk)

-include packaging/packaging.mk tests/tests.mk
