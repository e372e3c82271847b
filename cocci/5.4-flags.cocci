// SPDX-License-Identifier: GPL-2.0-only
/// hmm_range_fault() and hmm_range_dma_map() take flags in place of bool block,
/// and hmm_range_fault() does what hmm_range_snapshot() did.
//# The base of "hmm cleanups, v2": "mm/hmm: replace the block argument to
//# hmm_range_fault with a flags value" and "mm/hmm: merge hmm_range_snapshot into
//# hmm_range_fault".  block said that the fault must not drop the lock; without
//# it the caller has to do with -EAGAIN and the lock dropped, which now is
//# HMM_FAULT_ALLOW_RETRY.  Numbers in place of true and false may mean either
//# and are left for a person.
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@depends on patch@
expression R;
@@
- hmm_range_snapshot(R)
+ hmm_range_fault(R, HMM_FAULT_SNAPSHOT)

@depends on patch@
expression R;
bool B;
symbol true, false;
@@
  hmm_range_fault(R,
(
- true
+ 0
|
- false
+ HMM_FAULT_ALLOW_RETRY
|
- !B
+ B ? HMM_FAULT_ALLOW_RETRY : 0
|
- B
+ B ? 0 : HMM_FAULT_ALLOW_RETRY
)
  )

@depends on patch@
expression R, D, A;
bool B;
symbol true, false;
@@
  hmm_range_dma_map(R, D, A,
(
- true
+ 0
|
- false
+ HMM_FAULT_ALLOW_RETRY
|
- !B
+ B ? HMM_FAULT_ALLOW_RETRY : 0
|
- B
+ B ? 0 : HMM_FAULT_ALLOW_RETRY
)
  )

@r depends on context || org || report@
expression R, D, A;
bool B;
symbol true, false;
position p;
@@
(
* hmm_range_snapshot@p(R)
|
* hmm_range_fault@p(R, \(true\|false\|!B\|B\))
|
* hmm_range_dma_map@p(R, D, A, \(true\|false\|!B\|B\))
)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("flags in place of bool block", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: flags in place of bool block")
