#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh modules|install|explain
#
# What the Makefile's targets do: find the kernel's build tree, refuse what cannot
# work, call kbuild, and end in one line that says what was done. KDIR, KVER and
# HMM_BACKPORT_EXPERIMENTAL come from make's command line or the environment;
# everything else on that command line reaches kbuild through MAKEFLAGS.

command=$1
make=${MAKE:-make}
top=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
cd "$top" || exit 1
. ./kernels.conf

say() { printf '%s\n' "$*" >&2; }

# refuse WHAT REMEDY...: what is wrong, then what to do.
refuse()
{
	say ""
	say "hmm-backport: $1"
	shift
	for line do
		say "  $line"
	done
	exit 1
}

case $top in
*[[:space:]]*) refuse "the name of this folder holds a space, and kbuild cannot build in such: $top" \
	"Move or copy hmm-backport to a folder without one." ;;
esac

# Two builds in one folder would write each other's files.
if command -v flock >/dev/null; then
	exec 9<"$top/Makefile"
	flock -n 9 || {
		say "hmm-backport: another build is running in this folder; waiting for it"
		flock 9
	}
fi

is_tree() { [ -f "$1/Makefile" ] && [ -f "$1/include/generated/autoconf.h" ]; }

# The newest kernel whose headers are installed.
newest_tree()
{
	for d in /lib/modules/*/build /usr/src/kernels/* /usr/src/linux-headers-*; do
		if is_tree "$d"; then
			echo "$(release_of "$d") $d"
		fi
	done | sort -V | tail -n 1 | cut -d' ' -f2-
}

# Debian before 6.12 keeps the upstream number in kernel.release, and the release
# that modules carry in utsrelease.h.
release_of()
{
	sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' "$1/include/generated/utsrelease.h" 2>/dev/null |
		grep . || cat "$1/include/config/kernel.release" 2>/dev/null
}

find_tree()
{
	if [ -n "${KDIR:-}" ]; then
		kdir=$KDIR
		[ -d "$kdir" ] || refuse "there is no folder KDIR=$kdir." \
			"KDIR= is a kernel's build tree, as /lib/modules/RELEASE/build is."
		is_tree "$kdir" || refuse "KDIR=$kdir is no kernel build tree that is ready for modules." \
			"It lacks Makefile or include/generated/autoconf.h. Name a folder of installed" \
			"kernel headers, or configure the tree and run 'make modules_prepare' in it." \
			"Of a kernel that was built with O=FOLDER, name FOLDER."
	elif [ -n "${KVER:-}" ]; then
		kdir=/lib/modules/$KVER/build
		is_tree "$kdir" || refuse "the headers of kernel $KVER are not installed." \
			"$(how_to_install "$KVER")" \
			"or name a build tree with KDIR=."
	else
		running=$(uname -r)
		kdir=/lib/modules/$running/build
		if ! is_tree "$kdir"; then
			kdir=$(newest_tree)
			[ -n "$kdir" ] || refuse "no kernel headers are installed." \
				"$(how_to_install "$running")" \
				"or name a build tree with KDIR=, or another installed kernel with KVER=."
			say "hmm-backport: the running kernel $running has no headers here; using the newest that has, $(release_of "$kdir")"
		fi
	fi
	kdir=$(cd "$kdir" && pwd -P) || exit 1
	release=$(release_of "$kdir")
	[ -n "$release" ] || refuse "$kdir does not say which kernel it is." \
		"It lacks include/generated/utsrelease.h: run 'make modules_prepare' in it," \
		"or install the headers again."
}

how_to_install()
{
	if command -v apt-get >/dev/null; then
		echo "Install them: apt-get install linux-headers-$1"
	elif command -v dnf >/dev/null; then
		echo "Install them: dnf install kernel-devel-$1"
	elif command -v zypper >/dev/null; then
		echo "Install them: zypper install kernel-default-devel"
	else
		echo "Install your distribution's kernel headers (development) package for $1"
	fi
}

check_tree()
{
	config=$kdir/include/config/auto.conf
	[ -f "$config" ] || config=$kdir/.config
	[ -f "$config" ] || refuse "kernel $release has no configuration: KDIR=$kdir lacks .config." \
		"Configure the tree and run 'make modules_prepare' in it, or install the headers again."
	grep -q '^CONFIG_MODULES=y' "$config" || refuse "kernel $release is built without CONFIG_MODULES." \
		"It can load no module, so nothing can be done for it."
	grep -q '^CONFIG_MMU_NOTIFIER=y' "$config" || refuse "kernel $release is built without CONFIG_MMU_NOTIFIER." \
		"It never says when a process's memory changes, so nothing can be mirrored on it." \
		"Use a kernel with CONFIG_MMU_NOTIFIER=y (distribution kernels with KVM have it)."
}

check_range()
{
	middle=$(printf '%s\n' "$HB_MIN" "$release" "$HB_MAX" | sort -V | sed -n 2p)
	[ "$middle" = "$release" ] && return
	if [ "${HMM_BACKPORT_EXPERIMENTAL:-}" = 1 ]; then
		say "hmm-backport: kernel $release is outside the tested range (${HB_MIN} to ${HB_MAX%.999}): an experiment"
		return
	fi
	refuse "kernel $release is outside the tested range, ${HB_MIN} to ${HB_MAX%.999}." \
		"A newer hmm-backport may know it. To try nevertheless:" \
		"  make $command HMM_BACKPORT_EXPERIMENTAL=1 ..."
}

kbuild()
{
	dir=$1
	shift
	"$make" --no-print-directory -C "$kdir" M="$dir" "$@"
}

modules()
{
	log=$(mktemp) || exit 1
	trap 'rm -f "$log"' EXIT
	start=$(date +%s)
	# The status of kbuild, not of tee.
	status=$( { { kbuild "$top" modules 2>&1; echo $? >&3; } | tee "$log" >&4; } 3>&1 ) 4>&1
	if [ "$status" != 0 ]; then
		rm -f hmm_backport.ko Module.symvers
		say ""
		# The facts were written for this kernel, and then our code did not compile or link.
		if grep -q "facts.sh for $release " compat/generated/facts.h 2>/dev/null &&
		   grep -qE '(src|compat|include)/[^ ]*: error:|undefined!' "$log"; then
			say "hmm-backport: every fact has its answer for $release, so what the compiler says above no fact asks yet"
			say "  If this kernel is newer than this hmm-backport, look for a newer one, or see docs/new-kernel.md."
		fi
		say "hmm-backport: nothing was built for $release; the reason is above"
		exit 1
	fi
	facts=$(grep -c '^#define FACT_.* 1$' compat/generated/facts.h)
	warnings=$(grep -c -e '[^ ]: warning: ' -e '^WARNING: ' "$log")
	note=$(sed -n 's,^/\* note: \(.*\) \*/$,; \1,p' compat/generated/facts.h)
	echo "hmm_backport.ko built for $release: $facts facts, $warnings warnings, $(($(date +%s) - start)) s$note"
}

