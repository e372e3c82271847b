// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces from a seed: every kind of memory that the kernel offers, side
 * by side, and then changed in parts of any size.  What a kernel cannot do is left
 * out, so that the same seed makes the most of each.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "guest.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE	0x100000
#endif
#ifndef MADV_COLD
#define MADV_COLD		20
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT		21
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#ifndef MADV_HWPOISON
#define MADV_HWPOISON		100
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif
#define MADV_GUARD_INSTALL_	102
#define MADV_GUARD_REMOVE_	103
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret	447
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY	1
#endif
/* Newer than some headers. */
struct poison_arg {
	struct uffdio_range range;
	uint64_t mode;
	int64_t updated;
};
#define UFFDIO_POISON_		_IOWR(UFFDIO, 0x08, struct poison_arg)
#define UFFD_MODE_MINOR		(1ULL << 2)

static char *at(uint64_t addr)
{
	return (char *)(uintptr_t)addr;
}

static bool text_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return done;
}

static uint64_t number_from(const char *path)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return strtoull(text, NULL, 10);
}

/* Page contents: some pages are alike, for KSM and for the eye. */
static void fill(struct rng *r, uint64_t addr)
{
	uint64_t *p = (uint64_t *)at(addr);
	uint64_t what = below(r, 4);

	if (what == 0)
		what = rng_next(r);
	p[0] = what;
	p[511] = what;
}

/* Touches some of the pages; percent of them, written or read. */
static void touch(struct rng *r, uint64_t addr, uint64_t npages, unsigned int percent,
		  unsigned int written)
{
	uint64_t i;

	for (i = 0; i < npages; i++) {
		if (!chance(r, percent))
			continue;
		if (chance(r, written))
			fill(r, addr + i * PAGE);
		else
			(void)*(volatile char *)at(addr + i * PAGE);
	}
}

static bool map(uint64_t addr, uint64_t npages, int prot, int flags, int fd, uint64_t offset)
{
	return mmap(at(addr), npages * PAGE, prot, flags | MAP_FIXED, fd, (off_t)offset) !=
	       MAP_FAILED;
}

static int new_file(struct rng *r, uint64_t npages, unsigned int flags)
{
	int fd = (int)syscall(SYS_memfd_create, "oracle", flags);
	uint64_t i;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)(npages * PAGE))) {
		close(fd);
		return -1;
	}
	/* Some of it is there before anyone maps it. */
	for (i = 0; !flags && i < npages; i++)
		if (chance(r, 30) && pwrite(fd, "page", 4, (off_t)(i * PAGE)) != 4)
			break;
	return fd;
}

/* A part of a segment, of any size; sometimes all. */
static void part(struct rng *r, uint64_t addr, uint64_t npages, uint64_t *from, uint64_t *n)
{
	if (npages < 2 || chance(r, 15)) {
		*from = addr;
		*n = npages;
		return;
	}
	*n = 1 + below(r, chance(r, 50) ? npages : (npages + 7) / 8);
	*from = addr + below(r, npages - *n + 1) * PAGE;
}

/* Kinds of memory.  Each makes what it can at an address where nothing is. */

struct segment {
	uint64_t addr, npages;
	const struct kind *kind;
	bool absent;			/* this kernel cannot: it is plain memory */
};

struct kind {
	const char *name;
	bool (*make)(struct rng *r, uint64_t addr, uint64_t npages);
	unsigned int weight;
	bool huge;			/* begins on a huge page's boundary, some of them long */
	bool keep;			/* is not changed further */
};

static bool have_numa;

static bool make_hole(struct rng *r, uint64_t addr, uint64_t npages)
{
	(void)r, (void)addr, (void)npages;
	return true;
}

static bool make_anon(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
		return false;
	if (chance(r, 50))
		madvise(at(addr), npages * PAGE, MADV_NOHUGEPAGE);
	touch(r, addr, npages, (unsigned int)below(r, 101), 50);
	return true;
}

static bool make_shared_anon(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
		return false;
	touch(r, addr, npages, 60, 50);
	return true;
}

static bool make_readonly(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!make_anon(r, addr, npages))
		return false;
	return !mprotect(at(addr), npages * PAGE, chance(r, 50) ? PROT_READ : PROT_READ | PROT_EXEC);
}

static bool make_noaccess(struct rng *r, uint64_t addr, uint64_t npages)
{
	static const int prots[] = { PROT_NONE, PROT_NONE, PROT_WRITE, PROT_EXEC };

	if (!make_anon(r, addr, npages))
		return false;
	return !mprotect(at(addr), npages * PAGE, prots[below(r, 4)]);
}

