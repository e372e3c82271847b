// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares what hmm-backport and the kernel's own hmm_range_fault() say of the same
 * pages, and both with /proc/self/pagemap.  They must say the same, but for what is in
 * the table of intended differences; each entry is predicted, not just excused.
 */
#include <sys/ioctl.h>

#include "guest.h"

enum intended {
	HOLE, NO_READ, DEVICE, FRAME, SECRET, STRAY, HINT, EARLIER, FIRST_REQUEST, MORE, MARKER, REUSE, ORDER, NINTENDED
};

static const struct {
	const char *name, *reason;
} table[NINTENDED] = {
	[HOLE] = { "hole",
		"no mapping: the kernel's own says error, ours none, as v5.4 did" },
	[NO_READ] = { "no-read",
		"a mapping that may not be read: ours refuses the window (-EPERM), the kernel's own says error for its pages and fails (-EFAULT) if one is wanted" },
	[DEVICE] = { "device",
		"a mapping of device memory: ours refuses the window (-EFAULT), the kernel's own as above" },
	[FRAME] = { "frame",
		"a frame without a struct page between pages: ours says special, the kernel's own error, pagemap present" },
	[SECRET] = { "secret",
		"memfd_secret(): ours refuses the window (-EFAULT), the kernel's own hands out its pages" },
	[STRAY] = { "stray",
		"a huge page that is not there or a NUMA hint: the kernel's own leaves a number in an entry that is not valid" },
	[HINT] = { "hint",
		"a NUMA hint: present in pagemap, which does not look at that; none to both" },
	[EARLIER] = { "earlier",
		"a page that came, or became writable, with a wanted one after it was looked at; asked again both say so" },
	[FIRST_REQUEST] = { "first-request",
		"hugetlb: the kernel's own looks only at the request of the first page of a huge one" },
	[MORE] = { "more",
		"the kernel's own faults also pages beside a wanted one, and writes where reading was wanted; it fails if one of those cannot be had" },
	[MARKER] = { "marker",
		"writing wanted of a guarded or poisoned page of a mapping that may not be written: ours says -EPERM, the kernel's own sees the marker first (-EFAULT)" },
	[REUSE] = { "reuse",
		"twins: a page that was only read may be writable at once in one and not in the other; the kernel goes by who else holds it" },
	[ORDER] = { "order",
		"two pages that cannot be had for different reasons: ours tells first of one that no fault would mend, the kernel's own of the lower one" },
};

unsigned int judge_intended(const char **names, const char **reasons)
{
	unsigned int i;

	for (i = 0; i < NINTENDED; i++) {
		names[i] = table[i].name;
		reasons[i] = table[i].reason;
	}
	return NINTENDED;
}

static void intend(enum intended what)
{
	counters->intended[what]++;
}

/* The window that is being judged. */
static struct {
	struct space *s;
	int device;
	uint64_t addr, n;
	const char *phase;
	uint64_t flags;
} w;

static uint64_t ours[WINDOW_MOST], theirs[WINDOW_MOST], words[WINDOW_MOST];
static uint8_t wants[WINDOW_MOST];

/* A page for people. */
static const char *page_text(uint64_t page)
{
	static char texts[4][80];
	static unsigned int next;
	char *t = texts[next++ % 4];

	snprintf(t, 80, "%s%s%s%s%s%s order %u frame 0x%llx",
		 page & ORACLE_VALID ? "valid" : page & ORACLE_ERROR ? "error" : "none",
		 page & ORACLE_WRITE ? " write" : "", page & ORACLE_SPECIAL ? " special" : "",
		 page & ORACLE_PRIVATE ? " private" : "", page & ORACLE_STRAY ? " stray" : "",
		 page & ORACLE_GARBAGE ? " GARBAGE" : "",
		 (unsigned int)(page >> ORACLE_ORDER_SHIFT & ORACLE_ORDER_MASK),
		 (unsigned long long)(page >> ORACLE_FRAME_SHIFT));
	return t;
}

