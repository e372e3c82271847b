// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sequences of calls of hmm-backport, with arguments that make sense and
 * with such that do not, through /dev/hmm_api.  Runs in the guest.
 *
 * First by one thread, program by program, each in a process of its own: what a
 * call must return is known then and compared.  With kcov, programs that reach
 * new code are kept and changed; that is the code of the calls and of callbacks in
 * the same task: kcov counts for the task that asked, and for others only between
 * marks in their code, which the core's functions in work queues do not have.
 * Then by several threads at once, with other processes that come and go: there
 * the answers are judged by what is documented of them.
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

#include "hmm_api.h"
#include "options.h"
#include "random.h"

#define PAGE		4096UL
#define ARENA		0x200000000000UL
#define PAGES		48UL
#define STEPS		40	/* of a program */
#define KEPT		256	/* programs that reached something new */
#define THREADS		4

#define ALLOW_RETRY	1U
#define SNAPSHOT	2U

#define NOT_CALLED	(-EALREADY)

/* What a page of the arena is. */
enum memory {
	HOLE,
	NO_ACCESS,
	WRITE_ONLY,		/* no VM_READ either */
	READ_ONLY,
	READ_WRITE,
	SHARED,
	BEYOND,			/* behind the end of a file: there is no page */
	MEMORIES,
};

/* Steps of a program that are no call. */
enum {
	MAP = HMM_API_OPS,	/* start, end: pages; flags: enum memory */
	DISCARD,		/* MADV_DONTNEED */
	TOUCH,			/* write */
	LOOK,			/* read */
	FORK,			/* a child that writes to the arena */
	UNREGISTER_INSIDE,	/* the mirror's callback unregisters it, at once */
	STEP_KINDS,
};

struct step {
	struct hmm_api_call call;
	__u64 requests;		/* seed of the requests, page by page; 0: call.request */
};

struct program {
	__u64 number;
	unsigned int n;
	struct step steps[STEPS];
};

/* What is known of the slots. */
enum registered { FRESH, REGISTERED, REFUSED, UNREGISTERED };

struct model {
	enum memory memory[PAGES];
	struct {
		bool registered;
		unsigned int generation;
	} mirrors[HMM_API_MIRRORS];
	struct {
		enum registered is;
		long refused;
		bool stale;		/* cannot be valid */
		unsigned int mirror, generation;
		struct hmm_api_call call;
	} ranges[HMM_API_RANGES];
};

static struct {
	unsigned long calls;
	unsigned long failures;
	bool stop;
	char said[600];
	unsigned int at;
} *shared;

static struct options options;
static int fd = -1, file = -1, zero = -1;
/* Of the programs that one thread ran. */
static __u64 programs;

static void say(const char *fmt, ...)
{
	va_list ap;

	if (shared->said[0])
		return;
	va_start(ap, fmt);
	vsnprintf(shared->said, sizeof(shared->said), fmt, ap);
	va_end(ap);
}

/*
 * Arguments.
 */
static __u64 hostile_address(__u64 *s)
{
	static const __u64 some[] = {
		0, 1, PAGE, PAGE - 1, ARENA - PAGE, ARENA + 1, ARENA + PAGES * PAGE,
		0x7fffffffe000ULL, 0x7ffffffff000ULL, 0x800000000000ULL, 0xffff800000000000ULL,
		0xffff888000000000ULL, 0xffffffff81000000ULL, 0xffffffffff600000ULL,
		0xfffffffffffff000ULL, 0xffffffffffffffffULL, 0x8000000000000000ULL,
	};

	if (chance(s, 20))
		return prng(s) >> below(s, 64) << below(s, 20);
	return some[below(s, sizeof(some) / sizeof(some[0]))];
}

static __u64 some_flags(__u64 *s)
{
	switch (below(s, 8)) {
	case 0:
		return prng(s);
	case 1:
		return ~0ULL;
	case 2:
		return 0;
	case 3:
		return HMM_API_WRITE;
	case 4:
		return HMM_API_VALID | HMM_API_PRIVATE;
	case 5:
		return HMM_API_VALID | HMM_API_WRITE;
	}
	return HMM_API_VALID;
}

