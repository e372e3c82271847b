# SPDX-License-Identifier: GPL-2.0-only
#
# Builds a driver against hmm-backport. In the driver's top Kbuild (or the kbuild
# part of its Makefile), before anything else:
#
#	include /usr/share/hmm-backport/hmm-backport.mk
#
# Then #include <linux/hmm.h> means hmm-backport's, in this folder and below, and
# the driver links with hmm_backport.ko. C code sees HMM_BACKPORT defined.
#
#   HMM_BACKPORT=n             use nothing of this: the kernel's own, as without the line
#   HMM_BACKPORT_DIR=FOLDER    hmm-backport's source tree, built for the same kernel
#                              (make modules there); else what its package installed
ifneq ($(HMM_BACKPORT),n)

ifneq ($(HMM_BACKPORT_DIR),)
hmm-backport-include := $(HMM_BACKPORT_DIR)/include
hmm-backport-symvers := $(HMM_BACKPORT_DIR)/Module.symvers
hmm-backport-remedy := run 'make modules' for it in $(HMM_BACKPORT_DIR)
else
hmm-backport-include := /usr/include/hmm-backport
# dkms makes one link per kernel to the version that is in use.
hmm-backport-symvers := $(firstword $(wildcard /var/lib/dkms/hmm-backport/kernel-$(KERNELRELEASE)-*/module/Module.symvers))
hmm-backport-remedy := run 'dkms install hmm-backport -k $(KERNELRELEASE)' first, or name a built source tree with HMM_BACKPORT_DIR=
endif

# Not while cleaning: that needs no hmm-backport. Only a build reads the configuration.
ifneq ($(CONFIG_MODULES),)
ifeq ($(wildcard $(hmm-backport-symvers)),)
$(error hmm-backport is not built for kernel $(KERNELRELEASE): $(hmm-backport-remedy). Without it: HMM_BACKPORT=n)
endif
ifneq ($(HMM_BACKPORT_DIR),)
hmm-backport-for := $(shell sed -n 's,.*facts.sh for \(.*\) with .*,\1,p' $(HMM_BACKPORT_DIR)/compat/generated/facts.h 2>/dev/null)
ifneq ($(filter-out $(KERNELRELEASE),$(hmm-backport-for)),)
$(error hmm-backport in $(HMM_BACKPORT_DIR) is built for kernel $(hmm-backport-for), not for $(KERNELRELEASE): run 'make modules' there for this one. Without it: HMM_BACKPORT=n)
endif
endif
ifeq ($(wildcard $(hmm-backport-include)/linux/hmm.h),)
$(error hmm-backport's header linux/hmm.h is not in $(hmm-backport-include): install hmm-backport again)
endif
include $(hmm-backport-include)/linux/hmm_backport_range.mk
endif

# In front of the kernel's own: ccflags-y comes too late, and many kernels have a linux/hmm.h.
LINUXINCLUDE := -DHMM_BACKPORT=1 -I$(hmm-backport-include) $(LINUXINCLUDE)
KBUILD_EXTRA_SYMBOLS += $(hmm-backport-symvers)

endif