static void where(const char *what, uint64_t addr)
{
	const struct vma *v = space_vma(w.s, addr);
	bool in = v && v->start <= addr;

	counters->differences++;
	if (planted) {
		note("noticed: %s, %s, kind=%s", what, w.phase, space_kind_name(space_kind(w.s, addr)));
		_exit(0);
	}
	if (counters->differences > 20)
		return;
	note("difference: %s", what);
	note("  seed=%llu space=%d%s phase=%s flags=0x%llx kind=%s",
	     (unsigned long long)run_seed, (int)w.s->number, w.s->twin ? " (twins)" : "",
	     w.phase, (unsigned long long)w.flags, space_kind_name(space_kind(w.s, addr)));
	note("  address 0x%llx in window 0x%llx of %llu pages; mapping: %s%s%s%s%s%s",
	     (unsigned long long)addr, (unsigned long long)w.addr, (unsigned long long)w.n,
	     in ? "" : "none", in && v->read ? " read" : "", in && v->write ? " write" : "",
	     in && v->hugetlb ? " hugetlb" : "", in && v->userfault ? " userfault" : "",
	     in && (v->refused || v->secret) ? " refused" : "");
}

static void differ_page(const char *what, uint64_t i, uint64_t mine, uint64_t other)
{
	uint64_t addr = w.addr + i * PAGE, word = 0;

	where(what, addr);
	if (counters->differences > 20)
		return;
	if (pread(pagemap_fd(), &word, 8, (off_t)(addr / PAGE * 8)) != 8)
		word = ~0ULL;
	note("  ours: %s", page_text(mine));
	note("  kernel's own: %s", page_text(other));
	note("  pagemap: 0x%016llx; wanted: %u", (unsigned long long)word, wants[i]);
}

static void differ_error(const char *what, uint64_t i, int mine, int other)
{
	where(what, w.addr + i * PAGE);
	if (counters->differences > 20)
		return;
	note("  ours: %s; kernel's own: %s", mine ? strerror(-mine) : "success",
	     other ? strerror(-other) : "success");
}

static const struct vma *vma_of(uint64_t addr)
{
	const struct vma *v = space_vma(w.s, addr);

	return v && v->start <= addr ? v : NULL;
}

/* Is an answer of ours about what only a mixed mapping has? */
static bool is_frame(uint64_t page, uint64_t addr)
{
	const struct vma *v = vma_of(addr);

	return v && v->mixed && page == (ORACLE_ERROR | ORACLE_SPECIAL);
}

static bool is_hugetlb(uint64_t addr)
{
	const struct vma *v = vma_of(addr);

	return v && v->hugetlb;
}

/* Does ours refuse a window?  The first mapping decides. */
static int refusal(uint64_t addr, uint64_t n, enum intended *why)
{
	const struct vma *v, *end = w.s->vmas + w.s->nvmas;

	for (v = space_vma(w.s, addr); v && v < end && v->start < addr + n * PAGE; v++) {
		if (v->refused || v->secret) {
			*why = v->refused ? DEVICE : SECRET;
			return -EFAULT;
		}
		if (!v->read) {
			*why = NO_READ;
			return -EPERM;
		}
	}
	return 0;
}

static bool has_userfault(uint64_t addr, uint64_t n)
{
	const struct vma *v, *end = w.s->vmas + w.s->nvmas;

	for (v = space_vma(w.s, addr); v && v < end && v->start < addr + n * PAGE; v++)
		if (v->userfault)
			return true;
	return false;
}

/* Asks; @from and @n are inside the window. */
static struct oracle_ask ask_part(uint64_t from, uint64_t n, uint64_t other, unsigned int want,
				  bool per_page, unsigned int flags)
{
	struct rng *r = &w.s->r;
	struct oracle_ask ask = {
		.addr = w.addr + from * PAGE,
		.other = other + from * PAGE,
		.npages = n,
		.wants = per_page ? (uintptr_t)(wants + from) : 0,
		.ours = (uintptr_t)(ours + from),
		.theirs = (uintptr_t)(theirs + from),
		.want = want,
	};

	if (chance(r, 50))
		flags |= ORACLE_THEIRS_FIRST;
	if (chance(r, 50))
		flags |= ORACLE_PLAIN;
	if (chance(r, 50))
		flags |= ORACLE_OTHER_FORMAT;
	if (chance(r, 40) && !has_userfault(ask.addr, n))
		flags |= ORACLE_RETRY;
	if (alone)
		flags &= ~(unsigned int)ORACLE_THEIRS;
	ask.flags = w.flags = flags;
	if (ioctl(w.device, ORACLE_ASK, &ask)) {
		note("the oracle does not answer: %s", strerror(errno));
		_exit(3);
	}
	return ask;
}