static void random_window(__u64 *s, __u64 *start, __u64 *end)
{
	__u64 first = below(s, PAGES), n = 1 + below(s, chance(s, 70) ? 6 : PAGES);

	*start = ARENA + first * PAGE;
	*end = *start + n * PAGE;
	if (*end > ARENA + PAGES * PAGE)
		*end = ARENA + PAGES * PAGE;
	if (chance(s, 8))
		*start = hostile_address(s);
	if (chance(s, 8))
		*end = hostile_address(s);
	if (chance(s, 3))
		*start += 1 + below(s, PAGE - 1);
	if (chance(s, 3))
		*end += 1 + below(s, PAGE - 1);
}

static __u32 some_mirror(__u64 *s)
{
	return chance(s, 3) ? HMM_API_NULL : (__u32)below(s, chance(s, 85) ? 2 : HMM_API_MIRRORS);
}

static __u32 some_range(__u64 *s)
{
	return (__u32)below(s, chance(s, 90) ? 3 : HMM_API_RANGES);
}

static void random_step(__u64 *s, struct step *step)
{
	static const unsigned char often[] = {
		HMM_API_MIRROR_REGISTER, HMM_API_MIRROR_REGISTER, HMM_API_MIRROR_UNREGISTER,
		HMM_API_RANGE_REGISTER, HMM_API_RANGE_REGISTER, HMM_API_RANGE_REGISTER,
		HMM_API_RANGE_REGISTER, HMM_API_RANGE_REGISTER, HMM_API_RANGE_UNREGISTER,
		HMM_API_RANGE_UNREGISTER, HMM_API_RANGE_WAIT, HMM_API_RANGE_WAIT,
		HMM_API_RANGE_VALID, HMM_API_RANGE_VALID, HMM_API_RANGE_VALID,
		HMM_API_RANGE_FAULT, HMM_API_RANGE_FAULT, HMM_API_RANGE_FAULT,
		HMM_API_RANGE_FAULT, HMM_API_RANGE_FAULT, HMM_API_RANGE_FAULT,
		HMM_API_RANGE_FAULT, HMM_API_DMA_MAP, HMM_API_DMA_MAP, HMM_API_DMA_UNMAP,
		HMM_API_ACTION, MAP, MAP, MAP, DISCARD, DISCARD, TOUCH, TOUCH, LOOK, FORK,
		UNREGISTER_INSIDE,
	};
	struct hmm_api_call *call = &step->call;

	memset(step, 0, sizeof(*step));
	call->op = often[below(s, sizeof(often))];
	call->mirror = some_mirror(s);
	call->range = some_range(s);
	switch (call->op) {
	case HMM_API_MIRROR_REGISTER:
		if (chance(s, 10))
			call->with = (__u32)below(s, HMM_API_WITHS);
		break;
	case HMM_API_MIRROR_UNREGISTER:
	case UNREGISTER_INSIDE:
		call->mirror = (__u32)below(s, chance(s, 60) ? 2 : HMM_API_MIRRORS);
		break;
	case HMM_API_RANGE_REGISTER:
		random_window(s, &call->start, &call->end);
		call->default_flags = some_flags(s);
		call->pfn_flags_mask = chance(s, 50) ? 0 : some_flags(s);
		call->pfn_shift = chance(s, 90) ? HMM_API_SHIFT : (__u32)below(s, 256);
		call->format = chance(s, 75) ? HMM_API_FORMAT_PLAIN :
			       (__u32)below(s, HMM_API_FORMATS);
		break;
	case HMM_API_RANGE_WAIT:
		call->timeout = chance(s, 70) ? 1000 : chance(s, 50) ? below(s, 3) : ~0ULL;
		break;
	case HMM_API_RANGE_FAULT:
	case HMM_API_DMA_MAP:
		call->flags = chance(s, 95) ? (__u32)below(s, 4) : (__u32)prng(s);
		if (chance(s, 5))
			call->with = 1 + (__u32)below(s, 5);
		call->request = some_flags(s);
		step->requests = chance(s, 40) ? prng(s) | 1 : 0;
		break;
	case HMM_API_DMA_UNMAP:
		call->flags = (__u32)below(s, 2);
		break;
	case HMM_API_ACTION:
		call->mirror = (__u32)below(s, HMM_API_MIRRORS);
		/* One thread cannot be held, and unregistering is a step of its own. */
		call->flags = (__u32)prng(s) & HMM_API_DO_ALL &
			      ~(HMM_API_DO_HOLD | HMM_API_DO_UNREGISTER | HMM_API_DO_REFUSE_ALL);
		if (chance(s, 70))
			call->flags &= ~HMM_API_DO_SLEEP;
		if (chance(s, 4))
			call->flags |= HMM_API_DO_REFUSE_ALL;
		break;
	default:
		call->start = below(s, PAGES);
		call->end = call->start + 1 + below(s, 8);
		if (call->end > PAGES)
			call->end = PAGES;
		call->flags = (__u32)below(s, MEMORIES);
		if (chance(s, 40))
			call->flags = READ_WRITE;
	}
}

