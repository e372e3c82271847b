// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors that are unregistered at the worst of times: while callbacks run, by a callback,
 * twice at once, while their process forks, ends, or both.  That the memory of a mirror is
 * free for use when hmm_mirror_unregister() has returned is seen by calls that come late.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "common.h"

#define N 8

static void mirror_off(int fd)
{
	CALL(fd, LIVE_MIRROR);
}

static bool mirror_on(int fd)
{
	struct live_call call = { .flags = LIVE_ON };

	/* The process may have ended: ESRCH. */
	return !ioctl(fd, LIVE_MIRROR, &call) && !call.ret;
}

static void expect_quiet(int fd)
{
	struct live_stats stats = live_stats(fd);

	CHECK(!stats.late, "%llu calls were not over when hmm_mirror_unregister() returned",
	      (unsigned long long)stats.late);
}

/* Invalidations, forks and faults go on while mirrors come and go. */
static void *forker(void *arg)
{
	bool *stop = arg;

	while (!is_set(stop)) {
		pid_t pid = (pid_t)MUST(fork());

		if (!pid)
			_exit(0);
		MUST(waitpid(pid, NULL, 0));
	}
	return NULL;
}

static void storm_fork(void)
{
	int fd = live_open(), other = live_open();
	char *p = map_anon(N);
	/* The callbacks that take their time are those of the mirror that goes. */
	struct storm *storm = storm_start(fd, 4, 2);
	unsigned int rounds = 0;
	double end = now() + 1.5;
	bool stop = false;
	pthread_t t;

	stamp_pages(p, N, 210, 1);
	CHECK(!pthread_create(&t, NULL, forker, &stop), "pthread_create");
	for (; now() < end || rounds < 10; rounds++) {
		if (rounds & 1)
			CALL(fd, LIVE_RANGES, AT(p, N));
		mirror_off(fd);
		sleep_ms(1);
		expect_quiet(fd);
		/* Ranges outlive it, and are good for nothing. */
		if (rounds & 1)
			CALL(fd, LIVE_RANGES, AT(p, 0));
		CHECK(mirror_on(fd), "hmm_mirror_register");
		CHECK(CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_SNAPSHOT).ret != -EINVAL,
		      "the mirror is not registered");
	}
	set(&stop, true);
	CHECK(!pthread_join(t, NULL), "pthread_join");
	storm_stop(storm);
	expect_quiet(fd);
	CHECK(!live_stats(fd).releases && !live_stats(other).releases, "released");
	note("%u mirrors", rounds);
}

/* The process ends, by itself or killed, some threads of it inside invalidations. */
static void ending(int sock, void *arg)
{
	int fd = live_open();
	struct storm *storm = storm_start(fd, 3, 2);

	if (arg)
		CALL(fd, LIVE_RANGES, AT(map_anon(N), N));
	say_fd(sock, fd);
	while (storm_count(storm) < 30)
		sleep_ms(1);
	_exit(0);
}

static void storm_exit(void)
{
	uint32_t seed = 1;
	unsigned int i, released = 0;

	for (i = 0; i < 16; i++) {
		bool ranges = i & 2;
		/* Ranges keep the memory of a process that has ended. */
		struct peer peer = peer_start(ending, ranges ? "" : NULL);
		int fd = hear_fd(peer.sock);

		usleep(prng(&seed) % 20000 * slowness);
		if (i & 1)
			MUST(kill(peer.pid, SIGKILL));
		usleep(prng(&seed) % 10000 * slowness);
		if (i & 4)
			CALL(fd, LIVE_RANGES, AT(NULL, 0));
		/* Some at any time before or while it is released, some after. */
		while (i % 8 == 5 && !live_stats(fd).releases)
			sleep_ms(1);
		mirror_off(fd);
		expect_quiet(fd);
		CHECK(live_stats(fd).releases <= 1, "released more than once");
		released += live_stats(fd).releases;
		if (i & 8)
			CALL(fd, LIVE_RANGES, AT(NULL, 0));
		expect_quiet(fd);
		peer_reap(&peer);
		expect_quiet(fd);
		close(fd);
	}
	note("released before they were unregistered: %u of %u", released, i);
}

