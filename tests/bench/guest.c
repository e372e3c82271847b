// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures all, a line each: bench: workload=NAME key=value...  Figures are
 * instructions of the whole call.
 */
#include <fcntl.h>
#include <sched.h>

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

/*
 * Nobody else's instructions: what is printed goes through other processes, and kernels
 * since 6.12 let them run in the middle of a call.
 */
static void be_alone(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	int fd = open("/proc/sys/kernel/sched_rt_runtime_us", O_WRONLY);

	if (fd < 0 || write(fd, "-1", 2) != 2)
		die("/proc/sys/kernel/sched_rt_runtime_us: %s", strerror(errno));
	close(fd);
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		die("sched_setscheduler: %s", strerror(errno));
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
	be_alone();
	device = open("/dev/hmm_bench", O_RDWR | O_CLOEXEC);
	if (device < 0)
		die("/dev/hmm_bench: %s", strerror(errno));
	walks(device, only, quick);
	invalidations(only, quick);
	return 0;
}
