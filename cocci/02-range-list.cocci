// SPDX-License-Identifier: GPL-2.0-only
/// The list in struct hmm_range was HMM's own and is gone: drivers do not
/// initialise it.
//# Step 2 of "hmm cleanups, v2".
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --include-headers --local-includes --disable-worth-trying-opt

virtual patch
virtual context
virtual org
virtual report

@depends on patch@
struct hmm_range *R;
@@
- if (R)
-	INIT_LIST_HEAD(&R->list);

@depends on patch@
struct hmm_range *R;
struct hmm_range range;
@@
(
- INIT_LIST_HEAD(&R->list);
|
- INIT_LIST_HEAD(&range.list);
)

@r depends on context || org || report@
struct hmm_range *R;
struct hmm_range range;
position p;
@@
(
* INIT_LIST_HEAD@p(&R->list);
|
* INIT_LIST_HEAD@p(&range.list);
)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("struct hmm_range has no list", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: struct hmm_range has no list")
