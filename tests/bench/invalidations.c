// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an invalidation costs in an address space that is watched in many ranges, what it
 * costs to register and unregister one of them, and how much memory that takes.
 *
 * The invalidation is madvise(MADV_DONTNEED) of pages that were never touched: a start and
 * an end, and little beside them.  What the same call takes in a process that nobody
 * watches is subtracted.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#include "guest.h"

/* Each process has the ranges at the same place, far from all else: no table leads there. */
#define MEMORY		((char *)(1UL << 40))
#define RANGE		(4 * PAGE)
#define STRIDE		(8 * PAGE)	/* between two ranges is a gap */

#define PLACES		16	/* where a range is hit, or registered */
#define TIMES		9	/* at each, of which the least counts: it has no tick in it */

enum { HIT_NONE, HIT_ONE, HIT_ALL, HITS };

static const char *const hit_names[HITS] = {
	[HIT_NONE] = "invalidate_none",
	[HIT_ONE] = "invalidate_one",
	[HIT_ALL] = "invalidate_all",
};

enum side { NOBODY, OURS, NATIVE, SIDES };

/**
 * struct costs - of one side with so many ranges
 * @measured: the kernel has this side
 * @hit: instructions of the call that invalidates, by what it hits
 * @add: of registering one more range
 * @remove: of unregistering it
 * @mirror_bytes: memory of an address space that is watched
 * @range_bytes: of each range
 */
struct costs {
	bool measured;
	uint64_t hit[HITS];
	uint64_t add;
	uint64_t remove;
	uint64_t mirror_bytes;
	uint64_t range_bytes;
};

static void least(uint64_t *of, uint64_t value)
{
	if (value < *of)
		*of = value;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static uint64_t discard(char *start, size_t bytes)
{
	uint64_t took = UINT64_MAX, from;
	int i;

	for (i = 0; i < TIMES; i++) {
		from = now();
		if (madvise(start, bytes, MADV_DONTNEED))
			die("madvise: %s", strerror(errno));
		least(&took, now() - from);
	}
	return took;
}

/* All over the memory: the leaves of a tree are not all as deep. */
static char *place(unsigned int n, unsigned int ranges)
{
	return MEMORY + (2UL * n + 1) * ranges / (2 * PLACES) * STRIDE;
}

static void measure_hits(struct costs *costs, unsigned int ranges)
{
	unsigned int n;

	for (n = 0; n < PLACES; n++) {
		costs->hit[HIT_ONE] += discard(place(n, ranges) + PAGE, PAGE);
		costs->hit[HIT_NONE] += discard(place(n, ranges) + RANGE + PAGE, PAGE);
	}
	costs->hit[HIT_ONE] /= PLACES;
	costs->hit[HIT_NONE] /= PLACES;
	costs->hit[HIT_ALL] = discard(MEMORY, ranges * STRIDE);
}

/* One more, in the gaps between the others. */
static void measure_adds(struct costs *costs, int device, unsigned int ranges)
{
	unsigned int n, i;

	for (n = 0; n < PLACES; n++) {
		struct bench_watch_one one = {
			.start = (uintptr_t)place(n, ranges) + RANGE,
		};
		uint64_t add = UINT64_MAX, remove = UINT64_MAX;

		for (i = 0; i < TIMES; i++) {
			if (ioctl(device, BENCH_WATCH_ONE, &one))
				die("one range more: %s", strerror(errno));
			least(&add, one.add);
			least(&remove, one.remove);
		}
		costs->add += add;
		costs->remove += remove;
	}
	costs->add /= PLACES;
	costs->remove /= PLACES;
}

#define KMALLOC		"/sys/kernel/tracing/events/kmem/kmalloc/"
#define TRACE		"/sys/kernel/tracing/trace"

static void write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s: %s", name, strerror(errno));
	close(fd);
}

/* From here on the kernel notes what it allocates for this process. */
static void trace_allocations(void)
{
	char filter[40];

	snprintf(filter, sizeof(filter), "common_pid == %d", getpid());
	write_file(KMALLOC "filter", filter);
	write_file(TRACE, "\n");
	write_file(KMALLOC "enable", "1");
}

/* Bytes since trace_allocations(), as the allocator rounds them up. */
static uint64_t allocated(void)
{
	static const char field[] = "bytes_alloc=";
	uint64_t bytes = 0;
	char line[512];
	const char *found;
	FILE *file;

	write_file(KMALLOC "enable", "0");
	file = fopen(TRACE, "r");
	if (!file)
		die(TRACE ": %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		found = strstr(line, field);
		if (found)
			bytes += strtoull(found + sizeof(field) - 1, NULL, 10);
	}
	fclose(file);
	return bytes;
}

