// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that end, are killed, reaped or replaced while a daemon still has devices
 * that mirror them.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "stress.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

#define N	16
/* Where victims have their pages: the same address before and after an exec. */
#define WINDOW	((char *)(uintptr_t)(sizeof(long) > 4 ? 0x10000000000ULL : 0x50000000))

static void say(int sock, char what)
{
	MUST(write(sock, &what, 1));
}

static char hear(int sock)
{
	char what = 0;
	ssize_t n;

	do
		n = read(sock, &what, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? what : 0;
}

static void say_fd(int sock, int fd)
{
	char byte = 'f', space[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	MUST(sendmsg(sock, &msg, 0));
}

static int hear_fd(int sock)
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space),
	};
	int fd = -1;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		fail("a victim ended before it had opened its devices");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

struct victim {
	pid_t pid;
	int sock;
	int fd[2];			/* devices of its address space, held by the daemon */
};

static char *window_map(void)
{
	char *p = mmap(WINDOW, N * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	CHECK(p == WINDOW, "mmap: %s", strerror(errno));
	return p;
}

struct other {
	int sock;
	char *page;
};

/* One thread that can be held up inside an invalidation. */
static void *other_thread(void *arg)
{
	struct other *o = arg;

	say(o->sock, 't');
	hear(o->sock);
	MUST(madvise(o->page, PAGE, MADV_DONTNEED));
	return NULL;
}

/* Pages filled, two devices opened and handed over; then it does as it is told. */
static void victim_main(int sock)
{
	struct other o = { .sock = sock };
	pthread_t thread;
	unsigned int i;
	char *p;
	int fd[2];

	signal(SIGPIPE, SIG_DFL);
	p = window_map();
	for (i = 0; i < N; i++)
		slot_fill(i, p + i * PAGE);
	o.page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(o.page != MAP_FAILED, "mmap: %s", strerror(errno));
	*(volatile char *)o.page = 1;
	write_text("/proc/self/oom_score_adj", "1000");
	for (i = 0; i < 2; i++) {
		fd[i] = dev_open(i, 0);
		say_fd(sock, fd[i]);
	}
	switch (hear(sock)) {
	case 'x':			/* be another program; the devices stay open, or not */
		if (hear(sock) == 'c')
			for (i = 0; i < 2; i++)
				close(fd[i]);
		execl("/proc/self/exe", "stress", "--after-exec", (char *)NULL);
		fail("exec: %s", strerror(errno));
	case 'h':
		CHECK(!pthread_create(&thread, NULL, other_thread, &o), "pthread_create");
		for (;;)
			pause();
	case 'e':
		_exit(0);
	default:
		for (;;)
			pause();
	}
}

/* What the new program has where the old one had its pages: nothing of it is a device's. */
int exec_child(void)
{
	static char window[N * PAGE_MOST] __attribute__((aligned(PAGE_MOST)));
	unsigned int i, k, d, turns;
	char *p = mmap(WINDOW, N * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	char *const all[2] = { p, window };

	if (p == MAP_FAILED)
		return 1;
	for (turns = 0; turns < 12; turns++) {
		for (k = 0; k < 2; k++)
			for (i = 0; i < N; i++) {
				volatile struct hs_page *page = (void *)(all[k] + i * PAGE);
				bool right = !turns || page->id == HS_POISON;

				right = right && !page->scratch;
				for (d = 0; d < HS_DEVICES; d++)
					right = right && !page->dev[d];
				if (!right)
					return 3;
				page->id = HS_POISON;
			}
		sleep_us(1000);
	}
	return 0;
}

static struct victim victim_start(void)
{
	struct victim v;
	int sock[2];
	unsigned int i;

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock));
	v.pid = (pid_t)MUST(fork());
	if (!v.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(sock[0]);
		victim_main(sock[1]);
		_exit(1);
	}
	close(sock[1]);
	v.sock = sock[0];
	for (i = 0; i < 2; i++)
		v.fd[i] = hear_fd(v.sock);
	return v;
}

static struct hs_run window_run(unsigned int flags)
{
	return (struct hs_run) {
		.addr = (uint64_t)(uintptr_t)WINDOW, .npages = N, .flags = flags,
	};
}

/* A daemon that does not know yet: it faults and uses what it has, in any state. */
struct daemon {
	pthread_t thread;
	struct victim *v;
	unsigned int which;
	uint32_t rnd;
	bool stop, held;
	unsigned long done;
};

