#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the rig takes for a complaint of the kernel, and what not. No VM.

. "$(dirname "$0")/../tap.sh"

said=$work/said

# scan LOG [ALLOW]: status 1 if there was a complaint.
scan()
{
	printf '%b\n' "$1" | ALLOW=${2:-} awk -f "$top/tests/vm/scan.awk" >"$said"
}

complains()
{
	! scan "$@"
}

count_is()
{
	scan "$2" "${3:-}"
	grep -q "^$1 complaint" "$said"
}

first_is()
{
	scan "$2" "${3:-}"
	[ "$(sed -n 2p "$said")" = "    $1" ]
}

while IFS= read -r line; do
	check "bad: ${line:0:60}" "$said" complains "[    1.000000] boot\r\n[    2.500000] $line\r"
done <<'EOF'
WARNING: CPU: 1 PID: 99 at mm/memory.c:4 f+0x48/0x1000 [hello]
WARNING: mm/memory.c:4 at f+0x48/0x1000, CPU#0: insmod/99
WARNING: possible circular locking dependency detected
WARNING: possible recursive locking detected
WARNING: suspicious RCU usage
WARNING: inconsistent lock state
WARNING: bad unlock balance detected!
BUG: KASAN: use-after-free in f+0x1/0x2
BUG: KFENCE: out-of-bounds read in f
BUG: unable to handle page fault for address: 0000000000000008
BUG: kernel NULL pointer dereference, address: 0000000000000008
BUG: Bad page state in process scenarios  pfn:12345
BUG: Bad page map in process scenarios  pte:1 pmd:2
BUG: Bad rss-counter state mm:0 type:MM_ANONPAGES val:1
BUG: scheduling while atomic: insmod/100/0x00000002
BUG: sleeping function called from invalid context at mm/slab.h:1
BUG: workqueue lockup - pool cpus=0
BUG kmalloc-64 (Not tainted): Redzone overwritten
kernel BUG at mm/memory.c:1!
watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:1]
general protection fault, probably for non-canonical address 0x1: 0000 [#1] SMP
Oops: 0002 [#1] PREEMPT SMP NOPTI
Oops: general protection fault, probably for non-canonical address: 0000
Kernel panic - not syncing: Fatal exception
INFO: task scenarios:99 blocked for more than 60 seconds.
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
rcu: INFO: rcu_sched self-detected stall on CPU
INFO: possible irq lock inversion dependency detected
INFO: trying to register non-static key.
rcu: rcu_preempt kthread starved for 5252 jiffies! g-1131 f0x0
UBSAN: shift-out-of-bounds in mm/memory.c:1:2
refcount_t: underflow; use-after-free.
list_add corruption. prev->next should be next
unreferenced object 0xffff888001234567 (size 64):
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
ODEBUG: free active (active state 0) object type: work_struct
scenarios: page allocation failure: order:0, mode:0xcc0
Out of memory: Killed process 99 (scenarios)
DEBUG_LOCKS_WARN_ON(lock->magic != lock)
[   T99] BUG: KASAN: use-after-free in f+0x1/0x2
EOF

while IFS= read -r line; do
	check "good: ${line:0:60}" "$said" scan "[    2.500000] $line\r"
done <<'EOF'
hello: loading out-of-tree module taints kernel.
hello: module verification failed: signature and/or required key missing - tainting kernel
Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on
RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable
MDS: Vulnerable: Clear CPU buffers attempted, no microcode
rcu: RCU event tracing is enabled.
rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.
rcu_cpu_stall_timeout set to 60
kmemleak: Kernel memory leak detector initialized (mem pool available: 39000)
kasan: KernelAddressSanitizer initialized
Lock dependency validator: Copyright (c) 2006 Red Hat, Inc.
PM: Debugging of possible problems
debug: BUGS=0
scenarios[99]: segfault at 0 ip 0 sp 0 error 4
scenarios: page allocation failure: order:9, mode:0xcc0
guest: WARNING: this is a test's own word
guest: not ok 3 - BUG: in the test
EOF

warn='[ 1.0] ------------[ cut here ]------------\r
[ 1.0] planted: first fault\r
[ 1.0] WARNING: CPU: 1 PID: 99 at a.c:4 f+0x48/0x100 [a]\r
[ 1.0] RIP: 0010:f+0x48/0x100 [a]\r
[ 1.0] ---[ end trace 0000000000000000 ]---\r'
other=${warn//first/second}
open=${warn%%RIP*}

check "a whole WARN is one complaint" "$said" count_is 1 "$warn"
check "two WARNs are two" "$said" count_is 2 "$warn\n$other"
check "an excused WARN is none" "$said" scan "$warn" 'planted: first'
check "any line of it may match" "$said" scan "$warn" 'WARNING: .* f\+0x'
check "what follows an excused WARN counts" "$said" first_is 'BUG: later' "$warn\n[ 2.0] BUG: later" 'planted: first'
check "what precedes an excused WARN counts" "$said" first_is 'BUG: before' "[ 0.5] BUG: before\n$warn" 'planted: first'
check "a WARN is excused once" "$said" count_is 1 "$warn\n$warn" 'planted: first'
check "or as often as it was said" "$said" scan "$warn\n$warn" $'planted: first\nplanted: first'
check "another WARN is not excused" "$said" first_is 'WARNING: CPU: 1 PID: 99 at a.c:4 f+0x48/0x100 [a]' "$warn\n$other" 'planted: first'
check "a single line can be excused" "$said" scan '[ 1.0] BUG: on purpose' 'on purpose'
check "an excuse that fits nothing is nothing" "$said" scan '[ 1.0] all is well' 'on purpose'
old="[ 1.0] planted: first fault\\n${warn/\[ 1.0\] planted: first fault\\r$'\n'/}"
check "until 4.14 its words come first" "$said" scan "$old" 'planted: first'
check "and are not those of the next" "$said" count_is 1 "$old\n$other" 'planted: first'
check "nor is an excused line the words of a WARN" "$said" count_is 1 \
	"[ 0.5] BUG: on purpose\n${other/planted: second fault/}" $'on purpose\non purpose'
check "a WARN that never ends cannot be excused" "$said" complains "$open" 'planted: first'
check "a WARN cut off by another is seen" "$said" count_is 2 "$open\n$warn"
check "an empty log is clean" "$said" scan ''

# race TITLE FRAMES FRAMES: as KCSAN says it.
race()
{
	printf '[ 1.0] %s\\r\n' '==================================================================' \
		"BUG: KCSAN: data-race in $1" '' \
		'write to 0xffff888001234567 of 8 bytes by task 99 on cpu 0:' "$2" '' \
		'read to 0xffff888001234567 of 8 bytes by task 98 on cpu 1:' "$3" '' \
		'value changed: 0x0000000000000001 -> 0x0000000000000002' '' \
		'Reported by Kernel Concurrency Sanitizer on:' 'CPU: 1 PID: 98 Comm: a' \
		'=================================================================='
}
own=$(race 'f / g' ' f+0x1/0x2' ' g+0x1/0x2\r\n[ 1.0]  h+0x1/0x2 [hello]')
ours=$(race 'f / g [hello]' ' f+0x1/0x2' ' g+0x1/0x2 [hello]')
check "a race between the kernel's functions is its own" "$said" scan "$own"
check "a race with a module is a complaint" "$said" first_is 'BUG: KCSAN: data-race in f / g [hello]' "$own\n$ours"
check "also where the kernel's lists did it" "$said" count_is 1 \
	"$(race '__list_add_valid / f' ' __list_add_valid+0x1/0x2\r\n[ 1.0]  g+0x1/0x2 [hello]' ' f+0x1/0x2')"
check "the kernel's test module is the kernel's" "$said" scan "$(race 'f / g [test_hmm]' ' f+0x1/0x2' ' g+0x1/0x2 [test_hmm]')"
check "what follows a race counts" "$said" first_is 'BUG: later' "$own\n[ 2.0] BUG: later"
check "a race that is cut off counts" "$said" count_is 1 "${ours%%value*}"
NOTED=$work/noted scan "$own\n$own"
check "the kernel's own are noted" "$work/noted" [ "$(wc -l <"$work/noted")" = 2 ]

done_testing
