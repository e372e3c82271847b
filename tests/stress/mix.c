// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many threads take pages away, move, share and split them, while devices read and write
 * through their mappings.  A mix is a choice of regions, of what is done to them, of how
 * many do it and how slow the devices are.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "stress.h"

enum region_kind { ANON, THP, FILE_SHARED, REGIONS };

struct region {
	enum region_kind kind;
	char *base;
	size_t bytes;
	unsigned int slot, n;		/* of its first page, and how many */
	int fd;
};

enum op {
	BUMP, DONTNEED, FREE, REMAP, MOVE, PROTECT, PAGEOUT, COLLAPSE, HUGEPAGE, SPLIT, PUNCH,
	TRUNCATE, FORK, COMPACT, MIGRATE, OPS
};

static const char *const op_names[OPS] = {
	"write", "dontneed", "free", "mmap", "mremap", "mprotect", "pageout", "collapse",
	"hugepage", "split", "punch", "truncate", "fork", "compact", "migrate",
};

/* What an operation makes sense for. */
#define PRIVATE	(1U << ANON | 1U << THP)
#define SHARED	(1U << FILE_SHARED)
#define ALL	(PRIVATE | SHARED)

static const unsigned int op_regions[OPS] = {
	[BUMP] = ALL, [DONTNEED] = ALL, [FREE] = PRIVATE, [REMAP] = 1U << ANON, [MOVE] = PRIVATE,
	[PROTECT] = ALL, [PAGEOUT] = ALL, [COLLAPSE] = 1U << THP, [HUGEPAGE] = 1U << THP,
	[SPLIT] = 1U << THP, [PUNCH] = SHARED, [TRUNCATE] = SHARED, [FORK] = ALL, [COMPACT] = ALL,
	[MIGRATE] = ALL,
};

struct mix {
	unsigned int regions;		/* bits of enum region_kind */
	unsigned int weights[OPS];
	unsigned int most;		/* pages of one operation or fault; 0: as many as may be */
	unsigned int pages;		/* of the anonymous region; 0: 48 */
	unsigned int writers;
	unsigned int devices;
	unsigned int flush_us[HS_DEVICES];
	bool slow_check;		/* devices wait between fault and check */
};

static struct {
	const struct mix *mix;
	struct region region[REGIONS];
	bool go, stop, stop_devices;
	unsigned long done[OPS], runs, touches, used, again, busy, refused, held, dma;
	pthread_rwlock_t shape;		/* write: no page is missing or read-only for the program */
	pthread_mutex_t file;
	pthread_mutex_t child;		/* one at a time has a device of its own */
	pthread_mutex_t whole;		/* one at a time: what works on all of memory */
	bool bounce;
} m;

static bool stopped(void)
{
	return __atomic_load_n(&m.stop, __ATOMIC_RELAXED);
}

/* Nobody begins before all are there: making a thread invalidates, and takes the mmap lock. */
static void wait_for_all(void)
{
	while (!__atomic_load_n(&m.go, __ATOMIC_RELAXED))
		sleep_us(2000);
}

static void tally(unsigned long *what, unsigned long n)
{
	__atomic_add_fetch(what, n, __ATOMIC_RELAXED);
}

static void *at(const struct region *r, unsigned int slot)
{
	return r->base + (slot - r->slot) * PAGE;
}

struct writer {
	pthread_t thread;
	uint32_t rnd;
	struct poison poison;
	char *spare;			/* address space to move pages to */
};

#define MOST	12			/* pages of one operation */

static void in_flux(unsigned int slot, unsigned int n)
{
	unsigned int i;

	for (i = slot; i < slot + n; i++)
		slot_flux(i);
}

static void settle(struct writer *w, const struct region *r, unsigned int slot, unsigned int n)
{
	unsigned int i;

	/* Frames that were given up get another owner before their slots get new ones. */
	poison_renew(&w->poison);
	for (i = slot; i < slot + n; i++)
		slot_settle(i, at(r, i));
}

