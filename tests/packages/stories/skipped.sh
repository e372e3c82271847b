# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Kernels that hmm-backport does not serve: a notice, and nobody is hurt, neither dpkg nor
# the kernel's own package, whatever else is built on it.
. /stories/inside.sh

served=${kernels[0]}
ancient=2.6.32-5-amd64
without=5.9.0-1-nommu-amd64
bare=5.9.0-2-amd64
future=99.1.0-1-amd64

try_skip()
{
	try "dpkg ends well" ended_well
	try "nothing is built for $1" absent hmm-backport "$1"
	try "nor a driver" absent vgpu "$1"
}

# Installing the kernel runs the hooks of /etc/kernel; none may fail.
kernel_comes()
{
	action="$1$2"
	kernel "$3"
	try_skip "$3"
}

action="skipped kernels"
fake "$ancient" <<<:
fake "$future" <<<:
fake "$without" <<'END'
sed -i '/CONFIG_MMU_NOTIFIER=y/d' .config include/config/auto.conf
sed -i '/CONFIG_MMU_NOTIFIER /d' include/generated/autoconf.h
echo '# CONFIG_MMU_NOTIFIER is not set' >>.config
! grep -rq 'CONFIG_MMU_NOTIFIER[= ][y1]' .config include/config/auto.conf include/generated/autoconf.h
END
try "stand-ins" test $? = 0

# Alone, with nothing that it could be built for.
action="too new kernel, no other"
kernel "$future"
try "its package ends well" ended_well
remember_files
run apt-get -y install /first/hmm-backport-dkms_*.deb /first/hmm-backport-dev_*.deb /first/vgpu-dkms_*.deb
try_skip "$future"
try "a notice" says "skipped for $future"
try "all is configured" configured vgpu-dkms
run dpkg -i "$work/linux-image-${future}_"*.deb "$(header_deb "$future")"
try_skip "$future"
run dpkg -P vgpu-dkms hmm-backport-dev hmm-backport-dkms
try "they can be purged" ended_well
try "nothing is left" nothing_left

action="oldest kernel unsupported"
kernel "$served" "$ancient"
run dpkg -i /first/hmm-backport-dkms_*.deb
try_skip "$ancient"
try "a notice" says "skipped for $ancient"
try "a notice for the newest too" says "skipped for $future"
try "built for the other" present hmm-backport "$first" "$served"

kernel_comes "too new kernel" "" "$future"
kernel_comes "kernel without MMU_NOTIFIER" "" "$without"
kernel_comes "oldest kernel unsupported" "" "$ancient"
action="kernel without headers"
run dpkg -i "$(image_deb "$bare")"
try_skip "$bare"

action="dependant beside skipped kernels"
run dpkg -i /first/hmm-backport-dev_*.deb /first/vgpu-dkms_*.deb
try "dpkg ends well" ended_well
try "a notice for each" says "vgpu 1.0: skipped for $ancient" "vgpu 1.0: skipped for $without" "vgpu 1.0: skipped for $future"
try "built for the other" present vgpu 1.0 "$served"

kernel_comes "too new kernel" ", dependant" "$future"
kernel_comes "kernel without MMU_NOTIFIER" ", dependant" "$without"
kernel_comes "oldest kernel unsupported" ", dependant" "$ancient"
action="kernel without headers, dependant"
run dpkg -i "$(image_deb "$bare")"
try_skip "$bare"
run dpkg -i /next/hmm-backport-d*.deb
try "an upgrade ends well" ended_well
try "and is there" present hmm-backport "$next" "$served"
try "with the driver" present vgpu 1.0 "$served"
