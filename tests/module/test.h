/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of this module share: judging, a mirror, ranges, user memory. */
#ifndef HMM_MODULE_TEST_H
#define HMM_MODULE_TEST_H

#include <linux/bitops.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/printk.h>

#define pr_tap(fmt, ...) pr_info("hmm_test: " fmt "\n", ##__VA_ARGS__)

extern int failures;

/* In a test: says what is wrong and ends it. */
#define EXPECT(cond)							\
	do {								\
		if (!(cond)) {						\
			pr_tap("# line %d: not true: %s", __LINE__, #cond); \
			failures++;					\
			goto out;					\
		}							\
	} while (0)

#define EXPECT_EQ(a, b)							\
	do {								\
		long a_ = (a), b_ = (b);				\
									\
		if (a_ != b_) {						\
			pr_tap("# line %d: %s is %ld, not %ld", __LINE__, #a, a_, b_); \
			failures++;					\
			goto out;					\
		}							\
	} while (0)

/* The format of entries. */
#define T_VALID		BIT(0)
#define T_WRITE		BIT(1)
#define T_PRIVATE	BIT(2)
#define T_ERROR		BIT(3)
#define T_SPECIAL	BIT(4)
#define T_NONE		0x20	/* not 0: a none entry is written, not left */
#define T_SHIFT		12

/* A mirror, and what its callback shall do. */
struct test_mirror {
	struct hmm_mirror mirror;
	int syncs, releases, syncs_after_release;
	unsigned long start, end;
	struct mm_struct *mm;
	bool blockable;
	int (*action)(struct test_mirror *m);
	struct hmm_range *range;
	long result;
	bool waited;
	int registered;
	struct hmm_mirror *second;
	int second_registered;
};

int start(struct test_mirror *m);
long fault(struct hmm_range *range, unsigned int how);
void range_init(struct hmm_range *range, unsigned long addr, unsigned long npages, u64 *pfns);
int reg(struct hmm_range *range, struct hmm_mirror *mirror);
void unreg(struct hmm_range *range);

/* mixed.c */
void mixed_mapping(void);

#endif
