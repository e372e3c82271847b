// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once.  Whatever the order, the device only ever reads bytes that belong
 * to the page, and what it writes is where the CPU reads.
 *
 * The window has two parts.  Pages of the first are given back and filled again all the
 * time, frames that they lose are taken over at once by an area of poison, so that an old
 * frame betrays itself.  Pages of the second are never given back, but forks and mprotect
 * take their write permission away: there the device writes, counts, and the CPU reads.
 */
#include <sys/wait.h>

#include "harness.h"

#define CHURN	24
#define KEPT	24
#define N	(CHURN + KEPT)
#define SECONDS	5.0

struct word {
	uint32_t magic, page;
	uint64_t gen;
};

#define MAGIC	0xc0ffee11
#define POISON	0xdeadbee5

static struct {
	char *p, *poison;
	int fd[2];
	bool stop;
	unsigned long dontneed, protects, forks, reads, writes, blank, again;
} s;

static bool stopped(void)
{
	return __atomic_load_n(&s.stop, __ATOMIC_RELAXED);
}

static void check_word(const struct word *w, size_t page, const char *who)
{
	if (!w->magic && !w->page && !w->gen)
		return;			/* given back, not filled again yet */
	CHECK(w->magic == MAGIC && w->page == page, "%s reads 0x%x/%u for page %zu%s", who,
	      w->magic, w->page, page, w->magic == POISON ? ": poison, an old frame" : "");
}

/* Gives pages back, lets the poison take their frames, fills them again. */
static void *churn(void *arg)
{
	uint32_t r = 7;
	uint64_t gen = 1;

	(void)arg;
	while (!stopped()) {
		size_t i = prng(&r) % CHURN, n = 1 + prng(&r) % 4, k;

		if (i + n > CHURN)
			n = CHURN - i;
		MUST(madvise(s.poison, 8 * PAGE, MADV_DONTNEED));
		MUST(madvise(s.p + i * PAGE, n * PAGE, MADV_DONTNEED));
		for (k = 0; k < 8; k++)
			*(volatile struct word *)(s.poison + k * PAGE) =
				(struct word) { POISON, (uint32_t)k, gen };
		for (k = i; k < i + n; k++) {
			struct word *w = (struct word *)(s.p + k * PAGE);

			check_word(w, k, "the CPU");
			/* In one piece, as far as the device can see: the magic last. */
			__atomic_store_n(&w->gen, ++gen, __ATOMIC_RELAXED);
			__atomic_store_n(&w->page, (uint32_t)k, __ATOMIC_RELAXED);
			__atomic_store_n(&w->magic, MAGIC, __ATOMIC_RELEASE);
		}
		s.dontneed++;
	}
	return NULL;
}

static void *protect_and_fork(void *arg)
{
	uint32_t r = 99;

	(void)arg;
	while (!stopped()) {
		size_t i = CHURN + prng(&r) % KEPT, n = 1 + prng(&r) % 6;

		if (i + n > N)
			n = N - i;
		MUST(mprotect(s.p + i * PAGE, n * PAGE, PROT_READ));
		MUST(mprotect(s.p + i * PAGE, n * PAGE, PROT_READ | PROT_WRITE));
		s.protects++;
		if (s.protects % 4 == 0) {
			pid_t pid = (pid_t)MUST(fork());
			int status;

			if (!pid) {
				size_t k;

				/* The child's copies get bytes of their own. */
				for (k = 0; k < N; k += 3)
					*(volatile struct word *)(s.p + k * PAGE) =
						(struct word) { POISON, 0, 0 };
				_exit(0);
			}
			MUST(waitpid(pid, &status, 0));
			CHECK(!status, "the child ended with 0x%x", (unsigned int)status);
			s.forks++;
		}
	}
	return NULL;
}

/* Copies a word; a page whose fields are torn by the CPU's own filling is blank. */
static bool device_read(int fd, size_t page, struct word *w)
{
	return dev_read(fd, s.p + page * PAGE, sizeof(*w), w) == sizeof(*w);
}