static void *daemon_thread(void *arg)
{
	struct daemon *d = arg;
	int fd = d->v->fd[d->which];

	while (!__atomic_load_n(&d->stop, __ATOMIC_RELAXED)) {
		struct hs_run run = window_run(HS_INSTALL | (rnd(&d->rnd) % 2 ? HS_WRITE : 0) |
					       (rnd(&d->rnd) % 2 ? HS_RETRY : 0) |
					       (d->held && rnd(&d->rnd) % 2 ? HS_HOLD : 0));
		long ret = dev_run(fd, &run);

		CHECK(ret == N || ret == -EBUSY || ret == -EAGAIN || ret == -EFAULT,
		      "the daemon's fault: %ld", ret);
		dev_touch(fd, 0, N, HS_WRITE);
		dev_touch(fd, 0, 0, HS_HELD | HS_WRITE);
		d->done++;
	}
	return NULL;
}

static void daemon_start(struct daemon *d, struct victim *v, unsigned int which, bool held)
{
	memset(d, 0, sizeof(*d));
	d->v = v;
	d->which = which;
	d->held = held;
	d->rnd = rnd_start(200 + which);
	CHECK(!pthread_create(&d->thread, NULL, daemon_thread, d), "pthread_create");
}

static void daemon_stop(struct daemon *d)
{
	__atomic_store_n(&d->stop, true, __ATOMIC_RELAXED);
	pthread_join(d->thread, NULL);
}

/* The address space is gone: released once, nothing left, nothing works, nothing breaks. */
static unsigned long victim_gone(struct victim *v, const char *when)
{
	unsigned long done = 0;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		double end = now() + 10 * slowness;
		struct hs_run run = window_run(HS_INSTALL);
		struct hs_stats s;
		long ret;

		while (dev_stats(v->fd[i]).releases != 1) {
			CHECK(now() < end, "%s: not released 10 s after its end", when);
			sleep_us(2000);
		}
		s = dev_check(v->fd[i], when);
		if (s.installed || dev_touch(v->fd[i], 0, N, 0))
			mismatch("%s: the device still has %llu pages of an address space that is gone",
				 when, (unsigned long long)s.installed);
		ret = dev_run(v->fd[i], &run);
		CHECK(ret == -EFAULT, "%s: a fault in an address space that is gone: %ld", when, ret);
		s = dev_check(v->fd[i], when);
		CHECK(s.releases == 1, "%s: released %llu times", when, (unsigned long long)s.releases);
		done += s.reads + s.writes;
		close(v->fd[i]);
	}
	close(v->sock);
	return done;
}

static int reap_child(struct victim *v)
{
	int status;

	MUST(waitpid(v->pid, &status, 0));
	return status;
}

/*
 * The daemon's range is the last that keeps the address space: it is torn down when the
 * range is given up, under the lock that the callback wants.
 */
static void last_user(double seconds)
{
	double end = now() + seconds;
	unsigned long rounds = 0, done = 0;

	board_open();
	do {
		struct hs_run run = window_run(HS_WRITE | HS_INSTALL | HS_HOLD | (rounds % 2 ? HS_DMA : 0));
		struct victim v = victim_start();
		long ret = dev_run(v.fd[0], &run);

		if (ret == -EOPNOTSUPP && on_command_line("swiotlb=force")) {
			run.flags &= ~HS_DMA;
			ret = dev_run(v.fd[0], &run);
		}
		CHECK(ret == N, "fault: %ld", ret);
		if (rounds % 3)
			kill(v.pid, SIGKILL);
		else
			say(v.sock, 'e');
		reap_child(&v);
		/* Still there, and its pages too. */
		CHECK(dev_touch(v.fd[0], 0, 0, HS_HELD | HS_WRITE) == N, "its memory went too early");
		CHECK(!dev_stats(v.fd[0]).releases, "released while a range is registered");
		MUST(ioctl(v.fd[0], HS_IOC_DROP));
		done += victim_gone(&v, "last user");
		rounds++;
	} while (now() < end || rounds < 4);
	note("%lu rounds", rounds);
	count_operations(rounds + done);
}

