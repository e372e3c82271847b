// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody waits for what is not his, no wait is endless, no call walks without end.
 */
#include <signal.h>
#include <sys/wait.h>

#include "common.h"

#define N 16

/* Faults that copy every page. */
static struct live_call fault_all(int fd, char *p, size_t npages)
{
	struct live_call call = CALL(fd, LIVE_FAULT, AT(p, npages), .flags = LIVE_WRITE);

	CHECK(call.ret == (long)npages, "hmm_range_fault: %lld", (long long)call.ret);
	CHECK(call.also == (long)npages, "%lld of %zu pages can be written",
	      (long long)call.also, npages);
	return call;
}

/* The kernel's own wait, for a window of its own in the same storm. */
struct kernel_waiter {
	int fd;
	char *p;
	bool stop;
	double longest;
	unsigned int waits;
};

static void *kernel_waiter(void *arg)
{
	struct kernel_waiter *k = arg;

	while (!is_set(&k->stop)) {
		double waited;

		*(volatile char *)k->p = 1;
		MUST(madvise(k->p, PAGE, MADV_DONTNEED));
		waited = (double)CALL(k->fd, LIVE_KWAIT).ns / 1e6;
		if (waited > k->longest)
			k->longest = waited;
		k->waits++;
	}
	return NULL;
}

/* As long as the storm blows, which this ends. */
static void kernel_waits(struct kernel_waiter *k, struct storm *storm)
{
	pthread_t t;

	CHECK(!pthread_create(&t, NULL, kernel_waiter, k), "pthread_create");
	sleep_ms(1000);
	set(&k->stop, true);
	/* It may be waiting, and for as long as the storm blows. */
	sleep_ms(100);
	storm_stop(storm);
	CHECK(!pthread_join(t, NULL), "pthread_join");
	CALL(k->fd, LIVE_KWATCH, AT(NULL, 0));
}

/*
 * Invalidations run all the time, elsewhere.  A wait with no time at all still succeeds,
 * always; a fault that has to copy pages is through after its second walk.
 */
static void starve(unsigned int threads)
{
	int fd = live_open();
	char *p = map_zero_pages(N);
	struct kernel_waiter k = { .fd = fd, .p = map_anon(1) };
	double wait = 0, fault = 0, own = 0, end, start;
	unsigned int waits = 0, faults = 0, running = 0, looks = 0, i;
	struct storm *storm;
	uint64_t blown;
	struct row before, row;
	long long watch;

	watch = CALL(fd, LIVE_KWATCH, AT(k.p, 1)).ret;
	CHECK(!watch || watch == -EOPNOTSUPP, "mmu_interval_notifier_insert: %lld", watch);
	storm = storm_start(fd, threads, 30);
	before = row_of(0);
	blown = storm_count(storm);
	for (end = now() + 0.8; now() < end || faults < (slowness > 1 ? 3 : 6); ) {
		struct live_call call = CALL(fd, LIVE_WAIT, AT(p, N), .ms = 0);

		CHECK(call.ret, "wait %u was delayed by invalidations elsewhere", waits);
		waits++;
		if ((double)call.ns / 1e6 > wait)
			wait = (double)call.ns / 1e6;
		if (waits % 8)
			continue;
		make_zero_pages(p, N);
		call = fault_all(fd, p, N);
		faults++;
		if ((double)call.ns / 1e6 > fault)
			fault = (double)call.ns / 1e6;
		running += row_of(0).running > 0;
		looks++;
		/* What it costs the process itself. */
		make_zero_pages(p, N);
		start = now();
		for (i = 0; i < N; i++)
			*(volatile char *)(p + i * PAGE) = 1;
		start = (now() - start) * 1e3;
		if (start > own)
			own = start;
	}
	for (; !running && looks < 500; looks++)
		running += row_of(0).running > 0;
	row = row_of(0);
	blown = storm_count(storm) - blown;
	CHECK(row.faults - before.faults == (long)faults, "%ld calls counted, not %u",
	      row.faults - before.faults, faults);
	CHECK(row.retries - before.retries <= (long)faults * 2,
	      "%ld walks more for %u faults", row.retries - before.retries, faults);
	CHECK(blown >= threads, "the storm has calmed down");
	CHECK(running, "no invalidation was seen running in %u looks", looks);

	if (!watch) {
		kernel_waits(&k, storm);
	} else {
		storm_stop(storm);
		note("this kernel has no wait of its own (mmu_interval_read_begin()) to compare with");
	}
	note("%u threads: %u waits, longest %.2f ms; %u faults of %u copied pages, longest %.1f ms (%.1f ms for the process itself), %ld walks more; %llu invalidations elsewhere; the kernel's own: %u waits, longest %.1f ms",
	     threads, waits, wait, faults, N, fault, own, row.retries - before.retries,
	     (unsigned long long)blown, k.waits, k.longest);
	figure("wait_ms_%u=%.2f fault_ms_%u=%.1f own_fault_ms_%u=%.1f",
	       threads, wait, threads, fault, threads, own);
	if (!watch)
		figure("kernel_wait_ms_%u=%.1f", threads, k.longest);
}

