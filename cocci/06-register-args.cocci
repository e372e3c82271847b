// SPDX-License-Identifier: GPL-2.0-only
/// hmm_range_register() takes start, end and page_shift from the range.
//# Step 6 of "hmm cleanups, v2".  The arguments become assignments in front of
//# the statement, except those that are the range's own members already.  Left
//# for a person: calls that their statement does not evaluate first and always
//# (behind && and ||, in a ternary, in the condition of a loop or a switch), a
//# range whose expression does something, and an end computed from the start
//# that an assignment in front would change.  hmm-convert sees more of that: a
//# function called for the end, names that stand for the same range, the body of
//# a do loop without braces, and it splits declarations with a call.
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
expression R, M, from, to, shift, ret, E, E1, E2;
constant N;
assignment operator aop;
binary operator is = {==,!=,<,>,<=,>=};
binary operator with = {==,!=,<,>,<=,>=,+,-,&};
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  ret aop
(
  hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  !hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  -hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  hmm_range_register@p(R, M
-	, from, to, shift
  ) with N
|
  N with hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  hmm_range_register@p(R, M
-	, from, to, shift
  ) ? E1 : E2
|
  hmm_range_register@p(R, M
-	, from, to, shift
  ) is E ? E1 : E2
)
  ;

@depends on patch@
expression R, M, from, to, shift;
type T;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  (T)hmm_range_register@p(R, M
-	, from, to, shift
  );

@depends on patch@
expression R, M, from, to, shift, ret;
type T;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  ret = (T)hmm_range_register@p(R, M
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
expression R, M, from, to, shift;
type T;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  return (T)hmm_range_register@p(R, M
-	, from, to, shift
  );

@depends on patch@
expression R, M, from, to, shift, E;
binary operator is = {==,!=,<,>,<=,>=};
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  return
(
  !hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  hmm_range_register@p(R, M
-	, from, to, shift
  ) is E
)
  ;

@depends on patch@
expression R, M, from, to, shift, ret, E;
constant N;
identifier tell = {likely,unlikely,WARN_ON,WARN_ON_ONCE};
binary operator is = {==,!=,<,>,<=,>=};
binary operator with = {==,!=,<,>,<=,>=,+,-,&};
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
  ) is E
|
  !!hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  hmm_range_register@p(R, M
-	, from, to, shift
  ) with N
|
  N with hmm_range_register@p(R, M
-	, from, to, shift
  )
|
  N is (ret = hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  (ret = hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  !(ret = hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  (ret = hmm_range_register@p(R, M
-	, from, to, shift
  )) is E
|
  tell(hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  tell(!hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  tell(hmm_range_register@p(R, M
-	, from, to, shift
  ) is E)
|
  tell((ret = hmm_range_register@p(R, M
-	, from, to, shift
  )))
|
  tell((ret = hmm_range_register@p(R, M
-	, from, to, shift
  )) is E)
)
  ) S else T

// What comes first of && and || is evaluated always.
@depends on patch@
expression R, M, from, to, shift, ret, E, rest;
identifier tell = {likely,unlikely,WARN_ON,WARN_ON_ONCE};
binary operator is = {==,!=,<,>,<=,>=};
binary operator both = {&&,||};
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
  ) is E
|
  (ret = hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  !(ret = hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  (ret = hmm_range_register@p(R, M
-	, from, to, shift
  )) is E
|
  tell(hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  tell(!hmm_range_register@p(R, M
-	, from, to, shift
  ))
|
  tell(hmm_range_register@p(R, M
-	, from, to, shift
  ) is E)
|
  tell((ret = hmm_range_register@p(R, M
-	, from, to, shift
  )))
|
  tell((ret = hmm_range_register@p(R, M
-	, from, to, shift
  )) is E)
)
  both rest) S else T

@depends on patch@
expression R, M, from, to, shift, E1, E2;
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  return hmm_range_register@p(R, M
-	, from, to, shift
  ) ? E1 : E2;

@depends on patch@
expression R, M, from, to, shift;
identifier tell = {WARN_ON,WARN_ON_ONCE};
position p != {effect.p,order.p};
@@
+ R->page_shift = shift;
+ R->start = from;
+ R->end = to;
  tell(hmm_range_register@p(R, M
-	, from, to, shift
  ));

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
- X.page_shift = X.page_shift;
|
- X->page_shift = X->page_shift;
|
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