/* Access taken away and given back: what is left in the tables is not what was. */
static bool make_back_again(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t from, n;

	if (!make_anon(r, addr, npages))
		return false;
	part(r, addr, npages, &from, &n);
	mprotect(at(from), n * PAGE, PROT_NONE);
	mprotect(at(from), n * PAGE, PROT_READ);
	touch(r, from, n, 50, 0);
	return !mprotect(at(from), n * PAGE, PROT_READ | PROT_WRITE);
}

static bool make_thp(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
		return false;
	madvise(at(addr), npages * PAGE, MADV_HUGEPAGE);
	/* One touch makes a huge page; reading makes the huge zero page. */
	touch(r, addr, npages, chance(r, 50) ? 2 : 20, chance(r, 75) ? 100 : 0);
	return true;
}

static bool make_thp_shared(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
		return false;
	madvise(at(addr), npages * PAGE, MADV_HUGEPAGE);
	touch(r, addr, npages, 5, 50);
	return true;
}

static bool make_collapsed(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
		return false;
	madvise(at(addr), npages * PAGE, MADV_NOHUGEPAGE);
	touch(r, addr, npages, 30, 80);
	madvise(at(addr), npages * PAGE, MADV_HUGEPAGE);
	if (npages >= HUGE / PAGE)
		madvise(at(addr), npages * PAGE / HUGE * HUGE, MADV_COLLAPSE);
	return true;
}

static bool file(struct rng *r, uint64_t addr, uint64_t npages, int flags, int prot)
{
	uint64_t before = below(r, 4), length = npages + before;
	int fd = new_file(r, length, 0);
	bool done;

	if (fd < 0)
		return false;
	done = map(addr, npages, PROT_READ | PROT_WRITE, flags, fd, before * PAGE);
	if (done) {
		touch(r, addr, npages, 50, flags == MAP_PRIVATE ? 30 : 50);
		mprotect(at(addr), npages * PAGE, prot);
	}
	close(fd);
	return done;
}

static bool make_file_private(struct rng *r, uint64_t addr, uint64_t npages)
{
	return file(r, addr, npages, MAP_PRIVATE, PROT_READ | PROT_WRITE);
}

static bool make_file_shared(struct rng *r, uint64_t addr, uint64_t npages)
{
	return file(r, addr, npages, MAP_SHARED, PROT_READ | PROT_WRITE);
}

static bool make_file_readonly(struct rng *r, uint64_t addr, uint64_t npages)
{
	return file(r, addr, npages, chance(r, 50) ? MAP_SHARED : MAP_PRIVATE, PROT_READ);
}

/* Mapped beyond its end: those pages nobody gets. */
static bool make_file_short(struct rng *r, uint64_t addr, uint64_t npages)
{
	int fd = new_file(r, npages, 0);
	uint64_t left = below(r, npages + 1);
	bool done;

	if (fd < 0)
		return false;
	done = map(addr, npages, PROT_READ | PROT_WRITE,
		   chance(r, 50) ? MAP_SHARED : MAP_PRIVATE, fd, 0);
	if (done) {
		touch(r, addr, npages, 50, 50);
		if (ftruncate(fd, (off_t)(left * PAGE)))
			done = false;
	}
	close(fd);
	return done;
}

/* A real file, executable and not, of the root file system. */
static bool make_file_text(struct rng *r, uint64_t addr, uint64_t npages)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = map(addr, npages, PROT_READ | (chance(r, 50) ? PROT_EXEC : 0), MAP_PRIVATE, fd, 0);
	close(fd);
	if (done)
		touch(r, addr, npages < 32 ? npages : 32, 50, 0);
	return done;
}

static bool hugetlb(struct rng *r, uint64_t addr, uint64_t npages, int flags)
{
	uint64_t n = npages * PAGE / HUGE;

	if (!n || !map(addr, n * (HUGE / PAGE), PROT_READ | PROT_WRITE,
		       flags | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0))
		return false;
	while (n--) {
		if (chance(r, 60))
			fill(r, addr + n * HUGE);
		else if (chance(r, 30))
			(void)*(volatile char *)at(addr + n * HUGE);
	}
	return true;
}

static bool make_hugetlb(struct rng *r, uint64_t addr, uint64_t npages)
{
	return hugetlb(r, addr, npages, MAP_PRIVATE);
}

static bool make_hugetlb_shared(struct rng *r, uint64_t addr, uint64_t npages)
{
	return hugetlb(r, addr, npages, MAP_SHARED);
}