#define BOTH	(ORACLE_OURS | ORACLE_THEIRS)

static uint64_t kind_bits(uint64_t page)
{
	return page & (ORACLE_VALID | ORACLE_WRITE | ORACLE_ERROR | ORACLE_PRIVATE | ORACLE_GARBAGE);
}

static void tally(const struct oracle_ask *ask, const uint64_t *pages)
{
	uint64_t i, addr = ask->addr;

	for (i = 0; i < ask->npages; i++, addr += PAGE) {
		if (vma_of(addr))
			counters->kinds[space_kind(w.s, addr)]++;
		if (!(pages[i] & ORACLE_VALID)) {
			if (pages[i] & ORACLE_ERROR)
				counters->error++;
			else
				counters->none++;
			continue;
		}
		counters->valid++;
		counters->writable += !!(pages[i] & ORACLE_WRITE);
		counters->huge += (pages[i] >> ORACLE_ORDER_SHIFT & ORACLE_ORDER_MASK) >= 9;
	}
}

/*
 * Does one answer go beyond another only in what was not wanted: a page that is there, or
 * may be written?  The kernel tells nobody when a page comes or becomes writable.
 */
static bool is_more(uint64_t more, uint64_t less, unsigned int want)
{
	uint64_t kind = kind_bits(more);

	if (kind != ORACLE_VALID && kind != (ORACLE_VALID | ORACLE_WRITE))
		return false;
	if (kind_bits(less) == 0)
		return !want;
	return want != ORACLE_READ_WRITE && kind_bits(less) == ORACLE_VALID &&
	       (kind & ORACLE_WRITE);
}

/* Of a huge page of hugetlb: the kernel's own was content with less than was wanted. */
static bool is_first_request(uint64_t mine, uint64_t other)
{
	if (kind_bits(other) == 0)
		return (kind_bits(mine) & ~ORACLE_WRITE) == ORACLE_VALID;
	return kind_bits(mine) == (ORACLE_VALID | ORACLE_WRITE) &&
	       kind_bits(other) == ORACLE_VALID &&
	       mine >> ORACLE_FRAME_SHIFT == other >> ORACLE_FRAME_SHIFT;
}

/*
 * Both have answered of the same pages.  @first: each page had a request of its own, for
 * the first time, so that not all that is there now need be known.
 */
static void compare(uint64_t from, uint64_t n, bool first, bool theirs_first)
{
	uint64_t i;

	for (i = from; i < from + n; i++) {
		uint64_t a = ours[i], b = theirs[i], addr = w.addr + i * PAGE;
		const uint64_t known = ORACLE_VALID | ORACLE_WRITE;

		counters->pages++;
		/* With nobody to compare with: what was wanted is there. */
		if (alone && !(a & ORACLE_GARBAGE))
			goto wanted;
		if ((b & ORACLE_STRAY) && !kind_bits(b)) {
			intend(STRAY);
			b = 0;
		}
		/* All but the order, which only the kernel's own tells. */
		if ((a & ~known & ~(~0ULL << ORACLE_ORDER_SHIFT)) == 0 &&
		    !(b & ~known & ~(~0ULL << ORACLE_ORDER_SHIFT)) &&
		    kind_bits(a) == kind_bits(b) &&
		    a >> ORACLE_FRAME_SHIFT == b >> ORACLE_FRAME_SHIFT)
			goto wanted;
		if (a == 0 && kind_bits(b) == ORACLE_ERROR && !vma_of(addr)) {
			intend(HOLE);
			continue;
		}
		if (is_frame(a, addr) && kind_bits(b) == ORACLE_ERROR) {
			intend(FRAME);
			goto wanted;
		}
		if (first && wants[i] && theirs_first && is_hugetlb(addr) && is_first_request(a, b)) {
			intend(FIRST_REQUEST);
			continue;
		}
		if (first && is_more(theirs_first ? a : b, theirs_first ? b : a, wants[i])) {
			intend(EARLIER);
			continue;
		}
		differ_page("the two do not say the same", i, a, b);
		continue;
wanted:
		if (!wants[i])
			continue;
		if ((wants[i] & ORACLE_READ && !(a & ORACLE_VALID)) ||
		    (wants[i] == ORACLE_READ_WRITE && !(a & ORACLE_WRITE)))
			differ_page("not what was wanted", i, a, b);
	}
}

