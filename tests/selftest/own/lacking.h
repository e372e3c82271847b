/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels without CONFIG_DEVICE_PRIVATE do not export all that the kernel's own
 * test_hmm calls.  What they lack fails here, so that the rest can be run.
 */
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/migrate.h>
#include <linux/rmap.h>

#ifdef LACKS_MIGRATE
#define migrate_vma_setup(args)		(-EOPNOTSUPP)
#define migrate_vma_pages(args)		do { } while (0)
#define migrate_vma_finalize(args)	do { } while (0)
#endif

#ifdef LACKS_FREE_REGION
#define request_free_mem_region(...)	ERR_PTR(-EOPNOTSUPP)
#endif

#ifdef LACKS_EXCLUSIVE
#define make_device_exclusive_range(...)	(-EOPNOTSUPP)
#endif
