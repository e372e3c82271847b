# SPDX-License-Identifier: GPL-2.0-only
#
# Builds a driver against hmm-backport. In the driver's top Kbuild (or the kbuild
# part of its Makefile), before anything else:
#
#	include /usr/share/hmm-backport/hmm-backport.mk
#
# Then #include <linux/hmm.h> means hmm-backport's, in this folder and below, and
# the driver links with hmm_backport.ko. C code sees HMM_BACKPORT defined, and the
# makefile HMM_BACKPORT_USED as y or n.
#
#   HMM_BACKPORT=n             use nothing of this: the kernel's own, as without the line
#   HMM_BACKPORT_NOT=6.1.% ..  the same on these kernels (% is any text)
#   HMM_BACKPORT_DIR=/FOLDER   hmm-backport's source tree (from the root), built for the same
#                              kernel (make modules there); else what its package installed
HMM_BACKPORT_USED := n
ifeq ($(filter n,$(HMM_BACKPORT))$(filter $(HMM_BACKPORT_NOT),$(KERNELRELEASE)),)

hmm-backport-or-without = $(error $(1). Without hmm-backport: HMM_BACKPORT=n)

ifneq ($(HMM_BACKPORT_DIR),)
hmm-backport-include := $(HMM_BACKPORT_DIR)/include
hmm-backport-symvers := $(HMM_BACKPORT_DIR)/Module.symvers
hmm-backport-remedy := run 'make modules' for it in $(HMM_BACKPORT_DIR)
hmm-backport-again := run 'make modules' there for this one
else
# The package writes its version into its copy of this file.
hmm-backport-version := @VERSION@
hmm-backport-include := /usr/include/hmm-backport
# dkms makes one link for each kernel and architecture, to the version that is in use.
# It calls the latter as uname -m does, which the kernel's makefiles know but for two.
# Where its tree is, its configuration may say.
hmm-backport-tree := $(lastword $(shell sed -n "s,^[[:blank:]]*dkms_tree=[\"']*\([^\"' ]*\).*,\1,p" \
	/etc/dkms/framework.conf /etc/dkms/framework.conf.d/*.conf 2>/dev/null))
hmm-backport-dkms := $(or $(dkms_tree),$(hmm-backport-tree),/var/lib/dkms)/hmm-backport
hmm-backport-link := $(firstword $(wildcard $(addprefix $(hmm-backport-dkms)/kernel-$(KERNELRELEASE)-, \
	$(UTS_MACHINE) $(if $(filter i386,$(UTS_MACHINE)),i686 i586) $(if $(filter arm,$(UTS_MACHINE)),armv*))))
hmm-backport-built := $(if $(hmm-backport-link),$(firstword $(subst /, ,$(shell readlink $(hmm-backport-link)))))
hmm-backport-symvers := $(hmm-backport-link)/module/Module.symvers
hmm-backport-remedy := run 'dkms install hmm-backport/$(hmm-backport-version) -k $(KERNELRELEASE)' first, or name a built source tree with HMM_BACKPORT_DIR=
hmm-backport-again := run 'dkms install --force hmm-backport/$(hmm-backport-version) -k $(KERNELRELEASE)'
endif

# Not while cleaning: that needs no hmm-backport. Only a build reads the configuration.
ifneq ($(CONFIG_MODULES),)
ifeq ($(wildcard $(hmm-backport-symvers)),)
$(call hmm-backport-or-without,hmm-backport is not built for kernel $(KERNELRELEASE)$(if $(UTS_MACHINE), on $(UTS_MACHINE)): $(hmm-backport-remedy))
endif
ifneq ($(HMM_BACKPORT_DIR),)
hmm-backport-for := $(shell sed -n 's,.*facts.sh for \(.*\) with .*,\1,p' $(HMM_BACKPORT_DIR)/compat/generated/facts.h 2>/dev/null)
ifneq ($(filter-out $(KERNELRELEASE),$(hmm-backport-for)),)
$(call hmm-backport-or-without,hmm-backport in $(HMM_BACKPORT_DIR) is built for kernel $(hmm-backport-for)$(comma) not for $(KERNELRELEASE): $(hmm-backport-again))
endif
else
ifneq ($(hmm-backport-built),$(hmm-backport-version))
$(call hmm-backport-or-without,hmm-backport $(hmm-backport-version) is installed$(comma) but for kernel $(KERNELRELEASE) $(hmm-backport-built) is what was built: $(hmm-backport-again))
endif
endif
ifeq ($(wildcard $(hmm-backport-include)/linux/hmm.h),)
$(error hmm-backport's header linux/hmm.h is not in $(hmm-backport-include): install hmm-backport again)
endif
# The number of the interface, in the header and among the symbols of what was built.
hmm-backport-abi := hmm_backport_abi_$(shell sed -n 's/^.define HMM_BACKPORT_ABI[[:blank:]][[:blank:]]*//p' $(hmm-backport-include)/linux/hmm.h)
ifeq ($(shell grep -w $(hmm-backport-abi) $(hmm-backport-symvers)),)
$(call hmm-backport-or-without,hmm-backport's header is of the interface $(hmm-backport-abi)$(comma) and its module for kernel $(KERNELRELEASE) is of another: $(hmm-backport-again))
endif
include $(hmm-backport-include)/linux/hmm_backport_range.mk
endif

# In front of the kernel's own: ccflags-y comes too late, and many kernels have a linux/hmm.h.
LINUXINCLUDE := -DHMM_BACKPORT=1 -I$(hmm-backport-include) $(LINUXINCLUDE)
KBUILD_EXTRA_SYMBOLS += $(hmm-backport-symvers)
HMM_BACKPORT_USED := y

endif
