// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages, the board that says what must stand in them, and devices.
 *
 * The program changes a page so: the board's hi first, then the page, then lo.  So
 * whoever reads lo, the page and hi in this order finds lo <= gen <= hi.
 *
 * What gives up content (MADV_DONTNEED, a hole in the file, ...) says so before: flux.
 * Devices look at flux under the lock that the invalidation takes, so when the system
 * call has returned none counts in the old page any more, and the page is filled with
 * the counts of the board.  From then on a device that still has the old page finds a
 * generation that is too old, or that what it counted there is not here.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "stress.h"

#define DEVICE "/dev/hmm_stress"

struct hs_slot *board;

uint32_t rnd(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*state = x;
	return x;
}

uint32_t rnd_start(unsigned int thread)
{
	uint32_t x = (seed + 1) * 2654435761U ^ (thread + 1) * 40503U;
	unsigned int i;

	if (!x)
		x = 1;
	for (i = 0; i < 8; i++)
		rnd(&x);
	return x;
}

void board_map(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0, "%s: %s (is hmm_stress.ko loaded?)", DEVICE, strerror(errno));
	board = mmap(NULL, HS_SLOTS * sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(board != MAP_FAILED, "mmap of %s: %s", DEVICE, strerror(errno));
	close(fd);
}

void board_open(void)
{
	board_map();
	memset(board, 0, HS_SLOTS * sizeof(*board));
}

