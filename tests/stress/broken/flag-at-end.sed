# SPDX-License-Identifier: GPL-2.0-only
# what: the end of an invalidation makes ranges valid again, as in v5.4
# file: src/validity.c
# classes: files; mix
/^void hmm_validity_end\(/,/^}/ s/^\twake = .*/&\
	if (!hmm->running) {\
		struct hmm_range *range;\
\
		for (range = hmm_ranges_iter_first(\&hmm->ranges, 0, ULONG_MAX); range;\
		     range = hmm_ranges_iter_next(range, 0, ULONG_MAX))\
			if (range->seq)\
				WRITE_ONCE(range->seq, range->hit);\
	}/