static bool make_hugetlb_file(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t n = npages * PAGE / HUGE;
	int fd = n ? new_file(r, n * (HUGE / PAGE), MFD_HUGETLB) : -1;
	bool done;

	if (fd < 0)
		return false;
	done = map(addr, n * (HUGE / PAGE), chance(r, 70) ? PROT_READ | PROT_WRITE : PROT_READ,
		   chance(r, 50) ? MAP_PRIVATE : MAP_SHARED, fd, 0);
	close(fd);
	if (done && chance(r, 70))
		(void)*(volatile char *)at(addr);
	return done;
}

static bool make_swapped(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t from, n;

	if (!make_anon(r, addr, npages))
		return false;
	part(r, addr, npages, &from, &n);
	madvise(at(from), n * PAGE, MADV_PAGEOUT);
	/* Some come back, read only at first. */
	touch(r, addr, npages, 20, 20);
	return true;
}

static bool make_swapped_shared(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t from, n;

	if (!make_shared_anon(r, addr, npages))
		return false;
	part(r, addr, npages, &from, &n);
	madvise(at(from), n * PAGE, MADV_PAGEOUT);
	return true;
}

static bool make_free(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t from, n;

	if (!make_anon(r, addr, npages))
		return false;
	part(r, addr, npages, &from, &n);
	madvise(at(from), n * PAGE, MADV_FREE);
	if (chance(r, 30))
		madvise(at(addr), npages * PAGE, MADV_PAGEOUT);
	return true;
}

static bool make_zero(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
		return false;
	madvise(at(addr), npages * PAGE, MADV_NOHUGEPAGE);
	touch(r, addr, npages, 80, 0);
	return true;
}

/*
 * Runs of a few pages that may be written, in frames from elsewhere, between runs that
 * may not: shared with a child at the time, or zero pages.  Some count as not accessed.
 */
static bool make_alternating(struct rng *r, uint64_t addr, uint64_t npages)
{
	unsigned int longest = 1 + (unsigned int)below(r, chance(r, 50) ? 1 : 12);
	uint64_t i, n, from;
	bool write = chance(r, 50);
	pid_t child;

	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
		return false;
	madvise(at(addr), npages * PAGE, MADV_NOHUGEPAGE);
	touch(r, addr, npages, 95, chance(r, 70) ? 100 : 70);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	for (i = 0; i < npages; i += n, write = !write) {
		n = 1 + below(r, longest);
		if (n > npages - i)
			n = npages - i;
		if (write)
			touch(r, addr + i * PAGE, n, 100, 100);
	}
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	part(r, addr, npages, &from, &n);
	madvise(at(from), n * PAGE, MADV_COLD);
	return child > 0;
}

