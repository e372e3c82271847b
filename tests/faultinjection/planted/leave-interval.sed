# SPDX-License-Identifier: GPL-2.0-only
# file: compat/mmu_notifier.c
# with: first mirror
# The interval notifier stays when the plain one cannot be registered.
/^	ret = __mmu_notifier_register/,/^}$/{
	s/^	if (ret)$/	if (0)/
}
