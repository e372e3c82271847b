// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults that drop the mmap lock.  A page fault that userfaultfd hands to this program
 * has to: without leave to do so it must fail.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/userfaultfd.h>

#include "harness.h"

#define N 8

static char source[PAGE_MOST] __attribute__((aligned(PAGE_MOST)));

static int uffd_on(char *p, size_t n)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, n * PAGE }, .mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (uffd < 0)
		skip("userfaultfd: %s", strerror(errno));
	MUST(ioctl(uffd, UFFDIO_API, &api));
	MUST(ioctl(uffd, UFFDIO_REGISTER, &reg));
	return uffd;
}

struct server {
	int uffd;
	char *base;
	unsigned int served;
	bool stop;
};

static void *serve(void *arg)
{
	struct server *s = arg;

	while (!__atomic_load_n(&s->stop, __ATOMIC_SEQ_CST)) {
		struct pollfd pfd = { .fd = s->uffd, .events = POLLIN };
		struct uffd_msg msg;
		struct uffdio_copy copy = { 0 };

		if (poll(&pfd, 1, 20) <= 0 || read(s->uffd, &msg, sizeof(msg)) != sizeof(msg))
			continue;
		CHECK(msg.event == UFFD_EVENT_PAGEFAULT, "userfaultfd event %u", msg.event);
		copy.dst = msg.arg.pagefault.address & ~(PAGE - 1);
		stamp(source, 85, (copy.dst - (uintptr_t)s->base) / PAGE, 1);
		copy.src = (uintptr_t)source;
		copy.len = PAGE;
		if (!ioctl(s->uffd, UFFDIO_COPY, &copy))
			s->served++;
	}
	return NULL;
}

static void served(unsigned int flags)
{
	int fd = dev_open();
	char *p = map_anon(N), buf[PAGE];
	struct server s = { .uffd = uffd_on(p, N), .base = p };
	uint64_t e[N];
	pthread_t t;
	size_t i;

	CHECK(!pthread_create(&t, NULL, serve, &s), "pthread_create");
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FLAGS(N, e, 0);
	CHECK(!s.served, "the snapshot faulted");
	CHECK(dev_fault(fd, p, N, e, flags | VGPU_ALLOW_RETRY | VGPU_MAP) == N, "fault");
	note("the driver started over %u times", dev_tries);
	EXPECT_FRAMES(0, p, N, e);
	for (i = 0; i < N; i++) {
		CHECK(dev_read(fd, p + i * PAGE, PAGE, buf) == PAGE, "device read");
		CHECK(stamp_is(buf, 85, i, 1), "page %zu: not what was put in", i);
	}
	__atomic_store_n(&s.stop, true, __ATOMIC_SEQ_CST);
	pthread_join(t, NULL);
	CHECK(s.served == N, "%u of %u pages were asked for", s.served, N);
}

static void uffd_read(void) { served(0); }
static void uffd_write(void) { served(VGPU_WRITE); }

static void no_leave(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];

	uffd_on(p, N);
	CHECK(dev_fault(fd, p, N, e, 0) == -EFAULT, "without leave to drop the lock");
	CHECK(!frame_of(0, p).present, "a page is there");
}

/* Leave that is not needed changes nothing. */
static void plain(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];

	stamp_pages(p, N / 2, 86, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_ALLOW_RETRY) == N, "read");
	EXPECT_FRAMES(0, p, N, e);
	CHECK(dev_fault(fd, p, N, e, VGPU_ALLOW_RETRY | VGPU_WRITE | VGPU_MAP) == N, "write");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	EXPECT_SAME_BYTES(fd, p, N);
	CHECK(dev_fault(fd, p, N, e, VGPU_ALLOW_RETRY | VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FRAMES(0, p, N, e);
	MUST(munmap(p, PAGE));
	CHECK(dev_fault(fd, p, N, e, VGPU_ALLOW_RETRY) == -EFAULT, "hole");
}

static void wait_for_nobody(int sock, void *arg)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];

	(void)arg;
	uffd_on(p, N);
	say(sock, 1);
	dev_fault(fd, p, N, e, VGPU_ALLOW_RETRY);
	say(sock, 2);
}

/* The process that would answer is the one that waits: only a signal can end that. */
static void killed(void)
{
	struct peer peer = peer_start(wait_for_nobody, NULL);
	double patience = now() + 10 * slowness;
	int status;

	CHECK(hear(peer.sock) == 1, "the peer did not get ready");
	sleep_ms(500 * slowness);
	MUST(kill(peer.pid, SIGKILL));
	while (!MUST(waitpid(peer.pid, &status, WNOHANG))) {
		CHECK(now() < patience, "a task in a fault that may drop the lock cannot be killed");
		sleep_ms(20);
	}
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %#x", status);
}

const struct scenario group_retry[] = {
	{ "retry_plain", "leave to drop the mmap lock, not needed", plain },
	{ "retry_uffd_read", "userfaultfd serves the device's read faults", uffd_read },
	{ "retry_uffd_write", "userfaultfd serves the device's write faults", uffd_write },
	{ "retry_killed", "userfaultfd that nobody serves: SIGKILL ends the wait", killed },
	{ "retry_no_leave", "userfaultfd, no leave to drop the lock: -EFAULT", no_leave },
	{ 0 }
};