/* By its own callback, while other threads are inside its callbacks: one WARN of all. */
static void inside(void)
{
	char *p = map_anon(N);
	int fd, i;

	for (i = 0; i < 5; i++) {
		struct storm *storm;
		uint64_t syncs;
		double end = now() + 5 * slowness;

		fd = live_open();
		storm = storm_start(fd, 4, 5);
		CALL(fd, LIVE_RANGES, AT(p, N));
		CHECK(CALL(fd, LIVE_WAIT, .flags = LIVE_OLD).ret, "a range does not begin");
		CALL(fd, LIVE_MIRROR, .flags = LIVE_INSIDE);
		while (!ioctl(fd, LIVE_WAIT, &(struct live_call){ AT(p, 1) })) {
			CHECK(now() < end, "it is still registered");
			sleep_ms(1);
		}
		while (CALL(fd, LIVE_WAIT, .flags = LIVE_OLD).ret) {
			CHECK(now() < end, "a range of it begins again");
			sleep_ms(1);
		}
		/* Callbacks that had begun end, and none begins any more. */
		do {
			CHECK(now() < end, "callbacks go on");
			syncs = live_stats(fd).syncs;
			sleep_ms(20);
		} while (syncs != live_stats(fd).syncs);
		CHECK(!CALL(fd, LIVE_RANGES, AT(NULL, 0)).ret, "ranges");
		CHECK(mirror_on(fd), "it cannot be registered again");
		CHECK(CALL(fd, LIVE_FAULT, AT(map_anon(1), 1)).ret == 1, "fault");
		storm_stop(storm);
		mirror_off(fd);
		close(fd);
	}
}

struct twice {
	int fd;
	bool *go;
};

static void *twice_thread(void *arg)
{
	struct twice *t = arg;

	while (!is_set(t->go))
		;
	mirror_off(t->fd);
	return NULL;
}

/* Twice at once, from two threads: one does it, the other is warned. */
static void twice(void)
{
	int fd = live_open(), i;

	for (i = 0; i < 10; i++) {
		bool go = false;
		struct twice t = { fd, &go };
		pthread_t a, b;

		CHECK(!pthread_create(&a, NULL, twice_thread, &t) &&
		      !pthread_create(&b, NULL, twice_thread, &t), "pthread_create");
		sleep_ms(1);
		set(&go, true);
		CHECK(!pthread_join(a, NULL) && !pthread_join(b, NULL), "pthread_join");
		CHECK(mirror_on(fd), "it cannot be registered again");
	}
	CHECK(CALL(fd, LIVE_FAULT, AT(map_anon(1), 1)).ret == 1, "fault");
}

/* A process whose only other thread is held up inside an invalidation, without mercy. */
static void *stuck_thread(void *arg)
{
	MUST(madvise(arg, PAGE, MADV_DONTNEED));
	return NULL;
}

static void stuck(int sock, void *arg)
{
	int fd = live_open();
	char *p = arg;
	pthread_t t;

	stamp_pages(p, N, 211, 1);
	CHECK(!CALL(fd, LIVE_FOREIGN, .flags = LIVE_ON).ret, "mmu_notifier_register");
	CHECK(CALL(fd, LIVE_FAULT, AT(p, N)).ret == N, "fault");
	CHECK(write_text("/proc/self/oom_score_adj", "1000"), "oom_score_adj");
	CALL(fd, LIVE_HOLD, AT(p, 1), .flags = LIVE_ON | LIVE_HARD);
	say_fd(sock, fd);
	CHECK(!pthread_create(&t, NULL, stuck_thread, p), "pthread_create");
	for (;;)
		pause();
}

static void take_memory(pid_t pid, int fd)
{
	double end = now() + 8 * slowness;

	write_text("/proc/sys/vm/oom_dump_tasks", "0");
	if (syscall_process_mrelease(-1) == -1 && errno == ENOSYS) {
		/* Before process_mrelease(2) only the OOM reaper does it. */
		CHECK(write_text("/proc/sysrq-trigger", "f"), "sysrq f: %s", strerror(errno));
	} else {
		int pidfd = (int)MUST(syscall_pidfd_open(pid));

		MUST(kill(pid, SIGKILL));
		sleep_ms(60 * slowness);
		CHECK(syscall_process_mrelease(pidfd) && errno == EAGAIN, "process_mrelease: %s",
		      strerror(errno));
		close(pidfd);
	}
	while (!live_stats(fd).refused) {
		CHECK(now() < end, "nothing was refused");
		sleep_ms(10);
	}
}

/*
 * Another module's notifier refuses an invalidation that must not block.  From then on some
 * kernels take that address space for changing for ever.  All that may come of it is that
 * what is left of it is not freed: its process ends, mirrors of it are unregistered, waits
 * on it end, and nobody else notices.
 */