static bool make_ksm(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!map(addr, npages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
		return false;
	touch(r, addr, npages, 90, 100);
	return !madvise(at(addr), npages * PAGE, MADV_MERGEABLE);
}

static bool make_moved(struct rng *r, uint64_t addr, uint64_t npages)
{
	char *p = mmap(NULL, npages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		return false;
	touch(r, (uint64_t)(uintptr_t)p, npages, 60, 70);
	if (chance(r, 40) &&
	    mremap(p, npages * PAGE, npages * PAGE,
		   MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, at(addr)) != MAP_FAILED) {
		munmap(p, npages * PAGE);
		return true;
	}
	return mremap(p, npages * PAGE, npages * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		      at(addr)) != MAP_FAILED;
}

static bool make_guarded(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t from, n;
	int i;

	if (!(chance(r, 30) ? make_file_shared : make_anon)(r, addr, npages))
		return false;
	for (i = 0; i < 3; i++) {
		part(r, addr, npages, &from, &n);
		if (n > npages / 2)
			n = 1;
		if (madvise(at(from), n * PAGE, MADV_GUARD_INSTALL_))
			return false;
	}
	part(r, addr, npages, &from, &n);
	if (chance(r, 30))
		madvise(at(from), n * PAGE, MADV_GUARD_REMOVE_);
	return true;
}

/* Some kernels tell at once whose page it was. */
static volatile sig_atomic_t poisoning;

static void on_sigbus(int number)
{
	if (!poisoning)
		signal(number, SIG_DFL);
}

/* Few: each costs the machine a page. */
static bool make_poisoned(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t page = addr + below(r, npages) * PAGE;
	bool done;

	if (!(chance(r, 30) ? make_file_shared : make_anon)(r, addr, npages))
		return false;
	fill(r, page);
	signal(SIGBUS, on_sigbus);
	poisoning = 1;
	done = !madvise(at(page), PAGE, chance(r, 50) ? MADV_HWPOISON : MADV_SOFT_OFFLINE);
	poisoning = 0;
	return done;
}

static int new_uffd(uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The file stays open: with it the registration would go. */
static int uffd_register(uint64_t addr, uint64_t npages, uint64_t mode)
{
	struct uffdio_register reg = {
		.range = { addr, npages * PAGE },
		.mode = mode,
	};
	int fd = new_uffd(0);

	if (fd >= 0 && ioctl(fd, UFFDIO_REGISTER, &reg)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool make_uffd_missing(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!(chance(r, 30) ? make_shared_anon : make_anon)(r, addr, npages))
		return false;
	return uffd_register(addr, npages, UFFDIO_REGISTER_MODE_MISSING) >= 0;
}

static bool make_uffd_wp(struct rng *r, uint64_t addr, uint64_t npages)
{
	struct uffdio_writeprotect wp = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	uint64_t from, n;
	int fd;

	if (!(chance(r, 30) ? make_shared_anon : make_anon)(r, addr, npages))
		return false;
	fd = uffd_register(addr, npages, UFFDIO_REGISTER_MODE_WP);
	if (fd < 0)
		return false;
	part(r, addr, npages, &from, &n);
	wp.range.start = from;
	wp.range.len = n * PAGE;
	if (ioctl(fd, UFFDIO_WRITEPROTECT, &wp))
		return false;
	/* What is dropped leaves a marker in a file's mapping. */
	part(r, addr, npages, &from, &n);
	madvise(at(from), n * PAGE, chance(r, 50) ? MADV_DONTNEED : MADV_PAGEOUT);
	return true;
}

static bool make_uffd_minor(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t from, n;

	if (!make_file_shared(r, addr, npages))
		return false;
	part(r, addr, npages, &from, &n);
	madvise(at(from), n * PAGE, MADV_DONTNEED);
	return uffd_register(addr, npages, UFFD_MODE_MINOR) >= 0;
}

static bool make_uffd_poison(struct rng *r, uint64_t addr, uint64_t npages)
{
	struct poison_arg poison = { .mode = 0 };
	uint64_t from, n;
	int fd;

	if (!make_anon(r, addr, npages))
		return false;
	part(r, addr, npages, &from, &n);
	madvise(at(from), n * PAGE, MADV_DONTNEED);
	fd = uffd_register(addr, npages, UFFDIO_REGISTER_MODE_MISSING);
	if (fd < 0)
		return false;
	poison.range.start = from;
	poison.range.len = n * PAGE;
	if (ioctl(fd, UFFDIO_POISON_, &poison))
		return false;
	/* The markers stay, what is missing can be had again. */
	if (chance(r, 70))
		close(fd);
	return true;
}

static bool make_driver(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t kind = below(r, 3);
	int fd = open("/dev/hmm_oracle", O_RDWR | O_CLOEXEC);
	bool done;

	/* Not the file with the ranges: they keep the address space, and that the mapping. */
	if (fd < 0)
		return false;
	/* What it cannot fill stays a hole. */
	if (npages > ORACLE_MAP_MOST)
		npages = ORACLE_MAP_MOST;
	done = map(addr, npages, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   kind * ORACLE_MAP_MOST * PAGE);
	close(fd);
	return done;
}

static bool make_devmem(struct rng *r, uint64_t addr, uint64_t npages)
{
	int fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	bool done;

	(void)r;
	if (fd < 0)
		return false;
	/* The firmware's: allowed where most of /dev/mem is not. */
	done = npages <= 16 && map(addr, npages, PROT_READ, MAP_SHARED, fd, 0xf0000);
	close(fd);
	return done;
}

static bool make_secret(struct rng *r, uint64_t addr, uint64_t npages)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	bool done;

	if (fd < 0)
		return false;
	if (npages > 8)
		npages = 8;
	done = !ftruncate(fd, (off_t)(npages * PAGE)) &&
	       map(addr, npages, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (done)
		touch(r, addr, npages, 70, 50);
	return done;
}

static bool make_stack(struct rng *r, uint64_t addr, uint64_t npages)
{
	uint64_t below_it = npages > 4 ? below(r, npages / 2) : 0;

	if (!map(addr + below_it * PAGE, npages - below_it, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_STACK, -1, 0))
		return false;
	touch(r, addr + below_it * PAGE, npages - below_it, 50, 50);
	return true;
}

static bool make_locked(struct rng *r, uint64_t addr, uint64_t npages)
{
	if (!make_anon(r, addr, npages))
		return false;
	return !mlock(at(addr), npages * PAGE);
}

/* Away from the processor that this runs on, so that balancing puts hints there. */
static bool make_numa(struct rng *r, uint64_t addr, uint64_t npages)
{
	unsigned long other = 2;

	if (!have_numa ||
	    !map(addr, npages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ||
	    syscall(SYS_mbind, at(addr), npages * PAGE, 2 /* bind */, &other, 8UL, 0))
		return false;
	touch(r, addr, npages, 90, 90);
	/* A policy would keep balancing away. */
	return !syscall(SYS_mbind, at(addr), npages * PAGE, 0 /* default */, NULL, 0UL, 0);
}

static const struct kind kinds[] = {
	{ "hole", make_hole, 8, .keep = true },
	{ "anonymous", make_anon, 12 },		/* the second: what stands in for others */
	{ "shared", make_shared_anon, 5 },
	{ "readonly", make_readonly, 6 },
	{ "no-access", make_noaccess, 3 },
	{ "access-given-back", make_back_again, 4 },
	{ "thp", make_thp, 7, .huge = true },
	{ "thp-shared", make_thp_shared, 3, .huge = true },
	{ "thp-collapsed", make_collapsed, 2, .huge = true },
	{ "file-private", make_file_private, 6 },
	{ "file-shared", make_file_shared, 6 },
	{ "file-readonly", make_file_readonly, 4 },
	{ "file-short", make_file_short, 3 },
	{ "text", make_file_text, 3 },
	{ "hugetlb", make_hugetlb, 2, .huge = true },
	{ "hugetlb-shared", make_hugetlb_shared, 2, .huge = true },
	{ "hugetlb-file", make_hugetlb_file, 2, .huge = true },
	{ "swapped", make_swapped, 6 },
	{ "swapped-shared", make_swapped_shared, 3 },
	{ "lazily-freed", make_free, 3 },
	{ "zero", make_zero, 4 },
	{ "alternating", make_alternating, 6 },
	{ "ksm", make_ksm, 4 },
	{ "moved", make_moved, 4 },
	{ "guarded", make_guarded, 4 },
	{ "poisoned", make_poisoned, 1 },
	{ "uffd-missing", make_uffd_missing, 2, .keep = true },
	{ "uffd-wp", make_uffd_wp, 4, .keep = true },
	{ "uffd-minor", make_uffd_minor, 2, .keep = true },
	{ "uffd-poison", make_uffd_poison, 2, .keep = true },
	{ "driver", make_driver, 3, .keep = true },
	{ "dev-mem", make_devmem, 1, .keep = true },
	{ "secret", make_secret, 1, .keep = true },
	{ "stack", make_stack, 3 },
	{ "locked", make_locked, 2 },
	{ "numa-hints", make_numa, 2, .keep = true },
};

#define NKINDS		(sizeof(kinds) / sizeof(kinds[0]))

const char *space_kind_name(unsigned int kind)
{
	static const char *const others[] = { "self", "gigantic", "shared-tables", NULL };

	return kind < NKINDS ? kinds[kind].name : others[kind - NKINDS];
}

static struct segment segments[160];
static unsigned int nsegments;

unsigned int space_kind(const struct space *s, uint64_t addr)
{
	unsigned int i;

	if (s->number >= SPACE_TABLES)
		return NKINDS + (SPACE_SELF - s->number);
	if (s->twin && addr >= s->twin && addr < s->twin + s->npages * PAGE)
		addr -= s->twin - s->base;
	for (i = 0; i < nsegments; i++)
		if (addr >= segments[i].addr &&
		    addr < segments[i].addr + segments[i].npages * PAGE)
			return segments[i].absent ? 1 : (unsigned int)(segments[i].kind - kinds);
	return 0;
}

/* Changes of a part of whatever is there; some are refused, which is all right. */
static void change(struct rng *r, uint64_t addr, uint64_t npages)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_DONTNEED, MADV_FREE, MADV_PAGEOUT, MADV_PAGEOUT, MADV_COLD,
		MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_POPULATE_READ, MADV_POPULATE_WRITE,
		MADV_COLLAPSE, MADV_REMOVE,
	};
	static const int prots[] = {
		PROT_READ, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_EXEC, PROT_NONE,
	};
	uint64_t from, n, what = below(r, 20);

	part(r, addr, npages, &from, &n);
	if (what < 10) {
		madvise(at(from), n * PAGE, advices[below(r, sizeof(advices) / sizeof(int))]);
	} else if (what < 16) {
		mprotect(at(from), n * PAGE, prots[below(r, sizeof(prots) / sizeof(int))]);
	} else if (what == 16) {
		munmap(at(from), n * PAGE);
	} else if (what == 17) {
		/*
		 * Away and back: the tables are moved, whole ones too. Of hugetlb more goes
		 * than is asked for, up to the end of its page.
		 */
		uint64_t room = n * PAGE + 2 * HUGE;
		char *p = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		char *q = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));

		if (p == MAP_FAILED)
			return;
		q += from & (HUGE - 1);
		if (q + n * PAGE > p + room)
			q = p;
		if (mremap(at(from), n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q)
			mremap(q, n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at(from));
		munmap(p, room);
	} else if (what == 18) {
		mlock(at(from), n * PAGE);
		munlock(at(from), n * PAGE);
	} else {
		madvise(at(from), n * PAGE, MADV_DONTFORK);
	}
}

static uint64_t pick_base(struct rng *r)
{
	/* Below it may end a table of any level. */
	static const uint64_t sizes[] = { 2UL << 20, 1UL << 30, 1UL << 30, 1UL << 39 };
	uint64_t size = sizes[below(r, 4)];
	uint64_t base = (0x100000000000UL + below(r, 0x400) * (1UL << 34)) & ~(size - 1);

	return base - below(r, 600) * PAGE;
}

static bool is_free(uint64_t base, uint64_t npages)
{
	char *p = mmap(at(base), npages * PAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	munmap(p, npages * PAGE);
	return p == at(base);
}

static const struct kind *pick_kind(struct rng *r, const char *only)
{
	unsigned int sum = 0, i;
	uint64_t n;

	if (only && chance(r, 80))
		for (i = 0; i < NKINDS; i++)
			if (!strcmp(kinds[i].name, only))
				return &kinds[i];
	for (i = 0; i < NKINDS; i++)
		sum += kinds[i].weight;
	n = below(r, sum);
	for (i = 0; n >= kinds[i].weight; i++)
		n -= kinds[i].weight;
	return &kinds[i];
}

/* Where each segment will be; nothing is mapped yet. */
static void plan(struct space *s, struct rng *r, const char *only)
{
	unsigned int most = 10 + (unsigned int)below(r, 50), huge = 0;
	uint64_t addr = s->base;

	for (nsegments = 0; nsegments < most; nsegments++) {
		struct segment *g = &segments[nsegments];

		g->kind = pick_kind(r, only);
		g->npages = 1 + below(r, chance(r, 80) ? 40 : 300);
		if (g->kind->huge && huge < 5) {
			uint64_t aligned = (addr + HUGE - 1) & ~(HUGE - 1);

			if (aligned - addr < HUGE || chance(r, 50))
				addr = aligned;
			g->npages = HUGE / PAGE * (1 + below(r, 2)) + (chance(r, 50) ? below(r, 300) : 0);
			huge += 2;
		}
		g->addr = addr;
		addr += g->npages * PAGE;
	}
	s->npages = (addr - s->base) / PAGE;
}

static void make_all(struct space *s, uint64_t base)
{
	struct rng r = { rng_mix(s->seed, 1) };
	unsigned int i, j, n;

	for (i = 0; i < nsegments; i++) {
		struct segment *g = &segments[i];
		struct rng own = { rng_mix(s->seed, 100 + i) };
		uint64_t addr = g->addr - s->base + base;

		g->absent = !g->kind->make(&own, addr, g->npages);
		if (g->absent) {
			/* Not on this kernel; half-made things go. */
			munmap(at(addr), g->npages * PAGE);
			if (g->kind->huge) {
				/* Where a whole huge page is what is unmapped. */
				munmap(at(addr), g->npages * PAGE / HUGE * HUGE);
			}
			make_anon(&own, addr, g->npages);
		}
	}
	for (i = 0; i < nsegments; i++) {
		struct segment *g = &segments[i];

		n = chance(&r, 40) ? (unsigned int)below(&r, 5) : 0;
		for (j = 0; j < n; j++) {
			struct rng own = { rng_mix(s->seed, 1000 + i * 8 + j) };

			if (!g->kind->keep)
				change(&own, g->addr - s->base + base, g->npages);
		}
	}
}

/* KSM runs until it has been round twice, or a moment. */
static void merge(void)
{
	uint64_t round = number_from("/sys/kernel/mm/ksm/full_scans");
	int i;

	if (!text_to("/sys/kernel/mm/ksm/run", "1"))
		return;
	for (i = 0; i < 40; i++) {
		struct timespec ts = { 0, 10000000 };

		if (number_from("/sys/kernel/mm/ksm/full_scans") >= round + 3)
			break;
		nanosleep(&ts, NULL);
	}
	text_to("/sys/kernel/mm/ksm/run", "0");
}

static bool has_kind(const char *name)
{
	unsigned int i;

	for (i = 0; i < nsegments; i++)
		if (!strcmp(segments[i].kind->name, name))
			return true;
	return false;
}

/* A process that has all of it too, until it is told to go. */
static pid_t sharer;

void space_end(void)
{
	if (sharer > 0) {
		kill(sharer, SIGKILL);
		waitpid(sharer, NULL, 0);
	}
	sharer = 0;
}

static void share(struct space *s)
{
	struct rng r = { rng_mix(s->seed, 2) };
	unsigned int i;
	int ready[2];
	char c;

	if (pipe(ready))
		return;
	sharer = fork();
	if (sharer == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		/* What it writes is its own, and the other side's page is not shared then. */
		signal(SIGSEGV, _exit);
		signal(SIGBUS, _exit);
		for (i = 0; i < nsegments; i++)
			if (!strcmp(segments[i].kind->name, "anonymous") && chance(&r, 40))
				if (mprotect(at(segments[i].addr), segments[i].npages * PAGE,
					     PROT_READ | PROT_WRITE) == 0)
					touch(&r, segments[i].addr, segments[i].npages, 30, 70);
		for (i = 0; s->number == SPACE_TABLES && i < 16; i++)
			(void)*(volatile char *)at(s->base + i * 30 * HUGE);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	/* Or it has died already. */
	if (sharer > 0 && read(ready[0], &c, 1) != 1)
		space_end();
	close(ready[0]);
}

#define GIGANTIC	(1UL << 30)

static bool make_wide(struct space *s)
{
	uint64_t i;
	int fd;

	s->base = 0x200000000000UL + below(&s->r, 64) * GIGANTIC;
	s->npages = GIGANTIC / PAGE;
	if (s->number == SPACE_GIGANTIC) {
		if (!map(s->base, s->npages, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 30 << 26, -1, 0))
			return false;
		if (chance(&s->r, 50))
			fill(&s->r, s->base);
		return true;
	}

	/* A table is shared if the mapping spans all that it can map. */
	fd = new_file(&s->r, s->npages, MFD_HUGETLB);
	if (fd < 0 || !map(s->base, s->npages, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_NORESERVE, fd, 0))
		return false;
	for (i = 0; i < 16; i++)
		if (number_from("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages") > 4)
			fill(&s->r, s->base + i * 30 * HUGE);
	share(s);
	return true;
}

void space_build(struct space *s, int device, const char *only)
{
	struct rng r = { rng_mix(s->seed, 3) };
	int tries;

	s->r.state = rng_mix(s->seed, 4);
	if (s->number >= SPACE_TABLES) {
		if (s->number != SPACE_SELF && !make_wide(s))
			s->npages = 0;
		space_read_vmas(s);
		return;
	}
	for (tries = 0; tries < 20; tries++) {
		s->base = pick_base(&r);
		plan(s, &r, only);
		if (is_free(s->base, s->npages))
			break;
	}
	text_to("/sys/kernel/mm/transparent_hugepage/shmem_enabled",
		chance(&r, 60) ? "advise" : "never");
	/* Sizes between a page and a huge page (6.8). */
	text_to("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled",
		chance(&r, 50) ? "always" : "never");
	text_to("/sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled",
		chance(&r, 30) ? "always" : "never");
	make_all(s, s->base);
	if (chance(&r, 40)) {
		s->twin = s->base + (s->npages * PAGE / HUGE + 3) * HUGE;
		if (is_free(s->twin, s->npages))
			make_all(s, s->twin);
		else
			s->twin = 0;
	}
	if (has_kind("ksm") && chance(&r, 60))
		merge();
	if (chance(&r, 40))
		share(s);
	/* Where the balancer is slow, waiting costs more than it brings. */
	if (has_kind("numa-hints") && have_numa && counters->vain < 2 + counters->pages / 200000)
		space_numa_hints(s, device);
	space_read_vmas(s);
}

/* In the middle of the comparison: twins are changed alike. */
void space_disturb(struct space *s)
{
	struct segment *g = &segments[below(&s->r, nsegments ? nsegments : 1)];
	uint64_t seed = rng_next(&s->r);
	struct rng a = { seed }, b = { seed };

	if (!nsegments)
		return;
	if (sharer > 0 && chance(&s->r, 20))
		space_end();
	if (g->kind->keep)
		return;
	change(&a, g->addr, g->npages);
	if (s->twin)
		change(&b, g->addr - s->base + s->twin, g->npages);
	space_read_vmas(s);
}

/* Mappings, from the kernel's own list. */

static void flags_of(struct vma *v, const char *line)
{
	const char *p;

	for (p = line + strlen("VmFlags:"); p[0]; p++) {
		if (p[-1] != ' ' && p[-1] != ':')
			continue;
		if (!strncmp(p, "rd", 2))
			v->read = true;
		else if (!strncmp(p, "wr", 2))
			v->write = true;
		else if (!strncmp(p, "io", 2) || !strncmp(p, "pf", 2))
			v->refused = true;
		else if (!strncmp(p, "mm", 2))
			v->mixed = true;
		else if (!strncmp(p, "ht", 2))
			v->hugetlb = true;
		else if (!strncmp(p, "um", 2) || !strncmp(p, "uw", 2) || !strncmp(p, "ui", 2))
			v->userfault = true;
	}
}

void space_read_vmas(struct space *s)
{
	static struct vma vmas[4096];
	FILE *f = fopen("/proc/self/smaps", "re");
	char line[512];

	s->vmas = vmas;
	s->nvmas = 0;
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		unsigned long a, b;
		char c;

		if (sscanf(line, "%lx-%lx %c", &a, &b, &c) == 3) {
			struct vma *v = &vmas[s->nvmas];

			if (s->nvmas >= sizeof(vmas) / sizeof(vmas[0]) - 1)
				break;
			s->nvmas++;
			memset(v, 0, sizeof(*v));
			v->start = a;
			v->end = b;
			v->secret = strstr(line, "secretmem") != NULL;
		} else if (s->nvmas && !strncmp(line, "VmFlags:", 8)) {
			flags_of(&vmas[s->nvmas - 1], line);
		}
	}
	fclose(f);
}

const struct vma *space_vma(const struct space *s, uint64_t addr)
{
	size_t low = 0, high = s->nvmas;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (s->vmas[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->nvmas ? &s->vmas[low] : NULL;
}

/* NUMA hints: the balancer works for a task while that uses its processor. */

static uint64_t count_hints(struct space *s, int device, uint64_t addr, uint64_t npages)
{
	static uint64_t ours[1024], theirs[1024], words[1024];
	struct oracle_ask ask = {
		.addr = addr, .other = addr, .npages = npages > 1024 ? 1024 : npages,
		.ours = (uintptr_t)ours, .theirs = (uintptr_t)theirs,
		.flags = ORACLE_THEIRS | ORACLE_SNAPSHOT,
	};
	uint64_t i, found = 0;

	(void)s;
	memset(words, 0, sizeof(words));
	if (ioctl(device, ORACLE_ASK, &ask) || ask.theirs_ret ||
	    pread(pagemap_fd(), words, ask.npages * 8, (off_t)(addr / PAGE * 8)) < 0)
		return 0;
	for (i = 0; i < ask.npages; i++)
		found += (words[i] >> 63) && !(theirs[i] & (ORACLE_VALID | ORACLE_ERROR));
	return found;
}

uint64_t space_numa_hints(struct space *s, int device)
{
	struct timespec began, now;
	unsigned int i, spins;
	uint64_t found = 0;

	clock_gettime(CLOCK_MONOTONIC, &began);
	do {
		for (spins = 0; spins < 2000000; spins++)
			__asm__ volatile("" ::: "memory");
		for (i = 0; i < nsegments; i++)
			if (segments[i].kind->make == make_numa)
				found += count_hints(s, device, segments[i].addr,
						     segments[i].npages);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (!found && now.tv_sec - began.tv_sec < 2);
	counters->vain += !found;
	return found;
}

void space_prepare(bool numa)
{
	cpu_set_t first;

	/* The processor of the first node. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (numa && !access("/sys/devices/system/node/node1", F_OK) &&
	    !sched_setaffinity(0, sizeof(first), &first) &&
	    text_to("/proc/sys/kernel/numa_balancing", "1")) {
		have_numa = true;
		text_to("/sys/kernel/debug/sched/numa_balancing/scan_delay_ms", "1");
		text_to("/sys/kernel/debug/sched/numa_balancing/scan_period_min_ms", "20");
		text_to("/proc/sys/kernel/numa_balancing_scan_delay_ms", "1");
		text_to("/proc/sys/kernel/numa_balancing_scan_period_min_ms", "20");
	}
	text_to("/proc/sys/vm/overcommit_memory", "1");
	text_to("/proc/sys/vm/unprivileged_userfaultfd", "1");
	text_to("/sys/kernel/mm/ksm/sleep_millisecs", "0");
	text_to("/sys/kernel/mm/ksm/pages_to_scan", "5000");
	text_to("/sys/kernel/mm/ksm/use_zero_pages", "1");
	if (system("/guest-swap on >/dev/null 2>&1"))
		note("no swap on this kernel");
}
