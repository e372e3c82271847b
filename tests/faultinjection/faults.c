// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets every allocation and every fault of every call of hmm-backport fail, one
 * after the other: the first, the second, until the call needs no more.  Each
 * time the answer must be the documented one, nothing may be held afterwards
 * that was not held before, and the same call without a failure must succeed.
 *
 * Runs in the guest; prints TAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hmm_api.h"

#define PAGE		4096UL
#define ARENA		0x200000000000UL
#define ARENA_PAGES	512UL
/* A range of so many pages keeps its requests outside of the stack. */
#define MANY		130UL
#define FEW		6UL

#define ALLOW_RETRY	1U
#define SNAPSHOT	2U

static int fd;
static bool full, quick;
static struct hmm_api_state last_state;

/* Shared with the children. */
static struct {
	unsigned int nth;	/* of the case that runs */
	unsigned int injected;	/* by it */
	unsigned int cases;	/* of this child */
	unsigned int failures;	/* of them, with a failure injected */
	unsigned int survived;
	bool leaked;
	char said[300];
} *shared;

static unsigned int cases, injected, survived, leaks;

static const char *const failure_names[HMM_FAILURES] = {
	[HMM_FAIL_KERNEL] = "kernel's allocation",
	[HMM_FAIL_ALLOC] = "allocation",
	[HMM_FAIL_NOTIFIER_NOMEM] = "notifier: no memory",
	[HMM_FAIL_NOTIFIER_INTR] = "notifier: interrupted",
	[HMM_FAIL_MMGET] = "no users",
	[HMM_FAIL_UNSTABLE] = "reaped",
	[HMM_FAIL_FAULT_OOM] = "fault: OOM",
	[HMM_FAIL_FAULT_SIGBUS] = "fault: SIGBUS",
	[HMM_FAIL_FAULT_SIGSEGV] = "fault: SIGSEGV",
	[HMM_FAIL_FAULT_HWPOISON] = "fault: HWPOISON",
	[HMM_FAIL_FAULT_HWPOISON_LARGE] = "fault: HWPOISON_LARGE",
	[HMM_FAIL_FAULT_RETRY] = "fault: RETRY",
	[HMM_FAIL_FAULT_COMPLETED] = "fault: COMPLETED",
	[HMM_FAIL_FAULT_NOTHING] = "fault: nothing done",
	[HMM_FAIL_FAULT_MAJOR] = "fault: MAJOR",
	[HMM_FAIL_FATAL] = "fatal signal",
	[HMM_FAIL_FIND_VMA] = "mapping gone",
	[HMM_FAIL_DMA_MAP] = "DMA: no mapping",
	[HMM_FAIL_DMA_COPY] = "DMA: a copy",
	[HMM_FAIL_DMA_INCOHERENT] = "DMA: not coherent",
};

/* In a child: says what is wrong and ends it. */
static void bad(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(shared->said, sizeof(shared->said), fmt, ap);
	va_end(ap);
	_exit(1);
}

static void pause_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void state(struct hmm_api_state *s, unsigned int range)
{
	memset(s, 0, sizeof(*s));
	s->range = range;
	if (ioctl(fd, HMM_API_STATE, s))
		bad("the state: %s", strerror(errno));
}

static long make(struct hmm_api_call *call)
{
	if (ioctl(fd, HMM_API_CALL, call))
		bad("operation %u: %s", call->op, strerror(errno));
	return call->result;
}

static long simple(unsigned int op)
{
	struct hmm_api_call call = { .op = op };

	return make(&call);
}

static long register_range(unsigned long first, unsigned long npages, __u64 flags, __u64 mask)
{
	struct hmm_api_call call = {
		.op = HMM_API_RANGE_REGISTER,
		.start = ARENA + first * PAGE,
		.end = ARENA + (first + npages) * PAGE,
		.default_flags = flags,
		.pfn_flags_mask = mask,
		.pfn_shift = HMM_API_SHIFT,
	};

	return make(&call);
}

