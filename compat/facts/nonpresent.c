// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.14 "mm/ZONE_DEVICE: new type of ZONE_DEVICE for unaddressable memory". 5.14
 * (4dd845b5a3e5, af5cdaf82238) "mm/swapops: rework swap entry manipulation code"
 * and "mm: remove special swap entry functions". 6.19 "mm: introduce leaf entry
 * type and use to simplify leaf entry logic": linux/leafops.h. 6.12.117 defines
 * softleaf names without that header, so the header decides.
 * Backports: EL9.0 and later as 5.14; EL8.10 mixes the first two.
 */
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#if HAVE_LINUX_LEAFOPS_H
#include <linux/leafops.h>
#endif

FACT(nonpresent, "how is a device-private entry decoded?");

WITHOUT(nonpresent, absent, is_device_private_entry);
PROBE(nonpresent, absent)
{
	FACT_TRUE(!HAVE_LINUX_LEAFOPS_H);
}

WITHOUT(nonpresent, write_pfn_swap, device_private_entry_to_page);
PROBE(nonpresent, write_pfn_swap)
{
	FACT_TRUE(!HAVE_LINUX_LEAFOPS_H);
	FACT_IS(bool, is_write_device_private_entry(FACT_A(swp_entry_t)));
	FACT_IS(struct page *, pfn_swap_entry_to_page(FACT_A(swp_entry_t)));
}

WITHOUT(nonpresent, write_device_private, is_writable_device_private_entry);
PROBE(nonpresent, write_device_private)
{
	FACT_TRUE(!HAVE_LINUX_LEAFOPS_H);
	FACT_IS(bool, is_write_device_private_entry(FACT_A(swp_entry_t)));
	FACT_IS(struct page *,
		device_private_entry_to_page(FACT_A(swp_entry_t)));
}

PROBE(nonpresent, writable_device_private)
{
	FACT_TRUE(!HAVE_LINUX_LEAFOPS_H);
	FACT_IS(bool, is_writable_device_private_entry(FACT_A(swp_entry_t)));
	FACT_IS(struct page *, pfn_swap_entry_to_page(FACT_A(swp_entry_t)));
}

/* In #if: gcc looks for what each unknown name may have meant, among all it knows. */
PROBE(nonpresent, leafops)
{
#if HAVE_LINUX_LEAFOPS_H
	FACT_IS(softleaf_t, softleaf_from_pte(FACT_A(pte_t)));
	FACT_SAME(&softleaf_is_device_private, bool (*)(softleaf_t));
	FACT_SAME(&softleaf_is_device_private_write, bool (*)(softleaf_t));
	FACT_SAME(&softleaf_to_pfn, unsigned long (*)(softleaf_t));
#else
	FACT_TRUE(0);
#endif
}
