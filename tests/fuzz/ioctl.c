// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random ioctls on the devices of drivers that use hmm-backport: right numbers
 * with right and wrong arguments, wrong numbers, pointers to nothing and to the
 * kernel; by several threads, while the memory they name, the file and the
 * process go away.  Runs in the guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vgpu_uapi.h"
#include "random.h"

#define PAGE	4096UL
/* Its low half must not look like a number of milliseconds. */
#define ARENA	0x200040000000UL
#define PAGES	32UL
#define THREADS	3

/**
 * struct device - what is known of one
 * @name: of its node begins so
 * @type: of its ioctls
 * @first: number
 * @last: number
 * @size: of most arguments
 * @known: all of its ioctls, if known
 */
static const struct device {
	const char	*name;
	unsigned int	type, first, last, size;
	unsigned int	known[12];
} devices[] = {
	{ "/dev/vgpu", 'V', 1, 7, 48,
	  { VGPU_SVM_FAULT, VGPU_USERPTR_GET, VGPU_USERPTR_DONE, VGPU_COPY, VGPU_DMA,
	    VGPU_STATS, VGPU_FLUSH_DELAY } },
	/* The interface of the kernel's own test of HMM. */
	{ "/dev/hmm_dmirror", 'H', 0, 8, 40, { 0 } },
};

static struct {
	unsigned long calls, good, failures;
	char said[300];
} *shared;

static const struct device *device;
static const char *path;
static int fd = -1, zero = -1;

static void say(const char *fmt, ...)
{
	va_list ap;

	if (shared->said[0])
		return;
	va_start(ap, fmt);
	vsnprintf(shared->said, sizeof(shared->said), fmt, ap);
	va_end(ap);
}

static __u64 address(__u64 *s)
{
	static const __u64 some[] = {
		0, 1, PAGE, 0x7fffffffe000ULL, 0x7ffffffff000ULL, 0x800000000000ULL,
		0xffff888000000000ULL, 0xffffffff81000000ULL, 0xfffffffffffff000ULL,
		0xffffffffffffffffULL, 0x8000000000000000ULL, ARENA + PAGES * PAGE - 8,
	};

	if (chance(s, 80))
		return ARENA + below(s, PAGES) * PAGE;
	if (chance(s, 20))
		return ARENA + below(s, PAGES * PAGE);
	return some[below(s, sizeof(some) / sizeof(some[0]))];
}

/* Most structures begin with a window or an address and a length. */
static void fill(__u64 *s, __u64 *words, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		switch (below(s, 6)) {
		case 0:
			words[i] = below(s, 16);
			break;
		case 1:
			words[i] = below(s, 32) | below(s, 3) << 32;
			break;
		case 2:
			words[i] = prng(s) >> below(s, 64);
			break;
		default:
			words[i] = address(s);
		}
	if (chance(s, 70) && n > 3) {
		words[0] = ARENA + below(s, PAGES) * PAGE;
		words[1] = chance(s, 60) ? words[0] + (1 + below(s, 8)) * PAGE : 1 + below(s, 8);
		words[2] = address(s);
		words[3] = below(s, 32) | below(s, 2) << 32;
	}
}

static unsigned int number(__u64 *s, bool *known)
{
	unsigned int n = 0;

	*known = false;
	while (n < 12 && device->known[n])
		n++;
	if (n && chance(s, 75)) {
		*known = true;
		return device->known[below(s, n)];
	}
	if (chance(s, 80))
		return _IOC(chance(s, 70) ? _IOC_READ | _IOC_WRITE : below(s, 4), device->type,
			    device->first + below(s, device->last - device->first + 2),
			    chance(s, 70) ? device->size : below(s, 1 << 14));
	/* Not what every file answers: those of types T, f, X and so on. */
	return _IOC(below(s, 4), 0x80 + below(s, 0x80), below(s, 256), below(s, 1 << 14));
}

static bool is_known(unsigned int cmd)
{
	for (int i = 0; i < 12 && device->known[i]; i++)
		if (device->known[i] == cmd)
			return true;
	return false;
}

static bool is_documented(int error)
{
	switch (error) {
	case EFAULT:
	case EINVAL:
	case ENOTTY:
	case E2BIG:
	case ENOENT:
	case ENOMEM:
	case EINTR:
	case EBUSY:
	case EPERM:
	case EAGAIN:
	case EOPNOTSUPP:
	case EIO:
	case ENXIO:
	case EBADF:
		return true;
	}
	return false;
}

static void change_memory(__u64 *s)
{
	__u64 first = below(s, PAGES), n = 1 + below(s, PAGES - first);
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE };
	void *at = (void *)(ARENA + first * PAGE);

	switch (below(s, 4)) {
	case 0:
		munmap(at, n * PAGE);
		break;
	case 1:
		madvise(at, n * PAGE, MADV_DONTNEED);
		break;
	case 2:
		/* Written by the kernel, since it may be gone. */
		if (read(zero, at, n * PAGE) < 0)
			break;
		break;
	default:
		mmap(at, n * PAGE, prots[below(s, 5)], MAP_FIXED | MAP_NORESERVE |
		     (chance(s, 30) ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);
	}
}