/* Ours against the page map; only while nothing has changed. */
static void compare_pagemap(uint64_t from, uint64_t n)
{
	ssize_t size = (ssize_t)(n * 8);
	uint64_t i;

	if (pread(pagemap_fd(), words, (size_t)size,
		  (off_t)((w.addr / PAGE + from) * 8)) != size) {
		note("pagemap: %s", strerror(errno));
		_exit(3);
	}
	if (ioctl(w.device, ORACLE_STILL) != 1)
		return;
	for (i = 0; i < n; i++) {
		uint64_t a = ours[from + i], b = theirs[from + i], word = words[i];
		bool present = word >> 63;

		counters->pagemap++;
		if (!!(a & ORACLE_VALID) != present) {
			if (present && a == 0 && kind_bits(b) == 0)
				intend(HINT);
			else if (present && is_frame(a, w.addr + (from + i) * PAGE))
				intend(FRAME);
			else
				differ_page("present or not?", from + i, a, b);
			continue;
		}
		if (present && a >> ORACLE_FRAME_SHIFT != (word & ((1ULL << 55) - 1)))
			differ_page("another frame than in pagemap", from + i, a, b);
	}
}

/* A snapshot by both. */
static void judge_snapshot(uint64_t from, uint64_t n)
{
	enum intended why = HOLE;
	struct oracle_ask ask;
	int code, tries;

	w.phase = "snapshot";
	memset(wants + from, 0, n);
	code = refusal(w.addr + from * PAGE, n, &why);
	for (tries = 0; tries < 4; tries++) {
		ask = ask_part(from, n, w.addr, 0, false, BOTH | ORACLE_SNAPSHOT);
		if (ask.theirs_ret) {
			differ_error("the kernel's own fails to look", from, ask.ours_ret, ask.theirs_ret);
			return;
		}
		if (ask.ours_ret || code) {
			uint64_t i;

			if (ask.ours_ret != code) {
				differ_error("looking fails, or should", from, ask.ours_ret, code);
				return;
			}
			intend(why);
			/* Nothing may be left in the array after an error. */
			for (i = from; i < from + n; i++)
				if (ours[i])
					differ_page("left after an error", i, ours[i], theirs[i]);
			return;
		}
		if (ask.settled)
			break;
	}
	if (!ask.settled) {
		counters->unsettled++;
		return;
	}
	tally(&ask, (alone ? ours : theirs) + from);
	compare(from, n, false, false);
	compare_pagemap(from, n);
}

/* The first page of a window for which one of them fails; @n if none does. */
static uint64_t first_failing(uint64_t from, uint64_t n, unsigned int want, bool per_page,
			      unsigned int who, int *code)
{
	uint64_t low = 0, high = n;	/* @low pages can be had, @high cannot */

	*code = 0;
	while (low < high) {
		uint64_t mid = (low + high) / 2;
		struct oracle_ask ask = ask_part(from, mid + 1, w.addr, want, per_page, who);
		int ret = who == ORACLE_OURS ? ask.ours_ret : ask.theirs_ret;

		if (ret) {
			*code = ret;
			high = mid;
		} else {
			low = mid + 1;
		}
	}
	return low;
}

static int ask_one(uint64_t i, unsigned int want, unsigned int who)
{
	struct oracle_ask ask = ask_part(i, 1, w.addr, want, false, who);

	return who == ORACLE_OURS ? ask.ours_ret : ask.theirs_ret;
}

/* Not even read can be had what may not be written. */
static bool is_marked(uint64_t i, int mine, int other)
{
	const struct vma *v = vma_of(w.addr + i * PAGE);

	return mine == -EPERM && other == -EFAULT && v && !v->write &&
	       ask_one(i, ORACLE_READ, ORACLE_OURS) == -EFAULT &&
	       ask_one(i, ORACLE_READ, ORACLE_THEIRS) == -EFAULT;
}