/* All slots locked and none in flux, or nothing. */
static bool lock_all(unsigned int slot, unsigned int n)
{
	unsigned int i, k;

	for (i = slot; i < slot + n; i++) {
		slot_lock(i);
		if (!__atomic_load_n(&board[i].flux, __ATOMIC_SEQ_CST))
			continue;
		for (k = slot; k <= i; k++)
			slot_unlock(k);
		return false;
	}
	return true;
}

static void unlock_all(unsigned int slot, unsigned int n)
{
	unsigned int i;

	for (i = slot; i < slot + n; i++)
		slot_unlock(i);
}

static void set_flux(unsigned int slot, unsigned int n, unsigned int to)
{
	unsigned int i;

	for (i = slot; i < slot + n; i++)
		__atomic_store_n(&board[i].flux, to, __ATOMIC_SEQ_CST);
}

static void do_bump(struct region *r, unsigned int slot, unsigned int n)
{
	unsigned int i;

	for (i = slot; i < slot + n; i++) {
		slot_lock(i);
		if (!__atomic_load_n(&board[i].flux, __ATOMIC_SEQ_CST)) {
			slot_check(i, at(r, i), "before a write");
			slot_bump(i, at(r, i));
		}
		slot_unlock(i);
	}
}

static void do_advice(struct writer *w, struct region *r, unsigned int slot, unsigned int n,
		      int advice)
{
	in_flux(slot, n);
	/* It may fail where a page is away for a moment; then it was not given up. */
	if (madvise(at(r, slot), n * PAGE, advice) && errno != ENOMEM)
		fail("madvise(%d): %s", advice, strerror(errno));
	settle(w, r, slot, n);
}

