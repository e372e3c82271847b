// SPDX-License-Identifier: GPL-2.0-only
/// struct hmm_range has no page_shift: entries are for pages of PAGE_SIZE.
//# Step 7 of "hmm cleanups, v2".  True only where page_shift was never anything
//# but PAGE_SHIFT: an assignment of something else stops the rest in its file,
//# and hmm-convert looks for one in the whole driver first.
//
// Confidence: Medium
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --include-headers --local-includes --disable-worth-trying-opt

virtual patch
virtual context
virtual org
virtual report

@other@
struct hmm_range *R;
struct hmm_range range;
expression E != {PAGE_SHIFT};
assignment operator set;
@@
(
R->page_shift set E
|
range.page_shift set E
)

@depends on patch && !other@
struct hmm_range *R;
struct hmm_range range;
@@
(
- R->page_shift = PAGE_SHIFT;
|
- range.page_shift = PAGE_SHIFT;
)

@depends on patch && !other@
identifier I;
@@
  struct hmm_range I = {
	...,
-	.page_shift = PAGE_SHIFT,
	...
  };

@depends on patch && !other@
struct hmm_range *R;
struct hmm_range range;
@@
(
- R->page_shift
+ PAGE_SHIFT
|
- range.page_shift
+ PAGE_SHIFT
)

@depends on patch && !other@
expression R;
@@
(
- hmm_range_page_shift(R)
+ PAGE_SHIFT
|
- hmm_range_page_size(R)
+ PAGE_SIZE
)

@r depends on context || org || report@
struct hmm_range *R;
struct hmm_range range;
expression E;
position p;
@@
(
* R->page_shift@p
|
* range.page_shift@p
|
* hmm_range_page_shift@p(E)
|
* hmm_range_page_size@p(E)
)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("struct hmm_range has no page_shift", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: struct hmm_range has no page_shift")