static void starve_1(void) { starve(1); }
static void starve_4(void) { starve(4); }
static void starve_16(void) { starve(16); }

/* Thousands of pages to copy: one walk finds them, one sees them copied. */
static void cow(size_t npages, bool forked, unsigned int threads)
{
	int fd = live_open();
	char *p = forked ? map_anon(npages) : map_zero_pages(npages);
	struct storm *storm = NULL;
	struct live_call call;
	struct row before, row;
	pid_t pid = 0;

	if (forked) {
		stamp_pages(p, npages, 200, 1);
		pid = (pid_t)MUST(fork());
		if (!pid)
			for (;;)
				pause();
	}
	if (threads)
		storm = storm_start(fd, threads, 2);
	before = row_of(0);
	call = fault_all(fd, p, npages);
	row = row_of(0);
	note("%zu pages: %ld walks, %.0f ms", npages, 1 + row.retries - before.retries,
	     (double)call.ns / 1e6);
	CHECK(row.retries - before.retries <= 2, "%ld walks", 1 + row.retries - before.retries);
	figure("cow_%zu_walks%s=%ld", npages, threads ? "_busy" : "",
	       1 + row.retries - before.retries);
	if (storm)
		storm_stop(storm);
	if (pid) {
		CHECK(stamp_is(p + PAGE, 200, 1, 1), "the copy differs");
		MUST(kill(pid, SIGKILL));
		MUST(waitpid(pid, NULL, 0));
	}
}

/* A kernel with debugging walks as often, and copies so slowly that an eighth has to do. */
static size_t many(size_t npages)
{
	return slowness > 1 ? npages / 8 : npages;
}

static void cow_fork(void) { cow(many(4096), true, 0); }
static void cow_many(void) { cow(many(65536), false, 0); }
static void cow_busy(void) { cow(many(1024), false, 4); }

/*
 * While the call copies one page, another thread makes it do the other page again: each
 * time it has to walk once more.
 */
struct disturber {
	int fd;
	char *p;			/* two pages */
	unsigned int times, done;
	bool copied[2];
};

static void *disturber(void *arg)
{
	struct disturber *d = arg;

	for (;;) {
		long at = CALL(d->fd, LIVE_NEXT).ret;
		int this = (uintptr_t)at != (uintptr_t)d->p, other = !this;

		if (at == -1)
			return NULL;
		d->copied[this] = true;
		if (d->copied[other] && d->done < d->times) {
			make_zero_pages(d->p + other * PAGE, 1);
			d->copied[other] = false;
			d->done++;
		}
		MUST(ioctl(d->fd, LIVE_DONE));
	}
}

