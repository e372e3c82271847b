// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lives of mirrors: several on one mm, of other processes, across exit and exec.
 */
#include <signal.h>
#include <sys/wait.h>

#include "harness.h"

#define N 16

/* The release comes when the last user of the mm is gone, a little later than waitpid(). */
static void expect_release(int fd)
{
	double end = now() + 8 * slowness;

	while (dev_stats(fd).releases != 1) {
		CHECK(now() < end, "%llu releases 8 s after the end of the process",
		      (unsigned long long)dev_stats(fd).releases);
		sleep_ms(5);
	}
	sleep_ms(20);
	CHECK(dev_stats(fd).releases == 1, "released more than once");
	CHECK(dev_stats(fd).mapped == 0, "%llu device entries outlive the process",
	      (unsigned long long)dev_stats(fd).mapped);
}

/* Nothing works on a dead mm, and nothing breaks. */
static void expect_dead(int fd, void *p)
{
	uint64_t e[N];
	uint32_t handle;
	char buf[PAGE];
	long n;

	n = dev_fault(fd, p, N, e, 0);
	CHECK(n < 0, "a fault in a dead process gives %ld", n);
	n = dev_fault(fd, p, N, e, VGPU_SNAPSHOT);
	CHECK(n < 0, "a snapshot of a dead process gives %ld", n);
	n = dev_get(fd, p, N, e, 0, &handle);
	CHECK(n < 0, "USERPTR_GET in a dead process gives %ld", n);
	CHECK(dev_read(fd, p, PAGE, buf) == 0, "the device reads a dead process");
	CHECK(dev_stats(fd).releases == 1, "released more than once");
}

static void opener(int sock, void *arg)
{
	char *p = arg;
	int fd = dev_open();

	stamp_pages(p, N, 60, 2);
	say_fd(sock, fd);
	hear(sock);
}

static void exit_plain(void)
{
	char *p = map_anon(N), buf[PAGE];
	struct peer child = peer_start(opener, p);
	int fd = hear_fd(child.sock);
	uint64_t e[N];
	size_t i;

	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault in the other process");
	EXPECT_FRAMES(child.pid, p, N, e);
	for (i = 0; i < N; i++) {
		CHECK(dev_read(fd, p + i * PAGE, PAGE, buf) == PAGE, "device read");
		CHECK(stamp_is(buf, 60, i, 2), "page %zu is not the child's", i);
	}
	CHECK(dev_stats(fd).releases == 0, "released before the end");
	say(child.sock, 1);
	peer_join(&child);
	expect_release(fd);
	expect_dead(fd, p);
	close(fd);
}

/* The same when it is killed, with a range registered: the range holds the mm. */
static void exit_live_range(void)
{
	char *p = map_anon(N);
	struct peer child = peer_start(opener, p);
	int fd = hear_fd(child.sock);
	uint32_t handle;
	uint64_t e[N];

	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault in the other process");
	CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	MUST(kill(child.pid, SIGKILL));
	peer_reap(&child);
	sleep_ms(50);
	CHECK(dev_stats(fd).releases <= 1, "released more than once");
	dev_done(fd, handle);		/* valid or not: the device's entries are still safe */
	expect_release(fd);
	expect_dead(fd, p);
	close(fd);
}

/* The device is closed with ranges still registered, by the process that exits. */
static void exit_with_all(void)
{
	int k;

	for (k = 0; k < 5; k++) {
		pid_t pid = (pid_t)MUST(fork());
		int status;

		if (!pid) {
			char *p = map_anon(N);
			uint64_t e[N];
			uint32_t handle;
			int fd = dev_open(), fd2 = dev_open();

			CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault");
			CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
			CHECK(dev_get(fd, p, 2, e, 0, &handle) == 2, "USERPTR_GET");
			CHECK(dev_get(fd2, p, N, e, 0, &handle) == N, "USERPTR_GET");
			if (k & 1)
				close(fd);
			if (k & 2)
				kill(getpid(), SIGKILL);
			_exit(0);
		}
		MUST(waitpid(pid, &status, 0));
		CHECK(!WIFEXITED(status) || !WEXITSTATUS(status), "the process failed");
	}
}

