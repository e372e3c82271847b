// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks over memory of every kind.
 */
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "guest.h"

#define NOBODY	UINT64_MAX	/* no figure */
#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* Sizes up to 1 GiB, and what of them is enough to see that all works. */
static const size_t sizes[] = { 1, 8, 64, 512, 4096, 16384, 65536, 262144 };
static const size_t quick_sizes[] = { 1, 512 };

/**
 * struct workload - memory, and what is wanted of it
 * @name: of the workload
 * @make: makes the memory
 * @want: of every page; 0: look only
 * @per_page: ask page by page
 * @least: pages
 * @most: pages
 * @gup: get_user_pages_fast() can do it, and does the same
 */
struct workload {
	const char *name;
	memory_maker make;
	uint8_t want;
	bool per_page;
	size_t least;
	size_t most;
	bool gup;
};

#define ALL	SIZE_MAX

static const struct workload workloads[] = {
	{ "snapshot_4k", memory_4k, 0, false, 1, ALL, true },
	{ "snapshot_4k_mixed", memory_4k_mixed, 0, false, 8, 16384, true },
	{ "snapshot_thp", memory_thp, 0, false, 512, ALL, true },
	{ "snapshot_hugetlb", memory_hugetlb, 0, false, 512, ALL, true },
	{ "snapshot_hole", memory_hole, 0, false, 1, ALL, false },
	{ "snapshot_mixed", memory_mixed, 0, false, 4096, 65536, false },
	{ "snapshot_swapped", memory_swapped, 0, false, 512, 16384, false },
	{ "fault_4k", memory_4k, BENCH_READ | BENCH_WRITE, true, 1, ALL, true },
	{ "fault_4k_default", memory_4k, BENCH_READ | BENCH_WRITE, false, 1, 16384, true },
	{ "fault_4k_mixed", memory_4k_mixed, BENCH_READ, true, 8, 16384, false },
	{ "fault_thp", memory_thp, BENCH_READ | BENCH_WRITE, true, 512, ALL, true },
	{ "fault_hugetlb", memory_hugetlb, BENCH_READ | BENCH_WRITE, true, 512, 65536, true },
};

/* Instructions of a walk, and how many pages it found; NOBODY if the kernel has no such walk. */
static uint64_t walk(int device, const struct memory *m, uint32_t who, uint32_t want,
		     unsigned int repeats, uint64_t *valid)
{
	struct bench_walk w = {
		.addr = (uintptr_t)m->p, .npages = m->npages, .wants = (uintptr_t)m->wants,
		.want = want, .who = who, .repeats = repeats,
	};

	if (ioctl(device, BENCH_WALK, &w)) {
		if (errno == EOPNOTSUPP)
			return NOBODY;
		die("walk %u over %zu pages: %s", who, m->npages, strerror(errno));
	}
	*valid = w.valid;
	/* What is left to others is done before the next one: notifiers end a little later. */
	usleep(20000);
	return w.instructions;
}

static void field(const char *name, uint64_t value)
{
	if (value == NOBODY)
		printf(" %s=-", name);
	else
		printf(" %s=%llu", name, (unsigned long long)value);
}

/* All four look at the same memory, which none of them changes. */
static void compare(int device, const char *name, struct memory *m, uint32_t want, bool gup,
		    size_t nvmas)
{
	uint64_t ours, native, fast = NOBODY, floor, found, theirs;

	ours = walk(device, m, BENCH_OURS, want, 3, &found);
	native = walk(device, m, BENCH_NATIVE, want, 3, &theirs);
	if (native != NOBODY && found != theirs)
		die("%s: hmm-backport found %llu pages of %zu, the kernel %llu", name,
		    (unsigned long long)found, m->npages, (unsigned long long)theirs);
	if (gup)
		fast = walk(device, m, BENCH_GUP_FAST, want, 3, &found);
	floor = walk(device, m, BENCH_FLOOR, want, 3, &found);

	printf("bench: workload=%s pages=%zu", name, m->npages);
	if (nvmas)
		printf(" vmas=%zu", nvmas);
	field("ours", ours);
	field("native", native);
	field("gup_fast", fast);
	field("floor", floor);
	puts("");
}

/* In a process of its own, whose memory goes with it. */
static void apart(void (*run)(int device, const void *what, size_t n), int device,
		  const void *what, size_t n)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid == 0) {
		run(device, what, n);
		fflush(stdout);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		exit(1);
}

