// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs classes of the stress test, each in a process of its own, and prints TAP.  The
 * last line sums up, for the one who runs it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "stress.h"

#define EXIT_SKIP	77
#define HUNG		(-2)

static const struct class *const groups[] = { classes_memory, classes_process, classes_mix };

/* Shared by the runner and every process of a class. */
static struct verdict {
	unsigned long operations;
	unsigned long mismatches;
	int skipped;
	int failed;
	char why[400];
} *verdict;

unsigned int seed = 1, slowness = 1;
size_t page_bytes, huge_bytes;

static void vsay(const char *fmt, va_list ap)
{
	char line[600] = "# ";
	int n = vsnprintf(line + 2, sizeof(line) - 3, fmt, ap) + 2;

	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)n) < 0)
		_exit(1);
}

void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
	__atomic_store_n(&verdict->failed, 1, __ATOMIC_SEQ_CST);
	_exit(1);
}

void mismatch(const char *fmt, ...)
{
	va_list ap;

	__atomic_add_fetch(&verdict->mismatches, 1, __ATOMIC_SEQ_CST);
	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
	__atomic_store_n(&verdict->failed, 1, __ATOMIC_SEQ_CST);
	_exit(1);
}

void skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(verdict->why, sizeof(verdict->why), fmt, ap);
	va_end(ap);
	__atomic_store_n(&verdict->skipped, 1, __ATOMIC_SEQ_CST);
	_exit(EXIT_SKIP);
}

void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}

void count_operations(unsigned long n)
{
	__atomic_add_fetch(&verdict->operations, n, __ATOMIC_RELAXED);
}

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void sleep_us(unsigned int us)
{
	struct timespec ts = { us / 1000000, (long)(us % 1000000) * 1000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text);
}

bool read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return false;
	buf[n] = 0;
	return true;
}

/* Kernels before 4.10 do not tell; there it is as large as what a page table maps. */
static __attribute__((constructor)) void ask_sizes(void)
{
	char buf[32];

	page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	if (read_text("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", buf, sizeof(buf)))
		huge_bytes = strtoul(buf, NULL, 10);
	if (!huge_bytes)
		huge_bytes = page_bytes / 8 * page_bytes;
}

bool on_command_line(const char *word)
{
	char line[2048];

	return read_text("/proc/cmdline", line, sizeof(line)) && strstr(line, word);
}

/* Its exit status, or HUNG. */
static int run_class(const struct class *class, double seconds)
{
	/* A request that cannot be killed is a finding, not a reason to wait for ever. */
	double end = now() + (seconds + 30) * slowness;
	bool killed = false;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		class->run(seconds);
		_exit(0);
	}
	setpgid(pid, pid);
	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			break;
		if (now() > end) {
			kill(-pid, SIGKILL);
			if (killed)
				return HUNG;
			killed = true;
			end = now() + 5 * slowness;
		}
		sleep_us(10000);
	}
	/* What it left behind. */
	kill(-pid, SIGKILL);
	if (killed)
		return HUNG;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const struct class *find(const char *name)
{
	const struct class *class;
	size_t g;

	for (g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (class = groups[g]; class->name; class++)
			if (!strcmp(class->name, name))
				return class;
	return NULL;
}

static void usage(FILE *to)
{
	const struct class *class;
	size_t g;

	fprintf(to, "usage: stress [--seconds N] [--seed S] [--slow TIMES] [CLASS...]\n");
	for (g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (class = groups[g]; class->name; class++)
			fprintf(to, "  %-10s %s%s\n", class->name, class->what,
				class->by_hand ? " (only if named)" : "");
}

int main(int argc, char **argv)
{
	const struct class *chosen[64], *class;
	unsigned long operations = 0, mismatches = 0;
	unsigned int n = 0, i, shares = 0;
	double seconds = 15, began = now();
	int arg, status = 0;
	size_t g;

	if (argc > 1 && !strcmp(argv[1], "--after-exec"))
		return exec_child();
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (arg = 1; arg < argc; arg++) {
		if (!strcmp(argv[arg], "--seconds") && arg + 1 < argc) {
			seconds = atof(argv[++arg]);
		} else if (!strcmp(argv[arg], "--seed") && arg + 1 < argc) {
			seed = (unsigned int)strtoul(argv[++arg], NULL, 0);
		} else if (!strcmp(argv[arg], "--slow") && arg + 1 < argc) {
			slowness = (unsigned int)strtoul(argv[++arg], NULL, 0);
		} else if (!strcmp(argv[arg], "--list")) {
			usage(stdout);
			return 0;
		} else if (find(argv[arg]) && n < 60) {
			chosen[n++] = find(argv[arg]);
		} else {
			fprintf(stderr, "stress: %s: no such class\n", argv[arg]);
			usage(stderr);
			return 2;
		}
	}
	if (!n)
		for (g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
			for (class = groups[g]; class->name; class++)
				if (!class->by_hand)
					chosen[n++] = class;
	for (i = 0; i < n; i++)
		shares += chosen[i]->share;

	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (verdict == MAP_FAILED)
		return 1;
	printf("1..%u\n", n);
	for (i = 0; i < n; i++) {
		double share = shares ? seconds * chosen[i]->share / shares : 0, started = now();
		int ended;

		memset(verdict, 0, sizeof(*verdict));
		ended = run_class(chosen[i], share);
		operations += verdict->operations;
		mismatches += verdict->mismatches;
		if (ended == EXIT_SKIP && verdict->skipped && !verdict->failed) {
			printf("ok %u - %s # SKIP %s\n", i + 1, chosen[i]->name, verdict->why);
			continue;
		}
		if (!ended && !verdict->failed) {
			printf("ok %u - %s: %s, %lu operations in %.1f s\n", i + 1,
			       chosen[i]->name, chosen[i]->what, verdict->operations,
			       now() - started);
			continue;
		}
		status = 1;
		printf("not ok %u - %s: %s (%.1f s)\n", i + 1, chosen[i]->name, chosen[i]->what,
		       now() - started);
		if (ended == HUNG) {
			printf("# it hung\n");
			printf("Bail out! %s hung\n", chosen[i]->name);
			break;
		}
		if (ended > 128)
			printf("# signal %d\n", ended - 128);
	}
	printf("# sum: seconds=%.0f operations=%lu mismatches=%lu seed=%u\n", now() - began,
	       operations, mismatches, seed);
	return status;
}
