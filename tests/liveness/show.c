// SPDX-License-Identifier: GPL-2.0-only
/*
 * What debugfs and the tracepoints say is what was done, and no kernel address is in it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common.h"

#define N 16
#define TRACING "/sys/kernel/tracing/"
#define EVENTS TRACING "events/hmm_backport/"
#define ENABLED "/sys/module/hmm_backport/parameters/enabled"

static char text[1 << 18];

static char *slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	CHECK(fd >= 0, "%s: %s", path, strerror(errno));
	while ((got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	CHECK(got == 0, "%s: %s", path, strerror(errno));
	CHECK(n < sizeof(text) - 1, "%s: too long", path);
	close(fd);
	text[n] = 0;
	return text;
}

/* Addresses of the kernel's half of the largest address space, with or without "0x". */
static void expect_no_address(const char *what, const char *s)
{
	size_t digits = 0;

	for (; ; s++) {
		if (*s && strchr("0123456789abcdefABCDEF", *s)) {
			digits++;
			continue;
		}
		/* -1 is the end of everything, and no address. */
		if (digits == 16 && !strncasecmp(s - 16, "ff", 2) &&
		    strncmp(s - 16, "ffffffffffffffff", 16))
			FAIL("%s shows an address of the kernel: %.16s", what, s - 16);
		digits = 0;
		if (!*s)
			return;
	}
}

static unsigned int count(const char *in, const char *what)
{
	unsigned int n = 0;

	for (; (in = strstr(in, what)); in += strlen(what))
		n++;
	return n;
}

static void facts(void)
{
	char *s = slurp(DEBUGFS "facts"), *line;
	unsigned int n = 0;

	expect_no_address("facts", s);
	for (line = strtok(s, "\n"); line; line = strtok(NULL, "\n")) {
		char name[64], answer[64], more;

		CHECK(sscanf(line, "%63[a-z0-9_]=%63[a-z0-9_]%c", name, answer, &more) == 2,
		      "not name=answer: %s", line);
		n++;
	}
	CHECK(n >= 10, "%u facts", n);
}

/* Both at the same moment: any page that is written for the first time may invalidate. */
static void look(int fd, struct row *row, struct live_stats *stats)
{
	uint64_t before;

	do {
		before = live_stats(fd).syncs;
		*row = row_of(0);
		*stats = live_stats(fd);
	} while (stats->syncs != before);
}

/* Each counter counts what it says, no more and no less. */
static void counters(void)
{
	int fd = live_open(), i;
	char *p = map_anon(N), *zero = map_zero_pages(N);
	struct live_stats before, after;
	struct row was, is;

	look(fd, &was, &before);
	CHECK(!was.ranges && !was.running && !was.faults && !was.retries && !was.released,
	      "not all 0 at first");
	stamp_pages(p, N, 220, 1);
	for (i = 1; i <= 3; i++) {
		CALL(fd, LIVE_RANGES, AT(p, 5 * i));
		CHECK(row_of(0).ranges == 5UL * i, "%lu ranges, not %d", row_of(0).ranges, 5 * i);
	}
	for (i = 0; i < 7; i++)
		CHECK(CALL(fd, LIVE_FAULT, AT(p, N)).ret == N, "fault");
	CHECK(CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_SNAPSHOT).ret == N, "snapshot");
	is = row_of(0);
	CHECK(is.faults == 8, "%ld faults, not 8", is.faults);
	CHECK(is.retries == 0, "%ld walks again, though all was there", is.retries);
	CHECK(is.ranges == 15, "%lu ranges, not 15", is.ranges);
	/* One look that finds what has to be copied, one that finds it copied. */
	for (i = 1; i <= 3; i++) {
		CHECK(CALL(fd, LIVE_FAULT, AT(zero, N), .flags = LIVE_WRITE).ret == N, "fault");
		is = row_of(0);
		CHECK(is.faults == 8 + i && is.retries == i, "%ld faults, %ld walks again",
		      is.faults, is.retries);
		make_zero_pages(zero, N);
	}
	/* Its only mirror hears of each. */
	for (i = 0; i < 10; i++)
		MUST(madvise(p + i * PAGE, PAGE, MADV_DONTNEED));
	look(fd, &is, &after);
	CHECK(is.invalidations - was.invalidations == after.syncs - before.syncs,
	      "%lu invalidations, %llu callbacks", is.invalidations - was.invalidations,
	      (unsigned long long)(after.syncs - before.syncs));
	CHECK(after.syncs - before.syncs >= 10 + 3 * N, "%llu invalidations only",
	      (unsigned long long)(after.syncs - before.syncs));
	CALL(fd, LIVE_RANGES, AT(p, 0));
	is = row_of(0);
	CHECK(!is.ranges && !is.running, "%lu ranges, %lu running", is.ranges, is.running);
	expect_no_address("mirrored", slurp(DEBUGFS "mirrored"));
}

