# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How long commands take: measured in turn, and a table of the medians. Sourced by what
# measures on this machine's own clock; $work is its folder.

: "${work:?}"

# measure WHAT WHOSE COMMAND...: one more line of "clock processor" in times/WHAT.WHOSE.
measure()
{
	local into=$work/times/$1.$2 TIMEFORMAT='%R %U %S'

	shift 2
	{ time "$@" >"$work/said" 2>&1 || touch "$work/failed"; } 2>"$work/time"
	[ ! -e "$work/failed" ] || { cat "$work/said" >&2; fail "this failed: $*"; }
	awk '{ print $1, $2 + $3 }' "$work/time" >>"$into"
}

# table TITLE OURS THEIRS LINE: the medians of what is in times/. Its rows are read: what is
# measured, beside what of theirs, and in words, with blanks between; at the end comes LINE,
# with the ratio of processor time for each, and of the clock where the row begins with "+".
table()
{
	awk -v title="$1" -v ours="$2" -v theirs="$3" -v line="$4" -v times="$work/times" '
	function median(list,	v, n, i, j, t) {
		n = split(list, v, " ")
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) {
				t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
			}
		return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
	}
	# Sets clock and cpu, if that was measured.
	function get(name,	said, file, found) {
		said = file = times "/" name
		clock = cpu = ""
		while ((getline said <file) > 0) {
			split(said, found, " ")
			clock = clock " " found[1]
			cpu = cpu " " found[2]
		}
		close(file)
		if (clock == "")
			return 0
		clock = median(clock)
		cpu = median(cpu)
		return 1
	}
	function ratio(a, b) { return sprintf("%.2f", b > 0 ? a / b : 0) }
	BEGIN {
		printf "%-34s %25s %25s\n", title, "processor, s", "clock, s"
		printf "%-34s %9s %7s %7s %9s %7s %7s\n", "", ours, theirs, "ratio", ours, theirs, "ratio"
	}
	{
		what = $1; beside = $2
		words = $0; sub(/^[^ ]+ +[^ ]+ +/, "", words)
		also = sub(/^\+/, "", what)
		if (!get(what ".ours"))
			next
		c = clock; p = cpu
		get(beside ".theirs")
		printf "%-34s %9.2f %7.2f %7s %9.2f %7.2f %7s\n", words, p, cpu, ratio(p, cpu), c, clock, ratio(c, clock)
		gsub(/-/, "_", what)
		line = line " " what "=" ratio(p, cpu) (also ? " " what "_clock=" ratio(c, clock) : "")
	}
	END { print line }'
}