/* What is mapped where each case works. */
enum memory {
	UNTOUCHED,		/* nothing there yet */
	READ,			/* zero pages, so that writing copies */
	WRITTEN,
	SHARED,			/* shmem, untouched */
	PRIVATE_FILE,		/* a file's pages, which writing copies */
	HOLED,			/* every fourth page is not mapped */
	TWO,			/* untouched; the first half may not be written */
};

static void map(enum memory memory, unsigned long npages)
{
	int flags = memory == SHARED ? MAP_SHARED | MAP_ANONYMOUS :
		    memory == PRIVATE_FILE ? MAP_PRIVATE : MAP_PRIVATE | MAP_ANONYMOUS;
	int file = -1;
	unsigned long i;
	volatile char *p;

	if (memory == PRIVATE_FILE) {
		file = open("/dev/shm/faults", O_RDWR | O_CREAT, 0600);
		if (file < 0 || ftruncate(file, (off_t)(npages * PAGE)))
			bad("a file in /dev/shm: %s", strerror(errno));
	}
	p = mmap((void *)ARENA, npages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_FIXED, file, 0);
	if (p == MAP_FAILED)
		bad("mmap: %s", strerror(errno));
	if (file >= 0)
		close(file);
	madvise((void *)p, npages * PAGE, MADV_NOHUGEPAGE);
	if (memory == TWO && mprotect((void *)p, npages / 2 * PAGE, PROT_READ))
		bad("mprotect: %s", strerror(errno));
	for (i = 0; i < npages; i++) {
		if (memory == READ || memory == PRIVATE_FILE)
			(void)p[i * PAGE];
		else if (memory == WRITTEN || memory == HOLED)
			p[i * PAGE] = 1;
		if (memory == HOLED && i % 4 == 2)
			munmap((char *)p + i * PAGE, PAGE);
	}
}

/**
 * struct operation - a call that shall fail in every way
 * @name: for people
 * @op: &enum hmm_api_op
 * @flags: of the call
 * @memory: what is mapped
 * @npages: of the range; 0: the call needs none
 * @mask: requests are page by page: half of them want to write, of TWO the second half
 * @equal: all of them do
 * @want: the default request
 * @mirrors: registered before; the call's is the next
 */
struct operation {
	const char	*name;
	unsigned int	op;
	unsigned int	flags;
	enum memory	memory;
	unsigned long	npages;
	__u64		mask;
	__u64		want;
	unsigned int	mirrors;
	bool		equal;
};

#define RW (HMM_API_VALID | HMM_API_WRITE)

