// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures all, a line each: bench: workload=NAME key=value...  Figures are
 * instructions of the whole call.
 */
#include <fcntl.h>

#include "guest.h"

/* @only: names, or how they begin, with commas; NULL: all. */
bool is_asked_for(const char *workload, const char *only)
{
	const char *end;

	if (!only)
		return true;
	for (; ; only = end + 1) {
		end = strchrnul(only, ',');
		if (end > only && !strncmp(workload, only, (size_t)(end - only)))
			return true;
		if (!*end)
			return false;
	}
}

int main(int argc, char **argv)
{
	const char *only = NULL;
	bool quick = false;
	int device, option;

	while ((option = getopt(argc, argv, "qw:")) != -1)
		switch (option) {
		case 'q':
			quick = true;
			break;
		case 'w':
			only = optarg;
			break;
		default:
			die("usage: bench [-q] [-w WORKLOAD,...]");
		}
	device = open("/dev/hmm_bench", O_RDWR | O_CLOEXEC);
	if (device < 0)
		die("/dev/hmm_bench: %s", strerror(errno));
	walks(device, only, quick);
	invalidations(only, quick);
	return 0;
}