static void random_program(struct program *p, __u64 seed, __u64 number)
{
	static const unsigned int first[] = {
		HMM_API_MIRROR_REGISTER, HMM_API_MIRROR_REGISTER, MAP, HMM_API_RANGE_REGISTER,
	};
	__u64 s = seed * 0x2545f4914f6cdd1dULL + number;

	p->number = number;
	p->n = 10 + (unsigned int)below(&s, STEPS - 9);
	for (unsigned int i = 0; i < p->n; i++)
		random_step(&s, &p->steps[i]);
	/* Most begin with something to work on: mirrors, memory, a range. */
	for (unsigned int i = 0; i < 4 && chance(&s, 95); i++) {
		do {
			random_step(&s, &p->steps[i]);
		} while (p->steps[i].call.op != first[i]);
		if (i < 2)
			p->steps[i].call.mirror = i;
		if (i == 2) {
			p->steps[i].call.start = 0;
			p->steps[i].call.end = PAGES;
			p->steps[i].call.flags = READ_WRITE;
		}
	}
}

static void change_program(struct program *p, const struct program *other, __u64 *s)
{
	unsigned int i, times = 1 + (unsigned int)below(s, 4);

	while (times--) {
		i = (unsigned int)below(s, p->n);
		switch (below(s, 4)) {
		case 0:		/* another step */
			random_step(s, &p->steps[i]);
			break;
		case 1:		/* one more */
			if (p->n < STEPS) {
				memmove(&p->steps[i + 1], &p->steps[i],
					(p->n - i) * sizeof(p->steps[0]));
				p->n++;
				random_step(s, &p->steps[i]);
			}
			break;
		case 2:		/* one less */
			if (p->n > 2) {
				p->n--;
				memmove(&p->steps[i], &p->steps[i + 1],
					(p->n - i) * sizeof(p->steps[0]));
			}
			break;
		case 3:		/* the end of another program */
			if (i < other->n) {
				memcpy(&p->steps[i], &other->steps[i],
				       (other->n - i) * sizeof(p->steps[0]));
				p->n = other->n;
			}
			break;
		}
	}
}

/*
 * Memory.
 */
static void remap(unsigned long first, unsigned long end, enum memory memory)
{
	static const int prots[MEMORIES] = {
		[NO_ACCESS] = PROT_NONE,
		[WRITE_ONLY] = PROT_WRITE,
		[READ_ONLY] = PROT_READ,
		[READ_WRITE] = PROT_READ | PROT_WRITE,
		[SHARED] = PROT_READ | PROT_WRITE,
		[BEYOND] = PROT_READ | PROT_WRITE,
	};
	void *at = (void *)(ARENA + first * PAGE);
	size_t size = (end - first) * PAGE;
	int flags = MAP_FIXED | MAP_NORESERVE;

	if (memory == HOLE) {
		munmap(at, size);
		return;
	}
	flags |= memory == BEYOND ? MAP_SHARED :
		 memory == SHARED ? MAP_SHARED | MAP_ANONYMOUS : MAP_PRIVATE | MAP_ANONYMOUS;
	if (mmap(at, size, prots[memory], flags, memory == BEYOND ? file : -1, 0) != at)
		say("mmap: %s", strerror(errno));
	madvise(at, size, MADV_NOHUGEPAGE);
}

static void touch(unsigned long page, bool write)
{
	volatile char *p = (char *)ARENA + page * PAGE;

	if (write)
		*p = 1;
	else
		(void)*p;
}

/*
 * The model.
 */
static bool overlaps(const struct hmm_api_call *range, __u64 start, __u64 end)
{
	return range->start < end && range->end > start;
}

static void pages_changed(struct model *m, __u64 first, __u64 end)
{
	for (int i = 0; i < HMM_API_RANGES; i++)
		if (m->ranges[i].is == REGISTERED &&
		    overlaps(&m->ranges[i].call, ARENA + first * PAGE, ARENA + end * PAGE))
			m->ranges[i].stale = true;
}

