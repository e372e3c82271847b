// SPDX-License-Identifier: GPL-2.0-only
/// The invalidation callback gets a struct mmu_notifier_range.
//# v5.4, after the series: "mm/hmm: replace hmm_update with mmu_notifier_range".
//# Only start, end and blockable have a counterpart on every kernel; any other
//# member, and a struct hmm_update of the driver's own, is left for a person.
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

// There was no other kind of update.
@depends on patch@
struct hmm_update *U;
statement S;
@@
- if (U->event != HMM_UPDATE_INVALIDATE) S

@depends on patch@
struct hmm_update *U;
@@
(
- U->blockable
+ mmu_notifier_range_blockable(U)
|
- (*U).blockable
+ mmu_notifier_range_blockable(U)
)

@depends on patch@
@@
- struct hmm_update *
+ struct mmu_notifier_range *

@depends on patch@
@@
- struct hmm_update;
+ struct mmu_notifier_range;

@r depends on context || org || report@
position p;
@@
* struct hmm_update@p *

@script:python depends on org@
p << r.p;
@@
cocci.print_main("the callback gets a struct mmu_notifier_range", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: the callback gets a struct mmu_notifier_range")