static void one_call(__u64 *s)
{
	static __thread __u64 buffer[1 << 8];
	bool known;
	unsigned int cmd = number(s, &known);
	unsigned long arg = (unsigned long)buffer;
	int ret;

	fill(s, buffer, 16);
	if (cmd == VGPU_FLUSH_DELAY)
		buffer[0] = below(s, 20) ? 0 : below(s, 3);
	if (chance(s, 12))
		arg = address(s);
	else if (chance(s, 5))
		arg = ARENA + PAGES * PAGE - below(s, 64);
	/* What lies there is no number of milliseconds that anybody chose. */
	if (cmd == VGPU_FLUSH_DELAY && arg != (unsigned long)buffer)
		return;

	ret = ioctl(__atomic_load_n(&fd, __ATOMIC_RELAXED), cmd, arg);
	__atomic_fetch_add(&shared->calls, 1, __ATOMIC_RELAXED);
	if (!ret)
		__atomic_fetch_add(&shared->good, 1, __ATOMIC_RELAXED);
	else if (ret > 0)
		say("ioctl %#x returned %d", cmd, ret);
	else if (!is_documented(errno))
		say("ioctl %#x: %s", cmd, strerror(errno));
	if (device->known[0] && !is_known(cmd) && (!ret || (errno != ENOTTY && errno != EBADF)))
		say("ioctl %#x, which there is not: %d, %s", cmd, ret, strerror(errno));
}

static void *thread(void *arg)
{
	__u64 s = *(__u64 *)arg;

	for (int i = 0; i < 150; i++) {
		int old;
		pid_t pid;

		switch (below(&s, 40)) {
		case 0:
			/* The file goes, another thread may be in it. */
			old = __atomic_exchange_n(&fd, open(path, O_RDWR | O_CLOEXEC),
						  __ATOMIC_SEQ_CST);
			close(old);
			break;
		case 1:
			pid = fork();
			if (!pid) {
				for (i = 0; i < 10; i++)
					one_call(&s);
				_exit(0);
			}
			if (pid > 0)
				waitpid(pid, NULL, 0);
			break;
		case 2 ... 7:
			change_memory(&s);
			break;
		default:
			one_call(&s);
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long calls = 10000, round;
	const char *kernel = "?";
	double until = 1e18;
	unsigned int nr = 0;
	__u64 seed = 1;
	int c;

	while ((c = getopt(argc, argv, "n:s:k:t:cv")) != -1)
		switch (c) {
		case 'n':
			calls = strtoul(optarg, NULL, 0);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'k':
			kernel = optarg;
			break;
		case 't':
			until = time(NULL) + strtod(optarg, NULL);
			break;
		case 'c':
		case 'v':
			break;
		default:
			fprintf(stderr,
				"usage: ioctl [-n CALLS] [-s SEED] [-k KERNEL] [-t SECONDS] DEVICE...\n");
			return 2;
		}
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	zero = open("/dev/zero", O_RDONLY);
	if (shared == MAP_FAILED || zero < 0)
		return 1;

	for (; optind < argc; optind++) {
		unsigned long start = shared->calls, before = shared->failures;

		path = argv[optind];
		for (c = 0; c < (int)(sizeof(devices) / sizeof(devices[0])); c++)
			if (!strncmp(path, devices[c].name, strlen(devices[c].name)))
				device = &devices[c];
		if (!device || access(path, F_OK)) {
			printf("not ok %u - %s: no such device, or not known\n", ++nr, path);
			shared->failures++;
			continue;
		}
		for (round = 0; shared->calls - start < calls && time(NULL) < until; round++) {
			__u64 s = seed ^ round << 20, seeds[THREADS];
			bool killed = round % 4 == 3;
			int status;
			pid_t pid;

			shared->said[0] = 0;
			pid = fork();
			if (!pid) {
				pthread_t threads[THREADS];

				alarm(120);
				fd = open(path, O_RDWR | O_CLOEXEC);
				if (fd < 0) {
					say("%s: %s", path, strerror(errno));
					_exit(1);
				}
				for (int i = 0; i < THREADS; i++) {
					seeds[i] = prng(&s);
					pthread_create(&threads[i], NULL, thread, &seeds[i]);
				}
				for (int i = 0; i < THREADS; i++)
					pthread_join(threads[i], NULL);
				_exit(0);
			}
			if (killed) {
				struct timespec ts = { 0, (long)below(&s, 100000000) };

				nanosleep(&ts, NULL);
				kill(pid, SIGKILL);
			}
			if (waitpid(pid, &status, 0) != pid || (!killed && status))
				say("ended with status %#x", status);
			if (shared->said[0]) {
				printf("# round %lu of seed %llu: %s\n", round, seed, shared->said);
				if (++shared->failures >= before + 10)
					break;
			}
		}
		printf("# %s: %lu calls, %lu of them without an error\n", path,
		       shared->calls - start, shared->good);
		printf("%s %u - %s: every answer is one that it may give\n",
		       shared->failures != before ? "not ok" : "ok", ++nr, path);
	}
	printf("1..%u\n", nr);
	printf("# fuzz-ioctl: kernel=%s calls=%lu seed=%llu failures=%lu\n", kernel, shared->calls,
	       seed, shared->failures);
	return shared->failures != 0;
}