static const struct operation operations[] = {
	{ "first mirror of an address space", HMM_API_MIRROR_REGISTER },
	{ "second mirror", HMM_API_MIRROR_REGISTER, .mirrors = 1 },
	{ "range registered", HMM_API_RANGE_REGISTER, 0, WRITTEN, FEW, 0, RW, 1 },
	{ "range waited for", HMM_API_RANGE_WAIT, 0, WRITTEN, FEW, 0, RW, 1 },
	{ "fault, nothing there", HMM_API_RANGE_FAULT, 0, UNTOUCHED, FEW, 0, HMM_API_VALID, 1 },
	{ "fault to write, nothing there", HMM_API_RANGE_FAULT, 0, UNTOUCHED, FEW, 0, RW, 1 },
	{ "fault to write, copies", HMM_API_RANGE_FAULT, 0, READ, FEW, 0, RW, 1 },
	{ "fault, all there", HMM_API_RANGE_FAULT, 0, WRITTEN, FEW, 0, RW, 1 },
	{ "fault, requests of few pages", HMM_API_RANGE_FAULT, 0, READ, FEW, RW, 0, 1 },
	{ "fault, requests of many pages", HMM_API_RANGE_FAULT, 0, READ, MANY, RW, 0, 1 },
	{ "fault, may drop the lock", HMM_API_RANGE_FAULT, ALLOW_RETRY, READ, FEW, RW, 0, 1 },
	{ "fault, may drop the lock, many", HMM_API_RANGE_FAULT, ALLOW_RETRY, UNTOUCHED, MANY,
	  RW, HMM_API_VALID, 1 },
	{ "fault, equal requests", HMM_API_RANGE_FAULT, ALLOW_RETRY, READ, FEW, RW, 0, 1, true },
	{ "fault, two mappings", HMM_API_RANGE_FAULT, 0, TWO, FEW, RW, 0, 1 },
	{ "fault, shared memory", HMM_API_RANGE_FAULT, 0, SHARED, FEW, 0, RW, 1 },
	{ "fault to write, a file's pages", HMM_API_RANGE_FAULT, ALLOW_RETRY, PRIVATE_FILE, FEW,
	  0, RW, 1 },
	{ "snapshot", HMM_API_RANGE_FAULT, SNAPSHOT, WRITTEN, FEW, 0, 0, 1 },
	{ "snapshot with holes", HMM_API_RANGE_FAULT, SNAPSHOT, HOLED, FEW, RW, 0, 1 },
	{ "DMA, nothing there", HMM_API_DMA_MAP, 0, UNTOUCHED, FEW, 0, RW, 1 },
	{ "DMA, requests", HMM_API_DMA_MAP, ALLOW_RETRY, READ, FEW, RW, 0, 1 },
	{ "DMA of a snapshot", HMM_API_DMA_MAP, SNAPSHOT, HOLED, FEW, 0, 0, 1 },
	{ "DMA unmapped", HMM_API_DMA_UNMAP, 1, WRITTEN, FEW, 0, RW, 1 },
	{ "range unregistered", HMM_API_RANGE_UNREGISTER, 0, WRITTEN, FEW, 0, RW, 1 },
	{ "mirror unregistered", HMM_API_MIRROR_UNREGISTER, .mirrors = 1 },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* A failure that was injected: is this the answer? */
static bool is_documented(const struct operation *o, unsigned int failure, bool always,
			  long result, long success)
{
	switch (failure) {
	case HMM_FAIL_KERNEL:
		/* Much in the kernel can do without. */
		return result == success || result == -ENOMEM ||
		       (o->op == HMM_API_DMA_MAP && result == -EIO) ||
		       (o->flags & ALLOW_RETRY && result == -EAGAIN);
	case HMM_FAIL_ALLOC:
	case HMM_FAIL_NOTIFIER_NOMEM:
	case HMM_FAIL_FAULT_OOM:
		return result == -ENOMEM;
	case HMM_FAIL_NOTIFIER_INTR:
	case HMM_FAIL_FATAL:
		return result == -EINTR;
	case HMM_FAIL_MMGET:
	case HMM_FAIL_UNSTABLE:
	case HMM_FAIL_FAULT_SIGBUS:
	case HMM_FAIL_FAULT_SIGSEGV:
	case HMM_FAIL_FAULT_HWPOISON:
	case HMM_FAIL_FAULT_HWPOISON_LARGE:
		return result == -EFAULT;
	case HMM_FAIL_FAULT_RETRY:
	case HMM_FAIL_FAULT_COMPLETED:
		return result == -EAGAIN;
	case HMM_FAIL_FAULT_NOTHING:
		return result == (always ? -EBUSY : success);
	case HMM_FAIL_FAULT_MAJOR:
		return result == success;
	case HMM_FAIL_FIND_VMA:
		/* It was there again a moment later, or it was not; a snapshot finds a hole. */
		return result == -EFAULT || result == success ||
		       (o->op == HMM_API_DMA_MAP && o->flags & SNAPSHOT && result >= 0);
	case HMM_FAIL_DMA_MAP:
		return result == -EIO;
	case HMM_FAIL_DMA_COPY:
	case HMM_FAIL_DMA_INCOHERENT:
		return result == -EOPNOTSUPP;
	}
	return false;
}

static void fill_requests(const struct operation *o, __u64 *entries)
{
	unsigned long i;

	for (i = 0; i < o->npages; i++)
		entries[i] = !o->mask ? 0 :
			     o->equal || (o->memory == TWO ? i >= o->npages / 2 : i % 2) ?
			     HMM_API_VALID | HMM_API_WRITE : HMM_API_VALID;
}

static long perform(const struct operation *o, struct hmm_api_call *call, __u64 *entries)
{
	call->op = o->op;
	call->mirror = o->op == HMM_API_MIRROR_REGISTER ? o->mirrors : 0;
	call->flags = o->flags;
	call->start = ARENA;
	call->end = ARENA + o->npages * PAGE;
	call->default_flags = o->want;
	call->pfn_flags_mask = o->mask;
	call->pfn_shift = HMM_API_SHIFT;
	call->timeout = 1000;
	if (o->op == HMM_API_RANGE_FAULT || o->op == HMM_API_DMA_MAP) {
		fill_requests(o, entries);
		call->entries = (unsigned long)entries;
	}
	return make(call);
}

/* What the call returns when nothing fails. */
static long success_of(const struct operation *o)
{
	switch (o->op) {
	case HMM_API_RANGE_WAIT:
		return 1;
	case HMM_API_RANGE_FAULT:
		return (long)o->npages;
	case HMM_API_DMA_MAP:
		return (long)(o->npages - (o->memory == HOLED ? o->npages / 4 : 0));
	}
	return 0;
}

/* What a call left is as if it had not been made. */
static void nothing_is_left(const struct hmm_api_state *before)
{
	struct hmm_api_state s;
	int i;

	for (i = 0; i < 1000; i++) {
		state(&s, 0);
		if (!s.outstanding && s.mm_users == before->mm_users)
			break;
		if (i < 50)
			sched_yield();
		else
			pause_ms(i < 200 ? 1 : 10);
	}
	if (s.outstanding) {
		shared->leaked = true;
		bad("%u things are still held: %s", s.outstanding, s.what);
	}
	if (s.underflows)
		bad("%u things were given back that nobody held", s.underflows);
	if (s.mm_users != before->mm_users) {
		shared->leaked = true;
		bad("the address space has %llu users, not %llu", s.mm_users, before->mm_users);
	}
	if (s.wrong)
		bad("a callback found something wrong; the kernel's log says what");
}

static void one_case(const struct operation *o, unsigned int failure, unsigned int nth,
		     bool always)
{
	static __u64 entries[HMM_API_PAGES];
	struct hmm_api_call call = { .failure = failure, .nth = nth, .always = always };
	struct hmm_api_call again = { .op = 0 };
	long success = success_of(o), result;
	struct hmm_api_state before, s;
	unsigned int i;

	if (o->npages)
		map(o->memory, o->npages);
	state(&before, 0);
	for (i = 0; i < o->mirrors; i++) {
		struct hmm_api_call first = { .op = HMM_API_MIRROR_REGISTER, .mirror = i };

		if (make(&first))
			bad("registering a mirror: %lld", first.result);
	}
	if (o->npages && o->op != HMM_API_RANGE_REGISTER) {
		result = register_range(0, o->npages, o->want, o->mask);
		if (result)
			bad("registering a range: %ld", result);
	}
	if (o->op == HMM_API_DMA_UNMAP && simple(HMM_API_DMA_MAP) != (long)o->npages)
		bad("mapping for DMA failed");

	result = perform(o, &call, entries);
	shared->injected = call.injected;
	if (call.wrong)
		bad("returned %ld, wrong %#x", result, call.wrong);
	if (call.locked)
		bad("returned %ld and the mmap lock is held", result);
	if (!call.injected && result != success)
		bad("returned %ld without a failure, not %ld", result, success);
	if (call.injected && !is_documented(o, failure, always, result, success))
		bad("returned %ld (%s)", result, strerror((int)-result));

	/* Once more, and nothing fails. */
	if (result < 0) {
		result = perform(o, &again, entries);
		if (result != success || again.wrong || again.locked)
			bad("the second time, without a failure, it returned %ld (wrong %#x)",
			    result, again.wrong);
	}
	/* The range does what ranges do. */
	if (o->npages && o->op != HMM_API_RANGE_UNREGISTER) {
		struct hmm_api_call all = { .op = HMM_API_RANGE_FAULT, .flags = SNAPSHOT };

		if (make(&all) != (long)o->npages || all.wrong)
			bad("a snapshot afterwards returned %lld (wrong %#x)", all.result, all.wrong);
		if (!simple(HMM_API_RANGE_VALID))
			bad("it is not valid after a snapshot");
		if (munmap((void *)ARENA, PAGE))
			bad("munmap: %s", strerror(errno));
		if (simple(HMM_API_RANGE_VALID))
			bad("it is still valid after a page was unmapped");
		simple(HMM_API_RANGE_UNREGISTER);
	}
	for (i = 0; i < o->mirrors + (o->op == HMM_API_MIRROR_REGISTER); i++) {
		struct hmm_api_call last = { .op = HMM_API_MIRROR_UNREGISTER, .mirror = i };

		if (o->op == HMM_API_MIRROR_UNREGISTER && i == 0)
			continue;
		state(&s, 0);
		make(&last);
	}
	nothing_is_left(&before);
}

/* Returns whether all is well. */
static bool ended_well(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		snprintf(shared->said, sizeof(shared->said), "no process");
		return false;
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (!shared->said[0])
		snprintf(shared->said, sizeof(shared->said), "ended with status %#x", status);
	return false;
}

/* What a case that failed has left must not fail the next ones. */
static void clean_up(void)
{
	close(fd);
	fd = open("/dev/hmm_api", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		printf("Bail out! /dev/hmm_api: %s\n", strerror(errno));
		exit(1);
	}
}

/* Far from the beginning not every one is tried. */
static unsigned int next_of(unsigned int nth)
{
	if (quick)
		return nth < 3 ? nth + 1 : nth * 3;
	return full || nth < 4 ? nth + 1 : nth + 1 + nth / 3;
}

/* One way to fail, from the @nth chance on until it is not taken any more. */
static void way(const struct operation *o, unsigned int failure, bool always, unsigned int nth)
{
	for (; nth < 4000; nth = next_of(nth)) {
		shared->nth = nth;
		shared->injected = 0;
		shared->cases++;
		one_case(o, failure, nth, always);
		if (!shared->injected)
			return;
		shared->failures++;
		shared->survived++;
		if (always && !full)
			return;
	}
}

/* Returns how many cases were not survived. */
static unsigned int try_way(const struct operation *o, unsigned int failure, bool always)
{
	unsigned int nth = 1, bad_ones = 0;
	pid_t pid;
	bool well;

	do {
		memset(shared, 0, sizeof(*shared));
		pid = fork();
		if (!pid) {
			way(o, failure, always, nth);
			_exit(0);
		}
		well = ended_well(pid);
		cases += shared->cases;
		injected += shared->failures;
		survived += shared->survived;
		if (well)
			return bad_ones;
		bad_ones++;
		injected += !!shared->injected;
		leaks += shared->leaked;
		printf("# %s, %s %u%s: %s\n", o->name, failure_names[failure], shared->nth,
		       always ? " and all after" : "", shared->said);
		clean_up();
		/* It goes on: one failure may hide another. */
		nth = next_of(shared->nth);
	} while (bad_ones < 3);
	return bad_ones;
}

static bool operation(const struct operation *o)
{
	unsigned int failure, before = injected, bad_ones = 0;
	int always;

	for (failure = HMM_FAIL_KERNEL; failure < HMM_FAILURES && bad_ones < 6; failure++) {
		if (!(last_state.can & 1U << failure))
			continue;
		for (always = 0; always < (failure == HMM_FAIL_KERNEL ? 1 : 2); always++)
			bad_ones += try_way(o, failure, always);
	}
	printf("# %s: %u failures\n", o->name, injected - before);
	return !bad_ones;
}

/*
 * Signals at each point that waits.
 */
static void on_signal(int nr)
{
	(void)nr;
}

/* Another process in the same address space: its invalidation is held in a callback. */
static char stack[64 << 10] __attribute__((aligned(16)));

static int invalidate(void *arg)
{
	madvise(arg, PAGE, MADV_DONTNEED);
	return 0;
}

static pid_t hold(void)
{
	struct hmm_api_call call = {
		.op = HMM_API_ACTION,
		.flags = HMM_API_DO_HOLD,
		.start = ARENA,
		.end = ARENA + FEW * PAGE,
	};
	struct hmm_api_state s;
	pid_t pid;
	int i;

	make(&call);
	pid = clone(invalidate, stack + sizeof(stack), CLONE_VM | SIGCHLD, (void *)ARENA);
	if (pid < 0)
		bad("clone: %s", strerror(errno));
	for (i = 0; i < 2000; i++) {
		state(&s, 0);
		if (s.inside)
			return pid;
		pause_ms(2);
	}
	bad("no invalidation came");
	return 0;
}

static void let_go(void)
{
	struct hmm_api_call call = { .op = HMM_API_ACTION };

	make(&call);
}

static void prepare(enum memory memory)
{
	struct hmm_api_call call = { .op = HMM_API_MIRROR_REGISTER };

	map(memory, FEW);
	if (make(&call))
		bad("registering a mirror: %lld", call.result);
	if (register_range(0, FEW, RW, 0))
		bad("registering a range failed");
}

/* SIGUSR1 while the kernel takes all locks: the call is not made. */
static void signal_register(void)
{
	struct hmm_api_call call = { .op = HMM_API_MIRROR_REGISTER, .signals = 2 };
	struct hmm_api_call again = { .op = HMM_API_MIRROR_REGISTER };
	struct hmm_api_state before;

	signal(SIGUSR1, on_signal);
	state(&before, 0);
	if (make(&call) != -EINTR)
		bad("returned %lld, not -EINTR", call.result);
	if (make(&again))
		bad("the second time: %lld", again.result);
	simple(HMM_API_MIRROR_UNREGISTER);
	nothing_is_left(&before);
}

/* A signal that is not fatal ends no wait and no fault. */
static void signal_harmless(void)
{
	struct hmm_api_call call = { .op = HMM_API_RANGE_FAULT, .signals = 2 };
	struct hmm_api_state before;

	signal(SIGUSR1, on_signal);
	state(&before, 0);
	prepare(READ);
	if (make(&call) != (long)FEW || call.wrong)
		bad("returned %lld", call.result);
	call.op = HMM_API_RANGE_WAIT;
	call.timeout = 1000;
	if (make(&call) != 1)
		bad("a wait returned %lld", call.result);
	simple(HMM_API_RANGE_UNREGISTER);
	simple(HMM_API_MIRROR_UNREGISTER);
	nothing_is_left(&before);
}

static void killed_register(void)
{
	struct hmm_api_call call = { .op = HMM_API_MIRROR_REGISTER, .signals = 1 };

	make(&call);
}

static void killed_fault(void)
{
	struct hmm_api_call call = { .op = HMM_API_RANGE_FAULT, .signals = 1 };

	prepare(READ);
	make(&call);
}

static void killed_snapshot(void)
{
	struct hmm_api_call call = { .op = HMM_API_RANGE_FAULT, .flags = SNAPSHOT, .signals = 1 };

	prepare(READ);
	make(&call);
}

static void killed_dma(void)
{
	struct hmm_api_call call = { .op = HMM_API_DMA_MAP, .signals = 1 };

	prepare(READ);
	make(&call);
}

static void killed_wait(void)
{
	struct hmm_api_call call = { .op = HMM_API_RANGE_WAIT, .timeout = 15000 };

	prepare(WRITTEN);
	hold();
	shared->injected = 1;
	make(&call);
}

static void killed_fault_wait(void)
{
	struct hmm_api_call call = { .op = HMM_API_RANGE_FAULT };

	prepare(WRITTEN);
	hold();
	shared->injected = 1;
	make(&call);
}

static void timeout_wait(void)
{
	struct hmm_api_call call = { .op = HMM_API_RANGE_WAIT, .timeout = 30 };
	struct hmm_api_state before;
	pid_t pid;

	state(&before, 0);
	prepare(WRITTEN);
	pid = hold();
	if (make(&call) || call.wrong)
		bad("a wait ended with %lld (wrong %#x)", call.result, call.wrong);
	call.timeout = 0;
	if (make(&call) || call.wrong)
		bad("a wait of 0 ms ended with %lld (wrong %#x)", call.result, call.wrong);
	call.op = HMM_API_RANGE_FAULT;
	if (make(&call) != -EBUSY || call.wrong)
		bad("a fault returned %lld (wrong %#x), not -EBUSY", call.result, call.wrong);
	/* As if killed at the moment. */
	call.failure = last_state.can & 1U << HMM_FAIL_FATAL ? HMM_FAIL_FATAL : 0;
	call.nth = 1;
	if (call.failure && (make(&call) != -EINTR || call.wrong))
		bad("a fault returned %lld (wrong %#x), not -EINTR", call.result, call.wrong);
	call.failure = 0;
	/* Requests come back, the same for all pages too; a snapshot has none. */
	simple(HMM_API_RANGE_UNREGISTER);
	if (register_range(0, FEW, 0, RW))
		bad("registering a range with requests failed");
	call.request = RW;
	if (make(&call) != -EBUSY || call.wrong)
		bad("returned %lld for a fault with requests (wrong %#x), not -EBUSY",
		    call.result, call.wrong);
	call.flags = SNAPSHOT;
	if (make(&call) != -EBUSY || call.wrong)
		bad("returned %lld for a snapshot with requests (wrong %#x), not -EBUSY",
		    call.result, call.wrong);
	call.flags = 0;
	let_go();
	if (waitpid(pid, NULL, 0) != pid)
		bad("the invalidation does not end");
	if (make(&call) != (long)FEW || call.wrong)
		bad("a fault returned %lld (wrong %#x)", call.result, call.wrong);
	simple(HMM_API_RANGE_UNREGISTER);
	simple(HMM_API_MIRROR_UNREGISTER);
	nothing_is_left(&before);
}

/**
 * struct signalled - a call that a signal ends
 * @name: for people
 * @run: in a child
 * @last: what the range's last call returned; 1 for: not asked
 * @waits: the child waits until it is killed from outside
 * @range: there is a range to be given back
 */
static const struct signalled {
	const char	*name;
	void		(*run)(void);
	long		last;
	bool		killed;
	bool		waits;
	bool		range;
} signals[] = {
	{ "mirror registered, a signal pending: -EINTR, then success", signal_register },
	{ "fault and wait, a signal pending: not fatal, so success", signal_harmless },
	{ "mirror registered by a killed task", killed_register, 1, true },
	{ "fault by a killed task: -EINTR", killed_fault, -EINTR, true, false, true },
	{ "snapshot by a killed task: faults nothing, so success", killed_snapshot, (long)FEW,
	  true, false, true },
	{ "DMA mapping by a killed task: -EINTR", killed_dma, -EINTR, true, false, true },
	{ "killed while waiting for an invalidation: false", killed_wait, 0, true, true, true },
	{ "killed while a fault waits for an invalidation: -EINTR", killed_fault_wait, -EINTR,
	  true, true, true },
	{ "an invalidation that takes long: false after the timeout, -EBUSY", timeout_wait },
};

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static bool signalled(const struct signalled *s)
{
	struct hmm_api_state st;
	long killed = 0;
	bool well = true;
	int status, i;
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	pid = fork();
	if (!pid) {
		s->run();
		_exit(0);
	}
	if (!s->killed) {
		well = ended_well(pid);
	} else {
		if (s->waits) {
			/* Until it waits. */
			for (i = 0; i < 4000; i++) {
				state(&st, 0);
				if (__atomic_load_n(&shared->injected, __ATOMIC_SEQ_CST) &&
				    st.last == -EINPROGRESS)
					break;
				pause_ms(2);
			}
			pause_ms(50);
			killed = now_ms();
			kill(pid, SIGKILL);
		}
		if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status) ||
		    WTERMSIG(status) != SIGKILL) {
			if (!shared->said[0])
				snprintf(shared->said, sizeof(shared->said), "was not killed: %#x", status);
			well = false;
		}
		if (killed && now_ms() - killed > 4000) {
			snprintf(shared->said, sizeof(shared->said), "took %ld ms to die",
				 now_ms() - killed);
			well = false;
		}
		state(&st, 0);
		if (s->last != 1 && st.last != s->last) {
			snprintf(shared->said, sizeof(shared->said), "the call returned %lld, not %ld",
				 st.last, s->last);
			well = false;
		}
		let_go();
		if (s->range)
			simple(HMM_API_RANGE_UNREGISTER);
		/* The first of them had no success, so there is nothing to unregister. */
		if (s->range)
			simple(HMM_API_MIRROR_UNREGISTER);
		for (i = 0; i < 1000; i++) {
			state(&st, 0);
			if (!st.outstanding && !st.inside)
				break;
			pause_ms(5);
		}
		if (st.outstanding || st.underflows) {
			snprintf(shared->said, sizeof(shared->said), "%u things are held: %s",
				 st.outstanding, st.what);
			leaks++;
			well = false;
		}
	}
	cases++;
	injected++;
	if (well)
		survived++;
	else
		printf("# %s: %s\n", s->name, shared->said);
	if (!well)
		clean_up();
	return well;
}