install()
{
	root=${INSTALL_MOD_PATH:-}
	[ -n "$root" ] || [ "$(id -u)" = 0 ] || refuse "installing for $release needs root." \
		"Run it as root, or say INSTALL_MOD_PATH=FOLDER to install below a folder."
	modules
	kbuild "$top" modules_install INSTALL_MOD_DIR=updates || refuse "installing for $release failed; the reason is above."
	depmod ${root:+-b "$root"} "$release" || refuse "depmod failed for $release; the reason is above."
	echo "hmm_backport.ko installed in $root/lib/modules/$release/updates; load it with: modprobe hmm_backport"
}

# In a copy, so that what is built here stays as it is.
explain()
{
	copy=$(mktemp -d) || exit 1
	trap 'rm -rf "$copy"' EXIT
	mkdir "$copy/compat" || exit 1
	cp -R Kbuild dkms.conf include "$copy" && cp -R compat/facts compat/facts.sh "$copy/compat" || exit 1
	if ! kbuild "$copy" modules HMM_BACKPORT_FACTS_ONLY=1 >"$copy/out" 2>&1; then
		sed "s,$copy/,,g" "$copy/out" >&2
		exit 1
	fi
	cc=$(sed -n 's,^/\* Generated .* with \(.*\) \*/$,\1,p' "$copy/compat/generated/facts.h")
	note=$(sed -n 's,^/\* note: [^ ]*: \(.*\) \*/$,\, \1,p' "$copy/compat/generated/facts.h")
	echo "kernel $release, compiler $cc$note"
	echo
	awk '/^\/\* .*\? \*\/$/ { q[++n] = substr($0, 4, length($0) - 6) }
	     /^\t"/ { sub(/^\t"/, ""); sub(/\\n".*/, ""); split($0, f, "="); printf "%-18s %-24s %s\n", f[1], f[2], q[++i] }' \
		"$copy/compat/generated/facts.h"
	echo
	echo "$(grep -c '^#define FACT_.* 1$' "$copy/compat/generated/facts.h") facts, one answer each; nothing was built"
}

find_tree
check_tree
case $command in
modules|install) check_range; $command ;;
explain) explain ;;
*) refuse "build.sh knows no '$command'." "It is called by the Makefile." ;;
esac
