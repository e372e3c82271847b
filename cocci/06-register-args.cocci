// SPDX-License-Identifier: GPL-2.0-only
/// hmm_range_register() takes start, end and page_shift from the range.
//# Step 6 of "hmm cleanups, v2".  The arguments become assignments in front of
//# the statement, except those that are the range's own members already.  Left
//# for a person: calls that their statement does not evaluate first and always
//# (behind && and ||, in a ternary, in the condition of a loop or a switch, in a
//# declaration), a range whose expression does something, and an end computed
//# from the start that an assignment in front would change.  spatch puts no
//# braces around the body of a do loop: give it some first (hmm-convert leaves
//# such a call alone).
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

// The range is named four times afterwards: its expression must do nothing.
@effect@
expression R, M, from, to, shift, X, Y;
identifier f;
assignment operator set;
position p;
@@
(
hmm_range_register@p(\(<+... f(...) ...+>\&R\), M, from, to, shift)
|
hmm_range_register@p(\(<+... X set Y ...+>\&R\), M, from, to, shift)
|
hmm_range_register@p(\(<+... X++ ...+>\&R\), M, from, to, shift)
|
hmm_range_register@p(\(<+... ++X ...+>\&R\), M, from, to, shift)
|
hmm_range_register@p(\(<+... X-- ...+>\&R\), M, from, to, shift)
|
hmm_range_register@p(\(<+... --X ...+>\&R\), M, from, to, shift)
)

// The end may depend on the start, which would have changed by then.
@order@
expression R, X, M, from, to, shift;
position p;
@@
(
hmm_range_register(&X, M, X.start, to, shift)
|
hmm_range_register(R, M, R->start, to, shift)
|
hmm_range_register(&X, M, from, X.end, shift)
|
hmm_range_register(R, M, from, R->end, shift)
|
hmm_range_register@p(&X, M, from, \(<+... X ...+>\&to\), shift)
|
hmm_range_register@p(R, M, from, \(<+... R ...+>\&to\), shift)
)

@depends on patch@
expression R, M, from, to, shift;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  hmm_range_register@p(R, M
-	, from, to, shift
  );

@depends on patch@
expression R, M, from, to, shift, ret;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  ret = hmm_range_register@p(R, M
-	, from, to, shift
  );

@depends on patch@
expression R, M, from, to, shift;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  return hmm_range_register@p(R, M
-	, from, to, shift
  );

@depends on patch@
expression R, M, from, to, shift, ret;
constant C;
binary operator is;
statement S, T;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  if (
(
  hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  !hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  hmm_range_register@p(R, M
-	, from, to, shift
  ) is C
|
  (ret = hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  (ret = hmm_range_register@p(R, M
-	, from, to, shift
  )) is C
|
  unlikely(hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  unlikely(hmm_range_register@p(R, M
-	, from, to, shift
  ) is C)
|
  unlikely((ret = hmm_range_register@p(R, M
-	, from, to, shift
  )))
|
  unlikely((ret = hmm_range_register@p(R, M
-	, from, to, shift
  )) is C)
)
  ) S else T

// The same in the usual spelling, and without what changes nothing.
@depends on patch@
expression X;
@@
(
- (&X)->page_shift
+ X.page_shift
|
- (&X)->start
+ X.start
|
- (&X)->end
+ X.end
)

@depends on patch@
expression X;
@@
(
- X.start = X.start;
|
- X.end = X.end;
|
- X->start = X->start;
|
- X->end = X->end;
)

@r depends on context || org || report@
expression R, M, from, to, shift;
position p;
@@
* hmm_range_register@p(R, M, from, to, shift)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("hmm_range_register() takes start, end and page_shift from the range", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: hmm_range_register() takes start, end and page_shift from the range")
