// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs scenarios, each in a process of its own with a time limit, and prints TAP.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "harness.h"

#define DEFAULT_LIMIT	30
#define EXIT_SKIP	77

/* Shared by the runner and every process of a scenario. */
static struct verdict {
	int skipped;
	int failed;
	char text[480];
} *verdict;

unsigned int slowness = 1;
size_t page_bytes, huge_bytes;

static void vsay(const char *prefix, const char *fmt, va_list ap)
{
	char line[512];
	int n, m;

	n = snprintf(line, sizeof(line), "# %s", prefix);
	m = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	if (m > (int)sizeof(line) - n - 2)
		m = (int)sizeof(line) - n - 2;
	line[n + m] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)(n + m + 1)) < 0)
		_exit(1);
}

void fail_at(const char *file, int line, const char *fmt, ...)
{
	const char *base = strrchr(file, '/');
	char prefix[64];
	va_list ap;

	snprintf(prefix, sizeof(prefix), "%s:%d: ", base ? base + 1 : file, line);
	va_start(ap, fmt);
	vsay(prefix, fmt, ap);
	va_end(ap);
	__atomic_store_n(&verdict->failed, 1, __ATOMIC_SEQ_CST);
	_exit(1);
}

void skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(verdict->text, sizeof(verdict->text), fmt, ap);
	va_end(ap);
	__atomic_store_n(&verdict->skipped, 1, __ATOMIC_SEQ_CST);
	_exit(EXIT_SKIP);
}

void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay("", fmt, ap);
	va_end(ap);
}

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

uint32_t prng(uint32_t *state)
{
	uint32_t x = *state ? *state : 1;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*state = x;
	return x;
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

void need_madvise(int advice, const char *name)
{
	char *p = map_anon(1);

	if (madvise(p, PAGE, advice) && errno == EINVAL)
		skip("this kernel has no madvise(%s)", name);
	MUST(munmap(p, PAGE));
}

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

long syscall_pidfd_open(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

long syscall_process_mrelease(int pidfd)
{
	return syscall(SYS_process_mrelease, pidfd, 0);
}

/* Memory */

#define THP_DIR	"/sys/kernel/mm/transparent_hugepage/"

/* Kernels before 4.10 do not tell; there it is as large as what a page table maps. */
static __attribute__((constructor)) void ask_sizes(void)
{
	char buf[32];

	page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	if (read_text(THP_DIR "hpage_pmd_size", buf, sizeof(buf)))
		huge_bytes = strtoul(buf, NULL, 10);
	if (!huge_bytes)
		huge_bytes = page_bytes / 8 * page_bytes;
}

void *map_anon(size_t npages)
{
	void *p = mmap(NULL, npages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED, "mmap of %zu pages: %s", npages, strerror(errno));
	return p;
}

/* A gap on both sides too: no neighbour is merged with what is mapped there. */
void *map_fixed_gap(size_t npages)
{
	char *p = map_anon(npages + 2);

	MUST(munmap(p, (npages + 2) * PAGE));
	return p + PAGE;
}

void *map_huge_aligned(size_t nhuge)
{
	char *p = map_anon((nhuge + 1) * (HUGE / PAGE));
	char *q = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));

	if (q > p)
		MUST(munmap(p, (size_t)(q - p)));
	if (q < p + HUGE)
		MUST(munmap(q + nhuge * HUGE, (size_t)(p + HUGE - q)));
	return q;
}

void thp_allow(bool yes)
{
	MUST(prctl(PR_SET_THP_DISABLE, yes ? 0 : 1, 0, 0, 0));
}

void thp_need(void)
{
	if (access(THP_DIR "enabled", F_OK))
		skip("this kernel has no transparent huge pages here");
}

uint64_t *entries_for(size_t npages)
{
	uint64_t *entries = calloc(npages, sizeof(*entries));

	CHECK(entries, "no memory for %zu entries", npages);
	return entries;
}

size_t meminfo_kb(const char *field)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	size_t kb = 0, flen = strlen(field);

	CHECK(f, "/proc/meminfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, field, flen) && line[flen] == ':')
			kb = strtoul(line + flen + 1, NULL, 10);
	fclose(f);
	return kb;
}