/* Is there a page that cannot be had for this reason, to both? */
static bool fails_with(uint64_t from, uint64_t n, unsigned int want, int code)
{
	uint64_t i;

	for (i = from; i < from + n; i++)
		if (ask_one(i, want, ORACLE_OURS) == code && ask_one(i, want, ORACLE_THEIRS) == code)
			return true;
	return false;
}

/* Is a page of a mapping wanted that the kernel's own refuses? */
static bool wants_refused(uint64_t from, uint64_t n)
{
	uint64_t i;

	for (i = from; i < from + n; i++) {
		const struct vma *v = vma_of(w.addr + i * PAGE);

		if (wants[i] && v && (v->refused || !v->read))
			return true;
	}
	return false;
}

/* Both succeed or fail in the same way, or it is known why not. */
static void judge_errors(uint64_t from, uint64_t n, unsigned int want, bool per_page,
			 const struct oracle_ask *ask)
{
	uint64_t mine, other;
	int code = 0, other_code = 0;

	counters->failed_windows++;
	if (!ask->ours_ret) {
		/* It wanted more.  Now that ours has what was wanted, it fails no more. */
		struct oracle_ask again;

		if (per_page) {
			again = ask_part(from, n, w.addr, want, per_page, ORACLE_THEIRS);
			if (!again.theirs_ret) {
				intend(MORE);
				return;
			}
		}
		mine = first_failing(from, n, want, per_page, ORACLE_THEIRS, &code);
		differ_error("only the kernel's own fails", from + (mine < n ? mine : 0), 0,
			     ask->theirs_ret);
		return;
	}
	mine = first_failing(from, n, want, per_page, ORACLE_OURS, &code);
	if (mine == n) {
		differ_error("ours failed and does no more", from, ask->ours_ret, ask->theirs_ret);
		return;
	}
	if (per_page) {
		/* Page by page there is no way to want more, or less. */
		unsigned int one = wants[from + mine];

		other_code = ask_one(from + mine, one, ORACLE_THEIRS);
		if (is_marked(from + mine, code, other_code)) {
			intend(MARKER);
			return;
		}
		if (other_code != code || ask_one(from + mine, one, ORACLE_OURS) != code) {
			differ_error("the same page alone", from + mine, code, other_code);
			return;
		}
		if (!ask->theirs_ret) {
			if (is_hugetlb(w.addr + (from + mine) * PAGE))
				intend(FIRST_REQUEST);
			else
				differ_error("only ours fails", from + mine, code, 0);
		} else if (ask->theirs_ret != ask->ours_ret) {
			intend(MORE);
		}
		return;
	}
	other = first_failing(from, n, want, per_page, ORACLE_THEIRS, &other_code);
	if (mine != other)
		differ_error("another page is the first that fails", from + mine, code, other_code);
	else if (is_marked(from + mine, code, other_code))
		intend(MARKER);
	else if (code == other_code && ask->theirs_ret == code && ask->ours_ret != code &&
		 fails_with(from + mine, n - mine, want, ask->ours_ret))
		intend(ORDER);
	else if (ask->ours_ret != ask->theirs_ret || code != other_code)
		differ_error("fails otherwise", from + mine, ask->ours_ret, ask->theirs_ret);
}

