// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's hmm-tests as they are, with another main(): runs one test, or lists
 * them.  Older harnesses take no arguments.  Those of 6.0 to 6.13 or so jump from a
 * failure to the clean-up, whose first check jumps again, for ever: the second jump
 * ends the test instead.
 *
 * usage: hmm-tests-one list
 *        hmm-tests-one FIXTURE VARIANT|- TEST [FACTOR]   times as long as it may take
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __attribute__((unused, noreturn)) void jump_once(jmp_buf env, int value)
{
	static int jumps;

	if (jumps++)
		abort();
	longjmp(env, value);
}

#define longjmp(env, value) jump_once(env, value)
#define main hmm_tests_main
#include HMM_TESTS
#undef main

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
	if (argc < 4 || argc > 5 || !KEEP(__fixture_list, argv[1]) ||
	    (strcmp(argv[2], "-") && !KEEP(__fixture_list->variant, argv[2])) ||
	    !KEEP(__fixture_list->tests, argv[3])) {
		fprintf(stderr, "%s: there is no such test\n", argv[0]);
		return 2;
	}
	if (argc == 5)
		__fixture_list->tests->timeout *= atoi(argv[4]);
	return hmm_tests_main(1, only);
}
