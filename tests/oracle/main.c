// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds address spaces one after the other, each in a process of its own, until
 * enough pages were compared, and says what was found.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>

#include "guest.h"

struct counters *counters;
bool verbose;
bool alone;
const char *planted;
uint64_t run_seed = 1;

static const char *label = "?";
static const char *only;

void note(const char *fmt, ...)
{
	char line[400];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(line))
		n = (int)sizeof(line) - 1;
	dprintf(STDOUT_FILENO, "# %.*s\n", n, line);
}

int pagemap_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	return fd;
}

uint64_t rng_next(struct rng *r)
{
	uint64_t x = r->state ? r->state : 1;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	r->state = x;
	return x * 0x2545f4914f6cdd1dULL >> 16;
}

uint64_t rng_mix(uint64_t a, uint64_t b)
{
	struct rng r = { a * 0x9e3779b97f4a7c15ULL ^ b * 0xbf58476d1ce4e5b9ULL };

	rng_next(&r);
	rng_next(&r);
	return r.state;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The program touched what it must not: where, for whoever looks into it. */
static void on_sigsegv(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	note("signal %d: address %p, instruction 0x%llx", number, info->si_addr,
	     (unsigned long long)uc->uc_mcontext.gregs[REG_RIP]);
	signal(number, SIG_DFL);
}

/* In a process of its own: what goes wrong there is one failure and ends there. */
static void one_space(unsigned int number, uint64_t budget)
{
	struct space s = { .number = number, .seed = rng_mix(run_seed, number) };
	int device = open("/dev/hmm_oracle", O_RDWR | O_CLOEXEC);
	struct sigaction action = { .sa_sigaction = on_sigsegv, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (device < 0) {
		note("/dev/hmm_oracle: %s", strerror(errno));
		_exit(3);
	}
	space_build(&s, device, only);
	judge_space(&s, device, budget);
	space_end();
	_exit(0);
}

static bool run_space(unsigned int number, uint64_t budget, double limit)
{
	double began = seconds();
	pid_t pid = fork();
	int status;

	if (pid == 0)
		one_space(number, budget);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct timespec ts = { 0, 2000000 };

		if (seconds() - began > limit) {
			note("seed=%llu space=%d: took longer than %.0f s",
			     (unsigned long long)run_seed, (int)number, limit);
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return false;
		}
		nanosleep(&ts, NULL);
	}
	if (verbose)
		note("space %d: %.1f s, %llu pages so far", (int)number, seconds() - began,
		     (unsigned long long)counters->pages);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	note("seed=%llu space=%d: the process ended with %s %d", (unsigned long long)run_seed,
	     (int)number, WIFSIGNALED(status) ? "signal" : "status",
	     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return false;
}

/* Has the kernel an answer of its own? */
static bool is_alone(void)
{
	int device = open("/dev/hmm_oracle", O_RDWR | O_CLOEXEC);
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), ours, theirs;
	struct oracle_ask ask = {
		.addr = (uintptr_t)&ours / page * page, .other = (uintptr_t)&ours / page * page,
		.npages = 1, .ours = (uintptr_t)&ours, .theirs = (uintptr_t)&theirs,
		.flags = ORACLE_THEIRS | ORACLE_SNAPSHOT,
	};
	bool absent = device >= 0 && ioctl(device, ORACLE_ASK, &ask) < 0 && errno == EOPNOTSUPP;

	if (device >= 0)
		close(device);
	return absent;
}

static unsigned int tests;

static void result(bool good, const char *fmt, ...)
{
	char line[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	dprintf(STDOUT_FILENO, "%sok %u - %s\n", good ? "" : "not ", ++tests, line);
}

static void say_intended(void)
{
	const char *names[16], *reasons[16];
	unsigned int i, n = judge_intended(names, reasons);

	for (i = 0; i < n; i++)
		note("intended: %-14s %8llu  %s", names[i],
		     (unsigned long long)counters->intended[i], reasons[i]);
}

static void say_kinds(void)
{
	char line[1024] = "";
	size_t used = 0;
	unsigned int i;

	for (i = 0; space_kind_name(i); i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, " %s=%llu",
					 space_kind_name(i),
					 (unsigned long long)counters->kinds[i]);
	dprintf(STDOUT_FILENO, "# kinds:%s\n", line);
}

static uint64_t sum_intended(void)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < 16; i++)
		sum += counters->intended[i];
	return sum;
}

