/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hmm_backport

#if !defined(_TRACE_HMM_BACKPORT_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_HMM_BACKPORT_H

#include <linux/hmm.h>
#include <linux/tracepoint.h>

/*
 * An address space is named by the process that registered its first mirror, as in
 * debugfs: no event records an address of the kernel, not even for one who may ask
 * for it unhashed.
 */

TRACE_EVENT(hmm_backport_mirror,
	TP_PROTO(pid_t pid, bool add),
	TP_ARGS(pid, add),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(bool, add)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->add = add;
	),
	TP_printk("pid=%d %s", __entry->pid, __entry->add ? "registered" : "unregistered")
);

TRACE_EVENT(hmm_backport_range,
	TP_PROTO(pid_t pid, struct hmm_range *range, bool add),
	TP_ARGS(pid, range, add),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(bool, add)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->start = range->start;
		__entry->end = range->end;
		__entry->add = add;
	),
	TP_printk("pid=%d [%#lx, %#lx) %s", __entry->pid, __entry->start, __entry->end,
		  __entry->add ? "registered" : "unregistered")
);

TRACE_EVENT(hmm_backport_fault,
	TP_PROTO(pid_t pid, struct hmm_range *range, unsigned int flags, unsigned int walks,
		 long ret),
	TP_ARGS(pid, range, flags, walks, ret),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(unsigned int, flags)
		__field(unsigned int, walks)
		__field(long, ret)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->start = range->start;
		__entry->end = range->end;
		__entry->flags = flags;
		__entry->walks = walks;
		__entry->ret = ret;
	),
	TP_printk("pid=%d [%#lx, %#lx) flags=%#x walks=%u ret=%ld", __entry->pid,
		  __entry->start, __entry->end, __entry->flags, __entry->walks, __entry->ret)
);

TRACE_EVENT(hmm_backport_invalidate,
	TP_PROTO(pid_t pid, unsigned long start, unsigned long end, int ret),
	TP_ARGS(pid, start, end, ret),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->start = start;
		__entry->end = end;
		__entry->ret = ret;
	),
	TP_printk("pid=%d [%#lx, %#lx) ret=%d", __entry->pid, __entry->start, __entry->end,
		  __entry->ret)
);

#endif

#include <trace/define_trace.h>
