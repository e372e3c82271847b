// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs generated callers against the stand-ins, each with many scripts, and
 * prints a line for each run: case, script, how it ended, hash of the log.
 * With a case and a script as arguments it prints that log.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include "driver.h"
#undef memset

#define MOST_CASES	65536
#define MOST_ENTRIES	1000
#define CUT		160	/* entries after which a run is long enough */

int drv_init(struct drv *x);

static struct {
	int number;
	fuzz_fn *fn;
} cases[MOST_CASES];
static int cases_n;

static struct {
	char text[200];
	int site;		/* of an effect; -1: anything else */
} entries[MOST_ENTRIES];
static int entries_n;

static unsigned int script;
static struct drv drvs[2];
static struct mm_struct mms[2];
static struct device devices[2];
static dma_addr_t daddrs[2][8];
static uint64_t pfns[FUZZ_ENTRIES];
#ifndef FUZZ_NEW
static struct hmm hmms[2];
#endif
static const struct hmm_range *locals[8];
static int slots[4];
static unsigned int asked[16][64];
static sigjmp_buf out;

void fuzz_add(int number, fuzz_fn *fn)
{
	if (cases_n == MOST_CASES)
		abort();
	cases[cases_n].number = number;
	cases[cases_n++].fn = fn;
}

static void add(int site, const char *format, va_list list)
{
	if (entries_n == MOST_ENTRIES)
		siglongjmp(out, 2);
	vsnprintf(entries[entries_n].text, sizeof(entries[0].text), format, list);
	entries[entries_n++].site = site;
}

void fuzz_log(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add(-1, format, list);
	va_end(list);
	/* Not behind an effect, whose neighbours' order is open. */
	if (entries_n > CUT)
		siglongjmp(out, 1);
}

static void log_effect(int site, const char *format, ...)
{
	va_list list;
	int i;

	va_start(list, format);
	add(site, format, list);
	va_end(list);
	/* C does not say in which order the arguments of a call are evaluated. */
	for (i = entries_n - 1; i > 0 && entries[i - 1].site == site &&
	     strcmp(entries[i - 1].text, entries[i].text) > 0; i--) {
		char text[sizeof(entries[0].text)];

		memcpy(text, entries[i].text, sizeof(text));
		memcpy(entries[i].text, entries[i - 1].text, sizeof(text));
		memcpy(entries[i - 1].text, text, sizeof(text));
	}
}

static unsigned int mix(unsigned int a, unsigned int b)
{
	a ^= b + 0x9e3779b9u + (a << 6) + (a >> 2);
	a ^= a >> 16;
	a *= 0x7feb352du;
	a ^= a >> 15;
	a *= 0x846ca68bu;
	return a ^ a >> 16;
}

unsigned int fuzz_answer(enum fuzz_question question, int which)
{
	unsigned int times = asked[question][which & 63]++;

	return mix(mix(mix(script * 77 + 5, question), which), times);
}

/* 0 in about half of the cases; the first two scripts are all well and all wrong. */
int fuzz_error(enum fuzz_question question, int which)
{
	static const int errors[] = { -EINVAL, -ENOMEM, -EFAULT, -EAGAIN, -EBUSY, -EPERM };
	unsigned int answer = fuzz_answer(question, which);

	if (script == 0 || (script != 1 && answer & 0x100))
		return 0;
	return errors[answer % ARRAY_SIZE(errors)];
}

int cond(int which)
{
	int yes = fuzz_answer(FUZZ_COND, which) >> 3 & 1;

	fuzz_log("cond %d: %d", which, yes);
	return yes;
}

int result(int which)
{
	int ret = fuzz_error(FUZZ_RESULT, which);

	fuzz_log("result %d: %d", which, ret);
	return ret;
}

int check(int value)
{
	fuzz_log("check %d", value);
	return value;
}

void trace(int which, unsigned long value)
{
	fuzz_log("trace %d: %#lx", which, value);
}

void effect(int site, int which)
{
	log_effect(site, "effect %d.%d", site, which);
}

unsigned long value(int site, int which)
{
	unsigned long value = (fuzz_answer(FUZZ_VALUE, which) & 0xffff) * PAGE_SIZE;

	log_effect(site, "value %d.%d: %#lx", site, which, value);
	return value;
}

struct hmm_range *drv_range(struct drv *x, int site, int which)
{
	log_effect(site, "drv_range %d.%d", site, which);
	return &x->ranges[fuzz_answer(FUZZ_VALUE, which) & 1];
}

struct hmm_mirror *drv_mirror(struct drv *x, int site, int which)
{
	log_effect(site, "drv_mirror %d.%d", site, which);
	return &x->mirror;
}

