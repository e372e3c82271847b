// SPDX-License-Identifier: GPL-2.0-only
/// hmm_range_register() takes the mirror in place of the mm.
//# v5.3, "mm/hmm: Use hmm_mirror not mm as an argument for hmm_range_register".
//# The names of two members have to be given: -D mirror=NAME -D mm=NAME, such
//# that the driver registers its mirrors with
//# hmm_mirror_register(&X->mirror, X->mm).  An mm that is not seen to be X->mm
//# is left for a person.
//
// Confidence: Medium
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@depends on patch@
identifier virtual.mirror, virtual.mm, X;
expression R, from, to, shift;
@@
  hmm_range_register(R,
-	X->mm
+	&X->mirror
	, from, to, shift)

// A variable that is X->mm wherever the function is.
@kept@
identifier virtual.mm, f, M, X;
expression R, from, to, shift;
position p, q;
@@
f(...)
{
<+...
M@q = X->mm
... when any
hmm_range_register@p(R, M, from, to, shift)
...+>
}

// On some way without that, or with one of the two set once more ...
@unset exists@
identifier virtual.mm, kept.f, kept.M, kept.X;
expression R, from, to, shift;
position kept.p, w;
@@
f(...)
{
... when != M = X->mm
hmm_range_register@p@w(R, M, from, to, shift)
... when any
}

@reset exists@
identifier virtual.mm, kept.M, kept.X;
expression R, from, to, shift, E;
position kept.p, w, set != kept.q;
@@
\(M@set = E\|&M\|X = E\|&X\|X++\|X--\|++X\|--X\)
... when != M = X->mm
hmm_range_register@p@w(R, M, from, to, shift)

@depends on patch@
identifier virtual.mirror, kept.M, kept.X;
expression R, from, to, shift;
position kept.p != {unset.w,reset.w};
@@
  hmm_range_register@p(R,
-	M
+	&X->mirror
	, from, to, shift)

@r depends on context || org || report@
identifier virtual.mm, X;
struct mm_struct *M;
expression R, from, to, shift;
position p;
@@
(
* hmm_range_register@p(R, X->mm, from, to, shift)
|
* hmm_range_register@p(R, M, from, to, shift)
)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("hmm_range_register() takes a mirror", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: hmm_range_register() takes a mirror")
