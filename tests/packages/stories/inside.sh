# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a story does in its copy of a Debian: kernels that come and go, packages, and
# what must be so afterwards. Sourced by the other files here, which tests/packages/suite
# runs with these folders beside the system's:
#
#   /first, /next    the packages, and those of a version that follows
#   /ccache          what compilers made before
#
# Each check is a line "ok ACTION: WHAT" or "not ok ACTION: WHAT", with the reason behind.
# shellcheck disable=SC2034 # $rc and $kernels are for the stories
work=$(mktemp -d) || exit 1
said=$work/said
mapfile -t kernels </kernels/list
first=$(dpkg-deb -f /first/hmm-backport-dkms_*.deb Version)
next=$(dpkg-deb -f /next/hmm-backport-dkms_*.deb Version)
action=
dkms_tree=/var/lib/dkms

compilers() { find /usr/bin -regextype posix-extended -regex '.*/(x86_64-linux-gnu-)?gcc(-[0-9]+)?'; }

# What is built twice costs half. Some dkms set PATH, so ccache stands where the compilers
# were. These find what is theirs from /usr/compilers as from /usr/bin.
use_ccache()
{
	local compiler

	printf '%s\n' 'cache_dir = /ccache' 'max_size = 500M' 'path = /usr/compilers' >/etc/ccache.conf
	mkdir /usr/compilers
	compilers | xargs -I '{}' cp -a '{}' /usr/compilers/
	for compiler in /usr/compilers/*; do
		ln -sf ccache "/usr/bin/${compiler##*/}"
	done
}

# run COMMAND...: what it says is in $said, its status in $rc.
run()
{
	"$@" >"$said" 2>&1
	rc=$?
}

# try WHAT COMMAND...: a check.
try()
{
	local what=$1

	shift
	if "$@"; then
		echo "ok $action: $what"
	else
		echo "not ok $action: $what"
		echo "# failed: $*"
		tail -n 30 "$said" | sed 's/^/# /'
		dkms status 2>&1 | sed 's/^/# dkms status: /'
	fi
}

ended_well() { [ "$rc" = 0 ]; }
ended_badly() { [ "$rc" != 0 ]; }

# says TEXT...: all of them were said, literally.
says()
{
	local text

	for text; do
		grep -qF -e "$text" "$said" || {
			echo "# not said: $text"
			return 1
		}
	done
}

# The machine's own kernel is no business of the copy; this one runs.
running()
{
	cat >/usr/local/bin/uname <<-END
	#!/bin/sh
	[ "\$*" != -r ] || exec echo $1
	exec /usr/bin/uname "\$@"
	END
	chmod +x /usr/local/bin/uname
}

header_deb() { ls "/kernels/linux-headers-$1_"*.deb "$work/linux-headers-$1_"*.deb 2>/dev/null; }

# A kernel's image is large and nothing here boots it: a package with its name, version
# and scripts, which do what those of Debian's do.
image_deb()
{
	local release=$1 version dir=$work/image

	version=$(dpkg-deb -f "$(header_deb "$release")" Version 2>/dev/null)
	version=${version:-1-1}
	mkdir -p "$dir/DEBIAN" "$dir/boot" "$dir/lib/modules/$release/kernel"
	echo image >"$dir/boot/vmlinuz-$release"
	echo CONFIG_MMU_NOTIFIER=y >"$dir/boot/config-$release"
	touch "$dir/lib/modules/$release/modules.order" "$dir/lib/modules/$release/modules.builtin"
	# dkms takes a kernel without any module for one that was removed.
	gcc -c -x c -o "$dir/lib/modules/$release/kernel/stand_in.ko" /dev/null
	cat >"$dir/DEBIAN/control" <<-END
	Package: linux-image-$release
	Version: $version
	Architecture: amd64
	Maintainer: none <none@localhost>
	Provides: linux-base-$release (= $version)
	Description: stand-in
	END
	cat >"$dir/DEBIAN/postinst" <<-END
	#!/bin/sh -e
	[ "\$1" = configure ] || exit 0
	depmod $release
	export DEB_MAINT_PARAMS="\$*"
	run-parts --report --exit-on-error --arg=$release --arg=/boot/vmlinuz-$release /etc/kernel/postinst.d
	END
	cat >"$dir/DEBIAN/prerm" <<-END
	#!/bin/sh -e
	[ "\$1" = remove ] || exit 0
	export DEB_MAINT_PARAMS="\$*"
	run-parts --report --exit-on-error --arg=$release --arg=/boot/vmlinuz-$release /etc/kernel/prerm.d
	END
	cat >"$dir/DEBIAN/postrm" <<-END
	#!/bin/sh -e
	[ "\$1" = remove ] || exit 0
	rm -f /lib/modules/$release/modules.*
	END
	chmod 755 "$dir"/DEBIAN/p*
	dpkg-deb -Znone -b "$dir" "$work" >/dev/null
	rm -rf "$dir"
	echo "$work/linux-image-${release}_${version}_amd64.deb"
}