struct vm_area_struct *drv_vma(struct drv *x, int site, int which)
{
	log_effect(site, "drv_vma %d.%d", site, which);
	return &x->vma;
}

int *drv_slot(struct drv *x, int site, int which)
{
	log_effect(site, "drv_slot %d.%d", site, which);
	return &slots[which & 3];
}

unsigned long drv_end(const struct hmm_range *range)
{
	return range->start + 3 * PAGE_SIZE;
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long address)
{
	bool found = script == 0 || fuzz_answer(FUZZ_VMA, 0) & 7;

	fuzz_log("find_vma mm%d %#lx: %d", mm->id, address, found);
	return found ? &drvs[mm->id].vma : NULL;
}

void fuzz_lock(struct mm_struct *mm, const char *what, int change)
{
	mm->FUZZ_LOCK.held += change;
	fuzz_log("mm%d %s", mm->id, what);
}

static const char *range_name(const struct hmm_range *range)
{
	static char name[4][24];
	static int next;
	char *text = name[next++ & 3];
	int i;

	for (i = 0; i < 2; i++) {
		if (range == &drvs[i].range) {
			sprintf(text, "%c.range", 'x' + i);
			return text;
		}
		if (range >= drvs[i].ranges && range < drvs[i].ranges + ARRAY_SIZE(drvs[i].ranges)) {
			sprintf(text, "%c.ranges[%d]", 'x' + i, (int)(range - drvs[i].ranges));
			return text;
		}
	}
	for (i = 0; i < (int)ARRAY_SIZE(locals) - 1 && locals[i] && locals[i] != range; i++)
		;
	locals[i] = range;
	sprintf(text, "local%d", i);
	return text;
}

static const char *mirror_name(const struct hmm_mirror *mirror)
{
	return mirror == &drvs[0].mirror ? "x.mirror" : mirror == &drvs[1].mirror ? "y.mirror" : "?";
}

static const char *state(const struct hmm_range *range)
{
	static char text[160];

	snprintf(text, sizeof(text), "%s %#lx-%#lx flags %#llx/%#llx shift %d %s%s", range_name(range),
		 range->start, range->end, (unsigned long long)range->default_flags,
		 (unsigned long long)range->pfn_flags_mask, range->pfn_shift,
		 range->pfns ? "pfns" : "no pfns", range->valid ? " valid" : "");
	return text;
}

void trace_range(int which, const struct hmm_range *range)
{
	fuzz_log("range %d: %s", which, state(range));
}

int fuzz_register(struct hmm_range *range, struct hmm_mirror *mirror,
		  unsigned long start, unsigned long end, unsigned int page_shift)
{
	int ret = fuzz_error(FUZZ_REGISTER, 0);

	/* As all kernels do, from 4.14 on. */
	if (start > end)
		ret = -EINVAL;
	range->valid = false;
	fuzz_log("register %s, %s, %#lx, %#lx, %u: %d", state(range), mirror_name(mirror),
		 start, end, page_shift, ret);
	return ret;
}

void fuzz_unregister(struct hmm_range *range)
{
	fuzz_log("unregister %s", state(range));
	range->valid = false;
}

bool fuzz_wait(struct hmm_range *range, unsigned long timeout)
{
	bool yes = script == 0 || (script != 1 && fuzz_answer(FUZZ_WAIT, 0) & 3);

	range->valid = yes;
	fuzz_log("wait %s %lu: %d", range_name(range), timeout, yes);
	return yes;
}

/* To ask is no event, and the answer is the same until something happens. */
bool fuzz_valid(const struct hmm_range *range)
{
	unsigned int times = asked[FUZZ_WAIT][0] + asked[FUZZ_FAULT][0] + asked[FUZZ_BOUNDS][0];

	return script == 0 || mix(mix(script, range->start), times) & 1;
}

/* -EAGAIN comes only with HMM_FAULT_ALLOW_RETRY, and then the lock was dropped. */
static long outcome(unsigned int flags)
{
	static const int errors[] = { -EBUSY, -EFAULT, -EPERM, -EINVAL, -ENOMEM };
	unsigned int answer = fuzz_answer(FUZZ_FAULT, 0);

	if (flags & HMM_FAULT_ALLOW_RETRY && script != 0 && answer & 8)
		return -EAGAIN;
	if (script == 0 || (script != 1 && answer & 16))
		return 1 + (answer >> 8) % 7;
	return errors[(answer >> 8) % ARRAY_SIZE(errors)];
}

void fuzz_clear(uint64_t *pfns, unsigned long size)
{
	if (pfns && size <= FUZZ_ENTRIES * sizeof(*pfns))
		memset(pfns, 0, size);
}

