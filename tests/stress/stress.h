/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the stress program share.
 *
 * A class is a way to take pages away from a device, or to have it write where it must
 * not be lost.  Each runs in a process of its own.  The judge is the content of pages:
 * see device/hmm_stress.h and content.c.
 */
#ifndef STRESS_H
#define STRESS_H

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

#include "device/hmm_stress.h"

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
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/**
 * struct class - one class of the stress test
 * @name: on command lines
 * @what: what it does, in a few words
 * @run: does it for about so many seconds
 * @share: of the time, relative to the others; 0: takes what it takes
 * @by_hand: only if it is named
 */
struct class {
	const char *name;
	const char *what;
	void (*run)(double seconds);
	unsigned int share;
	bool by_hand;
};

extern const struct class classes_mix[], classes_memory[], classes_process[];

extern unsigned int seed, slowness;

/* main.c: ends the class; works in threads and child processes too. */
void fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void skip(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mismatch(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void count_operations(unsigned long n);	/* done by this class */
double now(void);
void sleep_us(unsigned int us);
bool write_text(const char *path, const char *text);
bool read_text(const char *path, char *buf, size_t size);
bool on_command_line(const char *word);	/* the kernel's */

#define CHECK(cond, ...)						\
	do {								\
		if (!(cond))						\
			fail(__VA_ARGS__);				\
	} while (0)
#define MUST(expr)							\
	({								\
		long must_ = (long)(expr);				\
									\
		if (must_ == -1)					\
			fail("%s:%d: %s: %s", __FILE__, __LINE__, #expr, strerror(errno)); \
		must_;							\
	})

/* content.c: pages and the board. */
extern struct hs_slot *board;
uint32_t rnd(uint32_t *state);
uint32_t rnd_start(unsigned int thread);	/* follows from the seed */
void board_open(void);				/* maps and clears it */
void board_map(void);				/* only maps it */
void slot_lock(unsigned int slot);
void slot_unlock(unsigned int slot);
/* Its content is being given up; until slot_settle() has filled it again. */
void slot_flux(unsigned int slot);
bool slot_settle(unsigned int slot, void *page);
void slot_fill(unsigned int slot, void *page);
/* With the slot locked and not in flux: what the program sees in it. */
void slot_check(unsigned int slot, const void *page, const char *where);
void slot_bump(unsigned int slot, void *page);
/* Frames that belong to no slot: whoever writes to one does it through an old entry. */
struct poison {
	char *p;
	unsigned int n;
	uint64_t gen;
};
void poison_init(struct poison *poison, unsigned int npages);
void poison_renew(struct poison *poison);

/* content.c: devices. */
int dev_open(unsigned int nr, unsigned int flush_us);
void dev_knobs(int fd, unsigned int nr, unsigned int flush_us, bool refuse);
long dev_run(int fd, struct hs_run *run);	/* its result */
unsigned int dev_touch(int fd, unsigned int slot, unsigned int npages, unsigned int flags);
struct hs_stats dev_stats(int fd);
struct hs_stats dev_check(int fd, const char *when);	/* mismatches end the class */

/* process.c */
int exec_child(void);

#endif
