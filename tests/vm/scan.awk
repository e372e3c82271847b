# SPDX-License-Identifier: GPL-2.0-only
#
# Reads a kernel log and prints what the kernel complained of: one line for the
# count, then the lines from the first complaint on.  Exit status 1 if there
# was any.
#
# The environment's ALLOW holds regular expressions, one a line.  Each excuses
# one complaint: a whole WARN, from its "cut here" line to its "end trace" line,
# if any line of it matches, or else a single line.  The excused are also
# written to the file that EXCUSED names.
#
# A data race (KCSAN) is a complaint if one of the two accesses was made by a
# module, or for one by the kernel's lists and trees. Other races are between
# functions of the kernel, none of ours; their titles go to the file NOTED.

function bad(line)
{
	# What the guest's programs said is not the kernel's word.
	if (line ~ /^guest: /)
		return 0
	# At the beginning of a line: processor bugs are announced in mid-line.
	if (line ~ /^WARNING: /)
		return 1
	if (line ~ /(^|[^A-Za-z_])BUG[: ]/ || line ~ /kernel BUG at/)
		return 1
	if (line ~ /Oops|general protection fault|Kernel panic|Unable to handle kernel/)
		return 1
	if (line ~ /^(invalid opcode|divide error|stack segment|double fault|int3|traps: PANIC)/)
		return 1
	if (line ~ /(KASAN|KFENCE|KMSAN|KCSAN|UBSAN|ODEBUG|DMA-API): / && line !~ /(KernelAddressSanitizer|DMA-API: (preallocated|debugging))/)
		return 1
	if (line ~ /possible (circular|recursive|irq lock|deadlock)|INFO: (possible|trying to register)/)
		return 1
	if (line ~ /suspicious RCU usage|inconsistent lock state|held lock freed|lock held when returning|locks held at exit|DEBUG_LOCKS_WARN_ON/)
		return 1
	if (line ~ /blocked for more than [0-9]+ seconds|blocked (on|in) .*likely owned/)
		return 1
	if (line ~ /rcu: INFO: |INFO: rcu_|kthread starved|soft lockup|hard LOCKUP|workqueue lockup/)
		return 1
	if (line ~ /scheduling while atomic|sleeping function called|bad: scheduling/)
		return 1
	if (line ~ /refcount_t: |list_(add|del).* corruption|(Bad|bad) page (state|map)|Bad rss-counter|(nonzero|non-zero) pgtables/)
		return 1
	if (line ~ /unreferenced object|new suspected memory leaks/)
		return 1
	# A large block may be refused and asked for again in small ones; a
	# single page may not be wanting.
	if (line ~ /page allocation failure: order:0/ || line ~ /Out of memory: /)
		return 1
	if (line ~ /Objects remaining|Slab cache still has objects|Poison overwritten|Redzone overwritten/)
		return 1
	return 0
}

function excused(line,    i)
{
	for (i = 1; i <= allowed; i++)
		if (!used[i] && line ~ allow[i]) {
			used[i] = 1
			if (ENVIRON["EXCUSED"] != "")
				print line >ENVIRON["EXCUSED"]
			return 1
		}
	return 0
}

function complain(line)
{
	if (count++ == 0)
		first = line
}

# Does the stack below an access begin in a module? The kernel's own test
# module is the kernel's.
function made_by_module(from,    i)
{
	for (i = from; i <= length_of_race && race[i] ~ /\+0x[0-9a-f]+\/0x/; i++) {
		if (race[i] ~ /\[[a-z0-9_]+\]/)
			return race[i] !~ /\[test_hmm\]/
		if (race[i] !~ /^ *_*(h?list_|rb_|mem(cpy|move|set|cmp)|str[a-z]+\+|refcount_|kref_|find_(first|next))/)
			return 0
	}
	return 0
}

# A report of a race, from its title to its last line.
function end_race(    i, ours)
{
	in_race = 0
	for (i = 2; i <= length_of_race; i++)
		if (race[i] ~ / by (task|interrupt)/ && made_by_module(i + 1))
			ours = 1
	if (!ours) {
		if (ENVIRON["NOTED"] != "")
			print race[1] >ENVIRON["NOTED"]
		return
	}
	if (excused(race[1]))
		return
	complain(race[1])
	if (count == 1)
		for (i = 2; i <= length_of_race; i++)
			after[++shown] = race[i]
}

# The block that was collected since "cut here" is over.
function end_block(whole,    i, j, n)
{
	n = length_of_block
	length_of_block = 0
	in_block = 0
	if (whole && message != "" && excused(message))
		return
	for (i = 1; whole && i <= n; i++)
		if (excused(block[i]))
			return
	for (i = 1; i <= n; i++)
		if (bad(block[i])) {
			complain(block[i])
			# One WARN is one complaint, its lines are shown.
			if (count == 1)
				for (j = i + 1; j <= n; j++)
					after[++shown] = block[j]
			return
		}
	if (n > 1)
		complain(block[2])
}

BEGIN {
	allowed = split(ENVIRON["ALLOW"], lines, "\n")
	n = 0
	for (i = 1; i <= allowed; i++)
		if (lines[i] != "")
			allow[++n] = lines[i]
	allowed = n
}

{
	sub(/\r+$/, "")
	line = $0
	# Time, processor or task in brackets, log level.
	while (sub(/^(<[0-9]+>|\[[ 0-9.CT]*\] ?)/, "", line))
		;
	if (in_race) {
		race[++length_of_race] = line
		if (line ~ /^==========+$/ || length_of_race > 300)
			end_race()
		next
	}
	if (line ~ /^BUG: KCSAN: /) {
		in_race = length_of_race = 1
		race[1] = line
		next
	}
	if (count > 0 && !in_block && shown < 30)
		after[++shown] = line
	if (line ~ /-+\[ cut here \]-+/) {
		if (in_block)
			end_block(1)
		in_block = 1
		# Until 4.14 what a WARN has to say comes before it.
		message = before
		before = ""
	}
	if (in_block) {
		block[++length_of_block] = line
		if (line ~ /---\[ end trace/)
			end_block(1)
		else if (length_of_block > 300)
			end_block(0)
		next
	}
	before = line
	if (bad(line)) {
		before = ""
		if (!excused(line))
			complain(line)
	}
}

END {
	if (in_race)
		end_race()
	if (in_block)
		end_block(0)
	if (count == 0)
		exit 0
	printf "%d complaint%s in the kernel log, first:\n", count, count == 1 ? "" : "s"
	print "    " first
	for (i = 1; i <= shown && i <= 30; i++)
		print "    " after[i]
	exit 1
}
