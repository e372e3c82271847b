# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What goes wrong: headers, the compiler, the disk, the power. One is told, and when it is
# mended dpkg --configure -a puts all in order.
. /stories/inside.sh

old=${kernels[0]}
new=${kernels[-1]}
deb=$(echo /first/hmm-backport-dkms_*.deb)

recovers()
{
	run dpkg --configure -a
	try "dpkg --configure -a ends well" ended_well
	try "and all is there" present hmm-backport "$@"
	try "and configured" configured hmm-backport-dkms
	try "what failed is forgotten" test ! -e /var/lib/hmm-backport
}

action="oldest kernel does not build"
kernel "$old" "$new"
remember_files
broken=/usr/src/linux-headers-$old/include/generated/autoconf.h
cp "$broken" "$work/autoconf.h"
echo '#error "this kernel is broken"' >>"$broken"
run dpkg -i "$deb"
try "dpkg is told" ended_badly
try "which kernel, and where its log is" says "hmm-backport $first could not be built for: $old" "/var/lib/hmm-backport/hmm-backport/"
try "the compiler's words" says "this kernel is broken"
try "the remedy" says "dpkg --configure -a"
try "not there" absent hmm-backport "$old"
try "the newer one is built" present hmm-backport "$first" "$new"
cp "$work/autoconf.h" "$broken"
recovers "$first" "$old" "$new"

action="newest kernel does not build"
dpkg -P hmm-backport-dkms >/dev/null 2>&1
broken=/usr/src/linux-headers-$new/include/generated/autoconf.h
cp "$broken" "$work/autoconf.h"
echo '#error "this kernel is broken"' >>"$broken"
run dpkg -i "$deb"
try "dpkg is told" ended_badly
try "the older one is built" present hmm-backport "$first" "$old"
run dpkg -P hmm-backport-dkms
try "it can be purged in this state" ended_well
cp "$work/autoconf.h" "$broken"
try "nothing is left" nothing_left
dpkg -P "linux-headers-$old" "linux-image-$old" >/dev/null 2>&1
remember_files

action="broken compiler"
for compiler in /usr/compilers/*; do
	rm "/usr/bin/${compiler##*/}"
	printf '#!/bin/sh\necho "cc1: error: no such instruction" >&2\nexit 1\n' >"/usr/bin/${compiler##*/}"
	chmod +x "/usr/bin/${compiler##*/}"
done
run dpkg -i "$deb"
try "dpkg is told" ended_badly
try "and one is told" says "could not be built for: $new" "no such instruction"
for compiler in /usr/compilers/*; do
	ln -sf ccache "/usr/bin/${compiler##*/}"
done
recovers "$first" "$new"
run dpkg -P hmm-backport-dkms

action="full disk"
mount -t tmpfs -o size=800k none /var/lib/dkms
run dpkg -i "$deb"
try "dpkg is told" ended_badly
try "and one is told" says "could not be built" "No space left on device"
# Something that dkms started may still sleep there.
umount -l /var/lib/dkms
recovers "$first" "$new"
run dpkg -P hmm-backport-dkms
try "nothing is left" nothing_left

# killed WHEN COMMAND...: kills it and all that it started as soon as the file WHEN is there.
killed()
{
	local when=$1 group

	shift
	setsid "$@" >"$said" 2>&1 &
	group=$!
	while ! compgen -G "$when" >/dev/null && kill -0 "$group" 2>/dev/null; do
		sleep 0.05
	done
	compgen -G "$when" >/dev/null && kill -0 "$group" 2>/dev/null
	was=$?
	kill -9 -- "-$group" 2>/dev/null
	wait "$group" 2>/dev/null
}

action="killed in the middle"
killed "/var/lib/dkms/hmm-backport/$first/build/compat/generated/facts.h" dpkg -i "$deb"
try "while it built" test "$was" = 0
try "the module is not there yet" absent hmm-backport "$new"
recovers "$first" "$new"

action="killed in the middle of an upgrade"
killed "/var/lib/dkms/hmm-backport/$next/build/compat/generated/facts.h" dpkg -i /next/hmm-backport-dkms_*.deb
try "while it built" test "$was" = 0
recovers "$next" "$new"
try "the other version is gone" test ! -e "/var/lib/dkms/hmm-backport/$first"

action="no-autoinstall"
dpkg -P hmm-backport-dkms >/dev/null 2>&1
touch /etc/dkms/no-autoinstall
run dpkg -i "$deb"
try "dpkg ends well" ended_well
try "one is told" says "/etc/dkms/no-autoinstall"
try "nothing is built" absent hmm-backport "$new"
kernel "$old"
try "nor with a new kernel" absent hmm-backport "$old"
rm /etc/dkms/no-autoinstall
kernel "$old"
run dpkg-reconfigure hmm-backport-dkms
try "without it all is built" present hmm-backport "$first" "$old" "$new"