static void usage(FILE *f)
{
	fprintf(f,
		"usage: oracle [-n PAGES] [-s SEED] [-k KERNEL] [-t SECONDS] [-S SPACE] [-o KIND] [-p FAULT] [-N] [-v]\n"
		"  -n PAGES    compare so many answers at least (60000)\n"
		"  -s SEED     of the first address space (1)\n"
		"  -t SECONDS  stop after so long even if there were fewer\n"
		"  -S SPACE    only this one, as a difference names it\n"
		"  -o KIND     mostly this kind of memory\n"
		"  -p FAULT    this fault is planted in hmm-backport: it must be noticed\n"
		"  -N          with NUMA hints\n");
}

int main(int argc, char **argv)
{
	uint64_t pages = 60000;
	double limit = 1e9, began;
	bool numa = false, died = false;
	unsigned int number;
	int only_space = -2, option;

	while ((option = getopt(argc, argv, "n:s:k:t:S:o:p:Nvh")) != -1) {
		switch (option) {
		case 'n': pages = strtoull(optarg, NULL, 0); break;
		case 's': run_seed = strtoull(optarg, NULL, 0); break;
		case 'k': label = optarg; break;
		case 't': limit = strtod(optarg, NULL); break;
		case 'S': only_space = atoi(optarg); break;
		case 'o': only = optarg; break;
		case 'p': planted = optarg; break;
		case 'N': numa = true; break;
		case 'v': verbose = true; break;
		case 'h': usage(stdout); return 0;
		default: usage(stderr); return 2;
		}
	}
	counters = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (counters == MAP_FAILED)
		return 3;
	alone = is_alone();
	if (alone)
		note("this kernel has no hmm_range_fault() to ask: compared with pagemap only");
	space_prepare(numa);
	began = seconds();
	for (number = 0; counters->pages < pages && seconds() - began < limit; number++) {
		static const unsigned int others[] = { SPACE_SELF, SPACE_TABLES, SPACE_GIGANTIC };
		unsigned int which = number >= 1 && number <= 3 ? others[number - 1] : number;

		if (only_space != -2)
			which = (unsigned int)only_space;
		/* A space after a difference says more; a few are enough. */
		if (!run_space(which, 3000, 120))
			died = true;
		if (died || counters->differences || only_space != -2)
			break;
	}
	if (planted) {
		result(counters->differences, "%s: the planted fault \"%s\" is noticed (after %llu pages)",
		       label, planted, (unsigned long long)counters->pages);
		return counters->differences ? 0 : 1;
	}
	result(!counters->differences && !died,
	       "%s: ours and %s say the same of %llu pages (seed %llu)", label,
	       alone ? "pagemap" : "the kernel's own",
	       (unsigned long long)counters->pages, (unsigned long long)run_seed);
	result(counters->unsettled * 50 <= counters->windows,
	       "%s: windows come to rest (%llu of %llu did not)", label,
	       (unsigned long long)counters->unsettled, (unsigned long long)counters->windows);
	say_intended();
	say_kinds();
	note("snapshots: valid=%llu writable=%llu huge=%llu none=%llu error=%llu; windows=%llu that-fail=%llu spaces=%llu twins=%llu unlike=%llu seconds=%.1f",
	     (unsigned long long)counters->valid, (unsigned long long)counters->writable,
	     (unsigned long long)counters->huge, (unsigned long long)counters->none,
	     (unsigned long long)counters->error, (unsigned long long)counters->windows,
	     (unsigned long long)counters->failed_windows, (unsigned long long)counters->spaces,
	     (unsigned long long)counters->twins, (unsigned long long)counters->unlike,
	     seconds() - began);
	dprintf(STDOUT_FILENO, "# oracle: kernel=%s pages=%llu pagemap=%llu differences=%llu intended=%llu seed=%llu\n",
		label, (unsigned long long)counters->pages, (unsigned long long)counters->pagemap,
		(unsigned long long)counters->differences, (unsigned long long)sum_intended(),
		(unsigned long long)run_seed);
	return counters->differences || died || counters->unsettled * 50 > counters->windows;
}