/* Returns the walks that it took; negative if they did not suffice. */
static long disturbed(int fd, unsigned int times, unsigned int *done)
{
	struct disturber d = { .fd = fd, .p = map_zero_pages(2), .times = times };
	struct row before, row;
	struct live_call call;
	pthread_t t;

	CALL(fd, LIVE_NEXT, .flags = LIVE_ON);
	CHECK(!pthread_create(&t, NULL, disturber, &d), "pthread_create");
	before = row_of(0);
	call = CALL(fd, LIVE_FAULT, AT(d.p, 2), .flags = LIVE_WRITE | LIVE_HOOKED);
	row = row_of(0);
	CHECK(!pthread_join(t, NULL), "pthread_join");
	note("disturbed %u times: %lld after %ld walks", d.done, (long long)call.ret,
	     1 + row.retries - before.retries);
	if (call.ret > 0)
		CHECK(call.ret == 2 && call.also == 2, "%lld pages, %lld can be written",
		      (long long)call.ret, (long long)call.also);
	else
		CHECK(call.ret == -EBUSY, "hmm_range_fault: %lld", (long long)call.ret);
	*done = d.done;
	MUST(munmap(d.p, 2 * PAGE));
	return call.ret == -EBUSY ? -(1 + row.retries - before.retries) :
		1 + row.retries - before.retries;
}

static void disturbed_some(void)
{
	int fd = live_open();
	unsigned int times, done;

	for (times = 0; times <= 8; times += times ? times : 1) {
		long walks = disturbed(fd, times, &done);

		CHECK(done == times, "the test disturbed %u times, not %u", done, times);
		CHECK(walks > 0, "gave up after %ld walks, disturbed %u times only", -walks, times);
		CHECK(walks <= 2 + (long)times, "%ld walks, disturbed %u times", walks, times);
	}
}

static void disturbed_always(void)
{
	unsigned int done;
	long walks = disturbed(live_open(), 1000, &done);

	CHECK(walks < 0, "it succeeded, disturbed %u times", done);
	CHECK(-walks <= 64, "%ld walks before -EBUSY", -walks);
	figure("walks_before_busy=%ld", -walks);
}

/*
 * A thread inside an invalidation that the module holds up.  It may hold the mmap lock
 * for reading: meanwhile the process must not map memory, nor fork or make threads.
 */
struct held {
	int fd;
	char *p;
	pthread_t thread;
	bool end;
};

static void *held_thread(void *arg)
{
	struct held *h = arg;

	MUST(madvise(h->p, PAGE, MADV_DONTNEED));
	return NULL;
}

static void held_start(struct held *h)
{
	*(volatile char *)h->p = 1;
	CALL(h->fd, LIVE_HOLD, AT(h->p, 1), .flags = LIVE_ON);
	CHECK(!pthread_create(&h->thread, NULL, held_thread, h), "pthread_create");
	while (!live_stats(h->fd).held)
		sleep_ms(1);
}

static void held_end(struct held *h)
{
	CALL(h->fd, LIVE_HOLD);
	CHECK(!pthread_join(h->thread, NULL), "pthread_join");
}

static void *end_later(void *arg)
{
	struct held *h = arg;

	while (!is_set(&h->end))
		sleep_ms(5);
	sleep_ms(300);
	CALL(h->fd, LIVE_HOLD);
	return NULL;
}

static void ignore(int sig)
{
	(void)sig;
}