static void exec_under(double seconds)
{
	double end = now() + seconds;
	unsigned long rounds = 0, done = 0;

	board_open();
	do {
		struct victim v = victim_start();
		struct daemon d[2];
		bool held = rounds % 2;
		int status;

		daemon_start(&d[0], &v, 0, held);
		daemon_start(&d[1], &v, 1, false);
		sleep_us(2000);
		say(v.sock, 'x');
		say(v.sock, rounds % 3 ? 'c' : 'o');
		status = reap_child(&v);
		if (status == 3 << 8)
			mismatch("a device wrote to the program that came after the exec");
		CHECK(!status, "the program after the exec ended with 0x%x", (unsigned int)status);
		daemon_stop(&d[0]);
		daemon_stop(&d[1]);
		ioctl(v.fd[0], HS_IOC_DROP);
		done += victim_gone(&v, "exec");
		rounds++;
	} while (now() < end || rounds < 4);
	note("%lu rounds", rounds);
	count_operations(rounds + done);
}

/* Killed, but not gone: one of its threads is held up inside a slow invalidation. */
static void hold_up(struct victim *v, unsigned int ms)
{
	uint64_t before;

	say(v->sock, 'h');
	hear(v->sock);
	before = dev_stats(v->fd[1]).invalidations;
	dev_knobs(v->fd[1], 1, ms * 1000, false);
	say(v->sock, 'g');
	while (dev_stats(v->fd[1]).invalidations == before)
		sleep_us(500);
	sleep_us(5000);
	/* It sleeps already; the next ones do not. */
	dev_knobs(v->fd[1], 1, 0, false);
	MUST(kill(v->pid, SIGKILL));
	sleep_us(40000 * slowness);
}

static int mrelease(const struct victim *v)
{
	int fd = (int)MUST(syscall(SYS_pidfd_open, v->pid, 0));
	int ret = syscall(SYS_process_mrelease, fd, 0) ? -errno : 0;

	close(fd);
	return ret;
}

static bool has_mrelease(void)
{
	return !(syscall(SYS_process_mrelease, -1, 0) == -1 && errno == ENOSYS);
}

/* Its memory is taken away; 0, or what process_mrelease said.  Without it, the OOM killer. */
static int reap_memory(struct victim *v)
{
	double end = now() + 3 * slowness;
	int ret = 0;

	if (has_mrelease()) {
		do
			ret = mrelease(v);
		while (ret == -EAGAIN && now() < end);
		return ret;
	}
	write_text("/proc/sys/vm/oom_dump_tasks", "0");
	if (!write_text("/proc/sysrq-trigger", "f"))
		skip("neither process_mrelease(2) nor sysrq");
	while (dev_touch(v->fd[0], 0, N, 0) && now() < end)
		sleep_us(5000);
	return 0;
}

/* The first half of "killed": refused, everything stays as it is, for the device too. */
static bool refuse_once(struct victim *v)
{
	struct hs_run hold = window_run(HS_HOLD);
	uint32_t ms = 300;
	long ret = dev_run(v->fd[1], &hold);

	if (ret == -EFAULT)
		return false;
	CHECK(ret == N, "fault: %ld", ret);
	dev_knobs(v->fd[0], 0, 0, true);
	ret = mrelease(v);
	if (ret != -ESRCH) {
		CHECK(ret == -EAGAIN, "process_mrelease is %ld, though a device refused", ret);
		if (dev_touch(v->fd[0], 0, N, HS_WRITE) != N)
			mismatch("a refused invalidation took entries away");
		dev_check(v->fd[0], "refused");
		CHECK(!ioctl(v->fd[1], HS_IOC_BEGIN, &ms),
		      "300 ms after a refusal its invalidation still counts as running");
	}
	ioctl(v->fd[1], HS_IOC_DROP);
	dev_knobs(v->fd[0], 0, 0, false);
	return ret == -EAGAIN;
}

/* Where a notifier cannot refuse, the OOM reaper does not come to whom one watches. */
static bool reaper_spares_mirrored(void)
{
	char line[80];
	FILE *f = fopen("/sys/kernel/debug/hmm_backport/facts", "re");
	int found = 0;

	while (f && fgets(line, sizeof(line), f))
		found += !strcmp(line, "range_start=bounds\n") ||
			 !strcmp(line, "interval_notifier=absent\n");
	if (f)
		fclose(f);
	return found == 2;
}