static void judge_fault(uint64_t from, uint64_t n, unsigned int want, bool per_page, int depth)
{
	enum intended why = HOLE;
	struct oracle_ask ask;
	uint64_t bad;
	int code;

	if (!n)
		return;
	w.phase = per_page ? "fault per page" : want == ORACLE_READ ? "fault to read" :
		  "fault to write";
	code = refusal(w.addr + from * PAGE, n, &why);
	ask = ask_part(from, n, w.addr, want, per_page, BOTH);
	if (code) {
		if (ask.ours_ret != code)
			differ_error("should be refused", from, ask.ours_ret, code);
		if (!alone && !ask.theirs_ret && wants_refused(from, n))
			differ_error("the kernel's own does not fail", from, ask.ours_ret, 0);
		intend(why);
		return;
	}
	if (ask.ours_ret || ask.theirs_ret) {
		if (alone)
			counters->failed_windows++;
		else
			judge_errors(from, n, want, per_page, &ask);
		/* What can be had, can be had. */
		if (!per_page && ask.ours_ret && depth < 5) {
			bad = first_failing(from, n, want, per_page, ORACLE_OURS, &code);
			if (bad < n) {
				judge_fault(from, bad, want, per_page, depth + 1);
				judge_fault(from + bad + 1, n - bad - 1, want, per_page, depth + 1);
			}
		}
		return;
	}
	if (!ask.settled) {
		counters->unsettled++;
		return;
	}
	compare(from, n, per_page, ask.flags & ORACLE_THEIRS_FIRST);
	if (per_page) {
		/* All that was wanted is there: no excuses any more. */
		ask = ask_part(from, n, w.addr, want, per_page, BOTH);
		if (ask.ours_ret || ask.theirs_ret) {
			differ_error("what was there cannot be had again", from, ask.ours_ret,
				     ask.theirs_ret);
			return;
		}
		if (!ask.settled) {
			counters->unsettled++;
			return;
		}
		compare(from, n, false, false);
	}
	compare_pagemap(from, n);
}

/*
 * One of the twins could not be faulted, or for another reason.  In each of them both must
 * agree; then either the kernel's own wanted more, or the twins were not alike in what does
 * not show: the page cache behind them, say.
 */
static void twins_fail(uint64_t n, uint64_t other, unsigned int want, bool per_page,
		       const struct oracle_ask *ask)
{
	uint64_t found = counters->differences, mine = w.addr;
	const char *phase = w.phase;
	int code = ask->ours_ret, their_code = ask->theirs_ret;

	judge_fault(0, n, want, per_page, 0);
	w.addr = other;
	judge_fault(0, n, want, per_page, 0);
	w.addr = mine;
	w.phase = phase;
	if (counters->differences != found)
		return;
	if ((code && !ask_part(0, n, mine, want, per_page, ORACLE_OURS).ours_ret) ||
	    (their_code && !per_page &&
	     !ask_part(0, n, other, want, per_page, ORACLE_THEIRS).theirs_ret))
		differ_error("one of the twins fails once", 0, code, their_code);
	else
		counters->unlike++;
}

/* Twins: each is faulted by one of the two, from the same beginning. */
static bool judge_twins(uint64_t addr, uint64_t n, unsigned int want, bool per_page)
{
	uint64_t other = addr - w.s->base + w.s->twin, i;
	enum intended why = HOLE;
	struct oracle_ask ask;

	if (refusal(addr, n, &why) || refusal(other, n, &why))
		return false;
	ask = ask_part(0, n, other, 0, false, BOTH | ORACLE_SNAPSHOT);
	for (i = 0; i < n; i++)
		if (kind_bits(ours[i]) != (kind_bits(theirs[i]) & ~(vma_of(other + i * PAGE) ? 0 : ORACLE_ERROR)))
			break;
	if (ask.ours_ret || ask.theirs_ret || !ask.settled || i < n) {
		counters->unlike++;
		return false;
	}
	counters->twins++;

	w.phase = per_page ? "twins, fault per page" :
		  want == ORACLE_READ ? "twins, fault to read" : "twins, fault to write";
	ask = ask_part(0, n, other, want, per_page, BOTH);
	if (ask.ours_ret != ask.theirs_ret) {
		twins_fail(n, other, want, per_page, &ask);
		return true;
	}
	if (ask.ours_ret)
		return true;
	for (i = 0; i < n; i++) {
		uint64_t a = ours[i], b = theirs[i];

		counters->pages++;
		if (kind_bits(a) == kind_bits(b))
			continue;
		if (!vma_of(addr + i * PAGE) && a == 0 && kind_bits(b) == ORACLE_ERROR)
			intend(HOLE);
		else if (per_page && is_hugetlb(addr + i * PAGE))
			intend(FIRST_REQUEST);
		else if (per_page && is_more(b, a, wants[i]))
			intend(MORE);
		else if (per_page && is_more(a, b, wants[i]))
			intend(EARLIER);
		else if (wants[i] != ORACLE_READ_WRITE && (a & b & ORACLE_VALID) &&
			 (kind_bits(a) ^ kind_bits(b)) == ORACLE_WRITE)
			intend(REUSE);
		else
			differ_page("twins are not alike any more", i, a, b);
	}
	return true;
}

