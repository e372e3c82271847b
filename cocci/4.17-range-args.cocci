// SPDX-License-Identifier: GPL-2.0-only
/// hmm_vma_fault(), hmm_vma_get_pfns() and hmm_vma_range_done() of 4.14 to 4.16
/// become functions of the driver on top of hmm_range_register() and its kin,
/// and the entries get a format of the driver's own with the bits they had.
//# HMM_PFN_VALID and its like were bits of an entry and are indices now: what is
//# left of them compiles and tests other bits.  So this is for drivers of 4.14 to
//# 4.16 only, and for all files of one.  The names of two members have to be
//# given: -D mirror=NAME -D mm=NAME, such that the driver registers its mirrors
//# with hmm_mirror_register(&X->mirror, X->mm).  The mirror is X's if the vma
//# was looked up in X->mm in the same function.  Only blocking faults: the
//# others drop mmap_sem in ways that differ.  A test of -EBUSY or -EAGAIN in the
//# function is left for a person: they mean something else now.  HMM_PFN_EMPTY
//# is left too: today's entries do not tell a hole from a page in swap.
//
// Confidence: Medium
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --include-headers --local-includes

virtual patch
virtual context
virtual org
virtual report

@initialize:python@
@@
place = {}
first = {}

# Lines have to be noted before anything is changed.
def note(name, p):
    place[name] = min(place.get(name, 1 << 30), int(p[0].line))

def use(kind, g):
    first[kind] = min(first.get(kind, 1 << 30), place.get(g, 1 << 30))

def is_first(kind, g):
    return first[kind] == place.get(g, 1 << 30)

# Today's API has these names as indices, in tables of a converted driver.
def is_index(p):
    with open(p[0].file, encoding='latin-1') as stream:
        line = stream.read().split('\n')[int(p[0].line) - 1]
    return line[:int(p[0].column)].rstrip().endswith('[')

// Once a file, with the headers that it includes.
@script:python@
@@
place.clear()
first.clear()

@every@
identifier g;
position here;
@@
g@here(...) { ... }

@script:python@
g << every.g;
here << every.here;
@@
note(g, here)
note((here[0].file, 'use'), here)

@bit@
identifier old = {HMM_PFN_VALID,HMM_PFN_READ,HMM_PFN_WRITE,HMM_PFN_ERROR,HMM_PFN_SPECIAL,HMM_PFN_DEVICE_UNADDRESSABLE,HMM_PFN_SHIFT};
position p;
@@
old@p

@script:python bits@
p << bit.p;
old << bit.old;
new;
@@
if is_index(p):
    cocci.include_match(False)
else:
    note((p[0].file, 'use'), p)
    coccinelle.new = old.replace('HMM_', 'MIRROR_', 1)

@include@
position p;
@@
(
#include <...>@p
|
#include "..."@p
)

@script:python@
p << include.p;
@@
if int(p[0].line) < place.get((p[0].file, 'use'), 1 << 30):
    name = p[0].file, 'include'
    place[name] = max(place.get(name, 0), int(p[0].line))

@depends on patch && include@
identifier bit.old, bits.new;
position bit.p;
@@
- old@p
+ new

// vma = find_vma(X->mm, ...), or with a variable that is X->mm.
@own@
identifier virtual.mm, f, V, X;
identifier find =~ "^find_(exact_)?vma";
expression list es;
position p;
@@
f(...)
{
<+...
V@p = find(X->mm, es)
...+>
}

// Any other vma or object in the function.
@other@
identifier own.f, own.V, own.X;
position q != own.p;
expression E;
@@
f(...)
{
<+...
\(V@q = E\|&V\|&X\)
...+>
}

@tested@
identifier own.f;
expression E;
binary operator is = {==,!=};
@@
f(...)
{
<+...
\(E is -EAGAIN\|E is -EBUSY\)
...+>
}

@call@
identifier own.f, own.V;
expression R, S, T, P, W;
position p;
symbol true;
@@
f(...)
{
<+...
\(hmm_vma_fault@p(V, R, S, T, P, W, \(true\|1\))\|hmm_vma_get_pfns@p(V, R, S, T, P)\)
...+>
}

// On some way there without looking it up, or with another X since.
@unset exists@
identifier virtual.mm, own.f, own.V, own.X, own.find;
expression list es, args;
position call.p, q;
@@
f(...)
{
... when != V = find(X->mm, es)
\(hmm_vma_fault@p@q(args)\|hmm_vma_get_pfns@p@q(args)\)
... when any
}