/* Another mapping in its place, with or without a moment of none. */
static bool do_remap(struct writer *w, struct region *r, unsigned int slot, unsigned int n)
{
	unsigned int i;

	if (!lock_all(slot, n))
		return false;
	set_flux(slot, n, 1);
	pthread_rwlock_rdlock(&m.shape);
	if (rnd(&w->rnd) % 2)
		MUST(munmap(at(r, slot), n * PAGE));
	if (mmap(at(r, slot), n * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	pthread_rwlock_unlock(&m.shape);
	poison_renew(&w->poison);
	for (i = slot; i < slot + n; i++)
		slot_fill(i, at(r, i));
	set_flux(slot, n, 0);
	unlock_all(slot, n);
	return true;
}

/* Away and back; meanwhile something else is mapped there. */
static bool do_move(struct writer *w, struct region *r, unsigned int slot, unsigned int n)
{
	char *p = at(r, slot);
	bool did = true;
	unsigned int i;

	if (!lock_all(slot, n))
		return false;
	set_flux(slot, n, 1);
	pthread_rwlock_rdlock(&m.shape);
	if (mremap(p, n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, w->spare) == MAP_FAILED) {
		/* Its parts have come to differ, so they are two mappings. */
		CHECK(errno == EFAULT, "mremap: %s", strerror(errno));
		did = false;
		goto out;
	}
	if (mmap(p, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	for (i = 0; i < n; i++) {
		((volatile struct hs_page *)(p + i * PAGE))->id = HS_POISON;
		slot_check(slot + i, w->spare + i * PAGE, "moved away");
		slot_bump(slot + i, w->spare + i * PAGE);
	}
	if (mremap(w->spare, n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) == MAP_FAILED)
		fail("mremap: %s", strerror(errno));
	/* The address space is kept for the next time. */
	if (mmap(w->spare, n * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
out:
	pthread_rwlock_unlock(&m.shape);
	poison_renew(&w->poison);
	set_flux(slot, n, 0);
	unlock_all(slot, n);
	return did;
}

static bool do_protect(struct writer *w, struct region *r, unsigned int slot, unsigned int n)
{
	static const int rights[] = { PROT_READ, PROT_NONE };
	unsigned int i;

	if (!lock_all(slot, n))
		return false;
	pthread_rwlock_rdlock(&m.shape);
	MUST(mprotect(at(r, slot), n * PAGE, rights[rnd(&w->rnd) % 4 == 0]));
	if (rnd(&w->rnd) % 2)
		sched_yield();
	MUST(mprotect(at(r, slot), n * PAGE, PROT_READ | PROT_WRITE));
	pthread_rwlock_unlock(&m.shape);
	for (i = slot; i < slot + n; i++) {
		slot_check(i, at(r, i), "after mprotect");
		slot_bump(i, at(r, i));
	}
	unlock_all(slot, n);
	return true;
}

static void do_punch(struct writer *w, struct region *r, unsigned int slot, unsigned int n)
{
	in_flux(slot, n);
	MUST(fallocate(r->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		       (off_t)((slot - r->slot) * PAGE), (off_t)(n * PAGE)));
	settle(w, r, slot, n);
}

static void do_truncate(struct writer *w, struct region *r, unsigned int slot)
{
	unsigned int n = r->slot + r->n - slot;

	pthread_mutex_lock(&m.file);
	in_flux(slot, n);
	pthread_rwlock_rdlock(&m.shape);
	MUST(ftruncate(r->fd, (off_t)((slot - r->slot) * PAGE)));
	if (rnd(&w->rnd) % 2)
		sched_yield();
	MUST(ftruncate(r->fd, (off_t)(r->n * PAGE)));
	pthread_rwlock_unlock(&m.shape);
	settle(w, r, slot, n);
	pthread_mutex_unlock(&m.file);
}

#define CHILD	(HS_DEVICES - 1)	/* the number of a child's own device */
#define RAW	0x5eed000000000000ULL

/*
 * A device of the child's: what it writes to private pages is the child's alone, and shared
 * ones are what the parent has.  The parent goes on changing the file.
 */
static void child_device(void)
{
	const struct region *shared = &m.region[FILE_SHARED];
	int fd = dev_open(CHILD, 0);
	enum region_kind kind;
	unsigned int i;

	for (kind = ANON; kind <= THP; kind++) {
		const struct region *r = &m.region[kind];
		struct hs_run run = { .flags = HS_RAW | HS_WRITE, .value = RAW, .npages = MOST };
		long ret;

		if (!r->base)
			continue;
		run.addr = (uint64_t)(uintptr_t)r->base;
		ret = dev_run(fd, &run);
		CHECK(ret == MOST || ret == -EBUSY, "a fault in a child: %ld", ret);
		for (i = 0; ret == MOST && i < MOST; i++) {
			uint64_t got = *(volatile uint64_t *)(r->base + i * PAGE + HS_RAW_OFFSET);

			if (got != RAW + i)
				mismatch("a child's device wrote %llx, the child finds %llx",
					 (unsigned long long)RAW + i, (unsigned long long)got);
		}
	}
	for (i = 0; shared->base && i < 20; i++) {
		struct hs_run run = {
			.addr = (uint64_t)(uintptr_t)shared->base, .slot = shared->slot,
			.npages = shared->n, .flags = HS_WRITE | HS_INSTALL,
		};

		if (i % 4) {
			run.slot += i;
			run.addr += i * PAGE;
			run.npages = 8;
		}
		dev_run(fd, &run);
		dev_touch(fd, shared->slot, shared->n, HS_WRITE);
		dev_check(fd, "a child's device");
	}
}

/* The child has what the parent had: no device of the parent writes to it. */
static void child(bool device, bool program)
{
	struct hs_page seen[REGIONS][64];
	unsigned int k, i, d;

	for (k = 0; k < 2; k++) {
		enum region_kind kind;

		for (kind = 0; kind < REGIONS; kind++) {
			const struct region *r = &m.region[kind];

			if (!r->base || kind == FILE_SHARED)
				continue;
			for (i = 0; i < r->n && i < 64; i++) {
				volatile struct hs_page *page = at(r, r->slot + i);
				bool same = true;

				if (!k) {
					seen[kind][i].id = page->id;
					seen[kind][i].gen = page->gen;
					for (d = 0; d < HS_DEVICES; d++)
						seen[kind][i].dev[d] = page->dev[d];
					if (page->id && page->id != HS_ID(r->slot + i))
						mismatch("a child finds identity %llx for slot %u",
							 (unsigned long long)page->id, r->slot + i);
					continue;
				}
				for (d = 0; d < HS_DEVICES; d++)
					same = same && seen[kind][i].dev[d] == page->dev[d];
				if (!same || seen[kind][i].id != page->id ||
				    seen[kind][i].gen != page->gen)
					mismatch("slot %u: a page of a child has changed", r->slot + i);
				/* And what the child writes stays its own. */
				if (i % 3 == 0)
					page->id = HS_POISON;
			}
		}
		if (!k && device)
			child_device();
		else
			sleep_us(1500);
	}
	if (program)
		execl("/proc/self/exe", "stress", "--after-exec", (char *)NULL);
	_exit(0);
}

static void do_fork(struct writer *w)
{
	bool device = rnd(&w->rnd) % 2 && !pthread_mutex_trylock(&m.child);
	bool program = rnd(&w->rnd) % 4 == 0;
	int status;
	pid_t pid;

	pthread_rwlock_wrlock(&m.shape);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child(device, program);
	}
	pthread_rwlock_unlock(&m.shape);
	CHECK(pid > 0, "fork: %s", strerror(errno));
	MUST(waitpid(pid, &status, 0));
	if (device)
		pthread_mutex_unlock(&m.child);
	if (status == 3 << 8)
		mismatch("a device wrote to the program that a child became");
	CHECK(!status, "a child ended with 0x%x", (unsigned int)status);
}

static void do_split(struct region *r)
{
	char text[100];

	/* Since 5.13; before, nothing splits on request. */
	snprintf(text, sizeof(text), "%d,0x%lx,0x%lx", getpid(), (unsigned long)r->base,
		 (unsigned long)r->base + r->bytes);
	write_text("/sys/kernel/debug/split_huge_pages", text);
}

static void do_migrate(struct writer *w, struct region *r, unsigned int slot, unsigned int n)
{
	void *pages[MOST];
	int nodes[MOST], status[MOST];
	unsigned int i;

	for (i = 0; i < n; i++) {
		pages[i] = at(r, slot + i);
		nodes[i] = (int)(rnd(&w->rnd) % 2);
	}
	/* One node only: it says so for each page, and that is all. */
	syscall(SYS_move_pages, 0, (unsigned long)n, pages, nodes, status, 2 /* MPOL_MF_MOVE */);
}

static void do_op(struct writer *w, enum op op)
{
	struct region *r;
	unsigned int slot, n;
	bool did = true;

	do
		r = &m.region[rnd(&w->rnd) % REGIONS];
	while (!r->base || !(op_regions[op] & 1U << r->kind));
	n = 1 + rnd(&w->rnd) % (m.mix->most ? m.mix->most : MOST);
	slot = r->slot + rnd(&w->rnd) % (r->n - n + 1);

	switch (op) {
	case BUMP:
		do_bump(r, slot, n);
		break;
	case DONTNEED:
		if (r->kind == FILE_SHARED)	/* the file keeps its pages */
			did = !madvise(at(r, slot), n * PAGE, MADV_DONTNEED);
		else
			do_advice(w, r, slot, n, MADV_DONTNEED);
		break;
	case FREE:
		do_advice(w, r, slot, n, MADV_FREE);
		break;
	case REMAP:
		did = do_remap(w, r, slot, n);
		break;
	case MOVE:
		did = do_move(w, r, slot, n);
		break;
	case PROTECT:
		did = do_protect(w, r, slot, n);
		break;
	case PAGEOUT:
		did = !madvise(at(r, slot), n * PAGE, MADV_PAGEOUT);
		break;
	case COLLAPSE:
		did = !madvise(r->base, HUGE, MADV_COLLAPSE);
		break;
	case HUGEPAGE:
		madvise(r->base, HUGE, rnd(&w->rnd) % 3 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
		break;
	case SPLIT:
		do_split(r);
		break;
	case PUNCH:
		do_punch(w, r, slot, n);
		break;
	case TRUNCATE:
		do_truncate(w, r, slot);
		break;
	case FORK:
		do_fork(w);
		break;
	case COMPACT:
		pthread_mutex_lock(&m.whole);
		did = write_text("/proc/sys/vm/compact_memory", "1");
		pthread_mutex_unlock(&m.whole);
		break;
	case MIGRATE:
		do_migrate(w, r, slot, n);
		break;
	case OPS:
		break;
	}
	if (did)
		tally(&m.done[op], 1);
}

static void *writer(void *arg)
{
	struct writer *w = arg;
	unsigned int total = 0, i;

	for (i = 0; i < OPS; i++)
		total += m.mix->weights[i];
	wait_for_all();
	while (!stopped()) {
		unsigned int at_ = rnd(&w->rnd) % total;

		for (i = 0; at_ >= m.mix->weights[i]; i++)
			at_ -= m.mix->weights[i];
		do_op(w, i);
	}
	return NULL;
}

struct device {
	pthread_t thread;
	uint32_t rnd;
	unsigned int nr;
	int fd;
	struct hs_stats sum;
};

static void device_stats(struct device *d, const char *when)
{
	struct hs_stats s = dev_check(d->fd, when);

	d->sum.reads += s.reads;
	d->sum.writes += s.writes;
	d->sum.blurred += s.blurred;
	d->sum.invalidations += s.invalidations;
}

static void device_run(struct device *d)
{
	struct hs_run run = { 0 };
	struct region *r;
	long ret;

	do
		r = &m.region[rnd(&d->rnd) % REGIONS];
	while (!r->base);
	run.npages = 1 + rnd(&d->rnd) % (m.mix->most ? m.mix->most : 16);
	run.slot = r->slot + rnd(&d->rnd) % (r->n - run.npages + 1);
	run.addr = (uint64_t)(uintptr_t)at(r, run.slot);
	run.flags = (rnd(&d->rnd) % 2 ? HS_WRITE : 0) | (rnd(&d->rnd) % 3 ? 0 : HS_RETRY) |
		    (rnd(&d->rnd) % 3 ? HS_INSTALL : 0) | (rnd(&d->rnd) % 16 ? 0 : HS_SNAPSHOT);
	if (rnd(&d->rnd) % 4 == 0) {
		run.flags |= HS_MIXED;
		run.value = rnd(&d->rnd);
	}
	if (rnd(&d->rnd) % 3 == 0)
		run.flags |= HS_HOLD | (rnd(&d->rnd) % 2 ? HS_DMA : 0);
	if (m.mix->slow_check && rnd(&d->rnd) % 2)
		run.delay_us = rnd(&d->rnd) % 500;
	ret = dev_run(d->fd, &run);
	if (ret == -EBUSY || ret == -EAGAIN)
		tally(&m.busy, 1);
	else if (ret == -EFAULT || ret == -EPERM)
		tally(&m.refused, 1);
	else if (ret == -EOPNOTSUPP && m.bounce && (run.flags & HS_DMA))
		tally(&m.refused, 1);
	else
		CHECK(ret >= 0, "hmm_range_fault: %ld", ret);
	if (ret >= 0 && (run.flags & HS_HOLD))
		tally(run.flags & HS_DMA ? &m.dma : &m.held, 1);
	tally(&m.runs, 1);
	tally(&m.again, run.tries > 1 ? run.tries - 1 : 0);
	tally(&m.used, run.used);
}

static void *device(void *arg)
{
	struct device *d = arg;
	unsigned int turns = 0;

	wait_for_all();
	dev_knobs(d->fd, d->nr, m.mix->flush_us[d->nr], false);
	while (!__atomic_load_n(&m.stop_devices, __ATOMIC_RELAXED)) {
		unsigned int i, flags;

		device_run(d);
		for (i = rnd(&d->rnd) % 4; i; i--) {
			struct region *r = &m.region[rnd(&d->rnd) % REGIONS];

			flags = rnd(&d->rnd) % 2 ? HS_WRITE : 0;
			if (rnd(&d->rnd) % 3 == 0)
				tally(&m.used, dev_touch(d->fd, 0, 0, flags | HS_HELD));
			else if (r->base)
				tally(&m.used, dev_touch(d->fd, r->slot, r->n, flags));
			tally(&m.touches, 1);
		}
		if (++turns % 16 == 0)
			dev_check(d->fd, "device");
		/* Another device in its place: mirrors come and go. */
		if (turns % 64 == 0) {
			device_stats(d, "device");
			close(d->fd);
			d->fd = dev_open(d->nr, m.mix->flush_us[d->nr]);
		}
	}
	return NULL;
}

static void map_regions(void)
{
	const unsigned int n[REGIONS] = { m.mix->pages ? m.mix->pages : 48, 32, 48 };
	unsigned int slot = 0, i;
	enum region_kind kind;

	for (kind = 0; kind < REGIONS; kind++) {
		struct region *r = &m.region[kind];

		r->kind = kind;
		r->slot = slot;
		r->n = n[kind];
		r->bytes = n[kind] * PAGE;
		slot += n[kind];
		if (!(m.mix->regions & (1U << kind)))
			continue;
		switch (kind) {
		case ANON:
			r->base = mmap(NULL, r->bytes, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			break;
		case THP:
			r->bytes = HUGE;
			r->base = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			CHECK(r->base != MAP_FAILED, "mmap: %s", strerror(errno));
			r->base = (char *)(((uintptr_t)r->base + HUGE - 1) & ~(HUGE - 1));
			madvise(r->base, HUGE, MADV_HUGEPAGE);
			break;
		case FILE_SHARED:
			r->fd = (int)MUST(memfd_create("stress", MFD_CLOEXEC));
			MUST(ftruncate(r->fd, (off_t)r->bytes));
			r->base = mmap(NULL, r->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
			break;
		case REGIONS:
			break;
		}
		CHECK(r->base != MAP_FAILED, "mmap: %s", strerror(errno));
		for (i = r->slot; i < r->slot + r->n; i++)
			slot_fill(i, at(r, i));
	}
}

/* All is quiet: what each device counted is there, and each device finds it. */
static void check_all(struct device *devices)
{
	enum region_kind kind;
	unsigned int i;

	for (kind = 0; kind < REGIONS; kind++) {
		struct region *r = &m.region[kind];

		if (!r->base)
			continue;
		for (i = r->slot; i < r->slot + r->n; i++)
			slot_check(i, at(r, i), "at the end");
		for (i = 0; i < m.mix->devices; i++) {
			struct hs_run run = {
				.addr = (uint64_t)(uintptr_t)r->base, .slot = r->slot,
				.npages = r->n, .flags = HS_WRITE | HS_INSTALL | HS_HOLD,
			};
			unsigned int tries = 0, found;

			/* Reclaim, compaction and NUMA balancing do not know that all is quiet. */
			do {
				long ret = dev_run(devices[i].fd, &run);

				CHECK(ret == (long)r->n, "the last fault: %ld", ret);
				found = dev_touch(devices[i].fd, r->slot, r->n, HS_WRITE);
			} while (found != r->n && ++tries < 10);
			CHECK(found == r->n, "quiet, and an entry is missing, ten times");
			dev_check(devices[i].fd, "at the end");
		}
		for (i = r->slot; i < r->slot + r->n; i++)
			slot_check(i, at(r, i), "after the end");
	}
}

static void run_mix(const struct mix *mix, double seconds)
{
	struct device devices[HS_DEVICES] = { 0 };
	struct writer writers[48];
	pthread_attr_t attr;
	char text[400];
	unsigned int i, n;
	double end;
	struct hs_stats sum = { 0 };
	unsigned long changes = 0;

	m.mix = mix;
	m.bounce = on_command_line("swiotlb=force");
	pthread_rwlock_init(&m.shape, NULL);
	pthread_mutex_init(&m.file, NULL);
	pthread_mutex_init(&m.whole, NULL);
	pthread_mutex_init(&m.child, NULL);
	board_open();
	map_regions();
	for (i = 0; i < mix->writers; i++) {
		writers[i].rnd = rnd_start(i);
		poison_init(&writers[i].poison, MOST);
		writers[i].spare = mmap(NULL, MOST * PAGE, PROT_NONE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(writers[i].spare != MAP_FAILED, "mmap: %s", strerror(errno));
	}
	for (i = 0; i < mix->devices; i++) {
		devices[i].nr = i;
		devices[i].rnd = rnd_start(100 + i);
		devices[i].fd = dev_open(i, 0);
	}
	/* Small stacks are kept and not unmapped. */
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 * 1024);
	for (i = 0; i < mix->devices; i++)
		CHECK(!pthread_create(&devices[i].thread, &attr, device, &devices[i]), "pthread_create");
	for (i = 0; i < mix->writers; i++)
		CHECK(!pthread_create(&writers[i].thread, &attr, writer, &writers[i]), "pthread_create");
	__atomic_store_n(&m.go, true, __ATOMIC_RELAXED);
	end = now() + seconds;
	while (now() < end)
		sleep_us(20000);
	/* Slow devices first: threads that end change memory too. */
	__atomic_store_n(&m.stop_devices, true, __ATOMIC_RELAXED);
	for (i = 0; i < mix->devices; i++) {
		pthread_join(devices[i].thread, NULL);
		dev_knobs(devices[i].fd, i, 0, false);
	}
	__atomic_store_n(&m.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < mix->writers; i++)
		pthread_join(writers[i].thread, NULL);
	check_all(devices);

	for (i = 0; i < mix->devices; i++) {
		device_stats(&devices[i], "at the end");
		sum.reads += devices[i].sum.reads;
		sum.writes += devices[i].sum.writes;
		sum.blurred += devices[i].sum.blurred;
		sum.invalidations += devices[i].sum.invalidations;
	}
	for (i = n = 0; i < OPS; i++) {
		changes += m.done[i];
		if (mix->weights[i])
			n += (unsigned int)snprintf(text + n, sizeof(text) - n, " %lu %s", m.done[i],
						    op_names[i]);
	}
	note("memory:%s", text);
	note("devices: %lu faults (%lu times once more, %lu given up, %lu refused; %lu held, %lu for DMA), %lu looks; %llu pages read and checked (%llu by identity only), %llu written; %llu invalidations",
	     m.runs, m.again, m.busy, m.refused, m.held, m.dma, m.touches, (unsigned long long)sum.reads,
	     (unsigned long long)sum.blurred, (unsigned long long)sum.writes,
	     (unsigned long long)sum.invalidations);
	CHECK(changes && m.runs, "nothing was done");
	count_operations(changes + sum.reads + sum.writes);
}

/* Hints for the balancing of nodes are none of a device's business; have many of them. */
static void hint_often(void)
{
	static const char *const paths[] = {
		"/sys/kernel/debug/sched/numa_balancing/scan_", "/proc/sys/kernel/numa_balancing_scan_",
	};
	static const char *const names[] = { "delay_ms", "period_min_ms", "period_max_ms" };
	unsigned int i, k;
	char path[100];

	write_text("/proc/sys/kernel/numa_balancing", "1");
	for (i = 0; i < 2; i++)
		for (k = 0; k < 3; k++) {
			snprintf(path, sizeof(path), "%s%s", paths[i], names[k]);
			write_text(path, "20");
		}
}

static void mix_all(double seconds)
{
	static const struct mix mix = {
		.regions = 1U << ANON | 1U << THP | 1U << FILE_SHARED,
		.weights = {
			[BUMP] = 30, [DONTNEED] = 30, [FREE] = 6, [REMAP] = 5, [MOVE] = 8,
			[PROTECT] = 10, [PAGEOUT] = 8, [COLLAPSE] = 4, [HUGEPAGE] = 2, [SPLIT] = 3,
			[PUNCH] = 8, [TRUNCATE] = 6, [FORK] = 2, [COMPACT] = 1, [MIGRATE] = 6,
		},
		.writers = 3, .devices = 4, .flush_us = { 0, 400, 0, 1500 }, .slow_check = true,
	};

	hint_often();
	run_mix(&mix, seconds);
}

static void mix_files(double seconds)
{
	static const struct mix mix = {
		.regions = 1U << FILE_SHARED,
		.weights = { [BUMP] = 2, [PUNCH] = 6, [TRUNCATE] = 4, [DONTNEED] = 2, [PAGEOUT] = 1 },
		.writers = 2, .devices = 3, .flush_us = { 0, 300, 0 }, .slow_check = true,
	};

	run_mix(&mix, seconds);
}

static void mix_huge(double seconds)
{
	static const struct mix mix = {
		.regions = 1U << THP,
		.weights = {
			[BUMP] = 4, [DONTNEED] = 2, [COLLAPSE] = 8, [HUGEPAGE] = 2, [SPLIT] = 6,
			[MOVE] = 1, [PROTECT] = 2, [FORK] = 1,
		},
		.writers = 2, .devices = 3, .flush_us = { 0, 300, 0 }, .slow_check = true,
	};

	run_mix(&mix, seconds);
}

static void mix_overlap(double seconds)
{
	static const struct mix mix = {
		.regions = 1U << ANON,
		.weights = { [DONTNEED] = 12, [BUMP] = 2, [PROTECT] = 2, [FORK] = 1 },
		.writers = 16, .devices = 4, .flush_us = { 0, 300, 0, 600 }, .slow_check = true,
	};

	run_mix(&mix, seconds);
}

static void mix_flood(double seconds)
{
	static const struct mix mix = {
		.regions = 1U << ANON,
		.weights = { [DONTNEED] = 1 },
		/* Few of the pages are in any one of them, and each takes its time. */
		.most = 2, .pages = 320,
		.writers = 44, .devices = 2, .flush_us = { 0, 250000 },
	};

	run_mix(&mix, seconds);
}

static void mix_fork(double seconds)
{
	static const struct mix mix = {
		.regions = 1U << ANON,
		.weights = { [BUMP] = 3, [FORK] = 1 },
		.writers = 2, .devices = 3, .flush_us = { 0, 500, 0 }, .slow_check = true,
	};

	run_mix(&mix, seconds);
}

const struct class classes_mix[] = {
	{ "files", "holes punched and files truncated", mix_files, 3, false },
	{ "huge", "huge pages made and split", mix_huge, 3, false },
	{ "fork", "copy on write between devices and children", mix_fork, 2, false },
	{ "overlap", "16 invalidators of the same pages, copy on write", mix_overlap, 4, false },
	{ "flood", "more invalidations at a time than are recorded", mix_flood, 3, false },
	{ "mix", "all of memory management against four devices", mix_all, 12, false },
	{ 0 }
};