static bool in_service(const struct model *m, unsigned int range)
{
	unsigned int mirror = m->ranges[range].mirror;

	return m->mirrors[mirror].registered &&
	       m->mirrors[mirror].generation == m->ranges[range].generation;
}

/* Bit 0: wanted, bit 1: to be written. */
static unsigned int want_of(const struct hmm_api_call *range, __u64 request)
{
	__u64 want = (request & range->pfn_flags_mask) | range->default_flags;
	bool alike = range->format == HMM_API_FORMAT_ALIKE;

	if (!(want & (alike ? ~0ULL : HMM_API_VALID)))
		return 0;
	return 1 | (want & (alike ? ~0ULL : HMM_API_WRITE) ? 2 : 0);
}

/* What hmm_range_fault() must return; 1: not known, else as it is. */
static long expected_fault(const struct model *m, const struct step *step, const __u64 *requests)
{
	const struct hmm_api_call *call = &step->call, *range = &m->ranges[call->range].call;
	__u64 first, npages, i;
	long ret = 0;

	switch (m->ranges[call->range].is) {
	case FRESH:
	case UNREGISTERED:
		return -EINVAL;
	case REFUSED:
		return m->ranges[call->range].refused;
	case REGISTERED:
		break;
	}
	npages = (range->end - range->start) / PAGE;
	if (call->op == HMM_API_DMA_MAP &&
	    (npages > HMM_API_PAGES || range->pfn_shift < 6 || range->pfn_shift > 30))
		return NOT_CALLED;
	if (call->flags & ~3U || call->with || npages > HMM_API_PAGES || range->pfn_shift > 63 ||
	    !in_service(m, call->range))
		return -EINVAL;
	if (range->start < ARENA || range->end > ARENA + PAGES * PAGE)
		return 1;

	first = (range->start - ARENA) / PAGE;
	for (i = 0; i < npages; i++)
		if (m->memory[first + i] == NO_ACCESS || m->memory[first + i] == WRITE_ONLY)
			return -EPERM;
	for (i = 0; i < npages && !ret && !(call->flags & SNAPSHOT); i++) {
		unsigned int want = want_of(range, requests ? requests[i] : call->request);
		enum memory memory = m->memory[first + i];

		if (want && (memory == HOLE || memory == BEYOND))
			ret = -EFAULT;
		else if (want & 2 && memory == READ_ONLY)
			ret = -EPERM;
	}
	return ret ? ret : (long)npages;
}

static long expected(struct model *m, const struct step *step, const __u64 *requests)
{
	const struct hmm_api_call *call = &step->call;

	switch (call->op) {
	case HMM_API_MIRROR_REGISTER:
		if (call->mirror == HMM_API_NULL || m->mirrors[call->mirror].registered ||
		    call->with)
			return -EINVAL;
		return 0;
	case HMM_API_RANGE_REGISTER:
		if (m->ranges[call->range].is == REGISTERED)
			return NOT_CALLED;
		if (call->mirror == HMM_API_NULL || !m->mirrors[call->mirror].registered ||
		    call->start % PAGE || call->end % PAGE || call->start >= call->end)
			return -EINVAL;
		return 0;
	case HMM_API_RANGE_WAIT:
		if (m->ranges[call->range].is != REGISTERED || !in_service(m, call->range))
			return 0;
		/* Something of the kernel's own may be at work. */
		return call->timeout < 100 ? 2 : 1;
	case HMM_API_RANGE_VALID:
		if (m->ranges[call->range].is != REGISTERED || m->ranges[call->range].stale ||
		    !in_service(m, call->range))
			return 0;
		return 2;
	case HMM_API_RANGE_FAULT:
	case HMM_API_DMA_MAP:
		return expected_fault(m, step, requests);
	}
	return 0;
}

static bool as_expected(const struct hmm_api_call *call, long want)
{
	switch (call->op) {
	case HMM_API_RANGE_WAIT:
	case HMM_API_RANGE_VALID:
		return want == 2 ? call->result == 0 || call->result == 1 : call->result == want;
	case HMM_API_RANGE_FAULT:
		return want == 1 || call->result == want;
	case HMM_API_DMA_MAP:
		/* Pages that are not there get no mapping. */
		return want == 1 || (want < 0 ? call->result == want :
						call->result >= 0 && call->result <= want);
	case HMM_API_DMA_UNMAP:
		return !call->result || call->result == NOT_CALLED;
	}
	return call->result == want;
}

