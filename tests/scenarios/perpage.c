// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request for each page, with copies on write that make the walk start over.
 */
#include "harness.h"

#define N 96

static void idle_fn(int sock, void *arg)
{
	(void)arg;
	say(sock, 1);
	hear(sock);
}

/* One window with pages of every kind, half of it shared with a child. */
static void mixed(unsigned int seed, unsigned int call_flags, bool nothing_to_copy)
{
	uint32_t r = seed * 2654435761U + 1;
	static uint64_t e[N], want[N], walk[N];
	static struct frame before[N];
	int fd = dev_open();
	char *p = map_anon(N);
	struct peer child = { 0 };
	uint32_t handle;
	size_t i;

	for (i = 0; i < N; i++) {
		switch (prng(&r) % 4) {
		case 0:
			break;				/* untouched */
		case 1:
			(void)*(volatile char *)(p + i * PAGE);	/* zero page */
			break;
		default:
			stamp(p + i * PAGE, 80, i, seed);
		}
	}
	if (!nothing_to_copy) {
		child = peer_start(idle_fn, NULL);
		hear(child.sock);
		for (i = 0; i < N; i++)		/* some are written again: copied */
			if (prng(&r) % 4 == 0)
				stamp(p + i * PAGE, 80, i, seed);
	}
	for (i = 0; i < N; i++) {
		before[i] = frame_of(0, p + i * PAGE);
		want[i] = (uint64_t[]){ 0, VGPU_PTE_VALID, RW }[prng(&r) % 3];
	}
	memcpy(e, want, sizeof(e));
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE | call_flags) == N, "seed %u: the fault", seed);
	for (i = 0; i < N; i++) {
		struct frame f = frame_of(0, p + i * PAGE);

		if (want[i] & VGPU_PTE_VALID)
			CHECK(e[i] & VGPU_PTE_VALID, "seed %u page %zu: asked for, entry 0x%llx",
			      seed, i, (unsigned long long)e[i]);
		if (want[i] & VGPU_PTE_WRITE)
			CHECK(e[i] & VGPU_PTE_WRITE, "seed %u page %zu: asked to write, entry 0x%llx",
			      seed, i, (unsigned long long)e[i]);
		if (!want[i] || (want[i] == VGPU_PTE_VALID && before[i].present))
			CHECK(f.present == before[i].present && f.pfn == before[i].pfn,
			      "seed %u page %zu: nobody asked, yet it was faulted", seed, i);
		if (!want[i] && !before[i].present)
			CHECK(!e[i], "seed %u page %zu: not there and not asked for, entry 0x%llx",
			      seed, i, (unsigned long long)e[i]);
	}
	EXPECT_FRAMES(0, p, N, e);
	/* An undisturbed walk of the same state says the same. */
	CHECK(dev_fault(fd, p, N, walk, VGPU_SNAPSHOT) == N, "seed %u: snapshot", seed);
	for (i = 0; i < N; i++)
		CHECK(walk[i] == e[i], "seed %u page %zu: entry 0x%llx, another walk says 0x%llx",
		      seed, i, (unsigned long long)e[i], (unsigned long long)walk[i]);
	/* The same requests again: nothing is left to fault. */
	memcpy(e, want, sizeof(e));
	CHECK(dev_get(fd, p, N, walk, 0, &handle) == N, "seed %u: USERPTR_GET", seed);
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE | call_flags) == N, "seed %u: again", seed);
	CHECK(dev_done(fd, handle), "seed %u: the second call still changed something", seed);
	for (i = 0; i < N; i++)
		CHECK(walk[i] == e[i], "seed %u page %zu: entry 0x%llx, then 0x%llx", seed, i,
		      (unsigned long long)walk[i], (unsigned long long)e[i]);
	for (i = 0; i < N; i++)
		CHECK(page_is_zero(p + i * PAGE) || stamp_is(p + i * PAGE, 80, i, seed),
		      "seed %u page %zu lost its bytes", seed, i);
	if (!nothing_to_copy) {
		say(child.sock, 1);
		peer_join(&child);
	}
	close(fd);
	MUST(munmap(p, N * PAGE));
}

static void with_cow(void)
{
	unsigned int seed;

	for (seed = 1; seed <= 12; seed++)
		mixed(seed, 0, false);
}

static void with_retry(void)
{
	unsigned int seed;

	for (seed = 101; seed <= 106; seed++)
		mixed(seed, VGPU_ALLOW_RETRY, false);
}

static void without_cow(void)
{
	unsigned int seed;

	for (seed = 201; seed <= 206; seed++)
		mixed(seed, 0, true);
}

/* Nobody asks for anything: the same as a snapshot. */
static void no_requests(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N] = { 0 }, walk[N];
	size_t i;

	for (i = 0; i < N; i += 5)
		stamp(p + i * PAGE, 81, i, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE) == N, "the fault");
	CHECK(dev_fault(fd, p, N, walk, VGPU_SNAPSHOT) == N, "snapshot");
	CHECK(!memcmp(e, walk, sizeof(e)), "differs from a snapshot");
	EXPECT_FRAMES(0, p, N, e);
	for (i = 0; i < N; i++)
		CHECK(frame_of(0, p + i * PAGE).present == (i % 5 == 0), "page %zu", i);
}