size_t smaps_kb(void *addr, const char *field)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	char line[512];
	bool here = false;
	size_t kb = 0, flen = strlen(field);

	CHECK(f, "/proc/self/smaps: %s", strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		unsigned long a, b;
		char c;

		if (sscanf(line, "%lx-%lx %c", &a, &b, &c) == 3)
			here = (unsigned long)addr >= a && (unsigned long)addr < b;
		else if (here && !strncmp(line, field, flen) && line[flen] == ':')
			kb = strtoul(line + flen + 1, NULL, 10);
	}
	fclose(f);
	return kb;
}

/* Page contents */

struct stamped {
	uint32_t magic, id;
	uint64_t nr;
	uint32_t gen, at;
	uint64_t sum;
};

static struct stamped stamped(uint32_t id, uint64_t nr, uint32_t gen, uint32_t at)
{
	struct stamped s = { 0x50a9e5ed, id, nr, gen, at, 0 };

	s.sum = (((uint64_t)id << 32) ^ nr * 0x9e3779b97f4a7c15ULL) + gen + at;
	return s;
}

void stamp(void *page, uint32_t id, uint64_t nr, uint32_t gen)
{
	struct stamped *s = page;
	uint32_t i;

	for (i = 0; i < PAGE / sizeof(*s); i++)
		s[i] = stamped(id, nr, gen, i);
}

void stamp_pages(void *addr, size_t npages, uint32_t id, uint32_t gen)
{
	size_t i;

	for (i = 0; i < npages; i++)
		stamp((char *)addr + i * PAGE, id, i, gen);
}

bool stamp_is(const void *page, uint32_t id, uint64_t nr, uint32_t gen)
{
	const struct stamped *s = page;
	uint32_t i;

	for (i = 0; i < PAGE / sizeof(*s); i++) {
		struct stamped want = stamped(id, nr, gen, i);

		if (memcmp(&s[i], &want, sizeof(want)))
			return false;
	}
	return true;
}

bool page_is_zero(const void *page)
{
	const uint64_t *p = page;
	size_t i;

	for (i = 0; i < PAGE / sizeof(*p); i++)
		if (p[i])
			return false;
	return true;
}

/* Peers */

struct peer peer_start(void (*fn)(int sock, void *arg), void *arg)
{
	struct peer p;
	int sv[2];

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	p.pid = (pid_t)MUST(fork());
	if (!p.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(sv[0]);
		fn(sv[1], arg);
		_exit(0);
	}
	close(sv[1]);
	p.sock = sv[0];
	return p;
}

void peer_reap(struct peer *p)
{
	double end = now() + 20 * slowness;
	int status;

	close(p->sock);
	while (waitpid(p->pid, &status, WNOHANG) == 0) {
		CHECK(now() < end, "process %d does not end", p->pid);
		sleep_ms(5);
	}
}

void peer_join(struct peer *p)
{
	int status;

	close(p->sock);
	MUST(waitpid(p->pid, &status, 0));
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status), "the other process failed (status 0x%x)",
	      (unsigned int)status);
}

void say(int sock, uint64_t word)
{
	MUST(send(sock, &word, sizeof(word), MSG_NOSIGNAL));
}

/* If the other side is gone, so is this process: it has said why itself. */
uint64_t hear(int sock)
{
	uint64_t word;
	ssize_t n = recv(sock, &word, sizeof(word), 0);

	if (n != (ssize_t)sizeof(word))
		_exit(1);
	return word;
}

void say_fd(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte = 'f';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	MUST(sendmsg(sock, &msg, MSG_NOSIGNAL));
}

int hear_fd(int sock)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1)
		_exit(1);
	c = CMSG_FIRSTHDR(&msg);
	CHECK(c && c->cmsg_type == SCM_RIGHTS, "no file descriptor arrived");
	memcpy(&fd, CMSG_DATA(c), sizeof(int));
	return fd;
}

/* The runner */

static void for_each(void (*fn)(const struct scenario *s, void *arg), void *arg)
{
	size_t i;
	const struct scenario *s;

	for (i = 0; scenario_groups[i]; i++)
		for (s = scenario_groups[i]; s->name; s++)
			fn(s, arg);
}

struct selection {
	int argc;
	char **argv;
	const struct scenario *list[256];
	unsigned int n;
};

/* A name selects one scenario; a name that ends in _ selects all that start so. */
static bool wanted(const char *name, const char *arg)
{
	size_t n = strlen(arg);

	return !strcmp(name, arg) || (n && arg[n - 1] == '_' && !strncmp(name, arg, n));
}