static void *held_thread(void *arg)
{
	MUST(madvise(arg, PAGE, MADV_DONTNEED));
	return NULL;
}

/* One that runs is seen running, by a process that is not the one that waits. */
static void running_fn(int sock, void *arg)
{
	int fd = live_open();
	char *p = map_anon(1);
	pthread_t t;

	(void)arg;
	*p = 1;
	say_fd(sock, fd);
	CALL(fd, LIVE_HOLD, AT(p, 1), .flags = LIVE_ON);
	CHECK(!pthread_create(&t, NULL, held_thread, p), "pthread_create");
	CHECK(!pthread_join(t, NULL), "pthread_join");
	say(sock, 1);
	hear(sock);
}

static void gone(pid_t pid)
{
	double end = now() + 10 * slowness;
	struct row row;

	while (rows_of(pid, &row)) {
		CHECK(now() < end, "still listed 10 s after its end");
		sleep_ms(5);
	}
}

static void running(void)
{
	struct peer peer = peer_start(running_fn, NULL);
	int fd = hear_fd(peer.sock);

	while (!live_stats(fd).held)
		sleep_ms(1);
	CHECK(row_of(peer.pid).running == 1, "%lu running, not 1", row_of(peer.pid).running);
	CALL(fd, LIVE_HOLD);
	hear(peer.sock);
	CHECK(row_of(peer.pid).running == 0, "%lu running, not 0", row_of(peer.pid).running);
	MUST(kill(peer.pid, SIGKILL));
	peer_reap(&peer);
	/* This process holds the mirror: then it stays in the list. */
	while (!live_stats(fd).releases)
		sleep_ms(1);
	CHECK(row_of(peer.pid).released, "not called released");
	close(fd);
	gone(peer.pid);
}

/* Whom the files can be read by: nobody but root, whatever the directory above allows. */
static void rights(void)
{
	static const char *const files[] = { DEBUGFS "facts", DEBUGFS "mirrored" };
	struct stat st;
	pid_t pid;
	size_t i;
	int status;

	MUST(chmod("/sys/kernel/debug", 0755));
	/* Not every kernel has tracefs. */
	if (chmod("/sys/kernel/tracing", 0755))
		CHECK(errno == ENOENT, "chmod of tracefs: %s", strerror(errno));
	MUST(stat(DEBUGFS, &st));
	CHECK(!(st.st_mode & 022) && !st.st_uid, "directory: mode %o", st.st_mode);
	for (i = 0; i < 2; i++) {
		MUST(stat(files[i], &st));
		CHECK((st.st_mode & 0777) == 0400 && !st.st_uid, "%s: mode %o", files[i],
		      st.st_mode & 0777);
	}
	MUST(stat(ENABLED, &st));
	CHECK((st.st_mode & 0777) == 0644 && !st.st_uid, ENABLED ": mode %o", st.st_mode & 0777);
	pid = (pid_t)MUST(fork());
	if (!pid) {
		MUST(setgid(65534));
		MUST(setuid(65534));
		for (i = 0; i < 2; i++)
			CHECK(open(files[i], O_RDONLY) == -1 && errno == EACCES,
			      "%s opens for uid 65534: %s", files[i], strerror(errno));
		CHECK(open(ENABLED, O_WRONLY) == -1 && errno == EACCES, ENABLED);
		CHECK(open("/dev/hmm_live", O_RDWR) == -1 && errno == EACCES, "/dev/hmm_live");
		_exit(0);
	}
	MUST(waitpid(pid, &status, 0));
	CHECK(!status, "as another user");
	MUST(chmod("/sys/kernel/debug", 0700));
	MUST(chmod("/sys/kernel/tracing", 0700));
}

/* Mirrors come and go, processes too, while all is read. */
static void comer(int sock, void *arg)
{
	uint32_t seed = (uint32_t)(uintptr_t)arg;
	char *p = map_anon(N);

	(void)sock;
	for (;;) {
		pid_t pid = (pid_t)MUST(fork());

		if (!pid) {
			int fd = live_open();
			unsigned int i;

			for (i = 0; i < prng(&seed) % 4; i++) {
				CALL(fd, LIVE_RANGES, AT(p, 1 + prng(&seed) % N));
				CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_WRITE);
				MUST(madvise(p, N * PAGE, MADV_DONTNEED));
			}
			_exit(0);
		}
		MUST(waitpid(pid, NULL, 0));
		prng(&seed);
	}
}