static void execer(int sock, void *arg)
{
	char *p = arg;
	int fd = dev_open();

	stamp_pages(p, N, 61, 2);
	say_fd(sock, fd);
	hear(sock);
	execl("/proc/self/exe", "scenarios", "--pause", NULL);
	FAIL("exec: %s", strerror(errno));
}

static void exec_opener(void)
{
	char *p = map_anon(N);
	struct peer child = peer_start(execer, p);
	int fd = hear_fd(child.sock), fd2;
	uint64_t e[N];

	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault in the other process");
	EXPECT_FRAMES(child.pid, p, N, e);
	say(child.sock, 1);
	expect_release(fd);
	expect_dead(fd, p);
	CHECK(!kill(child.pid, 0), "the process is gone");
	/* A mirror of this process is not impressed. */
	fd2 = dev_open();
	CHECK(dev_fault(fd2, p, N, e, VGPU_WRITE) == N, "fault");
	EXPECT_FRAMES(0, p, N, e);
	MUST(kill(child.pid, SIGKILL));
	peer_reap(&child);
}

static void two_mirrors(void)
{
	int a = dev_open(), b = dev_open();
	char *p = map_anon(N), buf[PAGE];
	uint64_t ea[N], eb[N];
	uint32_t ha, hb;
	size_t i;

	stamp_pages(p, N, 62, 1);
	CHECK(dev_fault(a, p, N, ea, VGPU_WRITE | VGPU_MAP) == N, "fault of the first");
	CHECK(dev_fault(b, p, N, eb, VGPU_WRITE | VGPU_MAP) == N, "fault of the second");
	EXPECT_FRAMES(0, p, N, ea);
	EXPECT_FRAMES(0, p, N, eb);
	CHECK(!memcmp(ea, eb, sizeof(ea)), "the mirrors differ");
	stamp(buf, 62, 3, 2);
	CHECK(dev_write(a, p + 3 * PAGE, PAGE, buf) == PAGE, "write through the first");
	memset(buf, 0, sizeof(buf));
	CHECK(dev_read(b, p + 3 * PAGE, PAGE, buf) == PAGE, "read through the second");
	CHECK(stamp_is(buf, 62, 3, 2), "the second does not see what the first wrote");
	CHECK(dev_get(a, p, N, ea, 0, &ha) == N, "USERPTR_GET of the first");
	CHECK(dev_get(b, p + 8 * PAGE, 4, eb, 0, &hb) == 4, "USERPTR_GET of the second");
	MUST(madvise(p, PAGE, MADV_DONTNEED));
	CHECK(dev_read(a, p, PAGE, buf) == 0, "the first keeps the entry");
	CHECK(dev_read(b, p, PAGE, buf) == 0, "the second keeps the entry");
	CHECK(!dev_done(a, ha), "unseen by the first");
	CHECK(dev_done(b, hb), "the second's range lies elsewhere, yet is invalid");
	CHECK(dev_stats(a).invalidations && dev_stats(b).invalidations, "invalidations");

	/* One closes, the other goes on. */
	close(a);
	CHECK(dev_get(b, p, N, eb, VGPU_WRITE, &hb) == N, "USERPTR_GET after the first closed");
	EXPECT_FRAMES(0, p, N, eb);
	MUST(madvise(p + PAGE, PAGE, MADV_DONTNEED));
	CHECK(!dev_done(b, hb), "unseen by the second after the first closed");
	close(b);
	/* And a new one starts. */
	a = dev_open();
	CHECK(dev_fault(a, p, N, ea, VGPU_WRITE | VGPU_MAP) == N, "fault of a third");
	EXPECT_FRAMES(0, p, N, ea);
	for (i = 2; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 62, i, i == 3 ? 2 : 1), "page %zu", i);
}

static void changer(int sock, void *arg)
{
	char *p = arg;
	int fd = dev_open();

	stamp_pages(p, N, 63, 1);
	say_fd(sock, fd);
	hear(sock);
	MUST(madvise(p + 4 * PAGE, PAGE, MADV_DONTNEED));
	MUST(mprotect(p, PAGE, PROT_READ));
	MUST(munmap(p + 8 * PAGE, PAGE));
	say(sock, 1);
	hear(sock);
	CHECK(stamp_is(p + 15 * PAGE, 63, 15, 2), "the device's write is not here");
}