/* Registers the ranges; false if the kernel does not have this side. */
static bool watch(int device, enum side side, unsigned int ranges, struct costs *costs)
{
	struct bench_watch watch = {
		.start = (uintptr_t)MEMORY, .stride = STRIDE, .bytes = RANGE,
		.count = ranges, .native = side == NATIVE,
	};

	if (ioctl(device, BENCH_WATCH, &watch)) {
		if (errno == EOPNOTSUPP)
			return false;
		die("%u ranges: %s", ranges, strerror(errno));
	}
	if (costs)
		trace_allocations();
	if (ioctl(device, BENCH_WATCH_FIRST))
		die("the first of %u ranges: %s", ranges, strerror(errno));
	if (costs) {
		costs->mirror_bytes = watch.mirror_bytes + allocated();
		trace_allocations();
	}
	if (ioctl(device, BENCH_WATCH_REST))
		die("%u ranges: %s", ranges, strerror(errno));
	if (costs)
		costs->range_bytes = watch.range_bytes + allocated() / ranges;
	return true;
}

static void measure_side(struct costs *costs, enum side side, unsigned int ranges, bool bytes)
{
	int device;

	if (mmap(MEMORY, ranges * STRIDE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	if (side == NOBODY) {
		measure_hits(costs, ranges);
		return;
	}
	device = open("/dev/hmm_bench", O_RDWR);
	if (device < 0)
		die("/dev/hmm_bench: %s", strerror(errno));
	if (!watch(device, side, ranges, bytes ? costs : NULL))
		return;
	costs->measured = true;
	if (bytes)
		return;
	measure_hits(costs, ranges);
	measure_adds(costs, device, ranges);
}

/*
 * The object of an address space goes a little after its process, and holds the module.
 * Then only hmm_bench.ko does.
 */
static void wait_until_gone(void)
{
	static const char name[] = "/sys/module/hmm_backport/refcnt";
	int references = 0, tries;
	FILE *file;

	for (tries = 0; tries < 10000; tries++) {
		file = fopen(name, "r");
		if (!file || fscanf(file, "%d", &references) != 1)
			die("%s: %s", name, strerror(errno));
		fclose(file);
		if (references <= 1)
			return;
		usleep(1000);
	}
	die("hmm_backport.ko is still in use %d times, 10 s after the last process", references);
}

/* In processes of their own: nobody hears of what another one does. */
static void measure(struct costs *costs, unsigned int ranges, bool bytes)
{
	enum side side;
	pid_t pid;
	int status;

	memset(costs, 0, SIDES * sizeof(*costs));
	for (side = NOBODY; side < SIDES; side++) {
		fflush(stdout);
		pid = fork();
		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (pid == 0) {
			measure_side(&costs[side], side, ranges, bytes);
			_exit(0);
		}
		if (waitpid(pid, &status, 0) != pid || status)
			exit(1);
		wait_until_gone();
	}
}

static void print(const char *workload, unsigned int ranges, uint64_t ours, bool both,
		  uint64_t native)
{
	printf("bench: workload=%s", workload);
	if (ranges)
		printf(" ranges=%u", ranges);
	printf(" ours=%llu", (unsigned long long)ours);
	if (both)
		printf(" native=%llu", (unsigned long long)native);
	else
		printf(" native=-");
}

static void print_costs(const struct costs *costs, unsigned int ranges, const char *only)
{
	bool both = costs[NATIVE].measured;
	int hit;

	for (hit = 0; hit < HITS; hit++) {
		uint64_t base = costs[NOBODY].hit[hit];

		if (!is_asked_for(hit_names[hit], only))
			continue;
		print(hit_names[hit], ranges, costs[OURS].hit[hit] - base, both,
		      costs[NATIVE].hit[hit] - base);
		printf(" base=%llu\n", (unsigned long long)base);
	}
	if (is_asked_for("register", only)) {
		print("register", ranges, costs[OURS].add, both, costs[NATIVE].add);
		puts("");
	}
	if (is_asked_for("unregister", only)) {
		print("unregister", ranges, costs[OURS].remove, both, costs[NATIVE].remove);
		puts("");
	}
}

static bool any_is_asked_for(const char *only)
{
	int hit;

	for (hit = 0; hit < HITS; hit++)
		if (is_asked_for(hit_names[hit], only))
			return true;
	return is_asked_for("register", only) || is_asked_for("unregister", only);
}

void invalidations(const char *only, bool quick)
{
	struct costs *costs = mmap(NULL, SIDES * sizeof(*costs), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int ranges;

	if (costs == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	if (any_is_asked_for(only))
		for (ranges = 1; ranges <= (quick ? 10 : 10000); ranges *= 10) {
			measure(costs, ranges, false);
			print_costs(costs, ranges, only);
		}
	if (is_asked_for("memory_mirror", only) || is_asked_for("memory_range", only)) {
		measure(costs, 100, true);
		print("memory_mirror", 0, costs[OURS].mirror_bytes, costs[NATIVE].measured,
		      costs[NATIVE].mirror_bytes);
		puts("");
		print("memory_range", 0, costs[OURS].range_bytes, costs[NATIVE].measured,
		      costs[NATIVE].range_bytes);
		puts("");
	}
	munmap(costs, SIDES * sizeof(*costs));
}
