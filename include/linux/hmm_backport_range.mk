# SPDX-License-Identifier: GPL-2.0-only
#
# What linux/hmm_backport_range.h, beside this file, cannot find out by itself: in 5.0
# and 5.1 struct mmu_notifier_range says less. For the build of hmm_backport.ko and,
# by sdk/hmm-backport.mk, for drivers.
hmm-range-bare := $(shell h=$(srctree)/include/linux/mmu_notifier.h; \
	grep -qs '^struct mmu_notifier_range {' $$h && \
	! grep -q MMU_NOTIFIER_RANGE_BLOCKABLE $$h && echo -DHMM_BACKPORT_RANGE_BARE=1)
LINUXINCLUDE := $(hmm-range-bare) $(LINUXINCLUDE)
