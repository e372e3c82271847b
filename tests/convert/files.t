#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Files are safe with hmm-convert, and what it is given wrongly it says clearly.
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null; then
	skip "files" "spatch is not installed"
	done_testing
fi
fixture=$top/tests/convert/steps/16-hmm-update.c
wanted=$top/tests/convert/steps/16-hmm-update.out

convert()
{
	"$top/cocci/hmm-convert" "$@" >"$work/said" 2>&1
	rc=$?
}

# trouble WHAT TEXT...: the last run ended with 2 and said all that.
trouble()
{
	what=$1
	shift
	[ "$rc" = 2 ] && says "$work/said" "$@"
	check "$what" "$work/said" test $? = 0
}

mkdir "$work/t"
cp "$fixture" "$work/t/a.c"
chmod 640 "$work/t/a.c"
ln -s a.c "$work/t/link.c"
convert --in-place "$work/t/link.c"
check "a symbolic link stays one" "$work/said" test -L "$work/t/link.c"
check "what it leads to is converted" "$work/said" cmp -s "$wanted" "$work/t/a.c"
check "permissions are kept" "$work/said" test "$(stat -c %a "$work/t/a.c")" = 640
check "nothing else is left in the folder" "$work/said" test "$(find "$work/t" -mindepth 1 | wc -l)" = 2

sed 's/$/\r/' "$fixture" >"$work/t/crlf.c"
sed 's/$/\r/' "$wanted" >"$work/crlf.out"
convert --in-place "$work/t/crlf.c"
check "CR LF is kept" "$work/said" cmp -s "$work/crlf.out" "$work/t/crlf.c"

{ printf '/* \351\377 */\n'; cat "$fixture"; } >"$work/t/bytes.c"
{ printf '/* \351\377 */\n'; cat "$wanted"; } >"$work/bytes.out"
convert --in-place "$work/t/bytes.c"
check "bytes that are not UTF-8 are kept" "$work/said" cmp -s "$work/bytes.out" "$work/t/bytes.c"

printf 'void f(struct hmm_update *u);' >"$work/t/end.h"
convert --in-place "$work/t/end.h"
check "a file without a newline at its end stays so" "$work/said" \
	test "$(cat "$work/t/end.h"; echo .)" = 'void f(struct mmu_notifier_range *u);.'

{
	cat "$fixture"
	n=0
	while [ $n -lt 12000 ]; do
		echo "/* $n */"
		n=$((n + 1))
	done
} >"$work/t/long.c"
convert --in-place "$work/t/long.c"
check "a file of 12,000 lines" "$work/said" test "$rc" = 0
check "its end is still there" "" test "$(tail -n 1 "$work/t/long.c")" = "/* 11999 */"

printf 'struct hmm_update;\r\nint x;\n' >"$work/t/mixed.c"
convert "$work/t/mixed.c"
trouble "mixed line ends are refused" "mixed.c: some lines end in CR LF and some do not"
rm "$work/t/mixed.c"

ln "$work/t/a.c" "$work/second"
cp "$fixture" "$work/t/a.c"
convert --in-place "$work/t/a.c"
check "another name of the file keeps the old one" "$work/said" cmp -s "$fixture" "$work/second"
check "and the file is converted" "$work/said" cmp -s "$wanted" "$work/t/a.c"

mkfifo "$work/t/fifo.c"
convert "$work/t"
check "what is no file is passed over in a folder" "$work/said" test "$rc" = 0
convert "$work/t/fifo.c"
trouble "and named it is trouble" "fifo.c: neither a file nor a folder"

