// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidations that must not block.  The kernel makes them when it takes the memory of
 * a killed process: process_mrelease(2), the OOM reaper.  For that the process must be
 * killed and not gone yet: one of its threads is held up inside a slow invalidation.
 */
#include <fcntl.h>
#include <signal.h>

#include "harness.h"

#define N 16

struct victim {
	struct peer peer;
	int fd, slow;		/* its devices, held by this process */
	char *p;		/* its memory */
};

struct held_up {
	int sock;
	char *other;
};

static void *held_up(void *arg)
{
	struct held_up *h = arg;

	say(h->sock, 1);
	hear(h->sock);
	MUST(madvise(h->other, PAGE, MADV_DONTNEED));
	return NULL;
}

static void victim_fn(int sock, void *arg)
{
	char *p = arg;
	struct held_up h = { sock, map_anon(1) };
	int fd = dev_open(), slow = dev_open();
	pthread_t t;

	CHECK(write_text("/proc/self/oom_score_adj", "1000"), "oom_score_adj");
	stamp_pages(p, N, 90, 1);
	stamp(h.other, 90, 99, 1);
	say_fd(sock, fd);
	say_fd(sock, slow);
	CHECK(!pthread_create(&t, NULL, held_up, &h), "pthread_create");
	for (;;)
		pause();
}

/* It is held up from here on, for @ms milliseconds. */
static struct victim victim_start(unsigned int ms)
{
	struct victim v = { .p = map_anon(N) };
	uint64_t before, e[N];

