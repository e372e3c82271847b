#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The packages in a whole Debian 12 that runs, on an emulated machine without a network:
# installed there by apt for the kernel that runs, both modules loaded, a program uses the
# example driver; a second kernel is installed, for which dkms builds both from the kernel's
# own hook; the machine restarts into that one, and all of it works again; purged, nothing
# is left. tests/packages/machine/guest is what the machine does. The names of checks and
# the lines "# KEY: VALUE" are as tests/packages/table wants them.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"
here=$top/tests/packages/machine
said=$work/said
base=$top/build/debian
vm=$top/build/vm
# As the machine leaves it.
disk=$base/used
cargo=$work/cargo
scenarios="anon_ live_ fork_ dma_"

if [ "$(id -u)" != 0 ]; then
	skip "the packages in a machine" "only root can make one"
	done_testing
fi

packages()
{
	"$top/tests/packages/debs" >"$said" 2>&1 &&
		cp "$top/build/packages-tests/first/"{hmm-backport-dkms,hmm-backport-dev,vgpu-dkms}_*.deb "$cargo/"
}

program()
{
	make -s -C "$top/tests/scenarios" >"$said" 2>&1 && cp "$top/build/scenarios/scenarios" "$cargo/"
}

# What the machine says becomes ours.
heard()
{
	local line

	last="" count=0
	while IFS= read -r line; do
		case $line in
		'ok - '*) ok "${line#ok - }"; count=$((count + 1)) ;;
		'not ok - '*) not_ok "${line#not ok - }"; count=$((count + 1)) ;;
		'machine '*) last=$line ;;
		*) echo "$line" ;;
		esac
	done <"$1"
}

# Sets cpu: seconds of a processor that this script's children have used.
used()
{
	times >"$work/times"
	cpu=$(awk 'NR == 2 { gsub("s", ""); split($1, user, "m"); split($2, sys, "m")
		printf "%d", (user[1] + sys[1]) * 60 + user[2] + sys[2] }' "$work/times")
}

# starts HOW: the machine is started, does its part, and ends so.
starts()
{
	local started=$SECONDS log=$vm/machine-$1.log before status

	used
	before=$cpu
	"$here/start" "$disk" "$work/cargo.tar" "$log" "$work/port" 2>"$said"
	status=$?
	used
	echo "# it took $((SECONDS - started)) s, and $((cpu - before)) s of a processor"
	heard "$work/port"
	{
		echo "its last word: $last; $count checks heard. The end of its console:"
		tail -n 30 "$log" | tr -d '\r'
	} >>"$said"
	check "machine, $1: it did all of its part" "$said" test "$last" = "machine $1 $count"
	check "machine, $1: it ended by itself" "$said" test $status = 0
}

mkdir -p "$cargo" "$vm"
cp "$here/guest" "$cargo/"
check "machine: a Debian 12 on a disk" "$said" sh -c "'$here/system' '$base' >'$said' 2>&1"
[ "$tap_failed" = 0 ] || done_testing
first=$(cat "$base/first") second=$(cat "$base/second")
check "machine: the packages" "$said" packages
check "machine: the program" "$said" program
cat >"$cargo/settings" <<-EOT
first=$first
second=$second
version=$("$top/packaging/version")
scenarios="$scenarios"
EOT
[ "$tap_failed" = 0 ] || done_testing

printf '# distribution: %s\n# dkms: %s\n# kernels: %s\n' "bookworm, a machine" \
	"$(dpkg-query --admindir="$(cat "$base/tree")/var/lib/dpkg" -W -f '${Version}' dkms)" "$first $second"
tar -C "$cargo" -cf "$work/cargo.tar" . && cp --sparse=always "$base/disk" "$disk" || exit 1
rm -f "$vm"/machine-*.log
began=$SECONDS
starts reboot
# What has not got so far has nothing to start again for.
[ "${last% *}" != "machine reboot" ] || starts off
echo "# seconds: $((SECONDS - began))"

ALLOW='' awk -f "$top/tests/vm/scan.awk" "$vm/machine-reboot.log" "$vm/machine-off.log" >"$said" 2>&1
check "machine, kernel: the log has no complaint" "$said" test $? = 0
done_testing