static void busy(void)
{
	struct peer peers[3];
	unsigned int i, reads = 0, most = 0;
	double end = now() + slowness;

	for (i = 0; i < 3; i++)
		peers[i] = peer_start(comer, (void *)(uintptr_t)(i + 1));
	for (; now() < end; reads++) {
		char *s = slurp(DEBUGFS "mirrored");
		unsigned int lines = count(s, "\n");
		struct row row;

		if (lines > most)
			most = lines;
		CHECK(!strncmp(s, "    pid ", 8), "no headings");
		expect_no_address("mirrored", s);
		rows_of(0, &row);		/* every line can be read */
	}
	for (i = 0; i < 3; i++) {
		MUST(kill(peers[i].pid, SIGKILL));
		peer_reap(&peers[i]);
	}
	note("%u reads, %u lines at most", reads, most);
	CHECK(most > 1, "nothing was seen");
}

/* Tracepoints: as many as were done, with the numbers of what was done. */
static void trace_begin(void)
{
	int fd;

	if (access(EVENTS "enable", W_OK))
		skip("no tracefs: %s", strerror(errno));
	fd = (int)MUST(open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC));
	close(fd);
	CHECK(write_text(EVENTS "enable", "1"), "enable: %s", strerror(errno));
	CHECK(write_text(TRACING "tracing_on", "1"), "tracing_on: %s", strerror(errno));
}

static char *trace_end(void)
{
	CHECK(write_text(EVENTS "enable", "0"), "enable: %s", strerror(errno));
	return slurp(TRACING "trace");
}

#define EXPECT_COUNT(s, n, ...)						\
	do {								\
		char what_[128];					\
									\
		snprintf(what_, sizeof(what_), __VA_ARGS__);		\
		CHECK(count(s, what_) == (n), "%u times, not %u: %s",	\
		      count(s, what_), (unsigned int)(n), what_);	\
	} while (0)

static void trace(void)
{
	unsigned long at, hole;
	char *p = map_anon(N), *s;
	int fd, pid = getpid();

	stamp_pages(p, N, 221, 1);
	at = (uintptr_t)p;
	hole = (uintptr_t)map_fixed_gap(1);
	trace_begin();
	fd = live_open();
	CALL(fd, LIVE_RANGES, AT(p, 5));
	CHECK(CALL(fd, LIVE_FAULT, AT(p, N)).ret == N, "fault");
	CHECK(CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_SNAPSHOT).ret == N, "snapshot");
	CHECK(CALL(fd, LIVE_FAULT, AT(hole, 1)).ret == -EFAULT, "fault in a hole");
	MUST(madvise(p + 7 * PAGE, 2 * PAGE, MADV_DONTNEED));
	CALL(fd, LIVE_RANGES, AT(p, 0));
	close(fd);
	s = trace_end();
	EXPECT_COUNT(s, 1, "hmm_backport_mirror: pid=%d registered\n", pid);
	EXPECT_COUNT(s, 1, "hmm_backport_mirror: pid=%d unregistered\n", pid);
	EXPECT_COUNT(s, 2 * (5 + 3), "hmm_backport_range: pid=%d [", pid);
	EXPECT_COUNT(s, 8, ") registered\n");
	EXPECT_COUNT(s, 8, ") unregistered\n");
	EXPECT_COUNT(s, 2, "hmm_backport_range: pid=%d [%#lx, %#lx) ", pid, at + 4 * PAGE,
		     at + 5 * PAGE);
	EXPECT_COUNT(s, 3, "hmm_backport_fault: pid=%d ", pid);
	EXPECT_COUNT(s, 1, "hmm_backport_fault: pid=%d [%#lx, %#lx) flags=0x0 walks=1 ret=%d\n", pid,
		     at, at + N * PAGE, N);
	EXPECT_COUNT(s, 1, "hmm_backport_fault: pid=%d [%#lx, %#lx) flags=0x2 walks=1 ret=%d\n",
		     pid, at, at + N * PAGE, N);
	EXPECT_COUNT(s, 1, "hmm_backport_fault: pid=%d [%#lx, %#lx) flags=0x0 walks=1 ret=%d\n", pid,
		     hole, hole + PAGE, -EFAULT);
	EXPECT_COUNT(s, 1, "hmm_backport_invalidate: pid=%d [%#lx, %#lx) ret=0\n", pid,
		     at + 7 * PAGE, at + 9 * PAGE);
}

