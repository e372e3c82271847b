# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Kernels and versions that come and go.
. /stories/inside.sh

n=${#kernels[@]}
old=${kernels[0]}
last=${kernels[n - 1]}

action="install, one kernel"
kernel "$old"
try "the kernel" ended_well
remember_files
run dpkg -i /first/hmm-backport-dkms_*.deb
try "dpkg ends well" ended_well
try "the module is there" present hmm-backport "$first" "$old"
try "its symbols are kept for drivers" \
	grep -q hmm_backport_mirror_register /var/lib/dkms/hmm-backport/kernel-"$old"-x86_64/module/Module.symvers
try "one says whether it is signed" says "igned" "Secure Boot"

action="reinstall"
run dpkg -i /first/hmm-backport-dkms_*.deb
try "dpkg ends well" ended_well
try "the module is there" present hmm-backport "$first" "$old"

action="purge"
run dpkg -P hmm-backport-dkms
try "dpkg ends well" ended_well
try "nothing is left" nothing_left

action="purge, source deleted by hand"
run dpkg -i /first/hmm-backport-dkms_*.deb
rm -rf "/usr/src/hmm-backport-$first"
run dpkg -P hmm-backport-dkms
try "dpkg ends well" ended_well
try "nothing is left" nothing_left

action="install, two kernels"
kernel "$last"
try "the other kernel" ended_well
run dpkg -i /first/hmm-backport-dkms_*.deb
try "dpkg ends well" ended_well
try "built for both" present hmm-backport "$first" "$old" "$last"

if [ "$n" = 4 ]; then
	action="kernel installed later"
	kernel "${kernels[1]}"
	try "its package ends well" ended_well
	try "the headers' hook built it" present hmm-backport "$first" "${kernels[1]}"
	kernel "${kernels[2]}"
	try "and for one more" present hmm-backport "$first" "${kernels[@]}"
fi

for kind in cloud rt; do
	release=$(flavour "$kind")
	if [ -n "$release" ]; then
		action="$kind flavour"
		try "$release has it" present hmm-backport "$first" "$release"
	fi
done

remember_upgrade()
{
	try "dpkg ends well" ended_well
	try "there for all" present hmm-backport "$1" "${kernels[@]}"
	try "the other version is gone" test ! -e "/var/lib/dkms/hmm-backport/$2"
	try "nothing is remembered any more" test ! -e /var/lib/hmm-backport
}

action="upgrade, $n kernels"
run dpkg -i /next/hmm-backport-dkms_*.deb
remember_upgrade "$next" "$first"

action="downgrade, $n kernels"
run dpkg -i /first/hmm-backport-dkms_*.deb
remember_upgrade "$first" "$next"

action="kernel removed"
run dpkg -P "linux-headers-$last" "linux-image-$last"
try "its package ends well" ended_well
try "the module went with it" absent hmm-backport "$last"
try "no file of it stays" test ! -e "/lib/modules/$last"

action="purge"
run dpkg -P hmm-backport-dkms
try "dpkg ends well" ended_well
for release in "${kernels[@]:1}"; do
	[ ! -e "/boot/vmlinuz-$release" ] || dpkg -P "linux-headers-$release" "linux-image-$release" >/dev/null 2>&1
done
try "nothing is left of versions and kernels" nothing_left
