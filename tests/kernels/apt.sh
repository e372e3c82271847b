# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages of any Debian suite, found and checked by apt with a configuration of
# our own (its own sources, lists, state and cache), so the machine's apt stays as
# it is. Nothing is installed. Sourced by what sets
#
#   me       who speaks in messages, and $name, about what, if there is one
#   cache    the folder that keeps what was downloaded
#   tmp      the folder that is being made, with what was unpacked in "root"
#   newest   1: read the package lists again
#
# shellcheck disable=SC2154 # those are set there

say()
{
	echo "$name: $*" >&2
}

fail()
{
	echo "${name:-$me}: $*" >&2
	exit 1
}

# The archives are the machine's own; only the suites are ours to name.
archive()
{
	local main security found

	# shellcheck disable=SC2016 # apt expands these
	found=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' 2>/dev/null)
	main=$(awk '$2 ~ /^(bullseye|bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$/ { print $1; exit }' <<<"$found")
	security=$(awk '$2 ~ /-security$/ { print $1; exit }' <<<"$found")
	# A minimal installation may know one archive only; they are neighbours.
	[ -n "$security" ] || security=${main/%debian\//debian-security/}
	[ -n "$main" ] || main=${security/%debian-security\//debian/}
	case $1 in
	*-security) echo "$security" ;;
	*) echo "$main" ;;
	esac
}

# apt for one suite: suite's packages only, none of the machine's.
apt_for()
{
	local suite=$1 of=$2 keyring

	apt_dir=$cache/apt/$suite
	[ "$of" = amd64 ] || apt_dir+=-$of
	apt_uri=$(archive "$suite")
	[ -n "$apt_uri" ] ||
		fail "this machine's apt has no Debian archive configured. Put one in /etc/apt/sources.list."
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial" \
		"$apt_dir/none" || fail "cannot write in $cache"

	for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp} ''; do
		[ -n "$keyring" ] && [ -e "$keyring" ] && break
	done
	echo "deb [arch=$of target=Packages${keyring:+ signed-by=$keyring}] $apt_uri $suite main" \
		>"$apt_dir/sources.list"
	# Old suites no longer renew their dates, and a machine's clock may be
	# behind: signatures and checksums are what counts.
	cat >"$apt_dir/apt.conf" <<-EOF
	Dir::State "$apt_dir";
	Dir::State::lists "$apt_dir/lists";
	Dir::State::status "/dev/null";
	Dir::Cache "$apt_dir/cache";
	Dir::Etc::sourcelist "$apt_dir/sources.list";
	Dir::Etc::sourceparts "$apt_dir/none";
	Dir::Etc::preferences "$apt_dir/none/preferences";
	Dir::Etc::preferencesparts "$apt_dir/none";
	Acquire::Check-Valid-Until "false";
	Acquire::Check-Date "false";
	Acquire::Retries "3";
	Acquire::Languages "none";
	APT::Architecture "$of";
	APT::Architectures "$of";
	APT::Sandbox::User "root";
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	EOF
}

apt_update()
{
	say "reading the package list of $suite"
	if apt-get -c "$apt_dir/apt.conf" -q update >"$apt_dir/log" 2>&1 &&
	   ! grep -q '^[EW]: .*Failed to fetch' "$apt_dir/log"; then
		touch "$apt_dir/fresh"
		return 0
	fi
	if [ -e "$apt_dir/fresh" ]; then
		say "could not renew the package list of $suite; going on with the old one"
		return 0
	fi
	sed 's/^/    /' "$apt_dir/log" >&2
	fail "could not read the package list of $suite; apt's words are above."
}

# Selects a suite, of one architecture. Its list is read again when it is older
# than half a day.
select_suite()
{
	suite=$1
	apt_for "$suite" "${2:-amd64}"
	if ! exec 8>"$apt_dir/lock" || ! flock 8; then
		fail "cannot lock $apt_dir"
	fi
	if [ ! -e "$apt_dir/fresh" ] || [ "$newest" = 1 ] ||
	   [ -n "$(find "$apt_dir/fresh" -mmin +720)" ]; then
		apt_update
	fi
	exec 8>&-
}

apt_show()
{
	apt-cache -c "$apt_dir/apt.conf" show --no-all-versions "$1" 2>/dev/null
}

field()
{
	sed -n "s/^$1: //p;/^\$/q"
}

# Downloads a package into the cache, unless it is there; sets $deb.
download()
{
	local package=$1 about file sum size tries=0 tmp

	about=$(apt_show "$package")
	file=$(field Filename <<<"$about")
	sum=$(field SHA256 <<<"$about")
	size=$(field Size <<<"$about")
	if [ -z "$file" ] || [ -z "$sum" ]; then
		fail "no package $package in $suite"
	fi
	deb=$cache/deb/$(basename "$file")

	if [ -e "$deb" ]; then
		echo "$sum  $deb" | sha256sum --quiet -c >/dev/null 2>&1 && return 0
		say "$(basename "$deb") in the cache is damaged, getting it again"
		rm -f "$deb"
	fi

	mkdir -p "$cache/deb" || fail "cannot write in $cache"
	tmp=$cache/deb/.partial.$name.$package
	while :; do
		say "downloading $package, $(((size + 500000) / 1000000)) MB"
		rm -rf "$tmp"
		mkdir "$tmp" || fail "cannot write in $cache"
		if (cd "$tmp" && apt-get -c "$apt_dir/apt.conf" -q download \
			"$package" >"$apt_dir/log.$name" 2>&1) &&
		   echo "$sum  $(echo "$tmp"/*.deb)" | sha256sum --quiet -c >/dev/null 2>&1; then
			break
		fi
		tries=$((tries + 1))
		if [ $tries -ge 3 ]; then
			sed 's/^/    /' "$apt_dir/log.$name" >&2
			rm -rf "$tmp"
			fail "could not download $package; apt's words are above."
		fi
		say "that failed, trying again"
		sleep $((tries * 2))
	done
	mv "$tmp"/*.deb "$deb" || fail "cannot write in $cache"
	rmdir "$tmp"
	downloaded=$((downloaded + size))
}

unpack()
{
	dpkg -x "$1" "$2" || fail "cannot unpack $1 (is the disk full?)"
}

elf_files()
{
	find "$1" -type f -perm -u+x | while read -r file; do
		if [ "$(head -c 4 "$file" | tr -d '\0')" = $'\177ELF' ]; then
			echo "$file"
		fi
	done
}

# Prints where below root/$1 the program loader is. Not the one in lib64: that may be a
# link to the machine's own.
loader()
{
	local path

	for path in /usr/lib/x86_64-linux-gnu /lib/x86_64-linux-gnu; do
		if [ -e "$tmp/root/$1$path/ld-linux-x86-64.so.2" ]; then
			echo "$path/ld-linux-x86-64.so.2"
			return
		fi
	done
}
