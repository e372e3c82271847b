# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A driver's own DKMS package on top.
. /stories/inside.sh

# As an administrator may write it: dkms knows that variable, its package's scripts do not.
# shellcheck disable=SC2016
echo 'site_setting="/lib/modules/$kernelver/build"' >>/etc/dkms/framework.conf

old=${kernels[0]}
new=${kernels[-1]}

action="dependant installed first"
kernel "$old"
remember_files
run dpkg -i /first/vgpu-dkms_*.deb
try "dpkg does not take it" ended_badly
try "and says what is missing" says "vgpu-dkms depends on hmm-backport-dev" "vgpu-dkms depends on hmm-backport-abi-"
run dpkg -i /first/hmm-backport-dkms_*.deb /first/hmm-backport-dev_*.deb
run dpkg --configure -a
try "with hmm-backport dpkg recovers" ended_well
try "both are there" present hmm-backport "$first" "$old"
try "driver too" present vgpu 1.0 "$old"
try "and it was built on the other" linked "$old"

action="dependant purged"
run dpkg -P vgpu-dkms
try "dpkg ends well" ended_well
try "gone" absent vgpu "$old"
try "hmm-backport is not touched" present hmm-backport "$first" "$old"

action="dependant, hmm-backport not built"
run dkms remove -m hmm-backport -v "$first" -k "$old"
run dpkg -i /first/vgpu-dkms_*.deb
try "dpkg is told" ended_badly
# dkms' own, where it knows BUILD_DEPENDS for this too.
try "in a sentence" says_like "hmm-backport is not built for kernel|missing BUILD_DEPENDS: hmm-backport"
try "with the remedy" says "dkms install hmm-backport/" " -k $old"
dkms status -m hmm-backport -v "$first" | grep -q . || dkms add -m hmm-backport -v "$first" >/dev/null 2>&1
run dkms install "hmm-backport/$first" -k "$old"
try "which helps" ended_well
run dpkg --configure -a
try "dpkg recovers" ended_well
try "driver built" present vgpu 1.0 "$old"

action="dependant installed after, dkms' tree elsewhere"
run dpkg -P vgpu-dkms
dkms_tree=/srv/dkms
mv /var/lib/dkms "$dkms_tree"
cp /etc/dkms/framework.conf "$work/framework.conf"
echo "dkms_tree=\"$dkms_tree\"" >>/etc/dkms/framework.conf
run dpkg -i /first/vgpu-dkms_*.deb
try "dpkg ends well" ended_well
try "driver built" present vgpu 1.0 "$old"
try "and it was built on the other" linked "$old"
try "in that tree" test ! -e /var/lib/dkms
mv "$dkms_tree" /var/lib/dkms
cp "$work/framework.conf" /etc/dkms/framework.conf
dkms_tree=/var/lib/dkms
# As good as with quotes.
sed -i 's/^BUILD_DEPENDS.*/BUILD_DEPENDS[0]=hmm-backport/' /usr/src/vgpu-1.0/dkms.conf

action="kernel upgrade, dependant"
if [ "${#kernels[@]}" -gt 2 ]; then
	kernel "${kernels[1]}"
	try "its package ends well" ended_well
	try "hmm-backport was built" present hmm-backport "$first" "${kernels[1]}"
	try "and the driver, after it" present vgpu 1.0 "${kernels[1]}"
	try "on it" linked "${kernels[1]}"
fi

action="kernel and hmm-backport in one apt run, dependant"
run apt-get -y install "$(image_deb "$new")" "$(header_deb "$new")" /next/hmm-backport-dkms_*.deb /next/hmm-backport-dev_*.deb
try "apt ends well" ended_well
mapfile -t have < <(ls -v /lib/modules)
try "there for all" present hmm-backport "$next" "${have[@]}"
try "driver for all" present vgpu 1.0 "${have[@]}"
try "built on the new one" linked "${have[@]}"

action="downgrade, dependant"
run apt-get -y --allow-downgrades install /first/hmm-backport-dkms_*.deb /first/hmm-backport-dev_*.deb
try "apt ends well" ended_well
try "there for all" present hmm-backport "$first" "${have[@]}"
try "built on the old one" linked "${have[@]}"

action="dependant does not build any more"
source=/usr/src/vgpu-1.0/vgpu_drv.c
cp "$source" "$work/vgpu_drv.c"
echo '#error "this driver is broken"' >>"$source"
run dpkg -i /first/hmm-backport-dkms_*.deb
try "dpkg ends well for hmm-backport" ended_well
try "and says of the driver what is wrong" says "vgpu 1.0 could not be built for: ${have[*]}" "this driver is broken" \
	"dkms install --force vgpu/1.0 -k KERNEL"
try "which stays as it was" present vgpu 1.0 "${have[@]}"
cp "$work/vgpu_drv.c" "$source"
run /usr/share/hmm-backport/dkms-package dependants hmm-backport
try "mended, it is built again" present vgpu 1.0 "${have[@]}"
try "on what is there" linked "${have[@]}"

action="purge, dependant"
for release in "${have[@]}"; do
	[ "$release" = "$old" ] || dpkg -P "linux-headers-$release" "linux-image-$release" >/dev/null 2>&1
done
run apt-get -y purge hmm-backport-dkms hmm-backport-dev vgpu-dkms
try "apt ends well" ended_well
try "nothing is left" nothing_left