static void run_resident(int device, const void *what, size_t npages)
{
	const struct workload *w = what;
	struct memory m;

	if (!w->make(&m, npages)) {
		printf("bench: workload=%s pages=%zu ours=- native=- gup_fast=- floor=-\n",
		       w->name, npages);
		return;
	}
	if (!w->per_page) {
		free(m.wants);
		m.wants = NULL;
	} else if (!m.wants) {
		memory_want(&m, w->want);
	}
	compare(device, w->name, &m, w->want, w->gup, 0);
	memory_drop(&m);
}

#define VMAS_PAGES	20000

static void run_vmas(int device, const void *what, size_t nvmas)
{
	struct memory m;

	(void)what;
	memory_vmas(&m, VMAS_PAGES, nvmas);
	compare(device, "snapshot_vmas", &m, 0, true, nvmas);
}

/**
 * struct touching - pages that are not there yet
 * @name: of the workload
 * @make: makes the memory
 * @want: of every page
 */
struct touching {
	const char *name;
	memory_maker make;
	uint8_t want;
};

static bool memory_untouched(struct memory *m, size_t npages)
{
	memory_hole(m, npages);
	return madvise(m->whole, m->bytes, MADV_NOHUGEPAGE) == 0;
}

static const struct touching touchings[] = {
	{ "touch_read", memory_untouched, BENCH_READ },
	{ "touch_write", memory_untouched, BENCH_READ | BENCH_WRITE },
	{ "touch_cow", memory_cow, BENCH_READ | BENCH_WRITE },
};

static const char *const touch_fields[] = {
	[BENCH_OURS] = "ours",
	[BENCH_NATIVE] = "native",
	[BENCH_GUP_FAST] = "gup_fast",
	[BENCH_FLOOR] = "floor",
	[BENCH_HANDLE_OURS] = "handle_ours",
	[BENCH_HANDLE_NATIVE] = "handle",
};

#define WHO	(BENCH_HANDLE_NATIVE + 1)
#define ROUNDS	5

static uint64_t touch_once(int device, const struct touching *t, size_t npages, uint32_t who)
{
	uint64_t valid, took;
	struct memory m;

	if (!t->make(&m, npages))
		die("%s: no such memory", t->name);
	took = walk(device, &m, who, t->want, 1, &valid);
	if (took != NOBODY && valid != npages)
		die("%s: %llu pages of %zu", t->name, (unsigned long long)valid, npages);
	memory_drop(&m);
	return took;
}

static void touch_in_turn(int device, const struct touching *t, size_t npages,
			  const uint32_t *who, size_t n, uint64_t *least)
{
	uint64_t took;
	size_t round, i;

	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < n; i++) {
			took = touch_once(device, t, npages, who[i]);
			if (took < least[who[i]])
				least[who[i]] = took;
		}
}

/*
 * Each gets new memory, and the cheapest of some rounds counts: what the allocator of
 * pages does now and then is nobody's.  What it does depends on what was done before,
 * so those that are compared most closely take turns, and the others come after them.
 */
static void run_touching(int device, const void *what, size_t npages)
{
	static const uint32_t walkers[] = {
		BENCH_OURS, BENCH_HANDLE_OURS, BENCH_NATIVE, BENCH_HANDLE_NATIVE,
	};
	static const uint32_t others[] = { BENCH_GUP_FAST, BENCH_FLOOR };
	const struct touching *t = what;
	uint64_t least[WHO];
	uint32_t who;

	memset(least, 0xff, sizeof(least));
	touch_in_turn(device, t, npages, walkers, LENGTH(walkers), least);
	touch_in_turn(device, t, npages, others, LENGTH(others), least);
	printf("bench: workload=%s pages=%zu", t->name, npages);
	for (who = 0; who < WHO; who++)
		field(touch_fields[who], least[who]);
	puts("");
}

void walks(int device, const char *only, bool quick)
{
	const size_t *list = quick ? quick_sizes : sizes;
	size_t n = quick ? LENGTH(quick_sizes) : LENGTH(sizes);
	size_t i, k, nvmas;

	for (k = 0; k < LENGTH(workloads); k++)
		for (i = 0; i < n; i++)
			if (is_asked_for(workloads[k].name, only) &&
			    list[i] >= workloads[k].least && list[i] <= workloads[k].most)
				apart(run_resident, device, &workloads[k], list[i]);
	if (is_asked_for("snapshot_vmas", only))
		for (nvmas = 1; nvmas <= (quick ? 10 : 10000); nvmas *= 10)
			apart(run_vmas, device, NULL, nvmas);
	for (k = 0; k < LENGTH(touchings); k++)
		for (i = 0; i < n; i++)
			if (is_asked_for(touchings[k].name, only) && list[i] <= 4096)
				apart(run_touching, device, &touchings[k], list[i]);
}
