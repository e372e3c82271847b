# SPDX-License-Identifier: GPL-2.0-only
#
# First in the Kbuild of a test's module, in place of sdk/hmm-backport.mk: that, and
# older.h with what it stands on. HMM_TESTS is this source tree's tests/.
include $(HMM_BACKPORT_MK)

ccflags-y += -I$(HMM_TESTS)/older -I$(HMM_BACKPORT_DIR)/compat -I$(HMM_BACKPORT_DIR)/compat/generated

# For older.h. $(1): name, $(2): what to look for in any of the headers $(3)
older-lacks = $(if $(shell grep -lse $(2) $(addprefix $(srctree)/include/linux/,$(3))),,-DOLDER_LACKS_$(1))
ccflags-y += $(call older-lacks,KVCALLOC,'\<kvcalloc\>',mm.h slab.h) \
	$(call older-lacks,VM_FAULT_T,'\<vm_fault_t\>',mm_types.h) \
	$(call older-lacks,FAULT_OF_VMF,'[*]fault..struct vm_fault [*]',mm.h) \
	$(call older-lacks,VMF_INSERT_PFN,'\<vmf_insert_pfn\>',mm.h) \
	$(call older-lacks,VMF_INSERT_PFN_PMD,'vmf_insert_pfn_pmd.struct vm_fault',huge_mm.h) \
	$(call older-lacks,SPECIAL_HUGE,'vma_is_special_huge\|pmd_special',mm.h pgtable.h)

# As in the Kbuild of the core.
ccflags-y += $(call cc-option,-Wno-missing-attributes)