static void killed(double seconds)
{
	unsigned long rounds, refused = 0, reaped = 0, done = 0;

	(void)seconds;
	if (!has_mrelease() && reaper_spares_mirrored())
		skip("this kernel's OOM reaper leaves mirrored processes alone");
	board_open();
	for (rounds = 0; rounds < (has_mrelease() ? 2 : 1); rounds++) {
		struct victim v = victim_start();
		struct hs_run run = window_run(HS_INSTALL | HS_WRITE);
		struct daemon d;
		int ret;

		CHECK(dev_run(v.fd[0], &run) == N, "fault");
		hold_up(&v, (has_mrelease() ? 1200 : 3500) * slowness);
		if (rounds == 0 && has_mrelease())
			refused += refuse_once(&v);
		if (rounds == 1)
			daemon_start(&d, &v, 0, false);
		ret = reap_memory(&v);
		/* It may have come to its end before; a daemon at work is a reason to refuse. */
		CHECK(!ret || ret == -ESRCH || rounds == 1, "process_mrelease: %s", strerror(-ret));
		reaped += !ret;
		if (!ret && rounds != 1 && dev_touch(v.fd[0], 0, N, 0))
			mismatch("the device still has reaped pages");
		/* What is reaped must not come back as zeroes. */
		run = window_run(HS_INSTALL);
		dev_run(v.fd[0], &run);
		dev_check(v.fd[0], "reaped");
		if (rounds == 1)
			daemon_stop(&d);
		reap_child(&v);
		done += victim_gone(&v, "killed");
	}
	note("%lu rounds, %lu refused, %lu reaped by %s", rounds, refused, reaped,
	     has_mrelease() ? "process_mrelease" : "the OOM reaper");
	if (!reaped)
		skip("the machine is too slow: the process was gone before it could be reaped");
	count_operations(rounds + done);
}

/*
 * As "killed", but somebody else's notifier refuses: it was promised an invalidation that
 * never ends.  Nobody waits for ever, and no device keeps what it must not have.
 */
static void foreign(double seconds)
{
	struct victim v;
	struct hs_run run = window_run(HS_INSTALL | HS_WRITE | HS_HOLD);
	uint32_t ms = 500;
	unsigned long done;
	double began;
	long ret;

	(void)seconds;
	board_open();
	v = victim_start();
	MUST(ioctl(v.fd[0], HS_IOC_FOREIGN));
	CHECK(dev_run(v.fd[0], &run) == N, "fault");
	hold_up(&v, (has_mrelease() ? 2500 : 5500) * slowness);
	if (has_mrelease()) {
		ret = mrelease(&v);
		if (ret == -ESRCH)
			skip("the machine is too slow: the process was gone before it could be reaped");
		CHECK(ret == -EAGAIN, "process_mrelease is %ld, though a notifier refused", ret);
	} else {
		write_text("/proc/sys/vm/oom_dump_tasks", "0");
		if (!write_text("/proc/sysrq-trigger", "f"))
			skip("neither process_mrelease(2) nor sysrq");
		/* It begins two seconds later, and tries ten times. */
		sleep_us(3400000);
	}
	dev_touch(v.fd[0], 0, N, HS_WRITE);
	dev_check(v.fd[0], "refused by somebody else");
	began = now();
	ret = ioctl(v.fd[0], HS_IOC_BEGIN, &ms) ? -errno : 0;
	CHECK(ret == 0 || ret == -ETIME, "waiting after a refusal: %ld", ret);
	CHECK(now() - began < 2 * slowness, "a wait of 500 ms took %.1f s", now() - began);
	note("waiting after a refusal: %s", ret ? strerror((int)-ret) : "begun");
	began = now();
	run = window_run(HS_INSTALL);
	ret = dev_run(v.fd[0], &run);
	/* Some of its pages may have gone, and would come back as zeroes. */
	CHECK(ret == -EFAULT, "a fault where memory is being reaped: %ld", ret);
	CHECK(now() - began < 60 * slowness, "a fault after a refusal took %.1f s", now() - began);
	dev_touch(v.fd[0], 0, N, HS_WRITE);
	dev_check(v.fd[0], "after a refusal");
	note("fault after a refusal: %ld in %.1f s", ret, now() - began);
	ioctl(v.fd[0], HS_IOC_DROP);
	reap_child(&v);
	done = victim_gone(&v, "refused by somebody else");
	count_operations(1 + done);
}

const struct class classes_process[] = {
	{ "lastuser", "the last user goes inside hmm_range_unregister, under the driver's lock",
	  last_user, 1, false },
	{ "exec", "exec under a mirror, a daemon goes on", exec_under, 2, false },
	{ "killed", "a killed process is mirrored and its memory reaped", killed, 0, false },
	{ "foreign", "the same, and a foreign notifier refuses", foreign, 0, true },
	{ 0 }
};