if command -v script >/dev/null; then
	for no in '' 1; do
		cp "$fixture" "$work/t/a.c"
		NO_COLOR=$no script -qec "'$top/cocci/hmm-convert' '$work/t/a.c'" /dev/null </dev/null >"$work/said"
		# shellcheck disable=SC2046,SC2319 # one word
		check "on a terminal: progress, and colours unless NO_COLOR ($no)" "$work/said" \
			test "$(grep -c "$(printf '\033')\[K.* \.\.\." "$work/said") $(grep -c "$(printf '\033')\[1m16" "$work/said")" = \
			"1 $([ -z "$no" ] && echo 1 || echo 0)"
	done
else
	skip "on a terminal" "script is not installed"
fi

convert "$work/nowhere"
trouble "a path that is not there" "nowhere: no such file or folder"
convert
trouble "no path at all" "usage: hmm-convert"
convert --drop-guard USERPTR "$work/t"
trouble "a guard that is no CONFIG_" "--drop-guard wants a symbol such as"
convert --check --in-place "$work/t"
trouble "two modes" "not allowed with"

mkdir "$work/bin"
ln -s "$(command -v env)" "$(command -v sh)" "$work/bin"
ln -s "$(python3 -c 'import sys; print(sys.executable)')" "$work/bin/python3"
PATH=$work/bin "$top/cocci/hmm-convert" "$fixture" >"$work/said" 2>&1
rc=$?
trouble "no spatch" "spatch is not installed" "coccinelle"
printf '#!/bin/sh\necho "spatch version 1.0.4 compiled with OCaml version 4.02"\n' >"$work/bin/spatch"
chmod +x "$work/bin/spatch"
PATH=$work/bin "$top/cocci/hmm-convert" "$fixture" >"$work/said" 2>&1
rc=$?
trouble "an old spatch" "spatch is 1.0.4; 1.1.0 or later is needed"

# Stopped at any moment, a file is what it was or what it will be, and nothing else is left.
for delay in 0.05 0.15 0.3 0.45 0.6; do
	rm -rf "$work/k" && mkdir "$work/k" "$work/k/tmp" && cp "$fixture" "$work/k/a.c"
	TMPDIR=$work/k/tmp "$top/cocci/hmm-convert" --in-place "$work/k/a.c" >"$work/said" 2>&1 &
	sleep $delay
	kill -TERM $! 2>/dev/null
	wait $! 2>/dev/null
	cmp -s "$fixture" "$work/k/a.c" || cmp -s "$wanted" "$work/k/a.c" ||
		not_ok "stopped after $delay s: half a file" "$work/k/a.c"
	[ "$(find "$work/k" -type f | wc -l)" = 1 ] || not_ok "stopped after $delay s: something is left"
done
ok "stopped at five moments"

# Killed with many files: each is the old or the new one.  The moments are spread over the renames.
rm -rf "$work/k" && mkdir "$work/k"
n=0
while [ $n -lt 40 ]; do
	cp "$fixture" "$work/k/$n.c"
	n=$((n + 1))
done
half=
for delay in 0.2 0.5 0.9 1.3 1.6 1.8 2; do
	"$top/cocci/hmm-convert" --in-place "$work/k" >"$work/said" 2>&1 &
	sleep $delay
	kill -KILL $! 2>/dev/null
	wait $! 2>/dev/null
	for f in "$work"/k/*.c; do
		cmp -s "$fixture" "$f" || cmp -s "$wanted" "$f" || half=$f
	done
done
check "killed at seven moments: no file of 40 is half a one" "" test -z "$half"
convert --in-place "$work/k"
check "and then all are converted" "$work/said" test "$(grep -l hmm_update "$work"/k/*.c | wc -l)" = 0
check "and nothing else is there" "$work/said" test "$(find "$work/k" -mindepth 1 | wc -l)" = 40

# Killed, so that it cannot clean up: the next run does.
dead=$(sh -c 'echo $$')
rm -rf "$work/k" && mkdir -p "$work/k/temp/hmm-convert.$dead.abcdefgh/tree" && cp "$fixture" "$work/k/a.c"
touch "$work/k/.hmm-convert.$dead.abcdefgh" "$work/k/.hmm-convert.$$.abcdefgh" "$work/k/.hmm-convert.mine"
TMPDIR=$work/k/temp "$top/cocci/hmm-convert" --in-place "$work/k/a.c" >"$work/said" 2>&1
(cd "$work/k" && find . -mindepth 1 | sort) >"$work/ls"
check "what a killed run left goes at the next one, and nothing else" "$work/ls" \
	test "$(paste -s -d ' ' "$work/ls")" = "./.hmm-convert.$$.abcdefgh ./.hmm-convert.mine ./a.c ./temp"

# Not root: a file that may not be written is left alone, and so are the others.
python=$(command -v /usr/bin/python3)
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && [ -n "$python" ]; then
	# The checkout may lie where others cannot read.
	cp -r "$top/cocci" "$work/cocci" && chmod -R a+rX "$work/cocci"
	rm -rf "$work/k" && mkdir "$work/k" && cp "$fixture" "$work/k/a.c" && cp "$fixture" "$work/k/b.c"
	chmod 711 "$work" && chmod 777 "$work/k" && chmod 666 "$work/k/a.c" && chmod 444 "$work/k/b.c"
	(cd / && TMPDIR=$work/k setpriv --reuid=65534 --clear-groups \
		"$python" "$work/cocci/hmm-convert" --in-place "$work/k") >"$work/said" 2>&1
	rc=$?
	trouble "a file that may not be written is trouble" "cannot write" "b.c" "not writable"
	check "none is written then" "" cmp -s "$fixture" "$work/k/a.c"
	check "and nothing is left behind" "" test "$(find "$work/k" -type f | wc -l)" = 2
else
	skip "a file that may not be written" "this wants root and setpriv"
fi

# A tree without anything of HMM.
mkdir "$work/none"
echo 'int x;' >"$work/none/x.c"
convert --in-place "$work/none"
check "nothing to convert is success" "$work/said" test "$rc" = 0
check "and it says so" "$work/said" says "$work/said" "hmm-convert: nothing to convert in 1 file"

# A driver of 5.5 and later has no mirror: it is recognised and left alone.
cat >"$work/none/later.c" <<'E'
static int fault(struct hmm_range *range, struct mm_struct *mm, struct mmu_interval_notifier *notifier)
{
	range->notifier_seq = mmu_interval_read_begin(notifier);
	down_read(&mm->mmap_sem);
	return hmm_range_fault(range);
}
E
cp "$work/none/later.c" "$work/later.c"
convert --in-place "$work/none"
check "a driver of 5.5 and later is left alone" "$work/said" cmp -s "$work/later.c" "$work/none/later.c"
check "and recognised" "$work/said" says "$work/said" "later.c: uses the API of 5.5 and later"

# A part of the driver under another name, and one that was not given.
mkdir "$work/part"
cp "$fixture" "$work/part/part.inc"
printf '#include <linux/hmm.h>\n#include "part.x"\nstruct hmm_mirror *mirror;\n' >"$work/part/a.c"
cp "$fixture" "$work/part/part.x"
convert --in-place "$work/part"
check "what a file includes is converted, whatever its name" "$work/said" cmp -s "$wanted" "$work/part/part.x"
check "also if nothing is seen to include it" "$work/said" cmp -s "$wanted" "$work/part/part.inc"
cp "$fixture" "$work/part/part.x"
convert "$work/part/a.c"
check "and named if it was not given" "$work/said" says "$work/said" \
	"part.x: is included and calls the old API too, but was not given"

# Under git, changes that are not committed are not put at risk.
if command -v git >/dev/null; then
	mkdir "$work/git"
	cp "$fixture" "$work/git/a.c"
	(
		cd "$work/git" && git init -q . && git add a.c &&
			git -c user.name=n -c user.email=e@example.org commit -q -m a && echo '/* more */' >>a.c
	) >"$work/said" 2>&1
	cp "$work/git/a.c" "$work/dirty.c"
	convert --in-place "$work/git"
	trouble "uncommitted changes are refused" "has changes that are not committed" "--force"
	check "and not touched" "$work/said" cmp -s "$work/dirty.c" "$work/git/a.c"
	convert --in-place --force "$work/git"
	check "unless forced" "$work/said" test "$rc" = 0
	cp "$fixture" "$work/git/new.c"
	git -C "$work/git" -c user.name=n -c user.email=e@example.org commit -qam b
	convert --in-place "$work/git"
	trouble "a file that git does not have yet is refused" "new.c is not committed yet" "--force"
	check "and not touched either" "$work/said" cmp -s "$fixture" "$work/git/new.c"
	echo new.c >"$work/git/.gitignore"
	convert --in-place "$work/git"
	check "unless it is ignored" "$work/said" cmp -s "$wanted" "$work/git/new.c"
else
	skip "git" "git is not installed"
fi

done_testing
