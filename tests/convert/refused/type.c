// SPDX-License-Identifier: GPL-2.0-only
/* A page_shift behind other names of the type, and in a struct in a struct. */
#include <linux/hmm.h>

typedef struct hmm_range window_t;
#define WINDOW struct hmm_range

struct job {
	window_t window;
};

static void type(window_t *one, unsigned long start)
{
	WINDOW *two = one;
	struct job job = { .window = { .start = start, .page_shift = 21 } };	/* left: 07-page-shift */

	one->page_shift = 21;	/* left: 07-page-shift */
	two->page_shift = 21;	/* left: 07-page-shift */
	use(&job);
}