static uint64_t window_size(struct rng *r)
{
	static const unsigned int most[] = { 1, 8, 64, 512, 2048 };
	static const unsigned int percent[] = { 15, 35, 30, 15, 5 };
	unsigned int i, n = (unsigned int)below(r, 100);

	for (i = 0; n >= percent[i]; i++)
		n -= percent[i];
	return 1 + below(r, most[i]);
}

/* Most windows end where one begins or ends that would be refused as a whole. */
static uint64_t cut(uint64_t addr, uint64_t n)
{
	const struct vma *v, *end = w.s->vmas + w.s->nvmas;
	bool first = true;

	for (v = space_vma(w.s, addr); v && v < end && v->start < addr + n * PAGE; v++) {
		if (v->refused || v->secret || !v->read) {
			uint64_t stop = v->start > addr ? v->start : v->end;

			if (v->start <= addr && !first)
				stop = v->start;
			return stop < addr + n * PAGE ? (stop - addr) / PAGE : n;
		}
		first = false;
	}
	return n;
}

static void judge_window(struct space *s, uint64_t addr, uint64_t n)
{
	struct rng *r = &s->r;
	unsigned int want = chance(r, 50) ? ORACLE_READ : ORACLE_READ_WRITE;
	bool per_page = chance(r, 40);
	uint64_t i;

	w.addr = addr;
	w.n = n;
	counters->windows++;
	judge_snapshot(0, n);
	if (chance(r, 30))
		return;
	if (per_page)
		want = chance(r, 20) ? ORACLE_READ : 0;
	for (i = 0; i < n; i++) {
		wants[i] = (uint8_t)want;
		if (per_page && chance(r, 40))
			wants[i] |= chance(r, 50) ? ORACLE_READ : ORACLE_READ_WRITE;
	}
	if (!alone && s->twin && addr < s->base + s->npages * PAGE &&
	    addr + n * PAGE <= s->base + s->npages * PAGE && addr >= s->base &&
	    judge_twins(addr, n, want, per_page)) {
		judge_snapshot(0, n);
		w.addr = addr - s->base + s->twin;
		judge_snapshot(0, n);
		return;
	}
	judge_fault(0, n, want, per_page, 0);
	if (chance(r, 30))
		judge_snapshot(0, n);
}

static void judge_region(struct space *s, uint64_t start, uint64_t end)
{
	uint64_t addr, n;

	for (addr = start; addr < end; addr += n * PAGE) {
		n = window_size(&s->r);
		if (n > (end - addr) / PAGE)
			n = (end - addr) / PAGE;
		if (chance(&s->r, 75))
			n = cut(addr, n);
		judge_window(s, addr, n);
		if (s->number != SPACE_SELF && chance(&s->r, 4))
			space_disturb(s);
	}
}

void judge_space(struct space *s, int device, uint64_t budget)
{
	uint64_t begun = counters->pages;
	size_t i;

	w.s = s;
	w.device = device;
	counters->spaces++;
	if (s->number == SPACE_SELF) {
		/* What is changed while it is asked about is not said to have settled. */
		static struct vma all[4096];
		size_t n = s->nvmas;

		memcpy(all, s->vmas, n * sizeof(all[0]));
		for (i = 0; i < n; i++)
			if (all[i].end < 1ULL << 47 && all[i].end - all[i].start < 64 << 20)
				judge_region(s, all[i].start, all[i].end + PAGE);
		return;
	}
	if (s->number >= SPACE_TABLES) {
		for (i = 0; s->npages && i < 60; i++) {
			uint64_t n = window_size(&s->r);
			uint64_t first = chance(&s->r, 50) ? below(&s->r, s->npages) :
					 below(&s->r, 16) * 30 * (HUGE / PAGE);

			judge_window(s, s->base + first * PAGE, n);
		}
		return;
	}
	do {
		judge_region(s, s->base - below(&s->r, 20) * PAGE,
			     s->base + (s->npages + below(&s->r, 20)) * PAGE);
		/* In a later round it is another space. */
		for (i = 0; i < 12; i++)
			space_disturb(s);
	} while (counters->pages - begun < budget);
}