/* What the model learns from a call. */
static void learn(struct model *m, const struct hmm_api_call *call)
{
	unsigned int r = call->range;

	switch (call->op) {
	case HMM_API_MIRROR_REGISTER:
		if (!call->result) {
			m->mirrors[call->mirror].registered = true;
			m->mirrors[call->mirror].generation++;
		}
		break;
	case HMM_API_MIRROR_UNREGISTER:
		m->mirrors[call->mirror].registered = false;
		break;
	case HMM_API_RANGE_REGISTER:
		if (call->result == NOT_CALLED)
			break;
		m->ranges[r].is = call->result ? REFUSED : REGISTERED;
		m->ranges[r].refused = call->result;
		m->ranges[r].call = *call;
		m->ranges[r].stale = true;
		if (!call->result) {
			m->ranges[r].mirror = call->mirror;
			m->ranges[r].generation = m->mirrors[call->mirror].generation;
		}
		break;
	case HMM_API_RANGE_UNREGISTER:
		m->ranges[r].is = UNREGISTERED;
		break;
	case HMM_API_RANGE_WAIT:
		m->ranges[r].stale = call->result != 1;
		break;
	case HMM_API_RANGE_FAULT:
		m->ranges[r].stale = call->result < 0;
		break;
	case HMM_API_DMA_MAP:
		if (call->result != NOT_CALLED)
			m->ranges[r].stale = false;
		break;
	}
}

static void fill_requests(__u64 *requests, __u64 seed)
{
	for (unsigned int i = 0; i < HMM_API_PAGES; i++)
		requests[i] = some_flags(&seed);
}

static void show_step(char *to, size_t size, const struct step *step)
{
	const struct hmm_api_call *c = &step->call;

	snprintf(to, size, "%u %u %u %#x %u %u %#llx %#llx %#llx %#llx %u %#llx %#llx %#llx",
		 c->op, c->mirror, c->range, c->flags, c->with, c->pfn_shift, c->start, c->end,
		 c->default_flags, c->pfn_flags_mask, c->format, c->timeout, c->request,
		 step->requests);
}

static bool read_step(const char *line, struct step *step)
{
	struct hmm_api_call *c = &step->call;

	memset(step, 0, sizeof(*step));
	return sscanf(line, "# %u %u %u %x %u %u %llx %llx %llx %llx %u %llx %llx %llx", &c->op,
		      &c->mirror, &c->range, &c->flags, &c->with, &c->pfn_shift, &c->start,
		      &c->end, &c->default_flags, &c->pfn_flags_mask, &c->format, &c->timeout,
		      &c->request, &step->requests) == 14;
}

/*
 * As drivers do: again, if the lock was dropped on the way.  Since 6.0 the kernel
 * does that after the first write to a page of shared memory, too.
 */
static bool make_call(struct hmm_api_call *call, __u64 *requests, __u64 seed)
{
	unsigned int tries;

	for (tries = 0; tries < 2 * PAGES; tries++) {
		if (seed) {
			fill_requests(requests, seed);
			call->entries = (unsigned long)requests;
		}
		if (ioctl(fd, HMM_API_CALL, call)) {
			say("the call was refused: %s", strerror(errno));
			return false;
		}
		if (call->result != -EAGAIN || call->wrong || call->locked ||
		    !(call->flags & ALLOW_RETRY))
			break;
	}
	return true;
}

