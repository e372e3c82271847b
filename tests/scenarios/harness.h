/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Harness of the guest scenarios: TAP, checks, peers in other processes, the
 * vgpu device, and the oracle.
 *
 * The oracle knows nothing of the code under test.  It is /proc/PID/pagemap,
 * which tells the frame behind every page, and the bytes themselves: a page
 * that a scenario fills says in every 32 bytes whose it is.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "vgpu_uapi.h"

/* What the kernel says when the program starts; architectures differ. */
extern size_t page_bytes, huge_bytes;
#define PAGE		page_bytes
#define HUGE		huge_bytes
#define PAGE_MOST	65536

#ifndef MADV_COLD
#define MADV_COLD	20
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/* One scenario; a group is an array that ends with an empty element. */
struct scenario {
	const char *name;
	const char *what;
	void (*run)(void);
	unsigned int limit;		/* seconds; 0: the default */
};

/* What this program runs, up to a NULL; a program of another directory has its own. */
extern const struct scenario *const scenario_groups[];

extern const struct scenario group_anon[];
extern const struct scenario group_thp[];
extern const struct scenario group_hugetlb[];
extern const struct scenario group_file[];
extern const struct scenario group_rights[];
extern const struct scenario group_swap[];
extern const struct scenario group_fork[];
extern const struct scenario group_live[];
extern const struct scenario group_life[];
extern const struct scenario group_protocol[];
extern const struct scenario group_nonblock[];
extern const struct scenario group_perpage[];
extern const struct scenario group_retry[];
extern const struct scenario group_dma[];
extern const struct scenario group_stress[];

/* Ends the scenario as failed or skipped; works in threads and in peers too. */
void fail_at(const char *file, int line, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
void skip(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define FAIL(...) fail_at(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK(cond, ...)						\
	do {								\
		if (!(cond))						\
			FAIL(__VA_ARGS__);				\
	} while (0)
/* A system call of the scenario's own: it is expected to work. */
#define MUST(expr)							\
	({								\
		long must_ = (long)(expr);				\
									\
		if (must_ == -1)					\
			FAIL("%s: %s", #expr, strerror(errno));		\
		must_;							\
	})

extern unsigned int slowness;		/* how much slower than usual the kernel is */
double now(void);			/* seconds, monotonic */
void sleep_ms(unsigned int ms);
uint32_t prng(uint32_t *state);
bool read_text(const char *path, char *buf, size_t size);
bool write_text(const char *path, const char *text);
void need_madvise(int advice, const char *name);	/* or the scenario is skipped */
long syscall_pidfd_open(pid_t pid);
long syscall_process_mrelease(int pidfd);

/* Memory */
void *map_anon(size_t npages);		/* private, read and write, untouched */
void *map_fixed_gap(size_t npages);	/* address space with nothing mapped */
void *map_huge_aligned(size_t nhuge);	/* private, aligned to HUGE, untouched */
void thp_allow(bool yes);		/* scenarios start with huge pages off */
void thp_need(void);			/* skips where the kernel has none */
uint64_t *entries_for(size_t npages);
size_t smaps_kb(void *addr, const char *field);
size_t meminfo_kb(const char *field);

/* Page contents: who wrote it, which page of whose, which generation. */
void stamp(void *page, uint32_t id, uint64_t nr, uint32_t gen);
void stamp_pages(void *addr, size_t npages, uint32_t id, uint32_t gen);
bool stamp_is(const void *page, uint32_t id, uint64_t nr, uint32_t gen);
bool page_is_zero(const void *page);

/* The oracle: what the kernel says is behind an address. */
struct frame {
	bool present;
	bool swapped;
	bool exclusive;			/* mapped here only */
	uint64_t pfn;
};

struct frame frame_of(pid_t pid, const void *addr);	/* pid 0: this process */
void frames_of(pid_t pid, const void *addr, size_t npages, struct frame *frames);
bool frame_flag(uint64_t pfn, int bit);			/* /proc/kpageflags */
#define KPF_DIRTY	4
#define KPF_ZERO_PAGE	24

/* The device */
int dev_open(void);
long dev_fault(int fd, void *addr, size_t npages, uint64_t *entries, unsigned int flags);
long dev_fault_bytes(int fd, uint64_t start, uint64_t end, uint64_t *entries, unsigned int flags);
extern uint32_t dev_tries;		/* of the last dev_fault() */
long dev_get(int fd, void *addr, size_t npages, uint64_t *entries, unsigned int flags,
	     uint32_t *handle);
bool dev_done(int fd, uint32_t handle);	/* were the entries still true? */
int dev_done_error(int fd, uint32_t handle);
size_t dev_read(int fd, void *addr, size_t len, void *buf);
size_t dev_write(int fd, void *addr, size_t len, const void *buf);
struct vgpu_stats dev_stats(int fd);
void dev_flush_delay(int fd, unsigned int ms);

#define ENTRY_PFN(e)	((e) >> VGPU_PTE_SHIFT)
#define ENTRY_FLAGS(e)	((e) & ((1ULL << VGPU_PTE_SHIFT) - 1))
#define RW		(VGPU_PTE_VALID | VGPU_PTE_WRITE)

/* Every entry says what the oracle says: same frame, or none for not present. */
void expect_frames(const char *file, int line, pid_t pid, void *addr, size_t npages,
		   const uint64_t *entries);
#define EXPECT_FRAMES(pid, addr, n, e) expect_frames(__FILE__, __LINE__, pid, addr, n, e)
/* Every entry has just these flags. */
void expect_flags(const char *file, int line, size_t npages, const uint64_t *entries,
		  uint64_t flags);
#define EXPECT_FLAGS(n, e, f) expect_flags(__FILE__, __LINE__, n, e, f)
/* The device reads what this process reads. */
void expect_same_bytes(const char *file, int line, int fd, void *addr, size_t npages);
#define EXPECT_SAME_BYTES(fd, addr, n) expect_same_bytes(__FILE__, __LINE__, fd, addr, n)

/* A peer is a child process with a socket to its parent. */
struct peer {
	pid_t pid;
	int sock;
};

struct peer peer_start(void (*fn)(int sock, void *arg), void *arg);
void peer_join(struct peer *p);		/* it ends by itself, without a failure */
void peer_reap(struct peer *p);		/* it ends, no matter how */
void say(int sock, uint64_t word);
uint64_t hear(int sock);
void say_fd(int sock, int fd);
int hear_fd(int sock);

#endif
