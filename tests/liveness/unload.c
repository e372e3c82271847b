// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unloading: refused while the module has users, clean without, and at any moment in
 * between.  Works on /hmm_backport.ko and /hmm_backport_live.ko, and leaves them loaded.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "common.h"

#define N 8
#define CORE "hmm_backport"
#define USER "hmm_backport_live"

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

static void load(const char *name)
{
	char path[64];
	double end = now() + 10 * slowness;
	int fd;

	snprintf(path, sizeof(path), "/%s.ko", name);
	fd = (int)MUST(open(path, O_RDONLY | O_CLOEXEC));
	CHECK(!syscall(SYS_finit_module, fd, "", 0), "%s: %s", path, strerror(errno));
	close(fd);
	/* The device node. */
	while (!strcmp(name, USER) && access("/dev/hmm_live", F_OK)) {
		CHECK(now() < end, "no /dev/hmm_live");
		sleep_ms(2);
	}
}

static int refcount(void)
{
	char buf[32];

	CHECK(read_text("/sys/module/" CORE "/refcnt", buf, sizeof(buf)), "refcnt");
	return atoi(buf);
}

/* Returns how often it was refused before it worked. */
static unsigned int unload_soon(const char *name)
{
	double end = now() + 20 * slowness;
	unsigned int n = 0;
	int ret;

	while ((ret = unload(name))) {
		CHECK(ret == -EWOULDBLOCK || ret == -EBUSY, "unloading %s: %s", name, strerror(-ret));
		CHECK(now() < end, "%s cannot be unloaded for 20 s, %d references", name, refcount());
		n++;
		sched_yield();
	}
	return n;
}

static void opener(int sock, void *arg)
{
	int fd = live_open();

	(void)arg;
	CALL(fd, LIVE_RANGES, AT(map_anon(N), N));
	say(sock, 1);
	hear(sock);
}

/* That of the module that uses it; those of address spaces go, a little later. */
static void only_one(void)
{
	double end = now() + 10 * slowness;

	while (refcount() != 1) {
		CHECK(now() < end, "%d references 10 s after the last user, not 1", refcount());
		sleep_ms(2);
	}
}

static void with_users(void)
{
	struct peer peers[3];
	int i, fd;

	only_one();
	for (i = 0; i < 3; i++) {
		peers[i] = peer_start(opener, NULL);
		hear(peers[i].sock);
		CHECK(refcount() == 2 + i, "%d references with %d address spaces", refcount(), i + 1);
	}
	CHECK(unload(CORE) == -EWOULDBLOCK, CORE " was unloaded under its user");
	CHECK(unload(USER) == -EWOULDBLOCK, USER " was unloaded while it is open");
	/* debugfs held open is a user as well. */
	fd = (int)MUST(open(DEBUGFS "mirrored", O_RDONLY | O_CLOEXEC));
	CHECK(refcount() == 5, "%d references, not 5", refcount());
	close(fd);
	for (i = 0; i < 3; i++) {
		MUST(kill(peers[i].pid, SIGKILL));
		peer_reap(&peers[i]);
	}
	only_one();
}

struct reader {
	bool stop, pause, pausing;
};

static void *reader(void *arg)
{
	struct reader *r = arg;
	char buf[4096];

	while (!is_set(&r->stop)) {
		set(&r->pausing, is_set(&r->pause));
		if (!r->pausing) {
			read_text(DEBUGFS "mirrored", buf, sizeof(buf));
			read_text(DEBUGFS "facts", buf, sizeof(buf));
		}
		sleep_ms(1);
	}
	return NULL;
}

/* Right behind the last unregister: what it has left to the work queues is waited for. */
static void at_once(void)
{
	unsigned int i, rounds = 8, refused = 0, straight = 0;
	struct reader r = { 0 };
	pthread_t t;

	CHECK(!pthread_create(&t, NULL, reader, &r), "pthread_create");
	for (i = 0; i < rounds; i++) {
		struct peer peer = { 0 };
		struct storm *storm = NULL;
		char *p = map_anon(N);
		int fd = live_open();
		unsigned int n;

		/* Something of each: ranges, another process, invalidations that run. */
		if (i & 1)
			CALL(fd, LIVE_RANGES, AT(p, N));
		if (i & 2) {
			peer = peer_start(opener, NULL);
			hear(peer.sock);
		}
		if (i & 4)
			storm = storm_start(fd, 2, 2);
		CHECK(CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_WRITE).ret == N, "fault");
		if (storm)
			storm_stop(storm);
		if (i & 2) {
			close(peer.sock);
			MUST(kill(peer.pid, SIGKILL));
			MUST(waitpid(peer.pid, NULL, 0));
		}
		close(fd);
		unload_soon(USER);
		/*
		 * The kernel warns of whoever opens a file of debugfs between two
		 * statements of its delete_module(2), whosever the file is (seen on 7.3).
		 */
		set(&r.pause, true);
		while (!is_set(&r.pausing))
			sleep_ms(1);
		n = unload_soon(CORE);
		refused += n;
		straight += !n;
		CHECK(access("/sys/module/" CORE, F_OK), "it is still there");
		CHECK(access(DEBUGFS "mirrored", F_OK), "debugfs is still there");
		load(CORE);
		load(USER);
		set(&r.pause, false);
		MUST(munmap(p, N * PAGE));
	}
	set(&r.stop, true);
	CHECK(!pthread_join(t, NULL), "pthread_join");
	note("%u times; at once %u times, refused %u times in all", rounds, straight, refused);
	figure("unloads=%u", rounds);
}

const struct scenario group_unload[] = {
	{ "unload_users", "unloading is refused while there are users", with_users },
	{ "unload_at_once", "unloading right after the last user", at_once, 60 },
	{ 0 }
};