@reset exists@
identifier virtual.mm, own.V, own.X, own.find;
expression E;
expression list es, args;
position call.p, q;
@@
\(X = E\|X++\|X--\|++X\|--X\)
... when != V = find(X->mm, es)
\(hmm_vma_fault@p@q(args)\|hmm_vma_get_pfns@p@q(args)\)

@depends on patch && include && !other && !tested@
identifier virtual.mirror, own.f, own.X, own.V;
expression R, S, T, P, W;
position call.p != {unset.q,reset.q};
symbol true;
@@
f(...)
{
<...
(
- hmm_vma_fault@p(V, R, S, T, P, W, \(true\|1\))
+ mirror_vma_fault(V, R, &X->mirror, S, T, P, W)
|
- hmm_vma_get_pfns@p(V, R, S, T, P)
+ mirror_vma_snapshot(V, R, &X->mirror, S, T, P)
)
...>
}

@depends on patch && include@
identifier f, V, m;
expression R;
@@
f(...)
{
<...
- hmm_vma_range_done(\(V\|V->m\|V.m\|&V->m\|&V.m\), R)
+ mirror_vma_done(R)
...>
}

@depends on patch && include@
identifier f;
expression E;
@@
f(...)
{
<...
(
- hmm_pfn_t_to_page(E)
+ mirror_pfn_to_page(E)
|
- hmm_pfn_t_to_pfn(E)
+ mirror_pfn_to_pfn(E)
|
- hmm_pfn_t_from_page(E)
+ mirror_pfn_from_page(E)
|
- hmm_pfn_t_from_pfn(E)
+ mirror_pfn_from_pfn(E)
)
...>
}

@depends on patch@
typedef hmm_pfn_t, uint64_t;
@@
- hmm_pfn_t
+ uint64_t

// The functions go in front of the first one that needs them.
@have_start@
@@
mirror_vma_start(...) { ... }

@use_start depends on patch && !have_start@
identifier g != {mirror_vma_fault,mirror_vma_snapshot};
position here;
@@
g@here(...)
{
<+...
\(mirror_vma_fault(...)\|mirror_vma_snapshot(...)\)
...+>
}

@script:python@
g << use_start.g;
@@
use('start', g)

@script:python first_start@
g << use_start.g;
@@
if not is_first('start', g):
    cocci.include_match(False)

