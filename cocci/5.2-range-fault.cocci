// SPDX-License-Identifier: GPL-2.0-only
/// hmm_vma_fault(), hmm_vma_get_pfns() and hmm_vma_range_done() of 4.17 to 5.1
/// become functions of the driver on top of hmm_range_register() and its kin.
//# v5.2 and 5.3: "mm/hmm: improve and rename hmm_vma_fault() to
//# hmm_range_fault()", "mm/hmm: move hmm_vma_range_done and hmm_vma_fault to
//# nouveau".  The names of two members have to be given: -D mirror=NAME
//# -D mm=NAME, such that the driver registers its mirrors with
//# hmm_mirror_register(&X->mirror, X->mm).  The mirror is X's if the vma of the
//# range was looked up in X->mm in the same function.  Only blocking faults: the
//# others drop mmap_sem in ways that differ.  A test of -EBUSY or -EAGAIN in the
//# function is left for a person: they mean something else now.
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

@linked@
identifier own.f, own.V;
expression R;
position l;
@@
f(...)
{
<+...
\(R.vma@l = V\|R->vma@l = V\)
...+>
}

// Any other vma, mm or object in the function.
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

@others@
identifier own.f;
expression R, E;
position m != linked.l;
@@
f(...)
{
<+...
\(R.vma@m = E\|R->vma@m = E\)
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
identifier own.f;
expression R;
position p;
symbol true;
@@
f(...)
{
<+...
\(hmm_vma_fault@p(R, true)\|hmm_vma_get_pfns@p(R)\)
...+>
}

// On some way there without looking it up, or with another X since.
@unset exists@
identifier virtual.mm, own.f, own.V, own.X, own.find;
expression R;
expression list es;
position call.p, q;
symbol true;
@@
f(...)
{
... when != V = find(X->mm, es)
\(hmm_vma_fault@p@q(R, true)\|hmm_vma_get_pfns@p@q(R)\)
... when any
}

@reset exists@
identifier virtual.mm, own.V, own.X, own.find;
expression R, E;
expression list es;
position call.p, q;
symbol true;
@@
\(X = E\|X++\|X--\|++X\|--X\)
... when != V = find(X->mm, es)
\(hmm_vma_fault@p@q(R, true)\|hmm_vma_get_pfns@p@q(R)\)

@depends on patch && linked && !other && !others && !tested@
identifier virtual.mirror, own.f, own.X;
expression R;
position call.p != {unset.q,reset.q};
symbol true;
@@
f(...)
{
<...
(
- hmm_vma_fault@p(R, true)
+ mirror_range_fault(R, &X->mirror)
|
- hmm_vma_get_pfns@p(R)
+ mirror_range_snapshot(R, &X->mirror)
)
...>
}

@depends on patch && linked && !other && !others && !tested && !unset && !reset@
identifier own.f, own.V;
expression R;
@@
f(...)
{
<...
(
- R.vma = V;
|
- R->vma = V;
)
...>
}

// What is read there is what was set.
@depends on patch && linked && !other && !others && !tested@
identifier own.f, own.V;
struct hmm_range *R;
struct hmm_range r;
@@
f(...)
{
<...
(
- r.vma
+ V
|
- R->vma
+ V
)
...>
}

// Up to 5.1 entries that had changed were 0 then, so that nobody had to look at the result.
@depends on patch@
expression R;
@@
(
- hmm_vma_range_done(R);
+ mirror_range_end(R);
|
- (void)hmm_vma_range_done(R);
+ mirror_range_end(R);
)

@depends on patch@
expression R;
@@
- hmm_vma_range_done(R)
+ mirror_range_done(R)

@depends on patch@
expression R, E;
@@
(
- hmm_pfn_to_page(R, E)
+ hmm_device_entry_to_page(R, E)
|
- hmm_pfn_to_pfn(R, E)
+ hmm_device_entry_to_pfn(R, E)
|
- hmm_pfn_from_page(R, E)
+ hmm_device_entry_from_page(R, E)
|
- hmm_pfn_from_pfn(R, E)
+ hmm_device_entry_from_pfn(R, E)
)

// The helpers go in front of the first function that needs them.
@have_fault@
@@
mirror_range_fault(...) { ... }

@use_fault depends on patch && !have_fault@
identifier g != mirror_range_fault;
position here;
@@
g@here(...)
{
<+...
mirror_range_fault(...)
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
+ static int mirror_range_fault(struct hmm_range *range, struct hmm_mirror *mirror)
+ {
+	long ret;
+
+	range->default_flags = 0;
+	range->pfn_flags_mask = -1UL;
+	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
+	if (ret)
+		return ret;
+	ret = -EBUSY;
+	if (hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
+		ret = hmm_range_fault(range, true);
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
mirror_range_snapshot(...) { ... }

@use_snapshot depends on patch && !have_snapshot@
identifier g != mirror_range_snapshot;
position here;
@@
g@here(...)
{
<+...
mirror_range_snapshot(...)
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
+ static int mirror_range_snapshot(struct hmm_range *range, struct hmm_mirror *mirror)
+ {
+	long ret;
+
+	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
+	if (ret)
+		return ret;
+	ret = -EBUSY;
+	if (hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
+		ret = hmm_range_snapshot(range);
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
mirror_range_done(...) { ... }

@use_done depends on patch && !have_done@
identifier g != mirror_range_done;
position here;
@@
g@here(...)
{
<+...
mirror_range_done(...)
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
+ static int mirror_range_done(struct hmm_range *range)
+ {
+	int valid = hmm_range_valid(range);
+
+	hmm_range_unregister(range);
+	return valid;
+ }
+
  g@here(...) { ... }

@have_end@
@@
mirror_range_end(...) { ... }

@use_end depends on patch && !have_end@
identifier g != mirror_range_end;
position here;
@@
g@here(...)
{
<+...
mirror_range_end(...)
...+>
}

@script:python@
g << use_end.g;
@@
use('end', g)

@script:python first_end@
g << use_end.g;
@@
if not is_first('end', g):
    cocci.include_match(False)

@depends on patch && first_end@
identifier use_end.g;
position use_end.here;
@@
+ static void mirror_range_end(struct hmm_range *range)
+ {
+	unsigned long n = (range->end - range->start) >> PAGE_SHIFT;
+
+	if (!hmm_range_valid(range))
+		memset(range->pfns, 0, n * sizeof(*range->pfns));
+	hmm_range_unregister(range);
+ }
+
  g@here(...) { ... }

@r depends on context || org || report@
identifier old = {hmm_vma_fault,hmm_vma_get_pfns,hmm_vma_range_done};
position p;
@@
* old@p(...)

@script:python depends on org@
p << r.p;
@@
cocci.print_main("hmm_range_register() and hmm_range_fault() do this", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: hmm_range_register() and hmm_range_fault() do this")