/* Not even to one who has asked for addresses; nor in what describes the events. */
static void trace_addresses(void)
{
	static const char *const events[] = { "mirror", "range", "fault", "invalidate" };
	bool hashed = access(TRACING "options/hash-ptr", W_OK) == 0;
	char *p = map_anon(N), path[128], *s;
	size_t i;
	int fd;

	trace_begin();
	if (hashed)
		CHECK(write_text(TRACING "options/hash-ptr", "0"), "hash-ptr");
	fd = live_open();
	CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_WRITE);
	MUST(madvise(p, PAGE, MADV_DONTNEED));
	close(fd);
	s = trace_end();
	expect_no_address("trace", s);
	CHECK(count(s, "hmm_backport_fault"), "nothing was traced");
	if (hashed)
		CHECK(write_text(TRACING "options/hash-ptr", "1"), "hash-ptr");
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		snprintf(path, sizeof(path), EVENTS "hmm_backport_%s/format", events[i]);
		s = slurp(path);
		expect_no_address(path, s);
		CHECK(!strstr(s, "%p") && !strstr(s, " *"), "%s records a pointer", path);
	}
}

/* Off: no new mirror; those that are there go on. */
static void switch_off(void)
{
	int fd = live_open(), other;
	char *p = map_anon(N), buf[8];
	pid_t pid;
	int status;

	CHECK(read_text(ENABLED, buf, sizeof(buf)) && buf[0] == 'Y', ENABLED " is %s", buf);
	CHECK(write_text(ENABLED, "N"), ENABLED ": %s", strerror(errno));
	CHECK(CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_WRITE).ret == N, "fault");
	CALL(fd, LIVE_RANGES, AT(p, N));
	CHECK(row_of(0).ranges == N, "%lu ranges", row_of(0).ranges);
	MUST(madvise(p, PAGE, MADV_DONTNEED));
	CHECK(CALL(fd, LIVE_WAIT, AT(p, 1), .ms = 0).ret, "wait");
	other = (int)MUST(open("/dev/hmm_live", O_RDWR | O_CLOEXEC));
	CHECK(CALL(other, LIVE_MIRROR, .flags = LIVE_ON).ret == -EOPNOTSUPP, "a second mirror");
	pid = (pid_t)MUST(fork());
	if (!pid) {
		int own = (int)MUST(open("/dev/hmm_live", O_RDWR | O_CLOEXEC));

		CHECK(CALL(own, LIVE_MIRROR, .flags = LIVE_ON).ret == -EOPNOTSUPP,
		      "a mirror of another process");
		_exit(0);
	}
	MUST(waitpid(pid, &status, 0));
	CHECK(!status, "in another process");
	CHECK(write_text(ENABLED, "Y"), ENABLED ": %s", strerror(errno));
	CHECK(CALL(other, LIVE_MIRROR, .flags = LIVE_ON).ret == 0, "a second mirror");
	CHECK(CALL(other, LIVE_FAULT, AT(p, N), .flags = LIVE_WRITE).ret == N, "fault");
}

/* All that is there is only read, so a kernel that is locked down still shows it. */
static void lockdown(void)
{
	static const char file[] = "/sys/kernel/security/lockdown";
	static const char *const levels[] = { "integrity", "confidentiality" };
	int fd = live_open(), k;
	char *p = map_anon(1);

	if (access(file, W_OK))
		skip("this kernel cannot be locked down");
	for (k = 0; k < 2; k++) {
		CHECK(write_text(file, levels[k]), "%s: %s", levels[k], strerror(errno));
		slurp(DEBUGFS "facts");
		CHECK(CALL(fd, LIVE_FAULT, AT(p, 1), .flags = LIVE_WRITE).ret == 1, "fault");
		CHECK(row_of(0).faults == 1 + k, "%ld faults", row_of(0).faults);
	}
}

/* debugfs=off: it all works, and there is nothing to see. */
static void absent(void)
{
	int fd = live_open();
	char *p = map_anon(N);

	CHECK(access(DEBUGFS "mirrored", F_OK), "debugfs is there");
	CHECK(CALL(fd, LIVE_FAULT, AT(p, N), .flags = LIVE_WRITE).ret == N, "fault");
}

const struct scenario group_show[] = {
	{ "show_facts", "debugfs facts", facts },
	{ "show_counters", "debugfs counts exactly what was done", counters },
	{ "show_running", "debugfs shows what runs, what is released, not what is gone", running },
	{ "show_rights", "only root can look and switch", rights },
	{ "show_busy", "debugfs is read while mirrors come and go", busy },
	{ "trace_events", "tracepoints: exactly what was done", trace },
	{ "trace_addresses", "tracepoints record no address of the kernel", trace_addresses },
	{ "switch_off", "enabled=N: no new mirrors, the others stay", switch_off },
	{ 0 }
};

const struct scenario group_lockdown[] = {
	{ "lockdown", "a locked-down kernel still shows debugfs", lockdown },
	{ 0 }
};

const struct scenario group_absent[] = {
	{ "absent", "without debugfs all else works", absent },
	{ 0 }
};
