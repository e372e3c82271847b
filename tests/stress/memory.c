// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel may drop, merge or replace because it believes that nobody wrote to it.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "stress.h"

#define N	16
#define VALUE	0x1122334400000000ULL

static bool page_is_here(const void *p)
{
	static int fd = -1;
	uint64_t entry = 0;

	if (fd < 0)
		fd = (int)MUST(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
	MUST(pread(fd, &entry, 8, (off_t)((uintptr_t)p / PAGE * 8)));
	return entry >> 63;
}

static uint64_t frame_of(const void *p)
{
	static int fd = -1;
	uint64_t entry = 0;

	if (fd < 0)
		fd = (int)MUST(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
	MUST(pread(fd, &entry, 8, (off_t)((uintptr_t)p / PAGE * 8)));
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

/* What the kernel batches a processor at a time is then where it looks for it. */
static void one_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/*
 * A device writes through entries for which nobody needs to fault, so the kernel has not
 * seen a write.  Then the pages are reclaimed.
 */
static void written_unseen(double seconds, bool shmem)
{
	/* Behind those that the device writes to: pages that nobody writes to. */
	const unsigned int others = 4;
	double end = now() + seconds;
	unsigned long rounds = 0, gone = 0, dropped = 0, written = 0;
	int dev = dev_open(0, 0);
	unsigned int i;

	one_processor();
	do {
		bool dma = rounds % 2;
		struct hs_run run = {
			.npages = N, .value = VALUE + rounds * 256,
			.flags = HS_RAW | HS_WRITE | (dma ? HS_HOLD | HS_DMA : 0),
		};
		int fd = shmem ? (int)MUST(memfd_create("stress", MFD_CLOEXEC)) : -1;
		char *p;
		long ret;

		if (shmem)
			MUST(ftruncate(fd, (off_t)((N + others) * PAGE)));
		p = mmap(NULL, (N + others) * PAGE, PROT_READ | PROT_WRITE,
			 shmem ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, fd, 0);
		CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
		run.addr = (uint64_t)(uintptr_t)p;
		for (i = 0; i < N + others; i++) {
			if (shmem)
				(void)*(volatile char *)(p + i * PAGE);
			else
				*(volatile char *)(p + i * PAGE) = 1;
		}
		if (!shmem)
			MUST(madvise(p, (N + others) * PAGE, MADV_FREE));
		ret = dev_run(dev, &run);
		if (ret == -EOPNOTSUPP && dma && on_command_line("swiotlb=force"))
			run.used = 0;
		else
			CHECK(ret == N && run.used == N, "fault: %ld, %u pages written", ret, run.used);
		/* The first time the kernel may only notice that they are dirty. */
		for (i = 0; i < 2; i++)
			if (madvise(p, (N + others) * PAGE, MADV_PAGEOUT))
				skip("MADV_PAGEOUT: %s", strerror(errno));
		for (i = 0; i < N; i++)
			gone += !page_is_here(p + i * PAGE);
		for (i = N; i < N + others; i++)
			dropped += !*(volatile char *)(p + i * PAGE);
		for (i = 0; run.used && i < N; i++) {
			uint64_t got = *(volatile uint64_t *)(p + i * PAGE + HS_RAW_OFFSET);

			if (got != run.value + i)
				mismatch("page %u: a device wrote %llx (%s), after reclaim there is %llx",
					 i, (unsigned long long)run.value + i,
					 dma ? "through its DMA mapping" : "and marked it dirty",
					 (unsigned long long)got);
		}
		written += run.used;
		rounds++;
		ioctl(dev, HS_IOC_DROP);
		munmap(p, (N + others) * PAGE);
		if (shmem)
			close(fd);
	} while (now() < end || rounds < 4);
	note("%lu rounds, %lu pages written, %lu of them reclaimed; of others %lu dropped", rounds,
	     written, gone, dropped);
	if (shmem ? !gone : !dropped)
		skip("this kernel reclaims nothing on request");
	count_operations(written + gone);
}

static void freed(double seconds)
{
	written_unseen(seconds, false);
}

static void shmem(double seconds)
{
	written_unseen(seconds, true);
}

/* Pages that are alike.  Slots in flux: what is sure is who wrote to whose page. */
static void look_alike(char *p, bool reset, const char *when)
{
	unsigned int i;

	for (i = 0; i < N; i++) {
		volatile struct hs_page *page = (void *)(p + i * PAGE);

		if (page->id != HS_POISON || (page->scratch && page->scratch != HS_ID(i)))
			mismatch("%s: page %u: identity %llx, and a device's write to %llx", when, i,
				 (unsigned long long)page->id, (unsigned long long)page->scratch);
		if (reset && page->scratch)
			page->scratch = 0;
	}
}

static void ksm(double seconds)
{
	double end = now() + seconds, wait;
	unsigned long rounds = 0, merged = 0, used = 0;
	struct hs_run run = { .npages = N, .flags = HS_WRITE | HS_INSTALL };
	uint32_t r = rnd_start(0);
	int dev = dev_open(0, 0), slow = dev_open(1, 500);
	unsigned int i;
	char *p;

	if (!write_text("/sys/kernel/mm/ksm/sleep_millisecs", "1"))
		skip("this kernel has no KSM");
	write_text("/sys/kernel/mm/ksm/pages_to_scan", "2000");
	write_text("/sys/kernel/mm/ksm/smart_scan", "0");
	CHECK(write_text("/sys/kernel/mm/ksm/run", "1"), "/sys/kernel/mm/ksm/run: %s", strerror(errno));
	board_open();
	for (i = 0; i < N; i++)
		board[i].flux = 1;
	p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	for (i = 0; i < N; i++)
		((volatile struct hs_page *)(p + i * PAGE))->id = HS_POISON;
	MUST(madvise(p, N * PAGE, MADV_MERGEABLE));
	run.addr = (uint64_t)(uintptr_t)p;
	do {
		long ret = dev_run(dev, &run);

		CHECK(ret == N, "fault: %ld", ret);
		/* The devices' entries still allow writes; the pages become alike once more. */
		look_alike(p, true, "all written");
		wait = now() + 0.4 * slowness;
		while (frame_of(p) != frame_of(p + (N - 1) * PAGE) && now() < wait)
			used += dev_touch(dev, 0, N, 0);
		for (i = 0; i < N; i++)
			merged += i && frame_of(p) && frame_of(p) == frame_of(p + i * PAGE);
		/* Through what is left of the entries, then through new ones for a few. */
		i = rnd(&r) % N;
		used += dev_touch(dev, i, 1, HS_WRITE);
		look_alike(p, false, "old entries");
		run.slot = rnd(&r) % N;
		run.npages = 1 + rnd(&r) % (N - run.slot);
		run.addr = (uint64_t)(uintptr_t)(p + run.slot * PAGE);
		CHECK(dev_run(dev, &run) == (long)run.npages, "fault of merged pages");
		look_alike(p, true, "new entries");
		run.slot = 0;
		run.npages = N;
		run.addr = (uint64_t)(uintptr_t)p;
		dev_check(dev, "KSM");
		rounds++;
	} while (now() < end || rounds < 4);
	write_text("/sys/kernel/mm/ksm/run", "2");
	note("%lu rounds, %lu pages merged with the first", rounds, merged);
	close(slow);
	if (!merged)
		skip("nothing was merged in %lu rounds", rounds);
	count_operations(merged + dev_stats(dev).reads + dev_stats(dev).writes);
}

struct hammer {
	pthread_t thread;
	int fd;
	bool stop;
	struct hs_run run;
	unsigned long faults;
};

static void *hammer(void *arg)
{
	struct hammer *h = arg;

	while (!__atomic_load_n(&h->stop, __ATOMIC_RELAXED)) {
		struct hs_run run = h->run;
		long ret = dev_run(h->fd, &run);

		CHECK(ret == -EBUSY || ret == (long)run.npages, "fault of a huge page: %ld", ret);
		dev_touch(h->fd, run.slot, run.npages, HS_WRITE);
		h->faults++;
	}
	return NULL;
}

/*
 * The last pages of a huge page; the whole of it moves, to the other node or because one
 * page in its middle is taken out of use.
 */
static void hugetlb(double seconds)
{
	unsigned int i, moved = 0, offlined = 0, rounds;
	struct hammer h = { .fd = dev_open(0, 0) };
	int slow = dev_open(1, 2000);
	bool can_offline = true;
	char *p, *tail;

	(void)seconds;
	if (!write_text("/proc/sys/vm/nr_hugepages", "8"))
		skip("no huge pages: %s", strerror(errno));
	p = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (p == MAP_FAILED)
		skip("no huge page to be had: %s", strerror(errno));
	tail = p + HUGE - N * PAGE;
	board_open();
	for (i = 0; i < N; i++)
		slot_fill(i, tail + i * PAGE);
	h.run = (struct hs_run) {
		.addr = (uint64_t)(uintptr_t)tail, .npages = N, .flags = HS_WRITE | HS_INSTALL,
	};
	CHECK(!pthread_create(&h.thread, NULL, hammer, &h), "pthread_create");
	for (rounds = 0; rounds < 8; rounds++) {
		uint64_t before = frame_of(tail);
		void *page = p;
		int node = (int)(rounds / 2 % 2), status;

		if (rounds % 2 == 0) {
			syscall(SYS_move_pages, 0, 1UL, &page, &node, &status, 2 /* MPOL_MF_MOVE */);
			moved += frame_of(tail) != before;
		} else if (can_offline && offlined < 3) {
			/* From the middle, then nearer to the end. */
			can_offline = !madvise(tail + (rounds * 2) * PAGE, PAGE, MADV_SOFT_OFFLINE) ||
				      errno != EINVAL;
			offlined += frame_of(tail) != before;
		}
		for (i = 0; i < N; i++) {
			slot_lock(i);
			slot_check(i, tail + i * PAGE, "after a move");
			slot_bump(i, tail + i * PAGE);
			slot_unlock(i);
		}
		dev_check(h.fd, "moved");
		sleep_us(20000);
	}
	__atomic_store_n(&h.stop, true, __ATOMIC_RELAXED);
	pthread_join(h.thread, NULL);
	for (i = 0; i < N; i++)
		slot_check(i, tail + i * PAGE, "at the end");
	dev_check(h.fd, "at the end");
	note("moved %u times, soft offlined %u times%s, %lu faults", moved, offlined,
	     can_offline ? "" : " (this kernel has no MEMORY_FAILURE)", h.faults);
	munmap(p, HUGE);
	write_text("/proc/sys/vm/nr_hugepages", "0");
	close(slow);
	if (!moved && !offlined)
		skip("the huge page was never moved");
	count_operations(moved + offlined + dev_stats(h.fd).reads + dev_stats(h.fd).writes);
}

/* With swiotlb=force: DMA is refused, or what the device sees is the page itself. */
static void bounce(double seconds)
{
	double end = now() + seconds;
	unsigned long refused = 0, rounds = 0, i;
	int dev = dev_open(0, 0);
	char *p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!on_command_line("swiotlb=force"))
		skip("the kernel was not booted with swiotlb=force");
	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	board_open();
	for (i = 0; i < N; i++)
		slot_fill((unsigned int)i, p + i * PAGE);
	do {
		struct hs_run run = {
			.addr = (uint64_t)(uintptr_t)p, .npages = N,
			.flags = HS_WRITE | HS_HOLD | HS_DMA,
		};
		long ret = dev_run(dev, &run);

		CHECK(ret == N || ret == -EOPNOTSUPP, "hmm_range_dma_map: %ld", ret);
		refused += ret == -EOPNOTSUPP;
		for (i = 0; i < N; i++) {
			slot_check((unsigned int)i, p + i * PAGE, "bounce");
			slot_bump((unsigned int)i, p + i * PAGE);
		}
		dev_touch(dev, 0, 0, HS_HELD | HS_WRITE);
		for (i = 0; i < N; i++)
			slot_check((unsigned int)i, p + i * PAGE, "bounce");
		dev_check(dev, "bounce");
		rounds++;
	} while (now() < end || rounds < 4);
	note("%lu rounds, %lu refused", rounds, refused);
	count_operations(rounds * N);
}

const struct class classes_memory[] = {
	{ "free", "a device writes to pages given up by MADV_FREE, then reclaim", freed, 1, false },
	{ "shmem", "a device writes to clean shared memory, then reclaim", shmem, 1, false },
	{ "ksm", "pages merged while a device may write to them", ksm, 3, false },
	{ "hugetlb", "the tail of a huge page that is moved and soft offlined", hugetlb, 0, false },
	{ "bounce", "DMA where the kernel forces bounce buffers", bounce, 1, true },
	{ 0 }
};
