#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# HMM_BACKPORT and HMM_BACKPORT_NOT mean the same to hmm-backport.dkms.conf as to
# hmm-backport.mk; and where a driver goes without hmm-backport, dkms does not wait for it.
. "$(dirname "$0")/../tap.sh"
said=$work/said

# same KERNEL LIST y|n: whether hmm-backport is used there, to both.
same()
{
	# shellcheck disable=SC2016 # make's
	printf 'include %s\nall:\n\t@echo $(HMM_BACKPORT_USED)\n' "$top/sdk/hmm-backport.mk" |
		make -s -f - KERNELRELEASE="$1" HMM_BACKPORT_NOT="$2" >"$said" 2>&1
	check "$1 in '$2': the makefile says $3" "$said" test "$(cat "$said")" = "$3"
	waits_for "$1" HMM_BACKPORT_NOT "$2" >"$said" 2>&1
	check "$1 in '$2': so does dkms.conf" "$said" \
		test "$(cat "$said")" = "$(if [ "$3" = y ]; then echo "first hmm-backport last"; else echo "first last"; fi)"
}

# waits_for KERNEL VARIABLE VALUE: the modules that dkms builds before such a driver.
waits_for()
{
	(
		# shellcheck disable=SC2034 # for the file that is read
		kernelver=$1
		# shellcheck disable=SC2034
		PACKAGE_NAME=driver
		BUILD_DEPENDS=(first hmm-backport last)
		printf -v "$2" %s "$3"
		# shellcheck source=../../sdk/hmm-backport.dkms.conf
		. "$top/sdk/hmm-backport.dkms.conf"
		echo "${BUILD_DEPENDS[*]}"
	)
}

cd "$work" || exit 1
touch 6.1.x
same 6.1.0-56-amd64 "" y
same 6.1.0-56-amd64 "6.12.% 6.1.%" n
same 6.12.117+deb13-amd64 "6.1.%" y
same 6.12.117+deb13-amd64 "6.12.117+deb13-amd64" n
same 7.3~rc2-amd64 "7.3~%" n
same 6.1.0-56-cloud-amd64 "6.%-cloud-amd64" n
same 6.1.0-56-cloud-amd64 "6.%-cloud-%" y
same 6.1.0-56-amd64 "6.1.*" y
same 6.1.0-56-amd64 "6.1.? [6]%" y
same 6.1.0 "6.1.0%0" y

waits_for 6.1.0 HMM_BACKPORT n >"$said" 2>&1
check "HMM_BACKPORT=n: dkms does not wait for it" "$said" test "$(cat "$said")" = "first last"
waits_for 6.1.0 HMM_BACKPORT y >"$said" 2>&1
check "HMM_BACKPORT=y: it does" "$said" test "$(cat "$said")" = "first hmm-backport last"
done_testing
