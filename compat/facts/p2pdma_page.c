// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.20 (52916982af48) "PCI/P2PDMA: Support peer-to-peer memory": memory of a PCI
 * device with struct pages; 6.2 (7e9c7ef83d78) let processes map it.
 * Backports: EL8.
 */
#include <linux/mm.h>
#if HAVE_LINUX_MEMREMAP_H
#include <linux/memremap.h>
#endif

FACT(p2pdma_page, "is a page of a PCI device's memory told by is_pci_p2pdma_page()?");

PROBE(p2pdma_page, present)
{
	FACT_SAME(&is_pci_p2pdma_page, bool (*)(const struct page *));
}

WITHOUT(p2pdma_page, absent, is_pci_p2pdma_page);