# fake RELEASE [FROM]: the headers of FROM (the oldest, if it is not said) under another release's name; then they are
# changed by what comes on the standard input, a script that runs in their folder.
fake()
{
	local release=$1 from=${2:-${kernels[0]}} dir=$work/fake old new

	dpkg-deb -R "$(header_deb "$from")" "$dir"
	while read -r old; do
		new=${old%/*}/${old##*/}
		mv "$old" "${new//$from/$release}"
	done < <(find "$dir" -depth -name "*$from*")
	for old in "$dir"/lib/modules/*/build "$dir"/usr/lib/modules/*/build; do
		[ ! -L "$old" ] || ln -sfn "/usr/src/linux-headers-$release" "$old"
	done
	grep -rlF -e "$from" "$dir/DEBIAN" "$dir/usr/src/linux-headers-$release/".kernelvariables \
		"$dir/usr/src/linux-headers-$release"/{Makefile,include/config/kernel.release,include/generated/utsrelease.h} \
		2>/dev/null | xargs sed -i "s/${from//./\\.}/$release/g"
	sed -i '/^Depends:/d' "$dir/DEBIAN/control"
	rm -f "$dir/DEBIAN/md5sums"
	(cd "$dir/usr/src/linux-headers-$release" && bash -e) || return 1
	dpkg-deb -Znone -b "$dir" "$work" >/dev/null
	rm -rf "$dir"
}

# kernel RELEASE...: installs image and headers as one run of apt would.
kernel()
{
	local release debs=()

	for release; do
		debs+=("$(image_deb "$release")" "$(header_deb "$release")")
	done
	run dpkg -i "${debs[@]}"
}

# The flavour of a release: the oldest of the tree of that flavour.
flavour()
{
	grep -e "-$1-amd64\$" /kernels/list | head -n 1
}

module_file() { find "/lib/modules/$2/updates" -name "$1.ko*" 2>/dev/null; }

# present NAME VERSION RELEASE...: built of that version, for that kernel, installed,
# and dkms knows.
present()
{
	local name=$1 version=$2 release file

	shift 2
	for release; do
		file=$(module_file "${name//-/_}" "$release")
		if [ "$(wc -l <<<"$file")" != 1 ] || [ -z "$file" ]; then
			echo "# $name: not one module for $release: $file"
			return 1
		fi
		case $(modinfo -F vermagic "$file") in
		"$release "*) ;;
		*)
			echo "# $file: vermagic $(modinfo -F vermagic "$file")"
			return 1
			;;
		esac
		if [ "$name" = hmm-backport ] && [ "$(modinfo -F version "$file")" != "$version" ]; then
			echo "# $file: version $(modinfo -F version "$file"), not $version"
			return 1
		fi
		dkms status -m "$name" -v "$version" -k "$release" | grep -q ': installed' || {
			echo "# $name/$version is not installed for $release, dkms says"
			return 1
		}
		grep -q "${file##*/}" "/lib/modules/$release/modules.dep" || {
			echo "# $release: depmod does not know ${file##*/}"
			return 1
		}
	done
}

# absent NAME RELEASE...: neither file nor word of dkms.
absent()
{
	local name=$1 release

	shift
	for release; do
		if [ -n "$(module_file "${name//-/_}" "$release")" ] ||
		   dkms status -m "$name" -k "$release" | grep -q installed; then
			echo "# $name is there for $release"
			return 1
		fi
	done
}

# Does the driver go with the very hmm-backport that is built for its kernel: it needs it, was built
# after it, and with the checksums of what it exports.
linked()
{
	local release driver symvers

	for release; do
		driver=$(module_file vgpu "$release")
		symvers=$(ls "$dkms_tree"/hmm-backport/kernel-"$release"-*/module/Module.symvers)
		[ "$(modinfo -F depends "$driver")" = hmm_backport ] || {
			echo "# $driver depends on: $(modinfo -F depends "$driver")"
			return 1
		}
		[ "$(stat -c %Y "$driver")" -ge "$(stat -c %Y "$symvers")" ] || {
			echo "# $driver is older than $symvers"
			return 1
		}
	done
}

# says_like PATTERN...: as says, extended regular expressions.
says_like()
{
	local pattern

	for pattern; do
		grep -qE -e "$pattern" "$said" || {
			echo "# not said: $pattern"
			return 1
		}
	done
}

configured() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]; }

# Every name in the system, but for what is written of any dpkg and any dkms: their logs
# and caches, dkms' signing key.
files()
{
	find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path /var/log -o -path /run \
		-o -path /ccache -o -path /first -o -path /next \) -prune -o -print |
		grep -vE '^/var/(cache/(apt|ldconfig|debconf)|lib/dpkg/(.*-old|lock.*|triggers/.*)|lib/dkms/mok\..*|lib/apt/.*)(/|$)' | LC_ALL=C sort
}

# What was there when, to be compared.
remember_files() { files >"$work/before"; }

nothing_left()
{
	local left

	files >"$work/after"
	diff "$work/before" "$work/after" | grep '^[<>]' >"$said"
	left=$(grep -c '^>' "$said")
	echo "# leftover files: $left"
	[ ! -s "$said" ]
}

use_ccache
running "${kernels[0]}"
