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
#include "options.h"
#include "random.h"

#define PAGE	4096UL
/* Its low half must not look like a number of milliseconds. */
#define ARENA	0x200040000000UL
#define PAGES	32UL
/* Memory that is always there, for a device to read and write. */
#define BUFFER	(ARENA + 2 * PAGES * PAGE)
#define THREADS	3

/* How most arguments begin, in words of 64 bits. */
enum shape {
	WINDOW,			/* start and end or number of pages, pointer, flags */
	COMMAND,		/* address, pointer, number of pages */
};

/**
 * struct device - what is known of one
 * @name: of its node begins so
 * @type: of its ioctls
 * @first: number
 * @last: number
 * @size: of most arguments
 * @shape: of most arguments
 * @known: all of its ioctls, if known
 */
static const struct device {
	const char	*name;
	unsigned int	type, first, last, size;
	enum shape	shape;
	unsigned int	known[12];
} devices[] = {
	{ "/dev/vgpu", 'V', 1, 7, 48, WINDOW,
	  { VGPU_SVM_FAULT, VGPU_USERPTR_GET, VGPU_USERPTR_DONE, VGPU_COPY, VGPU_DMA,
	    VGPU_STATS, VGPU_FLUSH_DELAY } },
	/* The interface of the kernel's own test of HMM. */
	{ "/dev/hmm_dmirror", 'H', 0, 9, 40, COMMAND, { 0 } },
};

/**
 * struct round - what a round's processes share
 * @calls: made
 * @good: of them without an error
 * @made: by threads that came to their end, without what their children made
 * @digest: of @made
 * @said: what is wrong
 */
static struct round {
	unsigned long	calls, good, made;
	__u64		digest;
	char		said[300];
} *shared;

static struct options options;
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

static void fill_shape(__u64 *s, __u64 *words)
{
	words[0] = ARENA + below(s, PAGES) * PAGE;
	switch (device->shape) {
	case WINDOW:
		words[1] = chance(s, 60) ? words[0] + (1 + below(s, 8)) * PAGE : 1 + below(s, 8);
		words[2] = address(s);
		words[3] = below(s, 32) | below(s, 2) << 32;
		break;
	case COMMAND:
		words[1] = chance(s, 80) ? BUFFER : address(s);
		words[2] = 1 + below(s, 8);
		break;
	}
}

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
	if (chance(s, 70))
		fill_shape(s, words);
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
		return _IOC(chance(s, 90) ? _IOC_READ | _IOC_WRITE : below(s, 4), device->type,
			    device->first + below(s, device->last - device->first + 2),
			    chance(s, 90) ? device->size : below(s, 1 << 14));
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

/**
 * struct made - what a thread has done so far
 * @calls: how many
 * @digest: of them
 */
struct made {
	unsigned long	calls;
	__u64		digest;
};

static void one_call(__u64 *s, struct made *made)
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
	made->calls++;
	made->digest = digest(made->digest, &cmd, sizeof(cmd));
	if (arg == (unsigned long)buffer)
		made->digest = digest(made->digest, buffer, 16 * sizeof(*buffer));
	else
		made->digest = digest(made->digest, &arg, sizeof(arg));

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
	struct made made = { .digest = s };

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
					one_call(&s, &made);
				_exit(0);
			}
			if (pid > 0)
				waitpid(pid, NULL, 0);
			break;
		case 2 ... 7:
			change_memory(&s);
			break;
		default:
			one_call(&s, &made);
		}
	}
	/* The threads come to their ends in any order. */
	__atomic_fetch_xor(&shared->digest, made.digest, __ATOMIC_RELAXED);
	__atomic_fetch_add(&shared->made, made.calls, __ATOMIC_RELAXED);
	return NULL;
}

/* The process of a round. */
static void run_threads(__u64 s)
{
	pthread_t threads[THREADS];
	__u64 seeds[THREADS];

	alarm(120);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		say("%s: %s", path, strerror(errno));
		_exit(1);
	}
	mmap((void *)ARENA, PAGES * PAGE, PROT_READ | PROT_WRITE,
	     MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < THREADS; i++) {
		seeds[i] = prng(&s);
		pthread_create(&threads[i], NULL, thread, &seeds[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static void run_round(__u64 s, bool killed)
{
	int status;
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	pid = fork();
	if (!pid)
		run_threads(s);
	if (killed) {
		struct timespec ts = { 0, (long)below(&s, 100000000) };

		nanosleep(&ts, NULL);
		kill(pid, SIGKILL);
	}
	if (waitpid(pid, &status, 0) != pid || (!killed && status))
		say("ended with status %#x", status);
}

static bool find_device(void)
{
	unsigned int i;

	device = NULL;
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (!strncmp(path, devices[i].name, strlen(devices[i].name)))
			device = &devices[i];
	return device && !access(path, F_OK);
}

/**
 * fuzz_device() - make calls of the device at @path
 * @percent: of the time that there is
 * @calls: added to: made
 *
 * What rounds that are killed and children make does not count against what is
 * to be made, so that a seed leads to the same rounds however far those come.
 *
 * Return: failures.
 */
static unsigned long fuzz_device(unsigned int percent, unsigned long *calls)
{
	unsigned long round, made = 0, good = 0, all = 0, failures = 0;
	__u64 sum = 0;

	for (round = 0; made < options.calls && failures < 10; round++) {
		bool killed = round % 4 == 3;

		if (time_is_up(&options, percent)) {
			printf("# stopped by the clock\n");
			break;
		}
		run_round(options.seed ^ round << 20, killed);
		all += shared->calls;
		good += shared->good;
		if (!killed) {
			made += shared->made;
			sum = digest(sum, &shared->digest, sizeof(shared->digest));
		}
		if (shared->said[0]) {
			printf("# round %lu of seed %llu: %s\n", round, options.seed,
			       shared->said);
			failures++;
		}
	}
	*calls += all;
	printf("# %s: %lu calls, %lu of them without an error; digest of %lu of them %016llx\n",
	       path, all, good, made, sum);
	return failures;
}

int main(int argc, char **argv)
{
	unsigned long calls = 0, failures = 0;
	int i, n;

	if (!parse_options(argc, argv, &options))
		return 2;
	argv += optind;
	n = argc - optind;
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	zero = open("/dev/zero", O_RDONLY);
	if (shared == MAP_FAILED || zero < 0 ||
	    mmap((void *)BUFFER, PAGES * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
		printf("Bail out! %s\n", strerror(errno));
		return 1;
	}

	for (i = 0; i < n; i++) {
		unsigned long failed = 1;

		path = argv[i];
		if (find_device())
			failed = fuzz_device(100 * (i + 1) / n, &calls);
		else
			printf("# %s: no such device, or not known\n", path);
		printf("%s %d - %s: every answer is one that it may give\n",
		       failed ? "not ok" : "ok", i + 1, path);
		failures += failed;
	}
	printf("1..%d\n", n);
	printf("# fuzz-ioctl: kernel=%s devices=%d calls=%lu seed=%llu failures=%lu\n",
	       options.kernel, n, calls, options.seed, failures);
	return failures != 0;
}
