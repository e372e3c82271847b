// SPDX-License-Identifier: GPL-2.0-only
/// struct hmm_range does not lead to the mm any more: a driver uses the one
/// that it registered its mirror with.
//# Step 3 of "hmm cleanups, v2".  The names of two members have to be given:
//# -D mirror=NAME -D mm=NAME, such that the driver registers its mirrors with
//# hmm_mirror_register(&X->mirror, X->mm).  A static function that gets the
//# mirror as an argument gets X instead, if all its callers pass &X->mirror.
//# With -D holder=TAG, if every mirror is a member of a struct TAG, an mm behind
//# any mirror is found through that.  (range->vma->vm_mm is the same mm.)
//# (Where registering failed, range->hmm was NULL: the old code oopsed there.)
//
// Confidence: Medium
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --include-headers --local-includes --disable-worth-trying-opt

virtual patch
virtual context
virtual org
virtual report

// 1. The function that registers the range knows X.
@direct@
identifier virtual.mirror;
identifier f, X, R;
@@
f(...)
{
<+...
hmm_range_register(R, &X->mirror, ...)
...+>
}

@direct_set@
identifier direct.f, direct.X, direct.R;
expression E;
@@
f(...)
{
<+...
\(X = E\|R = E\)
...+>
}

@depends on patch && direct && !direct_set@
identifier virtual.mirror, virtual.mm;
// HMM's own, which is called so whatever the driver's is.
identifier its =~ "^mm$";
identifier direct.f, direct.X, direct.R;
@@
f(...)
{
... when any
hmm_range_register(R, &X->mirror, ...)
<...
(
- R->hmm->its
+ X->mm
|
- R->vma->vm_mm
+ X->mm
)
...>
}

// 2. It gets the mirror from its callers.
@callee@
identifier f, M, R;
parameter list[n] before;
@@
static f(before, struct hmm_mirror *M, ...)
{
<+...
hmm_range_register(R, M, ...)
...+>
}

@need@
identifier callee.f, callee.R, callee.M;
@@
f(...)
{
<+...
\(R->hmm->mm\|M->hmm->mm\|R->vma->vm_mm\)
...+>
}

@callee_set depends on need@
identifier callee.f, callee.R, callee.M;
expression E;
@@
f(...)
{
<+...
\(M = E\|R = E\)
...+>
}

@call depends on need@
identifier virtual.mirror, callee.f, X;
expression list[callee.n] args;
position p;
@@
f@p(args, &X->mirror, ...)

// Any other call, and taking the function's address.
@other_use depends on need@
identifier callee.f;
position p != call.p;
@@
f@p

@typed depends on call@
identifier virtual.mirror, callee.f;
expression list[callee.n] args;
type T;
T *E;
position call.p;
@@
f@p(args, &E->mirror, ...)

@taken depends on call@
identifier callee.f, call.X;
@@
f(...)
{
<+...
X
...+>
}

@depends on patch && typed && !callee_set && !other_use && !taken@
identifier virtual.mirror, virtual.mm;
// HMM's own, which is called so whatever the driver's is.
identifier its =~ "^mm$";
identifier callee.f, callee.R, callee.M, call.X;
parameter list[callee.n] before;
type typed.T;
@@
f(before,
- struct hmm_mirror *M
+ T *X
  , ...)
{
<...
(
- R->hmm->its
+ X->mm
|
- R->vma->vm_mm
+ X->mm
|
- M->hmm->its
+ X->mm
|
- M
+ &X->mirror
)
...>
}

@depends on patch && typed && !callee_set && !other_use && !taken@
identifier virtual.mirror, callee.f, call.X;
expression list[callee.n] args;
@@
f(args,
- &X->mirror
+ X
  , ...)

// 3. Any mirror, if all are in a struct HOLDER.
@depends on patch@
identifier virtual.mirror, virtual.mm, virtual.holder;
// HMM's own, which is called so whatever the driver's is.
identifier its =~ "^mm$";
struct hmm_mirror *M;
@@
(
- M->hmm->its
+ container_of(M, struct holder, mirror)->mm
|
- M->hmm->mmu_notifier.its
+ container_of(M, struct holder, mirror)->mm
)

@r depends on context || org || report@
struct hmm_range *R;
struct hmm_range range;
struct hmm_mirror *M;
position p;
@@
(
* R->hmm@p
|
* range.hmm@p
|
* M->hmm@p
)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("use the driver's own mm", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: use the driver's own mm")
