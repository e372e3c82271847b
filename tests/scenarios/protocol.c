// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults inside running invalidations.  A second device with a slow flush holds an
 * invalidation open: its start has been told, the page tables still hold the old frames.
 */
#include <signal.h>

#include "harness.h"

#define N 16

struct job {
	char *addr;
	size_t npages;
	enum { DONTNEED, MUNMAP, RDONLY } what;
	double started;
	bool ready, go, done;
};

static void set(bool *flag)
{
	__atomic_store_n(flag, true, __ATOMIC_SEQ_CST);
}

static bool is_set(bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

static void *job_thread(void *arg)
{
	struct job *j = arg;

	set(&j->ready);
	while (!is_set(&j->go))
		sleep_ms(1);
	switch (j->what) {
	case DONTNEED:
		MUST(madvise(j->addr, j->npages * PAGE, MADV_DONTNEED));
		break;
	case MUNMAP:
		MUST(munmap(j->addr, j->npages * PAGE));
		break;
	case RDONLY:
		MUST(mprotect(j->addr, j->npages * PAGE, PROT_READ));
		break;
	}
	set(&j->done);
	return NULL;
}

/*
 * Returns when the invalidation runs, which it does for @ms milliseconds, or longer on
 * a slow kernel.  Only this one
 * is slow: starting a thread, or a first write after fork, invalidates as well.
 */
static pthread_t job_start(struct job *j, int slow, unsigned int ms)
{
	uint64_t before;
	double end = now() + 5 * slowness;
	pthread_t t;

	CHECK(!pthread_create(&t, NULL, job_thread, j), "pthread_create");
	while (!is_set(&j->ready))
		sleep_ms(1);
	sleep_ms(5);
	before = dev_stats(slow).invalidations;
	dev_flush_delay(slow, ms * slowness);
	j->started = now();
	set(&j->go);
	while (dev_stats(slow).invalidations == before) {
		CHECK(now() < end, "no invalidation");
		sleep_ms(1);
	}
	sleep_ms(20);
	dev_flush_delay(slow, 0);
	CHECK(!is_set(&j->done), "the flush does not delay the invalidation");
	return t;
}

static void job_join(pthread_t t)
{
	CHECK(!pthread_join(t, NULL), "pthread_join");
}

/* madvise: the mmap lock is shared, so the fault really meets the invalidation. */
static void inside_dontneed(void)
{
	int fast = dev_open(), slow = dev_open();
	char *p = map_anon(N), buf[PAGE];
	struct job j = { .addr = p + 4 * PAGE, .npages = 8, .what = DONTNEED };
	uint64_t old[N], e[N];
	double end;
	pthread_t t;
	size_t i;

	stamp_pages(p, N, 70, 1);
	CHECK(dev_fault(fast, p, N, old, VGPU_SNAPSHOT) == N, "snapshot");
	t = job_start(&j, slow, 600);
	/* Registered and first faulted inside: overlapping, not the same window. */
	CHECK(dev_fault(fast, p, N, e, VGPU_MAP) == N, "fault inside the invalidation");
	end = now();
	job_join(t);
	CHECK(end - j.started > 0.5 * slowness, "the fault did not wait (%.0f ms)", (end - j.started) * 1e3);
	EXPECT_FRAMES(0, p, N, e);
	for (i = 4; i < 12; i++) {
		CHECK(ENTRY_FLAGS(e[i]) == VGPU_PTE_VALID,
		      "page %zu: entry 0x%llx, old entry 0x%llx", i, (unsigned long long)e[i],
		      (unsigned long long)old[i]);
		CHECK(dev_read(fast, p + i * PAGE, PAGE, buf) == PAGE, "device read");
		CHECK(page_is_zero(buf), "page %zu: the device reads old bytes", i);
	}
	EXPECT_SAME_BYTES(fast, p, N);
	CHECK(stamp_is(p, 70, 0, 1), "a page outside was lost");
}

/* The same through USERPTR_GET, and the range that it leaves is valid. */
static void inside_userptr(void)
{
	int fast = dev_open(), slow = dev_open();
	char *p = map_anon(N);
	struct job j = { .addr = p + 4 * PAGE, .npages = 8, .what = DONTNEED };
	uint64_t e[N];
	uint32_t handle;
	pthread_t t;
	long n;

	stamp_pages(p, N, 71, 1);
	t = job_start(&j, slow, 600);
	n = dev_get(fast, p, 8, e, 0, &handle);
	CHECK(n == 8 || n == -EBUSY, "USERPTR_GET inside the invalidation: %ld", n);
	job_join(t);
	if (n == 8) {
		CHECK(dev_done(fast, handle), "not valid");
		EXPECT_FRAMES(0, p, 8, e);
		EXPECT_FLAGS(4, e + 4, VGPU_PTE_VALID);
	}
	CHECK(dev_get(fast, p, N, e, 0, &handle) == N, "USERPTR_GET afterwards");
	EXPECT_FRAMES(0, p, N, e);
	CHECK(dev_done(fast, handle), "not valid afterwards");
}

static void inside_munmap(void)
{
	int fast = dev_open(), slow = dev_open();
	char *p = map_anon(N);
	struct job j = { .addr = p + 4 * PAGE, .npages = 8, .what = MUNMAP };
	uint64_t e[N];
	pthread_t t;

	stamp_pages(p, N, 72, 1);
	t = job_start(&j, slow, 500);
	CHECK(dev_fault(fast, p + 8 * PAGE, 8, e, 0) == -EFAULT, "fault into the munmap");
	job_join(t);
	CHECK(dev_fault(fast, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FRAMES(0, p, 4, e);
	EXPECT_FLAGS(8, e + 4, 0);
}

static void inside_mprotect(void)
{
	int fast = dev_open(), slow = dev_open();
	char *p = map_anon(N);
	struct job j = { .addr = p, .npages = N, .what = RDONLY };
	uint64_t e[N];
	pthread_t t;

	stamp_pages(p, N, 73, 1);
	t = job_start(&j, slow, 500);
	CHECK(dev_fault(fast, p, N, e, VGPU_WRITE | VGPU_MAP) == -EPERM,
	      "write fault into the mprotect");
	job_join(t);
	CHECK(dev_write(fast, p, PAGE, (char[PAGE_MOST]){ 0 }) == 0, "the device writes");
	CHECK(dev_fault(fast, p, N, e, VGPU_MAP) == N, "read fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
}

/*
 * The driver ignores what its wait says.  An invalidation outlasts the wait: the answer
 * is -EBUSY, or true; it is never the old frame.
 */
static void wait_ignored(void)
{
	int fast = dev_open(), slow = dev_open(), tries, busy = 0;
	char *p = map_anon(N);
	struct job j = { .addr = p, .npages = N, .what = DONTNEED };
	uint64_t old[N], e[N];
	uint32_t handle;
	double start;
	pthread_t t;
	long n;

	stamp_pages(p, N, 74, 1);
	CHECK(dev_fault(fast, p, N, old, VGPU_SNAPSHOT) == N, "snapshot");
	t = job_start(&j, slow, 2600);
	for (tries = 0; tries < 20; tries++) {
		start = now();
		n = dev_get(fast, p, N, e, 0, &handle);
		if (n == -EBUSY) {
			busy++;
			CHECK(now() - start < 8 * slowness, "-EBUSY after %.1f s only", now() - start);
			continue;
		}
		CHECK(n == N, "USERPTR_GET: %ld", n);
		if (!dev_done(fast, handle))
			continue;
		break;
	}
	CHECK(n == N, "still -EBUSY after %d tries", tries);
	job_join(t);
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	CHECK(page_is_zero(p), "bytes came back");
	note("-EBUSY %d times", busy);
}

/* An invalidation elsewhere, however long, delays nobody. */
static void elsewhere(void)
{
	int fast = dev_open(), slow = dev_open();
	char *p = map_anon(N), *q = map_anon(N);
	struct job j = { .addr = q, .npages = N, .what = DONTNEED };
	uint64_t e[N];
	uint32_t handle;
	double start;
	pthread_t t;

	stamp_pages(p, N, 75, 1);
	stamp_pages(q, N, 76, 1);
	t = job_start(&j, slow, 2000);
	start = now();
	CHECK(dev_get(fast, p, N, e, 0, &handle) == N, "USERPTR_GET");
	CHECK(dev_done(fast, handle), "not valid");
	CHECK(dev_fault(fast, p, N, e, VGPU_MAP) == N, "fault");
	start = now() - start;
	CHECK(!is_set(&j.done) || start < 0.6 * slowness,
	      "an invalidation elsewhere delayed the fault by %.0f ms", start * 1e3);
	job_join(t);
	EXPECT_FRAMES(0, p, N, e);
}

/* A page beside the window, and two invalidations at once that overlap in part. */
static void two_at_once(void)
{
	int fast = dev_open(), slow = dev_open();
	char *p = map_anon(N);
	struct job j1 = { .addr = p, .npages = 8, .what = DONTNEED };
	struct job j2 = { .addr = p + 6 * PAGE, .npages = 6, .what = DONTNEED };
	uint64_t e[N];
	double end;
	pthread_t t1, t2;

	stamp_pages(p, N, 77, 1);
	t1 = job_start(&j1, slow, 700);
	t2 = job_start(&j2, slow, 500);
	CHECK(dev_fault(fast, p, N, e, 0) == N, "fault");
	end = now();
	job_join(t1);
	job_join(t2);
	CHECK(end > j1.started + 0.65 * slowness && end > j2.started + 0.45 * slowness, "the fault did not wait for both");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(12, e, VGPU_PTE_VALID);
	EXPECT_FLAGS(4, e + 12, RW);
}

/* A process whose memory is under an invalidation of @ms milliseconds. */
struct owner {
	struct peer peer;
	int fd, slow;
	char *p;
};

static void owner_fn(int sock, void *arg)
{
	int fd = dev_open(), slow = dev_open();
	struct job j = { .addr = arg, .npages = N, .what = DONTNEED };

	stamp_pages(arg, N, 78, 1);
	say_fd(sock, fd);
	say_fd(sock, slow);
	job_start(&j, slow, (unsigned int)hear(sock));
	say(sock, 1);
	hear(sock);
}

static struct owner owner_start(unsigned int ms)
{
	struct owner o = { .p = map_anon(N) };
	uint64_t e[N];

	o.peer = peer_start(owner_fn, o.p);
	o.fd = hear_fd(o.peer.sock);
	o.slow = hear_fd(o.peer.sock);
	CHECK(dev_fault(o.fd, o.p, N, e, VGPU_MAP) == N, "fault");
	EXPECT_FRAMES(o.peer.pid, o.p, N, e);
	say(o.peer.sock, ms);
	hear(o.peer.sock);
	return o;
}

static void waiter_fn(int sock, void *arg)
{
	struct owner *o = arg;
	uint64_t e[N];
	uint32_t handle;
	long n;

	say(sock, 1);
	n = dev_get(o->fd, o->p, N, e, 0, &handle);
	/* Whatever it is: if it is true, then it is the new state. */
	if (n == N && dev_done(o->fd, handle))
		EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	say(sock, (uint64_t)n);
}

/* A process that waits inside the driver for another one's memory can be killed. */
static void kill_waiter(void)
{
	struct owner o = owner_start(3000);
	struct peer waiter = peer_start(waiter_fn, &o);
	double start;

	hear(waiter.sock);
	sleep_ms(300);
	start = now();
	MUST(kill(waiter.pid, SIGKILL));
	peer_reap(&waiter);
	CHECK(now() - start < 1.2, "the killed process went on waiting for %.1f s", now() - start);
	say(o.peer.sock, 1);
	MUST(kill(o.peer.pid, SIGKILL));
	peer_reap(&o.peer);
}

/* The memory that another process waits for goes away under it. */
static void exit_under_waiter(void)
{
	struct owner o = owner_start(900);
	struct peer waiter = peer_start(waiter_fn, &o);
	double end = now() + 10 * slowness;
	long n;

	hear(waiter.sock);
	sleep_ms(100);
	MUST(kill(o.peer.pid, SIGKILL));
	n = (long)hear(waiter.sock);
	CHECK(n == N || n < 0, "USERPTR_GET: %ld", n);
	peer_join(&waiter);
	peer_reap(&o.peer);
	while (dev_stats(o.fd).releases != 1) {
		CHECK(now() < end, "no release 10 s after the end of the process");
		sleep_ms(5);
	}
	CHECK(!dev_stats(o.fd).mapped, "device entries outlive the process");
}

/* More invalidations at once than there are slots to note them in: nothing is missed. */
static void crowd(void)
{
	enum { JOBS = 40 };
	static struct job jobs[JOBS];
	static pthread_t threads[JOBS];
	int fast = dev_open(), slow = dev_open(), i;
	char *p = map_anon(N), *q = map_anon(JOBS);
	uint64_t before, e[N];
	uint32_t handle;
	double start;

	stamp_pages(p, N, 79, 1);
	stamp_pages(q, JOBS, 79, 1);
	for (i = 0; i < JOBS; i++) {
		/* The last one hits the window. */
		jobs[i] = (struct job) {
			.addr = i < JOBS - 1 ? q + (size_t)i * PAGE : p,
			.npages = i < JOBS - 1 ? 1 : N, .what = DONTNEED,
		};
		CHECK(!pthread_create(&threads[i], NULL, job_thread, &jobs[i]), "pthread_create");
		while (!is_set(&jobs[i].ready))
			sleep_ms(1);
	}
	sleep_ms(20);
	before = dev_stats(slow).invalidations;
	dev_flush_delay(slow, 2000 * slowness);
	for (i = 0; i < JOBS; i++) {
		/* Only when the others are all inside does the one come that hits the window. */
		start = now();
		while (i == JOBS - 1 && dev_stats(slow).invalidations < before + JOBS - 1 &&
		       now() < start + 1.5 * slowness)
			sleep_ms(1);
		set(&jobs[i].go);
	}
	while (dev_stats(slow).invalidations < before + JOBS && now() < start + 1.8 * slowness)
		sleep_ms(1);
	sleep_ms(10);
	dev_flush_delay(slow, 0);
	for (i = 0; i < JOBS; i++)
		if (is_set(&jobs[i].done))
			skip("this machine is too slow to run %d invalidations at once", JOBS);
	CHECK(dev_fault(fast, p, N, e, 0) == N, "fault");
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	for (i = 0; i < JOBS; i++)
		job_join(threads[i]);
	EXPECT_FRAMES(0, p, N, e);
	/* Quiet again: nothing is left that delays or invalidates. */
	start = now();
	CHECK(dev_get(fast, q, N, e, 0, &handle) == N, "USERPTR_GET");
	EXPECT_FRAMES(0, q, N, e);
	CHECK(now() - start < 0.9, "something is left that delays");
	CHECK(dev_done(fast, handle), "not valid");
}

const struct scenario group_protocol[] = {
	{ "protocol_dontneed", "first fault inside a running madvise(DONTNEED)", inside_dontneed },
	{ "protocol_userptr", "range registered inside a running invalidation", inside_userptr },
	{ "protocol_munmap", "first fault inside a running munmap", inside_munmap },
	{ "protocol_mprotect", "first fault inside a running mprotect", inside_mprotect },
	{ "protocol_wait_ignored", "a wait that times out and is ignored: -EBUSY, never stale", wait_ignored },
	{ "protocol_elsewhere", "an invalidation elsewhere delays nobody", elsewhere },
	{ "protocol_two_at_once", "two invalidations at once", two_at_once },
	{ "protocol_crowd", "more invalidations at once than are noted singly", crowd },
	{ "protocol_kill_waiter", "a process that waits for an invalidation is killed", kill_waiter },
	{ "protocol_exit_waited", "a process ends while another one waits for its memory", exit_under_waiter },
	{ 0 }
};