/* The call's own copies on write invalidate a large window many times. */
static void all_copied(void)
{
	const size_t n = 600;
	int fd = dev_open();
	char *p = map_anon(n);
	uint64_t *e = calloc(n, sizeof(*e)), *old = calloc(n, sizeof(*e));
	struct peer child;
	size_t i;

	for (i = 0; i < n; i++)
		*(volatile uint64_t *)(p + i * PAGE) = i + 1;
	CHECK(dev_fault(fd, p, n, old, VGPU_SNAPSHOT) == (long)n, "snapshot");
	child = peer_start(idle_fn, NULL);
	hear(child.sock);
	CHECK(dev_fault(fd, p, n, e, VGPU_WRITE | VGPU_MAP) == (long)n, "write fault");
	EXPECT_FRAMES(0, p, n, e);
	EXPECT_FLAGS(n, e, RW);
	for (i = 0; i < n; i++) {
		CHECK(ENTRY_PFN(e[i]) != ENTRY_PFN(old[i]), "page %zu is still shared", i);
		CHECK(*(volatile uint64_t *)(p + i * PAGE) == i + 1, "page %zu lost its bytes", i);
	}
	note("the driver started over %u times", dev_tries);
	say(child.sock, 1);
	peer_join(&child);
}

static char *busy_at;
static bool busy_stop;

static void *busy(void *arg)
{
	uint32_t r = 17;

	(void)arg;
	while (!__atomic_load_n(&busy_stop, __ATOMIC_RELAXED)) {
		char *p = busy_at + prng(&r) % 24 * PAGE;

		MUST(madvise(p, PAGE, MADV_DONTNEED));
		if (prng(&r) & 1)		/* the zero page: to write to, a copy is made */
			(void)*(volatile char *)(busy_at + prng(&r) % 24 * PAGE);
		/* Now and then quiet enough for a call to get through, on slow kernels too. */
		if (prng(&r) % 16 == 0)
			sleep_ms(prng(&r) % 8 ? 3 : 80);
	}
	return NULL;
}

static pthread_t busy_start(char *p)
{
	pthread_t t;

	busy_at = p;
	busy_stop = false;
	CHECK(!pthread_create(&t, NULL, busy, NULL), "pthread_create");
	return t;
}

static void busy_end(pthread_t t)
{
	__atomic_store_n(&busy_stop, true, __ATOMIC_RELAXED);
	pthread_join(t, NULL);
}

/* Pages come and go during the call: what was asked for is there in the end. */
static void under_fire(void)
{
	int fd = dev_open(), done = 0, tries = 0;
	char *p = map_anon(24);
	pthread_t t = busy_start(p);
	double end = now() + 1.5;
	uint64_t want[24], e[24];
	uint32_t r = 5;
	size_t i;
	long n;

	while (now() < end || (!done && now() < end + 8)) {
		for (i = 0; i < 24; i++)
			e[i] = want[i] = (uint64_t[]){ 0, VGPU_PTE_VALID, RW }[prng(&r) % 3];
		n = dev_fault(fd, p, 24, e, VGPU_PER_PAGE);
		tries++;
		CHECK(n == 24 || n == -EBUSY, "fault: %ld", n);
		if (n < 0)
			continue;
		done++;
		for (i = 0; i < 24; i++)
			CHECK((e[i] & want[i]) == want[i],
			      "page %zu: wanted flags 0x%llx, entry 0x%llx", i,
			      (unsigned long long)want[i], (unsigned long long)e[i]);
	}
	busy_end(t);
	note("%d calls of %d got through", done, tries);
	CHECK(done, "no call got through");
}

/*
 * The same with a range that stays registered: as long as it is valid the oracle, asked
 * in between, must say the same.
 */
static void under_fire_watched(void)
{
	int fd = dev_open(), valid = 0, lost = 0, none = 0;
	char *p = map_anon(24);
	pthread_t t = busy_start(p);
	double end = now() + 2;
	struct frame f[24];
	uint32_t handle;
	uint64_t e[24];
	size_t i;
	long n;

	while (now() < end || (!valid && now() < end + 8)) {
		n = dev_get(fd, p, 24, e, VGPU_WRITE, &handle);
		CHECK(n == 24 || n == -EBUSY, "USERPTR_GET: %ld", n);
		if (n < 0) {
			none++;
			continue;
		}
		frames_of(0, p, 24, f);
		if (!dev_done(fd, handle)) {
			lost++;
			continue;
		}
		valid++;
		for (i = 0; i < 24; i++)
			CHECK(f[i].present && ENTRY_FLAGS(e[i]) == RW && ENTRY_PFN(e[i]) == f[i].pfn,
			      "page %zu: valid entry 0x%llx, %sframe 0x%llx", i,
			      (unsigned long long)e[i], f[i].present ? "" : "no ",
			      (unsigned long long)f[i].pfn);
	}
	busy_end(t);
	note("valid %d times, lost %d times, -EBUSY %d times", valid, lost, none);
	CHECK(valid, "never valid");
}

const struct scenario group_perpage[] = {
	{ "perpage_cow", "mixed requests with copies on write, against one undisturbed walk", with_cow },
	{ "perpage_retry", "the same, with leave to drop the mmap lock", with_retry },
	{ "perpage_plain", "mixed requests, nothing to copy", without_cow },
	{ "perpage_none", "no request at all is a snapshot", no_requests },
	{ "perpage_all_copied", "600 copies on write in one call", all_copied },
	{ "perpage_under_fire", "mixed requests while pages come and go", under_fire },
	{ "perpage_watched", "watched ranges while pages come and go, against the oracle", under_fire_watched },
	{ 0 }
};
