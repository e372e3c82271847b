/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_FUZZ_OPTIONS_H
#define HMM_FUZZ_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/**
 * struct options - of both fuzzers
 * @calls: -n: to make, in all or on each device
 * @seed: -s: of all that is random
 * @kernel: -k: its name, for the last line
 * @seconds: -t: stop after so many; 0: never
 * @began: when it began
 * @only: -p: the only program to run; -1: all
 * @file: -r: of the only program to run
 * @kcov: -c: be guided by what is reached
 * @verbose: -v: say what is new
 */
struct options {
	unsigned long	calls;
	__u64		seed;
	const char	*kernel;
	time_t		seconds, began;
	long		only;
	const char	*file;
	bool		kcov;
	bool		verbose;
};

/* Returns whether they make sense; what is left of @argv begins at optind. */
static inline bool parse_options(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options) {
		.calls = 10000, .seed = 1, .kernel = "?", .only = -1, .began = time(NULL),
	};
	while ((c = getopt(argc, argv, "n:s:k:t:p:r:cv")) != -1)
		switch (c) {
		case 'n':
			o->calls = strtoul(optarg, NULL, 0);
			break;
		case 's':
			o->seed = strtoull(optarg, NULL, 0);
			break;
		case 'k':
			o->kernel = optarg;
			break;
		case 't':
			o->seconds = strtol(optarg, NULL, 0);
			break;
		case 'p':
			o->only = strtol(optarg, NULL, 0);
			break;
		case 'r':
			o->file = optarg;
			break;
		case 'c':
			o->kcov = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		default:
			fprintf(stderr,
				"usage: %s [-n CALLS] [-s SEED] [-k KERNEL] [-t SECONDS] [-p PROGRAM] [-r FILE] [-c] [-v] [DEVICE...]\n",
				argv[0]);
			return false;
		}
	return true;
}

/* Is it for what may go on until this part of the time has passed? */
static inline bool time_is_up(const struct options *o, unsigned int percent)
{
	return o->seconds && time(NULL) >= o->began + o->seconds * percent / 100;
}

#endif