/* A mirror of another process, by a descriptor sent over a socket. */
static void other_process(void)
{
	char *p = map_anon(N), buf[PAGE];
	struct peer child;
	uint64_t e[N];
	uint32_t handle;
	int fd;

	stamp_pages(p, N, 64, 1);
	child = peer_start(changer, p);
	fd = hear_fd(child.sock);
	CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	EXPECT_FRAMES(child.pid, p, N, e);
	CHECK(frame_of(0, p).pfn != ENTRY_PFN(e[0]), "the frames are this process's");
	/* What happens to the same addresses here is not that process's business. */
	MUST(madvise(p, N * PAGE, MADV_DONTNEED));
	CHECK(dev_done(fd, handle), "an invalidation of another mm made the range invalid");
	CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault");
	say(child.sock, 1);
	hear(child.sock);
	CHECK(!dev_done(fd, handle), "the other process's change went unseen");
	CHECK(dev_read(fd, p + 4 * PAGE, PAGE, buf) == 0, "the device keeps a page that was given back");
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FRAMES(child.pid, p, N, e);
	CHECK(!e[4] && !e[8] && ENTRY_FLAGS(e[0]) == VGPU_PTE_VALID && ENTRY_FLAGS(e[1]) == RW,
	      "entries 0x%llx 0x%llx 0x%llx 0x%llx", (unsigned long long)e[0],
	      (unsigned long long)e[1], (unsigned long long)e[4], (unsigned long long)e[8]);
	stamp(buf, 63, 15, 2);
	CHECK(dev_fault(fd, p + 15 * PAGE, 1, e, VGPU_WRITE | VGPU_MAP) == 1, "fault");
	CHECK(dev_write(fd, p + 15 * PAGE, PAGE, buf) == PAGE, "device write");
	say(child.sock, 1);
	peer_join(&child);
	expect_release(fd);
}

static void storm(void)
{
	char *p = map_anon(N);
	uint64_t e[N];
	uint32_t handle;
	int i, fd;

	stamp_pages(p, N, 65, 1);
	for (i = 0; i < 100; i++) {
		fd = dev_open();
		CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET %d", i);
		EXPECT_FRAMES(0, p, N, e);
		if (i & 1)
			MUST(madvise(p, PAGE, MADV_DONTNEED));
		if (i % 3)
			CHECK(dev_done(fd, handle) == !(i & 1), "round %d", i);
		close(fd);
	}
}

static void *flip(void *arg)
{
	char *p = arg;

	for (;;) {
		*(volatile char *)p = 1;
		if (madvise(p, PAGE, MADV_DONTNEED))
			return NULL;
		pthread_testcancel();
	}
}

/* Mirrors come and go while invalidations run. */
static void storm_busy(void)
{
	char *p = map_anon(N), *q = map_anon(1);
	double end = now() + 1.5;
	uint32_t handle;
	uint64_t e[N];
	pthread_t t;
	int fd, rounds = 0;

	CHECK(!pthread_create(&t, NULL, flip, q), "pthread_create");
	while (now() < end) {
		fd = dev_open();
		CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
		EXPECT_FRAMES(0, p, N, e);
		CHECK(dev_done(fd, handle), "invalid, though all changes are elsewhere");
		close(fd);
		rounds++;
	}
	pthread_cancel(t);
	pthread_join(t, NULL);
	note("%d mirrors", rounds);
}

const struct scenario group_life[] = {
	{ "life_exit", "a process exits under its mirror, which another one holds", exit_plain },
	{ "life_exit_range", "a process is killed under a live range", exit_live_range },
	{ "life_exit_all", "processes exit with mirrors and ranges open", exit_with_all },
	{ "life_exec", "the opener calls exec", exec_opener },
	{ "life_two_mirrors", "two mirrors of one mm", two_mirrors },
	{ "life_other_process", "a mirror of another process's mm", other_process },
	{ "life_storm", "mirrors opened and closed in a row", storm },
	{ "life_storm_busy", "mirrors opened and closed while invalidations run", storm_busy },
	{ 0 }
};