void slot_lock(unsigned int slot)
{
	uint32_t free = 0;

	while (!__atomic_compare_exchange_n(&board[slot].lock, &free, 1, false,
					    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		free = 0;
		sched_yield();
	}
}

void slot_unlock(unsigned int slot)
{
	__atomic_store_n(&board[slot].lock, 0, __ATOMIC_RELEASE);
}

void slot_flux(unsigned int slot)
{
	slot_lock(slot);
	__atomic_add_fetch(&board[slot].flux, 1, __ATOMIC_SEQ_CST);
	slot_unlock(slot);
}

void slot_fill(unsigned int slot, void *at)
{
	volatile struct hs_page *page = at;
	struct hs_slot *b = &board[slot];
	uint64_t gen = b->hi + 1;
	unsigned int i;

	__atomic_store_n(&b->hi, gen, __ATOMIC_SEQ_CST);
	page->id = HS_ID(slot);
	page->gen = gen;
	page->scratch = 0;
	for (i = 0; i < HS_DEVICES; i++)
		page->dev[i] = b->dev[i];
	__atomic_store_n(&b->lo, gen, __ATOMIC_SEQ_CST);
}

bool slot_settle(unsigned int slot, void *page)
{
	bool last;

	slot_lock(slot);
	last = board[slot].flux == 1;
	if (last)
		slot_fill(slot, page);
	__atomic_sub_fetch(&board[slot].flux, 1, __ATOMIC_SEQ_CST);
	slot_unlock(slot);
	return last;
}

void slot_check(unsigned int slot, const void *at, const char *where)
{
	const volatile struct hs_page *page = at;
	struct hs_slot *b = &board[slot];
	uint64_t id = page->id, gen = page->gen, scratch = page->scratch;
	unsigned int i;

	if (id != HS_ID(slot))
		mismatch("%s: slot %u: the program finds identity %llx", where, slot,
			 (unsigned long long)id);
	if (gen != b->lo)
		mismatch("%s: slot %u: the program finds generation %llu in place of %llu", where,
			 slot, (unsigned long long)gen, (unsigned long long)b->lo);
	if (scratch && scratch != HS_ID(slot))
		mismatch("%s: slot %u: a device's write to %llx landed here", where, slot,
			 (unsigned long long)scratch);
	if (*(const volatile uint64_t *)((const char *)at + HS_RAW_OFFSET))
		mismatch("%s: slot %u: what a child's device wrote is in the parent's page", where, slot);
	for (i = 0; i < HS_DEVICES; i++) {
		uint64_t least = __atomic_load_n(&b->dev[i], __ATOMIC_ACQUIRE);
		uint64_t count = __atomic_load_n(&page->dev[i], __ATOMIC_ACQUIRE);
		uint64_t most = __atomic_load_n(&b->dev[i], __ATOMIC_ACQUIRE) + 1;

		if (count < least || count > most)
			mismatch("%s: slot %u: device %u has written %llu times, the program finds %llu",
				 where, slot, i, (unsigned long long)least,
				 (unsigned long long)count);
	}
}

void slot_bump(unsigned int slot, void *at)
{
	volatile struct hs_page *page = at;
	struct hs_slot *b = &board[slot];
	uint64_t gen = b->hi + 1;

	__atomic_store_n(&b->hi, gen, __ATOMIC_SEQ_CST);
	page->gen = gen;
	__atomic_store_n(&b->lo, gen, __ATOMIC_SEQ_CST);
}

void poison_init(struct poison *poison, unsigned int npages)
{
	poison->p = mmap(NULL, npages * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(poison->p != MAP_FAILED, "mmap: %s", strerror(errno));
	poison->n = npages;
	poison->gen = 0;
}

/* New frames for the poison; what was given back last is likely to be among them. */
void poison_renew(struct poison *poison)
{
	unsigned int i, k;

	for (i = 0; poison->gen && i < poison->n; i++) {
		volatile struct hs_page *page = (void *)(poison->p + i * PAGE);
		bool right = page->id == HS_POISON && page->gen == poison->gen && !page->scratch;

		for (k = 0; k < HS_DEVICES; k++)
			right = right && !page->dev[k];
		if (!right)
			mismatch("a device wrote to a frame that is no slot's: identity %llx, generation %llu/%llu, write to %llx",
				 (unsigned long long)page->id, (unsigned long long)page->gen,
				 (unsigned long long)poison->gen, (unsigned long long)page->scratch);
	}
	MUST(madvise(poison->p, poison->n * PAGE, MADV_DONTNEED));
	poison->gen++;
	for (i = 0; i < poison->n; i++) {
		volatile struct hs_page *page = (void *)(poison->p + i * PAGE);

		page->id = HS_POISON;
		page->gen = poison->gen;
	}
}

int dev_open(unsigned int nr, unsigned int flush_us)
{
	/* Not O_CLOEXEC: it goes on behind an exec. */
	int fd = open(DEVICE, O_RDWR);

	CHECK(fd >= 0, "%s: %s", DEVICE, strerror(errno));
	dev_knobs(fd, nr, flush_us, false);
	return fd;
}

void dev_knobs(int fd, unsigned int nr, unsigned int flush_us, bool refuse)
{
	struct hs_knobs knobs = { .nr = nr, .flush_us = flush_us, .refuse = refuse };

	MUST(ioctl(fd, HS_IOC_KNOBS, &knobs));
}

long dev_run(int fd, struct hs_run *run)
{
	if (ioctl(fd, HS_IOC_RUN, run))
		fail("HS_IOC_RUN: %s", strerror(errno));
	return (long)run->result;
}

unsigned int dev_touch(int fd, unsigned int slot, unsigned int npages, unsigned int flags)
{
	struct hs_touch touch = { .slot = slot, .npages = npages, .flags = flags };

	if (ioctl(fd, HS_IOC_TOUCH, &touch))
		fail("HS_IOC_TOUCH: %s", strerror(errno));
	return touch.used;
}

struct hs_stats dev_stats(int fd)
{
	struct hs_stats stats;

	MUST(ioctl(fd, HS_IOC_STATS, &stats));
	return stats;
}

struct hs_stats dev_check(int fd, const char *when)
{
	struct hs_stats s = dev_stats(fd);

	if (s.mismatches)
		mismatch("%s: the device found %llu, first in slot %llu: identity %llx, generation %llu (board %llu to %llu), count %llu (board %llu)",
			 when, (unsigned long long)s.mismatches, (unsigned long long)s.slot,
			 (unsigned long long)s.id, (unsigned long long)s.gen,
			 (unsigned long long)s.lo, (unsigned long long)s.hi,
			 (unsigned long long)s.count, (unsigned long long)s.board);
	return s;
}