static void *reader(void *arg)
{
	int fd = *(int *)arg;
	uint32_t r = 1234;
	uint64_t e[N];

	while (!stopped()) {
		size_t i = prng(&r) % CHURN, n = 1 + prng(&r) % 12, k;
		long ret = dev_fault(fd, s.p + i * PAGE, n, e,
				     VGPU_MAP | (prng(&r) & 1 ? VGPU_ALLOW_RETRY : 0));

		CHECK(ret == (long)n || ret == -EBUSY || ret == -EAGAIN, "fault: %ld", ret);
		if (ret < 0) {
			__atomic_add_fetch(&s.again, 1, __ATOMIC_RELAXED);
			continue;
		}
		for (k = i; k < i + n; k++) {
			struct word w = { 0 };

			if (!device_read(fd, k, &w)) {
				__atomic_add_fetch(&s.again, 1, __ATOMIC_RELAXED);
				continue;
			}
			if (!w.magic)
				__atomic_add_fetch(&s.blank, 1, __ATOMIC_RELAXED);
			else
				check_word(&w, k, "the device");
			__atomic_add_fetch(&s.reads, 1, __ATOMIC_RELAXED);
		}
	}
	return NULL;
}

static void *writer(void *arg)
{
	int fd = *(int *)arg;
	uint64_t e[N], gen[N] = { 0 };
	uint32_t r = 4321;

	while (!stopped()) {
		size_t i = CHURN + prng(&r) % KEPT;
		struct word w = { MAGIC, (uint32_t)i, gen[i] + 1 }, got;
		long ret = dev_fault(fd, s.p + i * PAGE, 1, e, VGPU_MAP | VGPU_WRITE);

		CHECK(ret == 1 || ret == -EBUSY || ret == -EAGAIN || ret == -EPERM, "fault: %ld", ret);
		if (ret != 1 || dev_write(fd, s.p + i * PAGE, sizeof(w), &w) != sizeof(w)) {
			__atomic_add_fetch(&s.again, 1, __ATOMIC_RELAXED);
			continue;
		}
		gen[i]++;
		/* Only this device writes here: what it wrote is what is there. */
		got = *(volatile struct word *)(s.p + i * PAGE);
		CHECK(got.magic == MAGIC && got.page == i && got.gen == gen[i],
		      "page %zu: the device wrote %llu, the CPU reads 0x%x/%u/%llu", i,
		      (unsigned long long)gen[i], got.magic, got.page,
		      (unsigned long long)got.gen);
		/* And what another page got stays. */
		i = CHURN + prng(&r) % KEPT;
		got = *(volatile struct word *)(s.p + i * PAGE);
		CHECK(got.gen == gen[i], "page %zu: the device wrote %llu, later the CPU reads %llu",
		      i, (unsigned long long)gen[i], (unsigned long long)got.gen);
		__atomic_add_fetch(&s.writes, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void everything(void)
{
	pthread_t t[4];
	struct vgpu_stats st;
	uint64_t e[N];
	size_t i;

	s.p = map_anon(N);
	s.poison = map_anon(8);
	for (i = 0; i < N; i++)
		*(struct word *)(s.p + i * PAGE) = (struct word) { MAGIC, (uint32_t)i, 0 };
	s.fd[0] = dev_open();
	s.fd[1] = dev_open();
	CHECK(!pthread_create(&t[0], NULL, churn, NULL), "pthread_create");
	CHECK(!pthread_create(&t[1], NULL, protect_and_fork, NULL), "pthread_create");
	CHECK(!pthread_create(&t[2], NULL, reader, &s.fd[0]), "pthread_create");
	CHECK(!pthread_create(&t[3], NULL, writer, &s.fd[1]), "pthread_create");
	sleep_ms((unsigned int)(SECONDS * 1000));
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	st = dev_stats(s.fd[0]);
	note("%lu madvise, %lu mprotect, %lu forks; the device read %lu pages (%lu blank) and wrote %lu, %lu to do again; %llu invalidations",
	     s.dontneed, s.protects, s.forks, s.reads, s.blank, s.writes, s.again,
	     (unsigned long long)st.invalidations);
	CHECK(s.dontneed && s.protects && s.forks && s.reads && s.writes, "a thread did nothing");
	/* Quiet again: all is as it should be. */
	CHECK(dev_fault(s.fd[0], s.p, N, e, VGPU_WRITE | VGPU_MAP) == N, "the last fault");
	EXPECT_FRAMES(0, s.p, N, e);
	EXPECT_SAME_BYTES(s.fd[0], s.p, N);
}

const struct scenario group_stress[] = {
	{ "stress", "madvise, mprotect and fork against two devices for 5 s", everything, 60 },
	{ 0 }
};