int main(int argc, char **argv)
{
	const char *kernel = "?", *only = NULL;
	unsigned int nr = 0, failed = 0, loads = 0;
	struct hmm_api_state s;
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "fqk:l:o:")) != -1)
		switch (c) {
		case 'f':
			full = true;
			break;
		case 'q':
			quick = true;
			break;
		case 'k':
			kernel = optarg;
			break;
		case 'l':
			loads = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 'o':
			only = optarg;
			break;
		default:
			fprintf(stderr,
				"usage: faults [-f|-q] [-k KERNEL] [-l FAILED-LOADS] [-o PART-OF-A-NAME]\n");
			return 2;
		}
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	fd = open("/dev/hmm_api", O_RDWR | O_CLOEXEC);
	if (fd < 0 || shared == MAP_FAILED) {
		printf("Bail out! /dev/hmm_api: %s\n", strerror(errno));
		return 1;
	}
	state(&last_state, 0);
	if (!(last_state.can & 1U << HMM_FAIL_ALLOC))
		printf("# this core was not built for fault injection\n");

	for (i = 0; i < OPERATIONS + SIGNALS; i++) {
		const char *name = i < OPERATIONS ? operations[i].name :
						    signals[i - OPERATIONS].name;
		bool well;

		if (only && !strstr(name, only))
			continue;
		well = i < OPERATIONS ? operation(&operations[i]) :
					signalled(&signals[i - OPERATIONS]);
		failed += !well;
		printf("%s %u - %s\n", well ? "ok" : "not ok", ++nr, name);
	}
	printf("1..%u\n", nr);
	state(&s, 0);
	if (s.outstanding)
		leaks++;
	/* The sites of loading failed in the modules that were not loaded. */
	printf("# %u cases; of %u places in the core that can fail these did not: %s\n",
	       cases + loads, s.sites, s.what[0] ? s.what : "none");
	printf("# fault-injection: kernel=%s sites=%u injected=%u survived=%u leaks=%u\n", kernel,
	       s.failed_sites + loads, injected + loads, survived + loads, leaks);
	return failed || leaks || survived != injected;
}
