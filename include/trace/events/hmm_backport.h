/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hmm_backport

#if !defined(_TRACE_HMM_BACKPORT_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_HMM_BACKPORT_H

#include <linux/hmm.h>
#include <linux/tracepoint.h>

TRACE_EVENT(hmm_backport_mirror,
	TP_PROTO(struct mm_struct *mm, struct hmm_mirror *mirror, bool add),
	TP_ARGS(mm, mirror, add),
	TP_STRUCT__entry(
		__field(void *, mm)
		__field(void *, mirror)
		__field(bool, add)
	),
	TP_fast_assign(
		__entry->mm = mm;
		__entry->mirror = mirror;
		__entry->add = add;
	),
	TP_printk("mm=%p mirror=%p %s", __entry->mm, __entry->mirror,
		  __entry->add ? "registered" : "unregistered")
);

TRACE_EVENT(hmm_backport_range,
	TP_PROTO(struct mm_struct *mm, struct hmm_range *range, bool add),
	TP_ARGS(mm, range, add),
	TP_STRUCT__entry(
		__field(void *, mm)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(bool, add)
	),
	TP_fast_assign(
		__entry->mm = mm;
		__entry->start = range->start;
		__entry->end = range->end;
		__entry->add = add;
	),
	TP_printk("mm=%p [%#lx, %#lx) %s", __entry->mm, __entry->start, __entry->end,
		  __entry->add ? "registered" : "unregistered")
);

TRACE_EVENT(hmm_backport_fault,
	TP_PROTO(struct mm_struct *mm, struct hmm_range *range, unsigned int flags, long ret),
	TP_ARGS(mm, range, flags, ret),
	TP_STRUCT__entry(
		__field(void *, mm)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(unsigned int, flags)
		__field(long, ret)
	),
	TP_fast_assign(
		__entry->mm = mm;
		__entry->start = range->start;
		__entry->end = range->end;
		__entry->flags = flags;
		__entry->ret = ret;
	),
	TP_printk("mm=%p [%#lx, %#lx) flags=%#x ret=%ld", __entry->mm, __entry->start,
		  __entry->end, __entry->flags, __entry->ret)
);

TRACE_EVENT(hmm_backport_invalidate,
	TP_PROTO(struct mm_struct *mm, unsigned long start, unsigned long end, int ret),
	TP_ARGS(mm, start, end, ret),
	TP_STRUCT__entry(
		__field(void *, mm)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->mm = mm;
		__entry->start = start;
		__entry->end = end;
		__entry->ret = ret;
	),
	TP_printk("mm=%p [%#lx, %#lx) ret=%d", __entry->mm, __entry->start, __entry->end,
		  __entry->ret)
);

#endif

#include <trace/define_trace.h>
