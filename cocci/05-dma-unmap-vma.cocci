// SPDX-License-Identifier: GPL-2.0-only
/// hmm_range_dma_unmap() never used its vma: the argument is gone.
//# Step 5 of "hmm cleanups, v2".  A vma argument that does something when it is
//# evaluated is left for a person.
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@effect@
expression range, vma, device, daddrs, dirty;
identifier f;
position p;
@@
hmm_range_dma_unmap@p(range,
	\(<+... f(...) ...+>\&vma\),
	device, daddrs, dirty)

@set@
expression range, vma, device, daddrs, dirty, X, Y;
assignment operator aop;
position p;
@@
hmm_range_dma_unmap@p(range,
	\(<+... \(X aop Y\|X++\|X--\|++X\|--X\) ...+>\&vma\),
	device, daddrs, dirty)

@var@
expression range, device, daddrs, dirty;
identifier f, V;
position p;
@@
f(...)
{
<+...
hmm_range_dma_unmap@p(range, V, device, daddrs, dirty)
...+>
}

@depends on patch@
expression range, vma, device, daddrs, dirty;
position p != {effect.p,set.p};
@@
  hmm_range_dma_unmap@p(range,
-	vma,
	device, daddrs, dirty)

// A variable that was there for the argument only.
@uses depends on var@
identifier var.f, var.V;
@@
f(...)
{
<+...
V
...+>
}

@depends on patch && var && !uses@
identifier var.f, var.V;
type T;
constant C;
@@
f(...)
{
<+...
(
- T V;
|
- T V = C;
)
...+>
}

@r depends on context || org || report@
expression range, vma, device, daddrs, dirty;
position p;
@@
* hmm_range_dma_unmap@p(range, vma, device, daddrs, dirty)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("hmm_range_dma_unmap() has no vma argument", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: hmm_range_dma_unmap() has no vma argument")