static void foreign(void)
{
	char *p = map_anon(N), *mine = map_anon(N);
	int fd, own = live_open();
	double end;
	struct live_call call;
	struct peer peer;
	struct row row;

	if (CALL(own, LIVE_FOREIGN, .flags = LIVE_ON).ret == -EOPNOTSUPP)
		skip("no notifier can refuse here: invalidate_range_start() returns nothing");
	CALL(own, LIVE_FOREIGN);
	peer = peer_start(stuck, p);
	fd = hear_fd(peer.sock);
	while (!live_stats(fd).held)
		sleep_ms(1);
	take_memory(peer.pid, fd);
	/* Ranges of the one that is being taken apart: an answer, in time. */
	call = CALL(fd, LIVE_WAIT, AT(p, N), .ms = 200);
	CHECK((double)call.ns / 1e6 < 200 + 5e3 * slowness, "the wait took %.0f ms",
	      (double)call.ns / 1e6);
	call = CALL(fd, LIVE_WAIT, AT(p + 4 * PAGE, 1), .ms = 200);
	CHECK((double)call.ns / 1e6 < 200 + 5e3 * slowness, "the wait took %.0f ms",
	      (double)call.ns / 1e6);
	CALL(fd, LIVE_HOLD);
	peer_reap(&peer);
	for (end = now() + 10 * slowness; live_stats(fd).releases != 1; sleep_ms(5))
		CHECK(now() < end, "%llu releases 10 s after the end of the process",
		      (unsigned long long)live_stats(fd).releases);
	/* Another process does not notice. */
	CHECK(CALL(own, LIVE_FAULT, AT(mine, N), .flags = LIVE_WRITE).ret == N, "fault");
	mirror_off(fd);
	expect_quiet(fd);
	close(fd);
	CHECK(CALL(own, LIVE_FAULT, AT(mine, N), .flags = LIVE_WRITE).ret == N, "fault");
	mirror_off(own);
	CHECK(mirror_on(own), "no mirror can be registered");
	/* What is left of it. */
	for (end = now() + 1.5 * slowness; now() < end && rows_of(peer.pid, &row); sleep_ms(50))
		;
	if (rows_of(peer.pid, &row)) {
		CHECK(row.released, "it is not released");
		note("this kernel keeps that address space for ever, and so the module");
		figure("open_epoch=kept records_left=%lu", row.running);
	} else {
		figure("open_epoch=none");
	}
}

const struct scenario group_mirrors[] = {
	{ "mirrors_fork", "unregistered while threads invalidate and fork", storm_fork },
	{ "mirrors_exit", "unregistered while the process ends or is killed", storm_exit },
	{ "mirrors_inside", "unregistered by its own callback while others are inside", inside },
	{ "mirrors_twice", "unregistered twice at once", twice },
	{ 0 }
};

/* What the debug kernel has to complain of: see planted. */
static void planted(bool called, unsigned int cmd, unsigned int flags)
{
	int fd = live_open();
	char *p = map_anon(1);
	struct live_call call = { AT(p, 1), .flags = flags };

	*p = 1;
	if (called)
		MUST(madvise(p, PAGE, MADV_DONTNEED));
	MUST(ioctl(fd, cmd, &call));
	if (cmd == LIVE_MIRROR)
		mirror_on(fd);
}

static void planted_none(void)
{
	planted(true, LIVE_WAIT, 0);
	planted(true, LIVE_FAULT, 0);
	planted(true, LIVE_RANGES, 0);
	planted(true, LIVE_MIRROR, 0);
}

static void planted_wait(void) { planted(true, LIVE_WAIT, LIVE_LOCKED); }
static void planted_unregister(void) { planted(true, LIVE_MIRROR, LIVE_LOCKED); }
static void planted_unlocked(void) { planted(false, LIVE_FAULT, LIVE_UNLOCKED); }
static void planted_atomic(void) { planted(false, LIVE_RANGES, LIVE_ATOMIC); }

const struct scenario group_planted[] = {
	{ "planted_none", "right use", planted_none },
	{ "planted_wait", "waits under the lock that the callback takes", planted_wait },
	{ "planted_unregister", "unregisters a mirror under the lock that the callback takes",
	  planted_unregister },
	{ "planted_unlocked", "faults without the mmap lock", planted_unlocked },
	{ "planted_atomic", "registers a range where nothing may sleep", planted_atomic },
	{ 0 }
};

const struct scenario group_foreign[] = {
	{ "foreign_refuses", "another module's notifier refuses what must not block", foreign },
	{ 0 }
};