/* Returns whether the step did what it must. */
static bool do_step(struct model *m, const struct step *step)
{
	static __u64 requests[HMM_API_PAGES];
	struct hmm_api_call call = step->call;
	__u64 i;
	long want;
	pid_t pid;

	switch (call.op) {
	case MAP:
		remap(call.start, call.end, call.flags);
		for (i = call.start; i < call.end; i++) {
			if (m->memory[i] != HOLE)
				pages_changed(m, i, i + 1);
			m->memory[i] = call.flags;
		}
		return !shared->said[0];
	case DISCARD:
		for (i = call.start; i < call.end; i++)
			if (!madvise((void *)(ARENA + i * PAGE), PAGE, MADV_DONTNEED))
				pages_changed(m, i, i + 1);
		return true;
	case TOUCH:
	case LOOK:
		for (i = call.start; i < call.end; i++)
			if (m->memory[i] == READ_WRITE || m->memory[i] == SHARED ||
			    (m->memory[i] == READ_ONLY && call.op == LOOK))
				touch(i, call.op == TOUCH);
		return true;
	case FORK:
		pid = fork();
		if (!pid) {
			for (i = call.start; i < call.end; i++)
				if (m->memory[i] == READ_WRITE)
					touch(i, true);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		return true;
	case UNREGISTER_INSIDE:
		if (!m->mirrors[call.mirror].registered)
			return true;
		call.op = HMM_API_ACTION;
		call.flags = HMM_API_DO_UNREGISTER;
		if (ioctl(fd, HMM_API_CALL, &call))
			return false;
		/* Any change of the address space will do. */
		remap(PAGES, PAGES + 1, READ_WRITE);
		touch(PAGES, true);
		remap(PAGES, PAGES + 1, HOLE);
		m->mirrors[call.mirror].registered = false;
		return true;
	}

	if (step->requests)
		fill_requests(requests, step->requests);
	want = expected(m, step, step->requests ? requests : NULL);
	if (!make_call(&call, requests, step->requests))
		return false;
	if (call.wrong || call.locked || !as_expected(&call, want)) {
		say("returned %lld, expected %ld, wrong %#x%s", call.result, want, call.wrong,
		    call.locked ? ", mmap lock held" : "");
		return false;
	}
	learn(m, &call);
	return true;
}

static void run_program(const struct program *p)
{
	static struct model m;

	for (unsigned int i = 0; i < p->n; i++) {
		shared->at = i;
		if (p->steps[i].call.op < HMM_API_OPS)
			__atomic_fetch_add(&shared->calls, 1, __ATOMIC_RELAXED);
		if (!do_step(&m, &p->steps[i]))
			_exit(1);
	}
	_exit(0);
}

static void reopen(void)
{
	if (fd >= 0)
		close(fd);
	fd = open("/dev/hmm_api", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		printf("Bail out! /dev/hmm_api: %s\n", strerror(errno));
		exit(1);
	}
}

/*
 * Which code was reached.
 */
#define KCOV_INIT_TRACE		_IOR('c', 1, unsigned long)
#define KCOV_ENABLE		_IO('c', 100)
#define KCOV_TRACE_PC		0
#define COVER			(64UL << 10)

static unsigned long *cover;
static int cover_fd = -1;
static unsigned char seen[1 << 17];
static unsigned int nr_seen;

static bool cover_open(void)
{
	cover_fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (cover_fd < 0 || ioctl(cover_fd, KCOV_INIT_TRACE, COVER))
		return false;
	cover = mmap(NULL, COVER * sizeof(*cover), PROT_READ | PROT_WRITE, MAP_SHARED, cover_fd, 0);
	return cover != MAP_FAILED;
}

static unsigned int cover_news(void)
{
	unsigned long i, n = __atomic_load_n(&cover[0], __ATOMIC_RELAXED);
	unsigned int news = 0;

	for (i = 1; i <= n && i < COVER; i++) {
		unsigned long h = cover[i] * 0x9e3779b97f4a7c15ULL >> 44;
		unsigned char bit = (unsigned char)(1 << (h & 7));

		if (!(seen[h >> 3] & bit)) {
			seen[h >> 3] |= bit;
			news++;
		}
	}
	nr_seen += news;
	return news;
}

/* In a process of its own, which ends with all that it has registered. */
static bool try_program(const struct program *p)
{
	int status;
	pid_t pid;

	shared->said[0] = 0;
	if (cover)
		cover[0] = 0;
	pid = fork();
	if (!pid) {
		alarm(60);
		if (cover && ioctl(cover_fd, KCOV_ENABLE, KCOV_TRACE_PC))
			say("kcov: %s", strerror(errno));
		run_program(p);
	}
	if (waitpid(pid, &status, 0) != pid || status) {
		if (!shared->said[0])
			say("ended with status %#x", status);
		return false;
	}
	return true;
}

static void show_program(const struct program *p)
{
	char line[300];

	printf("# program %llu of seed %llu, step %u: %s\n", p->number, options.seed, shared->at,
	       shared->said);
	for (unsigned int i = 0; i < p->n && i <= shared->at; i++) {
		show_step(line, sizeof(line), &p->steps[i]);
		printf("# %s\n", line);
	}
}

/* One thread, known answers. */
static void alone(void)
{
	static struct program kept[KEPT], p;
	unsigned long number = options.only >= 0 ? (unsigned long)options.only : 0;
	unsigned int nr_kept = 0;
	__u64 s = options.seed;

	for (; shared->calls < options.calls / 2; number++) {
		random_program(&p, options.seed, number);
		if (nr_kept && chance(&s, 60)) {
			p = kept[below(&s, nr_kept)];
			change_program(&p, &kept[below(&s, nr_kept)], &s);
			p.number = number;
		}
		programs = digest(programs, p.steps, p.n * sizeof(p.steps[0]));
		reopen();
		if (!try_program(&p)) {
			show_program(&p);
			if (++shared->failures >= 10)
				return;
		}
		if (options.only >= 0)
			return;
		if (cover && cover_news()) {
			kept[nr_kept < KEPT ? nr_kept++ : below(&s, KEPT)] = p;
			if (options.verbose)
				printf("# program %lu: %u places, %u programs kept\n", number,
				       nr_seen, nr_kept);
		}
		if (time_is_up(&options, 50)) {
			printf("# stopped by the clock\n");
			return;
		}
	}
}

/*
 * Several threads.
 */
static unsigned long round_calls;

static void *thread(void *arg)
{
	__u64 s = *(__u64 *)arg;
	static __thread __u64 requests[HMM_API_PAGES];
	unsigned long n;

	for (n = 0; n < round_calls && !__atomic_load_n(&shared->stop, __ATOMIC_RELAXED); n++) {
		struct step step;
		__u64 i;

		random_step(&s, &step);
		switch (step.call.op) {
		case MAP:
			remap(step.call.start, step.call.end, step.call.flags);
			continue;
		case DISCARD:
			madvise((void *)(ARENA + step.call.start * PAGE),
				(step.call.end - step.call.start) * PAGE, MADV_DONTNEED);
			continue;
		case TOUCH:
		case LOOK:
			/* By way of the kernel: another thread may have unmapped it. */
			for (i = step.call.start; i < step.call.end; i++) {
				char *at = (char *)ARENA + i * PAGE;

				if (step.call.op == TOUCH && read(zero, at, 1) < 0)
					break;
				if (step.call.op == LOOK && !access(at, F_OK))
					break;
			}
			continue;
		case FORK: {
			/* A child registers in its own address space and goes. */
			pid_t pid = fork();

			if (!pid) {
				for (i = 0; i < 6; i++) {
					random_step(&s, &step);
					if (step.call.op < HMM_API_OPS)
						ioctl(fd, HMM_API_CALL, &step.call);
				}
				_exit(0);
			}
			if (pid > 0)
				waitpid(pid, NULL, 0);
			continue;
		}
		case UNREGISTER_INSIDE:
			if (below(&s, 8))
				continue;
			step.call.op = HMM_API_ACTION;
			step.call.flags = HMM_API_DO_UNREGISTER;
			break;
		}
		if (step.requests) {
			fill_requests(requests, step.requests);
			step.call.entries = (unsigned long)requests;
		}
		if (step.call.op == HMM_API_RANGE_WAIT)
			step.call.timeout %= 50;
		if (ioctl(fd, HMM_API_CALL, &step.call)) {
			/* The array may have been unmapped under it; a signal is coming. */
			if (errno != EFAULT && errno != EINTR)
				say("a call was refused: %s", strerror(errno));
			continue;
		}
		__atomic_fetch_add(&shared->calls, 1, __ATOMIC_RELAXED);
		if (step.call.wrong) {
			char line[300];

			show_step(line, sizeof(line), &step);
			say("threads: returned %lld, wrong %#x: %s", step.call.result,
			    step.call.wrong, line);
			__atomic_store_n(&shared->stop, true, __ATOMIC_RELAXED);
		}
	}
	return NULL;
}

static void together(void)
{
	unsigned long start = shared->calls, calls = options.calls - options.calls / 2, round;
	int status;
	pid_t pid;

	for (round = 0; shared->calls < start + calls; round++) {
		__u64 s = options.seed ^ (round << 20), seeds[THREADS];
		bool killed = round % 4 == 3;

		reopen();
		shared->said[0] = 0;
		round_calls = killed ? 1000000 : 300;
		pid = fork();
		if (!pid) {
			pthread_t threads[THREADS];

			for (int i = 0; i < THREADS; i++) {
				seeds[i] = prng(&s);
				pthread_create(&threads[i], NULL, thread, &seeds[i]);
			}
			for (int i = 0; i < THREADS; i++)
				pthread_join(threads[i], NULL);
			_exit(0);
		}
		if (killed) {
			/* In the middle of it all. */
			struct timespec ts = { 0, 100000000 + (long)below(&s, 200000000) };

			nanosleep(&ts, NULL);
			kill(pid, SIGKILL);
		}
		if (waitpid(pid, &status, 0) != pid || (!killed && status))
			say("threads ended with status %#x", status);
		if (shared->said[0]) {
			printf("# round %lu of seed %llu: %s\n", round, options.seed,
			       shared->said);
			if (++shared->failures >= 10)
				return;
			shared->stop = false;
		}
		if (time_is_up(&options, 100)) {
			printf("# stopped by the clock\n");
			return;
		}
	}
}

/* All that was registered is given back, in the end by work queues. */
static bool nothing_is_left(void)
{
	struct timespec ts = { 0, 50000000 };
	struct hmm_api_state state;
	char line[200];
	int lines = 0, i;
	FILE *f;

	for (i = 0; i < 400; i++) {
		f = fopen("/sys/kernel/debug/hmm_backport/mirrored", "r");
		if (!f) {
			printf("# mirrored: %s\n", strerror(errno));
			return false;
		}
		for (lines = 0; fgets(line, sizeof(line), f); lines++)
			;
		fclose(f);
		if (lines == 1)
			break;
		nanosleep(&ts, NULL);
	}
	if (lines != 1)
		printf("# %d address spaces are still watched: %s", lines - 1, line);
	memset(&state, 0, sizeof(state));
	if (ioctl(fd, HMM_API_STATE, &state))
		return false;
	if (state.wrong || state.inside)
		printf("# callbacks: wrong %#x, %u inside; the kernel's log says what\n",
		       state.wrong, state.inside);
	return lines == 1 && !state.wrong && !state.inside;
}

static void replay(void)
{
	static struct program p;
	char line[300];
	FILE *f = fopen(options.file, "r");

	if (!f) {
		printf("Bail out! %s: %s\n", options.file, strerror(errno));
		exit(1);
	}
	while (p.n < STEPS && fgets(line, sizeof(line), f))
		p.n += read_step(line, &p.steps[p.n]);
	fclose(f);
	reopen();
	if (!try_program(&p)) {
		show_program(&p);
		shared->failures++;
	}
}

int main(int argc, char **argv)
{
	unsigned int failed = 0;
	bool nothing;

	if (!parse_options(argc, argv, &options))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	file = open("/dev/shm/fuzz", O_RDWR | O_CREAT, 0600);
	zero = open("/dev/zero", O_RDONLY);
	if (shared == MAP_FAILED || file < 0 || zero < 0) {
		printf("Bail out! %s\n", strerror(errno));
		return 1;
	}
	if (options.kcov && !cover_open()) {
		printf("# there is no kcov here\n");
		cover = NULL;
	}

	if (options.file) {
		replay();
	} else {
		alone();
		printf("# one thread: %lu calls, digest of the programs %016llx\n",
		       shared->calls, programs);
		if (cover)
			printf("# kcov: %u places reached\n", nr_seen);
	}
	failed += shared->failures != 0;
	printf("%s 1 - one thread: every answer is the expected one\n",
	       shared->failures ? "not ok" : "ok");
	cover = NULL;
	if (options.only < 0 && !options.file) {
		unsigned long before = shared->failures;

		together();
		failed += shared->failures != before;
		printf("%s 2 - %d threads: every answer is a documented one\n",
		       shared->failures != before ? "not ok" : "ok", THREADS);
	} else {
		printf("ok 2 # SKIP one program only\n");
	}
	reopen();
	nothing = nothing_is_left();
	failed += !nothing;
	printf("%s 3 - nothing is left\n1..3\n", nothing ? "ok" : "not ok");
	printf("# fuzz-api: kernel=%s calls=%lu seed=%llu failures=%lu\n", options.kernel,
	       shared->calls, options.seed, shared->failures + !nothing);
	return failed != 0;
}