/* What a script finds in a page table, in the format that the range has. */
static uint64_t entry(const struct hmm_range *range, unsigned int i)
{
	unsigned int answer = fuzz_answer(FUZZ_ENTRY, i & 7);
	uint64_t frame = 0x100 + (answer >> 8 & 0xff);
	unsigned int kind = answer & 15;

#if !defined(FUZZ_NEW) && GENERATION == 0
	if (kind < 3) {
		static const hmm_pfn_t values[] = { 0, HMM_PFN_ERROR, HMM_PFN_SPECIAL };

		return values[kind];
	}
	return frame << HMM_PFN_SHIFT | HMM_PFN_VALID | HMM_PFN_READ | (kind & 1 ? HMM_PFN_WRITE : 0) |
		(kind > 12 ? HMM_PFN_DEVICE_UNADDRESSABLE : 0);
#else
	/* The ranges of drivers for 4.17 and later do not say how they want it. */
	if (!range->flags)
		return frame;
	if (kind < 3) {
		static const int values[] = { HMM_PFN_NONE, HMM_PFN_ERROR, HMM_PFN_SPECIAL };

		return range->values[values[kind]];
	}
	return frame << range->pfn_shift | range->flags[HMM_PFN_VALID] |
		(kind & 1 ? range->flags[HMM_PFN_WRITE] : 0) |
		(kind > 12 ? range->flags[HMM_PFN_DEVICE_PRIVATE] : 0);
#endif
}

long fuzz_fault(struct hmm_range *range, unsigned int flags)
{
	unsigned long i, n = (range->end - range->start) >> PAGE_SHIFT;
	long ret = outcome(flags);

	for (i = 0; ret >= 0 && range->pfns && n <= FUZZ_ENTRIES && i < n; i++)
		range->pfns[i] = entry(range, i);

	fuzz_log("fault %s, %u: %ld", state(range), flags, ret);
	return ret;
}

long fuzz_dma_map(struct hmm_range *range, struct device *device, dma_addr_t *daddrs,
		  unsigned int flags)
{
	long ret = outcome(flags);

	fuzz_log("dma_map %s, device%d, %d, %u: %ld", state(range), device->id,
		 daddrs != NULL, flags, ret);
	return ret;
}

long fuzz_dma_unmap(struct hmm_range *range, struct device *device, dma_addr_t *daddrs, bool dirty)
{
	long ret = fuzz_answer(FUZZ_UNMAP, 0) % 7;

	fuzz_log("dma_unmap %s, device%d, %d, %d: %ld", state(range), device->id,
		 daddrs != NULL, dirty, ret);
	return ret;
}

int fuzz_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm)
{
	int ret = fuzz_error(FUZZ_MIRROR, 0);

	fuzz_log("mirror_register %s, mm%d: %d", mirror_name(mirror), mm->id, ret);
	return ret;
}

void fuzz_mirror_unregister(struct hmm_mirror *mirror)
{
	fuzz_log("mirror_unregister %s", mirror_name(mirror));
}

#ifndef FUZZ_NEW
struct hmm_mirror *fuzz_mirror_of(struct mm_struct *mm)
{
	return &drvs[mm->id].mirror;
}
#endif

int invalidate(struct hmm_mirror *mirror, const struct hmm_mirror_ops *ops)
{
	unsigned int answer = fuzz_answer(FUZZ_BOUNDS, 0);
	unsigned long start = (answer & 0xff) * PAGE_SIZE;
	unsigned long end = start + (1 + (answer >> 8 & 7)) * PAGE_SIZE;
#ifdef FUZZ_NEW
	struct mmu_notifier_range update = { &mms[0], start, end, answer >> 16 & 1 };
#elif GENERATION >= 2
	struct hmm_update update = { start, end, answer >> 16 & 1 };
#endif
	int ret = 0;

	fuzz_log("invalidate %#lx-%#lx %d", start, end, answer >> 16 & 1);
#if !defined(FUZZ_NEW) && GENERATION < 2
	/* Before 4.20 nobody asked whether it may sleep: today's answer is no. */
	if (!(answer >> 16 & 1))
		ret = -EAGAIN;
	else
		ops->sync_cpu_device_pagetables(mirror, HMM_UPDATE_INVALIDATE, start, end);
#else
	ret = ops->sync_cpu_device_pagetables(mirror, &update);
#endif
	fuzz_log("invalidated: %d", ret);
	return ret;
}

