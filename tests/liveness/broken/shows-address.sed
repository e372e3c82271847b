# SPDX-License-Identifier: GPL-2.0-only
# what: a tracepoint records an address
# file: include/trace/events/hmm_backport.h
# by: trace_addresses
# says: shows an address of the kernel
/^TRACE_EVENT\(hmm_backport_fault/,/^\);/ {
	s/__field\(unsigned long, start\)/&\n\t\t__field(void *, range)/
	s/__entry->start = range->start;/&\n\t\t__entry->range = range;/
	s/"pid=%d/"range=%p pid=%d/
	s/, __entry->pid,/, __entry->range, __entry->pid,/
}
