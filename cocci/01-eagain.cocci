// SPDX-License-Identifier: GPL-2.0-only
/// hmm_range_fault() returns -EAGAIN only to a caller that passes
/// HMM_FAULT_ALLOW_RETRY: the others need no code for it.
//# Step 1 of "hmm cleanups, v2".  A test of -EAGAIN goes only if on every way
//# that leads to it the value was last set by a call whose flags are a constant
//# without HMM_FAULT_ALLOW_RETRY; labels and counters that then nothing uses go
//# with it.
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@call@
identifier R;
expression range;
position c;
@@
(
R@c = hmm_range_fault(range, 0)
|
R@c = hmm_range_fault(range, HMM_FAULT_SNAPSHOT)
)

@test@
identifier call.R;
binary operator is = {==,!=};
position p;
@@
R is@p -EAGAIN

// The value may come from elsewhere: on a way without such a call ...
@unset exists@
identifier call.R, f;
binary operator test.is;
expression range;
position test.p, q;
@@
f(...)
{
... when != R = hmm_range_fault(range, 0)
    when != R = hmm_range_fault(range, HMM_FAULT_SNAPSHOT)
R is@p@q -EAGAIN
... when any
}

// ... or because it was set once more after the call.
@set@
identifier call.R;
assignment operator aop;
expression E;
position s != call.c;
@@
R@s aop E

@reset exists@
identifier call.R;
binary operator test.is;
assignment operator aop;
expression range, E;
position set.s, test.p, q;
@@
R@s aop E
... when != R = hmm_range_fault(range, 0)
    when != R = hmm_range_fault(range, HMM_FAULT_SNAPSHOT)
R is@p@q -EAGAIN

@changed exists@
identifier call.R;
binary operator test.is;
expression range;
position test.p, q;
@@
\(R++\|R--\|++R\|--R\|&R\)
... when != R = hmm_range_fault(range, 0)
    when != R = hmm_range_fault(range, HMM_FAULT_SNAPSHOT)
R is@p@q -EAGAIN

// What only such a test uses.
@jump@
identifier call.R, f, l;
position p != {unset.q,reset.q,changed.q};
@@
f(...)
{
<+...
if (\(R ==@p -EAGAIN\|likely(R ==@p -EAGAIN)\|unlikely(R ==@p -EAGAIN)\))
(
goto l;
|
{
<+...
goto l;
...+>
}
)
...+>
}

@count@
identifier call.R, f, n;
position p != {unset.q,reset.q,changed.q};
@@
f(...)
{
<+...
if (\(R ==@p -EAGAIN\|likely(R ==@p -EAGAIN)\|unlikely(R ==@p -EAGAIN)\)) {
<+...
\(n++\|++n\|n--\|--n\)
...+>
}
...+>
}

@depends on patch@
identifier call.R;
expression E;
position p != {unset.q,reset.q,changed.q};
@@
(
- R ==@p -EAGAIN || E
+ E
|
- E || R ==@p -EAGAIN
+ E
|
- R !=@p -EAGAIN && E
+ E
|
- E && R !=@p -EAGAIN
+ E
)

@depends on patch@
identifier call.R;
statement S, T;
position p != {unset.q,reset.q,changed.q};
@@
(
- if (\(R ==@p -EAGAIN\|likely(R ==@p -EAGAIN)\|unlikely(R ==@p -EAGAIN)\)) S else
T
|
- if (\(R ==@p -EAGAIN\|likely(R ==@p -EAGAIN)\|unlikely(R ==@p -EAGAIN)\)) S
|
- if (\(R !=@p -EAGAIN\|likely(R !=@p -EAGAIN)\|unlikely(R !=@p -EAGAIN)\))
S
- else T
|
- if (\(R !=@p -EAGAIN\|likely(R !=@p -EAGAIN)\|unlikely(R !=@p -EAGAIN)\))
S
)

@goes_there depends on jump@
identifier jump.f, jump.l;
@@
f(...)
{
<+...
goto l;
...+>
}

@depends on patch && jump && !goes_there@
identifier jump.f, jump.l;
@@
f(...)
{
<+...
- l:
...+>
}

@uses depends on count@
identifier count.f, count.n;
@@
f(...)
{
<+...
n
...+>
}

@depends on patch && count && !uses@
identifier count.f, count.n;
type T;
constant C;
@@
f(...)
{
<+...
(
- T n;
|
- T n = C;
)
...+>
}

// What is left of the branch may not need its braces.
@depends on patch && jump@
identifier call.R, l;
@@
(
- if (R < 0) { goto l; }
+ if (R < 0)
+ goto l;
|
- if (unlikely(R < 0)) { goto l; }
+ if (unlikely(R < 0))
+ goto l;
)

@r depends on context || org || report@
identifier call.R;
binary operator test.is;
position p != {unset.q,reset.q,changed.q};
@@
* R is@p -EAGAIN

@script:python depends on org@
p << r.p;
@@
cocci.print_main("never true: hmm_range_fault() was not told HMM_FAULT_ALLOW_RETRY", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: hmm_range_fault() was not told HMM_FAULT_ALLOW_RETRY and never returns -EAGAIN")