/* Not earlier than its time, not much later, and at once when it need not. */
static void wait_timeout(void)
{
	static const unsigned int times[] = { 0, 1, 40, 300 };
	struct sigaction sa = { .sa_handler = ignore };
	char *p = map_anon(2);
	struct held h = { .fd = live_open(), .p = p };
	struct live_call call;
	double ms, most = 0;
	size_t i;
	pthread_t t;

	*(volatile char *)(p + PAGE) = 1;
	CHECK(!pthread_create(&t, NULL, end_later, &h), "pthread_create");
	held_start(&h);
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		call = CALL(h.fd, LIVE_WAIT, AT(p, 1), .ms = times[i]);
		ms = (double)call.ns / 1e6;
		CHECK(!call.ret, "begun inside an invalidation");
		/*
		 * In ticks, as the wait is counted: where processors are scarce these come
		 * late and several at once, and are no measure of nanoseconds.
		 */
		CHECK(call.also >= times[i], "%lld ms, not %u", (long long)call.also, times[i]);
		CHECK(ms < times[i] + 5e3 * slowness, "%.1f ms, not %u", ms, times[i]);
		if (ms - times[i] > most)
			most = ms - times[i];
		/* The page beside it is nobody's business. */
		CHECK(CALL(h.fd, LIVE_WAIT, AT(p + PAGE, 1), .ms = 0).ret, "the next page waits");
	}
	/* One that a fault makes is bounded as well. */
	call = CALL(h.fd, LIVE_FAULT, AT(p, 1));
	CHECK(call.ret == -EBUSY, "hmm_range_fault inside an invalidation: %lld",
	      (long long)call.ret);
	CHECK((double)call.ns / 1e6 < 1000 + 5e3 * slowness, "-EBUSY after %.0f ms",
	      (double)call.ns / 1e6);

	/* A signal that kills nobody ends no wait. */
	MUST(sigaction(SIGALRM, &sa, NULL));
	MUST(ualarm(100000, 0));
	call = CALL(h.fd, LIVE_WAIT, AT(p, 1), .ms = 400);
	CHECK(!call.ret && call.also >= 400, "a handled signal ended the wait: %lld after %lld ms",
	      (long long)call.ret, (long long)call.also);

	/* And woken it is by the end, not by the time. */
	set(&h.end, true);
	call = CALL(h.fd, LIVE_WAIT, AT(p, 1), .ms = 1000000);
	CHECK(call.ret, "not begun after the end");
	CHECK(!pthread_join(t, NULL) && !pthread_join(h.thread, NULL), "pthread_join");
	figure("timeout_late_ms=%.1f", most);
}

static void killed_waiter(int sock, void *arg)
{
	struct held *h = arg;

	hear(sock);
	CALL(h->fd, LIVE_WAIT, AT(h->p, 1), .ms = 0xffffffff, .flags = LIVE_AND_FAULT);
	say(sock, 1);
}

/* SIGKILL ends the longest wait there is; the killed task's next call says -EINTR. */
static void wait_killed(void)
{
	struct held h = { .fd = live_open(), .p = map_anon(1) };
	struct peer peer = peer_start(killed_waiter, &h);
	double start;
	int status;

	held_start(&h);
	say(peer.sock, 1);
	sleep_ms(300 * slowness);
	CHECK(!waitpid(peer.pid, &status, WNOHANG), "it did not wait");
	start = now();
	MUST(kill(peer.pid, SIGKILL));
	MUST(waitpid(peer.pid, &status, 0));
	CHECK(WIFSIGNALED(status), "status %#x", status);
	CHECK(now() - start < 5 * slowness, "killed, it waited for another %.1f s", now() - start);
	CHECK(live_stats(h.fd).last == -EINTR, "hmm_range_fault of a killed task: %lld",
	      (long long)live_stats(h.fd).last);
	held_end(&h);
	CHECK(CALL(h.fd, LIVE_FAULT, AT(h.p, 1)).ret == 1, "afterwards");
}

const struct scenario group_waits[] = {
	{ "starve_1", "1 thread invalidates elsewhere without end", starve_1 },
	{ "starve_4", "4 threads invalidate elsewhere without end", starve_4 },
	{ "starve_16", "16 threads invalidate elsewhere without end", starve_16, 60 },
	{ "cow_fork", "many pages to copy after fork: 2 walks, 3 at most", cow_fork },
	{ "cow_many", "thousands of pages to copy: 2 walks, 3 at most", cow_many, 60 },
	{ "cow_busy", "many pages to copy while 4 threads invalidate elsewhere", cow_busy },
	{ "disturbed_some", "a fault that is disturbed n times needs n more walks at most",
	  disturbed_some },
	{ "disturbed_always", "a fault that is disturbed without end: -EBUSY", disturbed_always },
	{ "wait_timeout", "a wait takes its time, no less, and ends with its reason", wait_timeout },
	{ "wait_killed", "a fatal signal ends a wait of any length", wait_killed },
	{ 0 }
};
