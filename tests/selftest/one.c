// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's hmm-tests as they are, with another main(): runs one test, or lists
 * them.  Older harnesses take no arguments, and after a failure in a test's
 * clean-up some of them never end: each test gets a process of its own.
 *
 * usage: hmm-tests-one list
 *        hmm-tests-one FIXTURE VARIANT|- TEST
 */
#define main hmm_tests_main
#include HMM_TESTS
#undef main

#include <stdio.h>
#include <string.h>

static void list(void)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;
	struct __fixture_variant_metadata *v;

	for (f = __fixture_list; f; f = f->next)
		for (t = f->tests; t; t = t->next) {
			if (!f->variant)
				printf("%s - %s\n", f->name, t->name);
			for (v = f->variant; v; v = v->next)
				printf("%s %s %s\n", f->name, v->name, t->name);
		}
}

/* The lists are circular backwards: each first element's prev is the last. */
#define KEEP(first, name_)						\
	({								\
		__typeof__(first) k_;					\
									\
		for (k_ = first; k_ && strcmp(k_->name, name_); k_ = k_->next) \
			;						\
		if (k_) {						\
			k_->next = NULL;				\
			k_->prev = k_;					\
			first = k_;					\
		}							\
		k_;							\
	})

int main(int argc, char **argv)
{
	char *only[] = { argv[0], NULL };

	if (argc == 2 && !strcmp(argv[1], "list")) {
		list();
		return 0;
	}
	if (argc != 4 || !KEEP(__fixture_list, argv[1]) ||
	    (strcmp(argv[2], "-") && !KEEP(__fixture_list->variant, argv[2])) ||
	    !KEEP(__fixture_list->tests, argv[3])) {
		fprintf(stderr, "%s: there is no such test\n", argv[0]);
		return 2;
	}
	return hmm_tests_main(1, only);
}
