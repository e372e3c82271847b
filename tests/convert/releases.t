#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A driver lives on: of release 2 a line is new and a call is wrapped in another
# way. A patch kept from release 1 fails there; converting the pristine source
# again works, and the same input gives the same bytes (docs/porting.md).
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null || ! command -v unifdef >/dev/null || ! command -v patch >/dev/null; then
	skip "releases" "spatch, unifdef or patch is not installed"
	done_testing
fi
guard=CONFIG_VGPU_USERPTR

# convert FROM TO [OPTION]...: what a vendor's release script does
convert()
{
	from=$1 to=$2
	shift 2
	cp -r "$work/$from" "$work/$to"
	(cd "$work/$to" && "$top/cocci/hmm-convert" --in-place --drop-guard $guard "$@" .) >"$work/said" 2>&1
	rc=$?
}

# saved FROM PATCH: the conversion of FROM as a file of patches/, for PATCH[] of dkms.conf
saved()
{
	(cd "$work/$1" && "$top/cocci/hmm-convert" --diff --drop-guard $guard .) >"$work/$2" 2>"$work/said"
}

# patched FROM TO PATCH: as dkms does it
patched()
{
	cp -r "$work/$1" "$work/$2"
	(cd "$work/$2" && patch -p1 --no-backup-if-mismatch <"$work/$3") >"$work/said" 2>&1
}

same()
{
	diff -r "$work/$1" "$work/$2" >"$work/diff" 2>&1
}

cp -r "$top/examples/vgpu" "$work/r1"
convert r1 c1
check "release 1 is converted" "$work/said" test $rc = 0
saved r1 r1.patch
check "its conversion as a patch" "$work/said" test $? = 0
patched r1 p1 r1.patch
check "fits release 1" "$work/said" test $? = 0
check "and does what --in-place does" "$work/diff" same c1 p1

# Release 2.
cp -r "$work/r1" "$work/r2"
sed -i '/ret = hmm_range_register(&range, &ctx->mirror, args->start, args->end,/ {
	N
	c\
	args->unmapped = 0;\
	ret = hmm_range_register(&range, &ctx->mirror,\
				 args->start,\
				 args->end, PAGE_SHIFT);
}' "$work/r2/vgpu_dma.c"
check "release 2 is another one" "$work/r2/vgpu_dma.c" test "$(diff "$work/r1/vgpu_dma.c" "$work/r2/vgpu_dma.c" | grep -c '^>')" = 4
patched r2 p2 r1.patch
rc=$?
check "the patch of release 1 fails on it" "$work/said" test $rc != 0
check "in the file that changed" "$work/said" grep -q 'FAILED.*vgpu_dma\.c' "$work/said"

convert r2 c2
check "release 2 is converted again, without a hand" "$work/said" test $rc = 0
diff -r "$work/c1" "$work/c2" >"$work/diff"
check "and differs from the first by the new line only" "$work/diff" \
	test "$(grep '^[<>]' "$work/diff")" = "> 	args->unmapped = 0;"
saved r2 r2.patch
patched r2 p2again r2.patch
check "its own patch fits" "$work/said" same c2 p2again

# The same input gives the same bytes.
convert r1 c1again
convert r2 c2again --jobs 2
check "release 1 again: the same bytes" "$work/diff" same c1 c1again
check "release 2 again: the same bytes" "$work/diff" same c2 c2again
saved r2 r2again.patch
check "and the same patch" "$work/said" cmp -s "$work/r2.patch" "$work/r2again.patch"

# A release that needs a person stops what packages it.
cp -r "$work/r2" "$work/r3"
sed -i 's/ret = hmm_range_register(/ret = args->flags ?: hmm_range_register(/' "$work/r3/vgpu_dma.c"
check "release 3 hides a call in an expression" "$work/r3/vgpu_dma.c" grep -q '?: hmm_range_register' "$work/r3/vgpu_dma.c"
convert r3 c3
check "it is not converted" "$work/said" test $rc = 1
check "the place is named" "$work/said" says "$work/said" \
	"vgpu_dma.c:$(grep -n '?: hmm_range_register' "$work/r3/vgpu_dma.c" | cut -d : -f 1): hmm_range_register() of five arguments" \
	"nothing was written"
check "and nothing is half done" "$work/diff" same r3 c3

done_testing