static void select_one(const struct scenario *s, void *arg)
{
	struct selection *sel = arg;
	int i;

	for (i = 0; i < sel->argc; i++)
		if (wanted(s->name, sel->argv[i]))
			break;
	if ((!sel->argc || i < sel->argc) && sel->n < 256)
		sel->list[sel->n++] = s;
}

static void list_one(const struct scenario *s, void *arg)
{
	(void)arg;
	printf("%-28s %s\n", s->name, s->what);
}

/* Frames must not change because the kernel feels like making huge pages. */
static void calm_khugepaged(void)
{
	static const char dir[] = THP_DIR "khugepaged/";
	static const char *const calm[][2] = {
		{ "max_ptes_none", "0" }, { "pages_to_scan", "1" },
		{ "scan_sleep_millisecs", "1000000" },
	};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(calm) / sizeof(calm[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, calm[i][0]);
		write_text(path, calm[i][1]);
	}
}

/* Returns 0 passed, 1 failed, 2 skipped. */
static int run_one(const struct scenario *s, unsigned int nr)
{
	double start = now(), limit = (s->limit ? s->limit : DEFAULT_LIMIT) * slowness;
	bool late = false, gone = true;
	int status = 0, result;
	pid_t pid;

	memset(verdict, 0, sizeof(*verdict));
	calm_khugepaged();
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		printf("not ok %u - %s: fork: %s\n", nr, s->name, strerror(errno));
		return 1;
	}
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		thp_allow(false);
		s->run();
		fflush(stdout);
		_exit(0);
	}
	setpgid(pid, pid);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (now() - start > limit && !late) {
			late = true;
			kill(-pid, SIGKILL);
		} else if (now() - start > limit + 10) {
			gone = false;
			break;
		}
		sleep_ms(2);
	}
	kill(-pid, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;

	if (late)
		printf("# still running after %.0f s%s\n", limit,
		       gone ? "" : ", and SIGKILL does not end it");
	else if (WIFSIGNALED(status))
		printf("# killed by signal %d\n", WTERMSIG(status));
	if (!late && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIP && verdict->skipped)
		result = 2;
	else
		result = late || status || verdict->failed;
	printf("%s %u - %s: %s%s%s\n", result == 1 ? "not ok" : "ok", nr, s->name, s->what,
	       result == 2 ? " # SKIP " : "", result == 2 ? verdict->text : "");
	printf("# %s %.2f s\n", s->name, now() - start);
	fflush(stdout);
	return result;
}

static int usage(FILE *to, int code)
{
	fputs("usage: scenarios [--slow N] [NAME...]\n"
	      "                   run all scenarios or these; NAME_ runs all that start so;\n"
	      "                   N times as long as usual may everything take\n"
	      "       scenarios --list\n"
	      "                   name them\n"
	      "Runs as root on a kernel with hmm_backport.ko and vgpu.ko loaded; prints TAP.\n", to);
	return code;
}

int main(int argc, char **argv)
{
	struct selection sel = { 0 };
	unsigned int i, count[3] = { 0 };
	double start = now();

	/* What the exec scenario turns into: a process that only waits. */
	if (argc == 2 && !strcmp(argv[1], "--pause")) {
		sleep(30);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for_each(list_one, NULL);
		return 0;
	}
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage(stdout, 0);
	if (argc > 2 && !strcmp(argv[1], "--slow") && atoi(argv[2]) > 0) {
		slowness = (unsigned int)atoi(argv[2]);
		argc -= 2;
		argv += 2;
	}
	for (i = 1; i < (unsigned int)argc; i++)
		if (argv[i][0] == '-')
			return usage(stderr, 2);
	sel.argc = argc - 1;
	sel.argv = argv + 1;
	for_each(select_one, &sel);
	for (i = 1; i < (unsigned int)argc; i++) {
		unsigned int j;

		for (j = 0; j < sel.n && !wanted(sel.list[j]->name, argv[i]); j++)
			;
		if (j == sel.n) {
			fprintf(stderr, "scenarios: there is no scenario '%s'; see scenarios --list\n",
				argv[i]);
			return 2;
		}
	}
	verdict = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (verdict == MAP_FAILED) {
		perror("scenarios: mmap");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	printf("TAP version 13\n1..%u\n", sel.n);
	for (i = 0; i < sel.n; i++)
		count[run_one(sel.list[i], i + 1)]++;
	printf("# scenarios: %u passed, %u failed, %u skipped, %.1f s\n",
	       count[0], count[1], count[2], now() - start);
	return count[1] ? 1 : 0;
}
