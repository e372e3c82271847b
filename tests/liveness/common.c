// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdarg.h>

#include "common.h"

int live_open(void)
{
	int fd = (int)MUST(open("/dev/hmm_live", O_RDWR | O_CLOEXEC));
	struct live_call call = CALL(fd, LIVE_MIRROR, .flags = LIVE_ON);

	CHECK(!call.ret, "hmm_mirror_register: %s", strerror((int)-call.ret));
	return fd;
}

struct live_stats live_stats(int fd)
{
	struct live_stats stats;

	MUST(ioctl(fd, LIVE_STATS, &stats));
	return stats;
}

unsigned int rows_of(long pid, struct row *row)
{
	char line[160], state[16];
	FILE *file = fopen(DEBUGFS "mirrored", "r");
	unsigned int n = 0;

	CHECK(file, DEBUGFS "mirrored: %s", strerror(errno));
	CHECK(fgets(line, sizeof(line), file), "no headings");
	while (fgets(line, sizeof(line), file)) {
		struct row r = { 0 };
		int fields = sscanf(line, "%ld %lu %lu %lu %ld %ld %15s", &r.pid, &r.ranges,
				    &r.invalidations, &r.running, &r.faults, &r.retries, state);

		r.released = fields == 7 && !strcmp(state, "released");
		CHECK(fields == 6 || r.released, "a line that cannot be read: %s", line);
		if (r.pid != pid)
			continue;
		n++;
		*row = r;
	}
	fclose(file);
	return n;
}

struct row row_of(long pid)
{
	struct row row;
	unsigned int n = rows_of(pid ? pid : getpid(), &row);

	CHECK(n == 1, "%u lines for process %ld", n, pid ? pid : getpid());
	return row;
}

void figure(const char *fmt, ...)
{
	FILE *file = fopen("/figures", "a");
	va_list ap;

	CHECK(file, "/figures: %s", strerror(errno));
	va_start(ap, fmt);
	fputc(' ', file);
	vfprintf(file, fmt, ap);
	va_end(ap);
	fclose(file);
}

#define STORM_MOST	16

struct storm {
	bool stop;
	int fd;
	unsigned int threads;
	char *pages;
	pthread_t thread[STORM_MOST];
	uint64_t count[STORM_MOST];
};

struct storm_thread {
	struct storm *storm;
	unsigned int nr;
};

static void *storm_thread(void *arg)
{
	struct storm_thread self = *(struct storm_thread *)arg;
	char *page = self.storm->pages + self.nr * PAGE;

	free(arg);
	while (!is_set(&self.storm->stop)) {
		*(volatile char *)page = 1;
		MUST(madvise(page, PAGE, MADV_DONTNEED));
		__atomic_fetch_add(&self.storm->count[self.nr], 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

struct storm *storm_start(int fd, unsigned int threads, unsigned int slow_tenths)
{
	struct storm *storm = calloc(1, sizeof(*storm));
	unsigned int i;

	CHECK(storm && threads <= STORM_MOST, "storm");
	storm->fd = fd;
	storm->threads = threads;
	storm->pages = map_anon(threads);
	CALL(fd, LIVE_SLOW, AT(storm->pages, threads), .ms = slow_tenths);
	for (i = 0; i < threads; i++) {
		struct storm_thread *self = malloc(sizeof(*self));

		CHECK(self, "malloc");
		*self = (struct storm_thread){ storm, i };
		CHECK(!pthread_create(&storm->thread[i], NULL, storm_thread, self),
		      "pthread_create");
	}
	/* All of them blow. */
	for (i = 0; i < threads; i++)
		while (!__atomic_load_n(&storm->count[i], __ATOMIC_RELAXED))
			sleep_ms(1);
	return storm;
}

uint64_t storm_count(struct storm *storm)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < storm->threads; i++)
		sum += __atomic_load_n(&storm->count[i], __ATOMIC_RELAXED);
	return sum;
}

void storm_stop(struct storm *storm)
{
	unsigned int i;

	set(&storm->stop, true);
	for (i = 0; i < storm->threads; i++)
		CHECK(!pthread_join(storm->thread[i], NULL), "pthread_join");
	CALL(storm->fd, LIVE_SLOW, AT(NULL, 0));
	MUST(munmap(storm->pages, storm->threads * PAGE));
	free(storm);
}

void make_zero_pages(char *p, size_t npages)
{
	size_t i;

	MUST(madvise(p, npages * PAGE, MADV_DONTNEED));
	for (i = 0; i < npages; i++)
		(void)*(volatile char *)(p + i * PAGE);
}

char *map_zero_pages(size_t npages)
{
	char *p = map_anon(npages);

	make_zero_pages(p, npages);
	return p;
}