@depends on patch && first_start@
identifier use_start.g;
position use_start.here;
@@
+ static const uint64_t mirror_pfn_flags[HMM_PFN_FLAG_MAX] = {
+	[HMM_PFN_VALID] = MIRROR_PFN_VALID | MIRROR_PFN_READ,
+	[HMM_PFN_WRITE] = MIRROR_PFN_WRITE,
+	[HMM_PFN_DEVICE_PRIVATE] = MIRROR_PFN_DEVICE_UNADDRESSABLE,
+ };
+
+ static const uint64_t mirror_pfn_values[HMM_PFN_VALUE_MAX] = {
+	[HMM_PFN_ERROR] = MIRROR_PFN_ERROR,
+	[HMM_PFN_NONE] = 0,
+	[HMM_PFN_SPECIAL] = MIRROR_PFN_SPECIAL,
+ };
+
+ static int mirror_vma_start(struct vm_area_struct *vma, struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned long end, uint64_t *pfns, uint64_t wanted)
+ {
+	int ret;
+
+	if (start < vma->vm_start || end > vma->vm_end)
+		return -EINVAL;
+	range->pfns = pfns;
+	range->flags = mirror_pfn_flags;
+	range->values = mirror_pfn_values;
+	range->pfn_shift = MIRROR_PFN_SHIFT;
+	range->default_flags = wanted;
+	range->pfn_flags_mask = 0;
+	ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
+	if (ret)
+		return ret;
+	if (hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
+		return 0;
+	hmm_range_unregister(range);
+	return -EBUSY;
+ }
+
  g@here(...) { ... }

@have_fault@
@@
mirror_vma_fault(...) { ... }

@use_fault depends on patch && !have_fault@
identifier g != mirror_vma_fault;
position here;
@@
g@here(...)
{
<+...
mirror_vma_fault(...)
...+>
}

@script:python@
g << use_fault.g;
@@
use('fault', g)

@script:python first_fault@
g << use_fault.g;
@@
if not is_first('fault', g):
    cocci.include_match(False)

@depends on patch && first_fault@
identifier use_fault.g;
position use_fault.here;
@@
+ static int mirror_vma_fault(struct vm_area_struct *vma, struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned long end, uint64_t *pfns, bool write)
+ {
+	uint64_t wanted = write ? MIRROR_PFN_VALID | MIRROR_PFN_WRITE : MIRROR_PFN_VALID;
+	long ret = mirror_vma_start(vma, range, mirror, start, end, pfns, wanted);
+
+	if (ret)
+		return ret;
+	if (vma->vm_flags & (VM_SPECIAL | VM_HUGETLB)) {
+		while (end > start) {
+			end -= PAGE_SIZE;
+			pfns[(end - start) >> PAGE_SHIFT] = MIRROR_PFN_SPECIAL;
+		}
+		return 0;
+	}
+	ret = hmm_range_fault(range, true);
+	if (ret < 0) {
+		hmm_range_unregister(range);
+		return ret;
+	}
+	return 0;
+ }
+
  g@here(...) { ... }

@have_snapshot@
@@
mirror_vma_snapshot(...) { ... }

@use_snapshot depends on patch && !have_snapshot@
identifier g != mirror_vma_snapshot;
position here;
@@
g@here(...)
{
<+...
mirror_vma_snapshot(...)
...+>
}

@script:python@
g << use_snapshot.g;
@@
use('snapshot', g)

@script:python first_snapshot@
g << use_snapshot.g;
@@
if not is_first('snapshot', g):
    cocci.include_match(False)

@depends on patch && first_snapshot@
identifier use_snapshot.g;
position use_snapshot.here;
@@
+ static int mirror_vma_snapshot(struct vm_area_struct *vma, struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned long end, uint64_t *pfns)
+ {
+	long ret;
+
+	if (vma->vm_flags & (VM_SPECIAL | VM_HUGETLB))
+		return -EINVAL;
+	ret = mirror_vma_start(vma, range, mirror, start, end, pfns, 0);
+	if (ret)
+		return ret;
+	ret = hmm_range_snapshot(range);
+	if (ret < 0) {
+		hmm_range_unregister(range);
+		return ret;
+	}
+	return 0;
+ }
+
  g@here(...) { ... }

@have_done@
@@
mirror_vma_done(...) { ... }

@use_done depends on patch && !have_done@
identifier g != mirror_vma_done;
position here;
@@
g@here(...)
{
<+...
mirror_vma_done(...)
...+>
}

@script:python@
g << use_done.g;
@@
use('done', g)

@script:python first_done@
g << use_done.g;
@@
if not is_first('done', g):
    cocci.include_match(False)

@depends on patch && first_done@
identifier use_done.g;
position use_done.here;
@@
+ static bool mirror_vma_done(struct hmm_range *range)
+ {
+	unsigned long n = (range->end - range->start) >> PAGE_SHIFT;
+	bool valid = hmm_range_valid(range);
+
+	if (!valid)
+		memset(range->pfns, 0, n * sizeof(*range->pfns));
+	hmm_range_unregister(range);
+	return valid;
+ }
+
  g@here(...) { ... }

@have_to_page@
@@
mirror_pfn_to_page(...) { ... }

@use_to_page depends on patch && !have_to_page@
identifier g != mirror_pfn_to_page;
position here;
@@
g@here(...)
{
<+...
mirror_pfn_to_page(...)
...+>
}

@script:python@
g << use_to_page.g;
@@
use('to_page', g)

@script:python first_to_page@
g << use_to_page.g;
@@
if not is_first('to_page', g):
    cocci.include_match(False)

@depends on patch && first_to_page@
identifier use_to_page.g;
position use_to_page.here;
@@
+ static struct page *mirror_pfn_to_page(uint64_t pfn)
+ {
+	return pfn & MIRROR_PFN_VALID ? pfn_to_page(pfn >> MIRROR_PFN_SHIFT) : NULL;
+ }
+
  g@here(...) { ... }

@have_to_pfn@
@@
mirror_pfn_to_pfn(...) { ... }

@use_to_pfn depends on patch && !have_to_pfn@
identifier g != mirror_pfn_to_pfn;
position here;
@@
g@here(...)
{
<+...
mirror_pfn_to_pfn(...)
...+>
}

@script:python@
g << use_to_pfn.g;
@@
use('to_pfn', g)

@script:python first_to_pfn@
g << use_to_pfn.g;
@@
if not is_first('to_pfn', g):
    cocci.include_match(False)

@depends on patch && first_to_pfn@
identifier use_to_pfn.g;
position use_to_pfn.here;
@@
+ static unsigned long mirror_pfn_to_pfn(uint64_t pfn)
+ {
+	return pfn & MIRROR_PFN_VALID ? pfn >> MIRROR_PFN_SHIFT : -1UL;
+ }
+
  g@here(...) { ... }

@have_from_page@
@@
mirror_pfn_from_page(...) { ... }

@use_from_page depends on patch && !have_from_page@
identifier g != mirror_pfn_from_page;
position here;
@@
g@here(...)
{
<+...
mirror_pfn_from_page(...)
...+>
}

@script:python@
g << use_from_page.g;
@@
use('from_page', g)

@script:python first_from_page@
g << use_from_page.g;
@@
if not is_first('from_page', g):
    cocci.include_match(False)

@depends on patch && first_from_page@
identifier use_from_page.g;
position use_from_page.here;
@@
+ static uint64_t mirror_pfn_from_page(struct page *page)
+ {
+	return (uint64_t)page_to_pfn(page) << MIRROR_PFN_SHIFT | MIRROR_PFN_VALID;
+ }
+
  g@here(...) { ... }

@have_from_pfn@
@@
mirror_pfn_from_pfn(...) { ... }

@use_from_pfn depends on patch && !have_from_pfn@
identifier g != mirror_pfn_from_pfn;
position here;
@@
g@here(...)
{
<+...
mirror_pfn_from_pfn(...)
...+>
}

@script:python@
g << use_from_pfn.g;
@@
use('from_pfn', g)

@script:python first_from_pfn@
g << use_from_pfn.g;
@@
if not is_first('from_pfn', g):
    cocci.include_match(False)

@depends on patch && first_from_pfn@
identifier use_from_pfn.g;
position use_from_pfn.here;
@@
+ static uint64_t mirror_pfn_from_pfn(unsigned long pfn)
+ {
+	return (uint64_t)pfn << MIRROR_PFN_SHIFT | MIRROR_PFN_VALID;
+ }
+
  g@here(...) { ... }

// The bits go behind the last include in front of them.
@have_bits@
expression E;
@@
#define MIRROR_PFN_SHIFT E

@use_bits depends on patch && !have_bits@
identifier new =~ "^MIRROR_PFN_";
@@
new

@behind depends on use_bits@
position p;
@@
(
#include <...>@p
|
#include "..."@p
)

@script:python behind_last@
p << behind.p;
@@
if place.get((p[0].file, 'include')) != int(p[0].line):
    cocci.include_match(False)

@depends on patch && behind_last@
position behind.p;
@@
(
#include <...>@p
+
+ /* What HMM's entries looked like in 4.14 to 4.16 */
+ #define MIRROR_PFN_VALID (1 << 0)
+ #define MIRROR_PFN_READ (1 << 1)
+ #define MIRROR_PFN_WRITE (1 << 2)
+ #define MIRROR_PFN_ERROR (1 << 3)
+ #define MIRROR_PFN_SPECIAL (1 << 5)
+ #define MIRROR_PFN_DEVICE_UNADDRESSABLE (1 << 6)
+ #define MIRROR_PFN_SHIFT 7
|
#include "..."@p
+
+ /* What HMM's entries looked like in 4.14 to 4.16 */
+ #define MIRROR_PFN_VALID (1 << 0)
+ #define MIRROR_PFN_READ (1 << 1)
+ #define MIRROR_PFN_WRITE (1 << 2)
+ #define MIRROR_PFN_ERROR (1 << 3)
+ #define MIRROR_PFN_SPECIAL (1 << 5)
+ #define MIRROR_PFN_DEVICE_UNADDRESSABLE (1 << 6)
+ #define MIRROR_PFN_SHIFT 7
)

@r depends on context || org || report@
identifier old = {hmm_vma_fault,hmm_vma_get_pfns,hmm_vma_range_done,hmm_pfn_t_to_page,hmm_pfn_t_to_pfn,hmm_pfn_t_from_page,hmm_pfn_t_from_pfn};
position p;
@@
* old@p(...)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("hmm_range_register() and hmm_range_fault() do this, with entries in the driver's own format", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: hmm_range_register() and hmm_range_fault() do this, with entries in the driver's own format")