	v.peer = peer_start(victim_fn, v.p);
	v.fd = hear_fd(v.peer.sock);
	v.slow = hear_fd(v.peer.sock);
	CHECK(dev_fault(v.fd, v.p, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault");
	EXPECT_FRAMES(v.peer.pid, v.p, N, e);
	hear(v.peer.sock);
	sleep_ms(5);
	before = dev_stats(v.slow).invalidations;
	dev_flush_delay(v.slow, ms);
	say(v.peer.sock, 1);
	while (dev_stats(v.slow).invalidations == before)
		sleep_ms(2);
	sleep_ms(20);
	/* The one that runs is asleep already; the next ones are as this process wants. */
	dev_flush_delay(v.slow, 0);
	return v;
}

/* Gone in order: released once, nothing left, nothing works, nothing breaks. */
static void victim_end(struct victim *v)
{
	uint64_t e[N];
	uint32_t handle;
	char buf[PAGE];
	double end = now() + 10 * slowness;

	peer_reap(&v->peer);
	while (dev_stats(v->fd).releases != 1 || dev_stats(v->slow).releases != 1) {
		CHECK(now() < end, "not released 10 s after the end of the process");
		sleep_ms(5);
	}
	sleep_ms(20);
	CHECK(dev_stats(v->fd).releases == 1 && dev_stats(v->slow).releases == 1,
	      "released more than once");
	CHECK(!dev_stats(v->fd).mapped, "device entries outlive the process");
	CHECK(dev_fault(v->fd, v->p, N, e, 0) < 0, "a fault in a dead process");
	CHECK(dev_get(v->fd, v->p, N, e, 0, &handle) < 0, "USERPTR_GET in a dead process");
	CHECK(!dev_read(v->fd, v->p, PAGE, buf), "the device reads a dead process");
	close(v->fd);
	close(v->slow);
}

/* What the device has of the victim is the victim's, whatever was refused. */
static void expect_not_stale(struct victim *v, size_t *readable)
{
	char buf[PAGE];
	size_t i, n = 0;

	for (i = 0; i < N; i++) {
		size_t got = dev_read(v->fd, v->p + i * PAGE, PAGE, buf);

		CHECK(!got || stamp_is(buf, 90, i, 1), "page %zu: the device reads foreign bytes", i);
		n += got == PAGE;
	}
	if (readable)
		*readable = n;
}

/* A new fault in memory that is being taken away must not find zeroes. */
static void expect_no_new_pages(struct victim *v)
{
	uint64_t e[N];
	char buf[PAGE];
	size_t i;
	long n = dev_fault(v->fd, v->p, N, e, VGPU_MAP);

	if (n < 0)
		return;
	for (i = 0; i < N; i++) {
		size_t got = dev_read(v->fd, v->p + i * PAGE, PAGE, buf);

		CHECK(!got || stamp_is(buf, 90, i, 1),
		      "page %zu: a fault in reaped memory found other bytes", i);
	}
}

static int mrelease(pid_t pid)
{
	int pidfd = (int)syscall_pidfd_open(pid), ret;

	CHECK(pidfd >= 0, "pidfd_open: %s", strerror(errno));
	/* Until the kill has reached the process. */
	MUST(kill(pid, SIGKILL));
	sleep_ms(60 * slowness);
	ret = syscall_process_mrelease(pidfd) ? -errno : 0;
	close(pidfd);
	return ret;
}

static void need_mrelease(void)
{
	if (syscall_process_mrelease(-1) == -1 && errno == ENOSYS)
		skip("this kernel has no process_mrelease(2); nonblock_oom_* stand for it");
}

static void refused(void)
{
	struct victim v;
	uint32_t handle;
	uint64_t e[N];
	size_t readable;
	int ret;

	need_mrelease();
	v = victim_start(1500 * slowness);
	CHECK(dev_get(v.fd, v.p, N, e, 0, &handle) == N, "USERPTR_GET");
	dev_flush_delay(v.fd, 50);	/* a callback that would sleep */
	ret = mrelease(v.peer.pid);
	note("process_mrelease: %s", ret ? strerror(-ret) : "done");
	CHECK(dev_stats(v.fd).refused > 0, "no invalidation was refused (process_mrelease: %d)", ret);
	CHECK(ret == -EAGAIN, "process_mrelease: %d, though it was refused", ret);
	expect_not_stale(&v, &readable);
	CHECK(readable == N, "a refused invalidation dropped entries");
	expect_no_new_pages(&v);
	dev_done(v.fd, handle);		/* valid or not, both are safe */
	victim_end(&v);
}

static void accepted(void)
{
	struct victim v;
	uint32_t handle;
	uint64_t e[N];
	size_t readable;
	int ret;

	need_mrelease();
	v = victim_start(1500 * slowness);
	CHECK(dev_get(v.fd, v.p, N, e, 0, &handle) == N, "USERPTR_GET");
	ret = mrelease(v.peer.pid);
	CHECK(ret == 0, "process_mrelease: %s", strerror(-ret));
	CHECK(!dev_stats(v.fd).refused, "refused without need");
	expect_not_stale(&v, &readable);
	CHECK(readable == 0, "the device still reads %zu reaped pages", readable);
	expect_no_new_pages(&v);
	CHECK(!dev_done(v.fd, handle), "the reaped range is valid");
	victim_end(&v);
}

/* Accepted by one mirror, refused by the other: the record must not stay behind. */
static void one_refuses(void)
{
	struct victim v;
	int ret;

	need_mrelease();
	v = victim_start(1500 * slowness);
	dev_flush_delay(v.slow, 50);
	ret = mrelease(v.peer.pid);
	CHECK(ret == -EAGAIN, "process_mrelease: %d, though it was refused", ret);
	CHECK(dev_stats(v.slow).refused > 0, "no invalidation was refused");
	expect_not_stale(&v, NULL);
	expect_no_new_pages(&v);
	/* The mirror that refused gives in: now it works. */
	dev_flush_delay(v.slow, 0);
	ret = mrelease(v.peer.pid);
	CHECK(ret == 0, "second process_mrelease: %s", strerror(-ret));
	expect_not_stale(&v, NULL);
	victim_end(&v);
}

/*
 * Before 4.19 no notifier can be told that it must not block, and so, since 4.14, the
 * OOM reaper leaves a mirrored process to end by itself (docs/kernel-limits.tsv has what
 * it did before).  Our module knows how it was built.
 */
static bool reaper_spares_mirrored(void)
{
	char facts[8192] = "";

	CHECK(read_text("/sys/kernel/debug/hmm_backport/facts", facts, sizeof(facts)),
	      "debugfs hmm_backport/facts: %s", strerror(errno));
	return strstr(facts, "\nrange_start=bounds\n") &&
	       strstr(facts, "\ninterval_notifier=absent\n");
}

static void oom(bool refuse)
{
	struct victim v;
	double end;
	size_t readable;
	uint64_t e[N];
	uint32_t handle;

	if (access("/proc/sysrq-trigger", W_OK))
		skip("no /proc/sysrq-trigger");
	write_text("/proc/sys/vm/oom_dump_tasks", "0");
	/* The reaper waits for 2 s on newer kernels. */
	v = victim_start(4000 * slowness);
	CHECK(dev_get(v.fd, v.p, N, e, 0, &handle) == N, "USERPTR_GET");
	if (refuse)
		dev_flush_delay(v.fd, 50);
	end = now() + 3.6 * slowness;
	CHECK(write_text("/proc/sysrq-trigger", "f"), "sysrq f: %s", strerror(errno));
	for (;;) {
		struct vgpu_stats s = dev_stats(v.fd);

		expect_not_stale(&v, &readable);
		if (refuse ? s.refused > 0 : readable == 0)
			break;
		if (now() >= end && readable == N && !s.refused && reaper_spares_mirrored()) {
			dev_done(v.fd, handle);
			victim_end(&v);
			skip("this kernel's OOM reaper leaves mirrored processes alone, and did");
		}
		CHECK(now() < end, refuse ? "no invalidation was refused" : "nothing was reaped");
		sleep_ms(50);
	}
	if (refuse)
		CHECK(readable == N, "a refused invalidation dropped entries");
	else
		/* The device's own lock, held for what is asked of it here, is a reason to refuse. */
		note("refused %llu times", (unsigned long long)dev_stats(v.fd).refused);
	expect_no_new_pages(&v);
	if (!dev_done(v.fd, handle))
		handle = 0;
	CHECK(refuse || !handle, "the reaped range is valid");
	victim_end(&v);
}

static void oom_refused(void) { oom(true); }
static void oom_accepted(void) { oom(false); }

const struct scenario group_nonblock[] = {
	{ "nonblock_refused", "process_mrelease refused by a mirror that would sleep", refused },
	{ "nonblock_accepted", "process_mrelease accepted", accepted },
	{ "nonblock_one_refuses", "process_mrelease: one mirror refuses, later gives in", one_refuses },
	{ "nonblock_oom_refused", "the OOM reaper refused", oom_refused },
	{ "nonblock_oom_accepted", "the OOM reaper accepted", oom_accepted },
	{ 0 }
};
