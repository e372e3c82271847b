// SPDX-License-Identifier: GPL-2.0-only
/// The invalidation callback gets a struct hmm_update and returns an int.
//# v4.20, "mm/hmm: use a structure for update callback parameters" and "mm/hmm:
//# invalidate device page table at start of invalidation".  The old callback
//# stays as it is, without the argument that had one value only, behind a new
//# one.  It was written to sleep: an invalidation that must not is refused.
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@old@
identifier f, M, U, S, E;
@@
void f(struct hmm_mirror *M, enum hmm_update_type U, unsigned long S, unsigned long E)
{ ... }

@used@
identifier old.f, old.U;
@@
f(...)
{
<+...
U
...+>
}

@table@
identifier old.f, ops;
position p;
@@
struct hmm_mirror_ops ops = {
	..., .sync_cpu_device_pagetables = \(f@p\|&f@p\), ...
};

// A call, or its address somewhere else.
@elsewhere@
identifier old.f;
position p != table.p;
@@
f@p

// The initialiser goes last: only with it the function is a callback.
@depends on patch && table && !used && !elsewhere@
identifier old.f, M, U, S, E;
@@
  void f(struct hmm_mirror *M,
-	enum hmm_update_type U,
	unsigned long S, unsigned long E)
  { ... }

@depends on patch && table && !used && !elsewhere@
identifier old.f, M, U, S, E;
@@
  void f(struct hmm_mirror *M,
-	enum hmm_update_type U,
	unsigned long S, unsigned long E);

@depends on patch && table && !used && !elsewhere@
identifier old.f, ops;
@@
  struct hmm_mirror_ops ops = {
	..., .sync_cpu_device_pagetables =
-	&
	f
	, ...
  };

@depends on patch && table && !used && !elsewhere@
identifier old.f, ops;
fresh identifier g = f ## "_update";
@@
+ static int g(struct hmm_mirror *mirror, const struct hmm_update *update)
+ {
+	if (!update->blockable)
+		return -EAGAIN;
+	f(mirror, update->start, update->end);
+	return 0;
+ }
+
  struct hmm_mirror_ops ops = {
	..., .sync_cpu_device_pagetables =
-	f
+	g
	, ...
  };

@r depends on context || org || report@
position p;
@@
* enum hmm_update_type@p

@script:python depends on org@
p << r.p;
@@
cocci.print_main("the callback gets a struct hmm_update", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: the callback gets a struct hmm_update")