static void reset(void)
{
	int i, j;

	entries_n = 0;
	memset(drvs, 0, sizeof(drvs));
	memset(asked, 0, sizeof(asked));
	memset(locals, 0, sizeof(locals));
	memset(slots, 0, sizeof(slots));
	memset(mms, 0, sizeof(mms));
	memset(pfns, 0, sizeof(pfns));
	for (i = 0; i < 2; i++) {
		struct drv *x = &drvs[i];

		mms[i].id = devices[i].id = i;
		x->mm = &mms[i];
		x->mp = &x->mirror;
		x->rp = &x->ranges[0];
		x->dev = &devices[i];
		x->daddrs = daddrs[i];
		x->vma.vm_mm = x->mm;
		x->vma.vm_start = 0x10000;
		x->vma.vm_end = 0x90000;
#if GENERATION == 0
		/* These looked whether the bounds are in it, and what it is. */
		x->vma.vm_start = script % 8 == 3 ? 0x100000 : 0;
		x->vma.vm_end = script % 8 == 5 ? 0x404000 : 0x80000000;
		x->vma.vm_flags = script % 8 == 6 ? VM_SPECIAL : script % 16 == 7 ? VM_HUGETLB : 0;
#endif
		x->pfns = pfns;
		x->start = (mix(script, 10 + i) & 0xff) * PAGE_SIZE;
		x->end = x->start + (1 + (mix(script, 20 + i) & 15)) * PAGE_SIZE;
		x->geom.page_shift = 13 + (script & 3);
		x->geom.blockable = script & 4;
#ifndef FUZZ_NEW
		hmms[i].mm = x->mm;
		x->mirror.hmm = &hmms[i];
#endif
		for (j = -1; j < (int)ARRAY_SIZE(x->ranges); j++) {
			struct hmm_range *range = j < 0 ? &x->range : &x->ranges[j];

			range->start = (0x1000 + 0x100 * i + 0x10 * j) * PAGE_SIZE;
			range->end = range->start + (2 + j) * PAGE_SIZE;
			range->pfns = pfns;
			range->default_flags = 0x30 + j;
			range->pfn_shift = 9;
#ifndef FUZZ_NEW
			range->page_shift = PAGE_SHIFT;
			range->hmm = &hmms[i];
#endif
		}
	}
}

static void caught(int number)
{
	siglongjmp(out, number == SIGVTALRM ? 4 : 3);
}

static int run(fuzz_fn *fn)
{
	static const char * const how[] = { "done", "cut", "full", "fault", "stuck" };
	struct itimerval second = { .it_value = { .tv_sec = 2 } };
	struct itimerval never = { 0 };
	int ended, i, j;

	reset();
	setitimer(ITIMER_VIRTUAL, &second, NULL);
	ended = sigsetjmp(out, 1);
	if (!ended) {
		long ret = fn(&drvs[0], &drvs[1], 0x400000 + script * PAGE_SIZE,
			      0x500000 + (script & 7) * PAGE_SIZE);

		fuzz_log("returned %ld", ret);
		for (i = 0; i < 2; i++) {
			fuzz_log("%c: ret %d n %d start %#lx end %#lx shift %d lock %d", 'x' + i,
				 drvs[i].ret, drvs[i].n, drvs[i].start, drvs[i].end,
				 drvs[i].geom.page_shift, mms[i].FUZZ_LOCK.held);
			for (j = -1; j < (int)ARRAY_SIZE(drvs[i].ranges); j++)
				fuzz_log("%s", state(j < 0 ? &drvs[i].range : &drvs[i].ranges[j]));
		}
		fuzz_log("slots %d %d %d %d", slots[0], slots[1], slots[2], slots[3]);
	}
	setitimer(ITIMER_VIRTUAL, &never, NULL);
	if (ended && entries_n < MOST_ENTRIES) {
		strcpy(entries[entries_n].text, how[ended]);
		entries[entries_n++].site = -1;
	}
	return ended;
}

int main(int argc, char **argv)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGVTALRM };
	unsigned int scripts = argc > 1 ? atoi(argv[1]) : 1;
	unsigned int i, k;
	int n, ended;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		struct sigaction action = { .sa_handler = caught, .sa_flags = SA_NODEFER };

		sigaction(signals[i], &action, NULL);
	}
	for (n = 0; n < cases_n; n++) {
		if (argc > 2 && cases[n].number != atoi(argv[2]))
			continue;
		for (script = 0; script < scripts; script++) {
			uint64_t hash = 0xcbf29ce484222325ULL;
			const char *c;

			if (argc > 3 && script != (unsigned int)atoi(argv[3]))
				continue;
			ended = run(cases[n].fn);
			for (k = 0; k < (unsigned int)entries_n; k++) {
				if (argc > 3)
					puts(entries[k].text);
				for (c = entries[k].text; *c; c++)
					hash = (hash ^ (unsigned char)*c) * 0x100000001b3ULL;
				hash = (hash ^ '\n') * 0x100000001b3ULL;
			}
			if (argc < 4)
				printf("%d %u %d %016llx\n", cases[n].number, script, ended,
				       (unsigned long long)hash);
		}
	}
	return 0;
}
