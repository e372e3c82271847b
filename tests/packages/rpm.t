#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rpm packages as files: `make rpm` makes them, twice the same bytes, rpmlint has
# nothing to say, all have the one version, and each distribution is asked for the
# headers in its own words. rpm-dkms.t installs them.
. "$(dirname "$0")/../tap.sh"
said=$work/said
version=$("$top/packaging/version")
abi=$("$top/packaging/version" abi)
missing=
for tool in rpmbuild rpmlint spatch unifdef; do
	command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
	skip "rpm" "not installed:$missing"
	done_testing
fi

PACKAGES=$work/one make --no-print-directory -C "$top" rpm >"$said" 2>&1
check "make rpm makes packages" "$said" test $? = 0
grep '\.rpm$' "$said" | sed 's/^/# /'

# Elsewhere, by somebody with other habits, at another time, of a copy without git.
mkdir -p "$work/elsewhere/a b"
(cd "$top" && packaging/sources | tar cf - --null -T -) | tar xf - -C "$work/elsewhere/a b"
find "$work/elsewhere" -exec touch -h -d '2031-02-03 04:05' {} +
(umask 077 && TZ=Asia/Kathmandu LC_ALL=C.UTF-8 PACKAGES=$work/two make --no-print-directory -C "$work/elsewhere/a b" rpm) >"$said" 2>&1
check "elsewhere too" "$said" test $? = 0
sums() { (cd "$1" && sha256sum ./*.rpm); }
diff <(sums "$work/one") <(sums "$work/two") >"$said" 2>&1
check "and they are the same, byte for byte" "$said" test $? = 0

for package in "$work"/one/*.rpm; do
	rpmlint -c "$top/packaging/rpm/rpmlint.toml" "$package" >"$said" 2>&1
	check "rpmlint has nothing to say of $(basename "$package")" "$said" \
		says "$said" "; 0 errors, 0 warnings"
done

# (A file that install-files gives and no package has stops rpmbuild itself.)
# rpm_of NAME QUERY...: of a package of one/.
rpm_of() { rpm -qp "${@:2}" "$work/one/$1-$version-1.noarch.rpm"; }
for name in dkms dev tools; do
	rpm_of hmm-backport-$name --qf '[%{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEMODES:perms} %{FILENAMES}\n]' >"$said"
	check "hmm-backport-$name: all files belong to root, and nobody else writes them" "$said" \
		sh -c "! grep -vE '^root:root (l.{9}|[d-].{4}-..-.) ' '$said'"
	awk '$2 !~ /^d/ { print $3 }' "$said" >"$work/$name"
done
sort "$work/dkms" "$work/dev" "$work/tools" | uniq -d >"$said"
check "no file is in two packages" "$said" test ! -s "$said"

check "hmm-backport-dkms says the number of its interface" "" \
	sh -c "rpm -qp --provides '$work/one/hmm-backport-dkms-$version-1.noarch.rpm' | grep -qx 'hmm-backport-abi-$abi = $version-1'"
check "hmm-backport-dev wants the module of its own version" "" \
	sh -c "rpm -qp --requires '$work/one/hmm-backport-dev-$version-1.noarch.rpm' | grep -qx 'hmm-backport-dkms = $version'"
check "the module's package needs no converter" "" \
	sh -c "! rpm -qp --requires '$work/one/hmm-backport-dkms-$version-1.noarch.rpm' | grep -E 'coccinelle|unifdef|python'"
check "the example driver wants this interface" "" \
	sh -c "rpm -qp --requires '$work/one/vgpu-dkms-1.0-1.noarch.rpm' | grep -qx 'hmm-backport-abi-$abi'"
# EL 7's rpm 4.11 knows these features; a package that is made nowhere in particular is for it too.
for package in "$work"/one/*.noarch.rpm; do rpm -qp --requires "$package"; done |
	grep '^rpmlib(' | grep -vE '^rpmlib\((CompressedFileNames|FileDigests|PayloadFilesHavePrefix)\)' >"$said"
check "EL 7's rpm can read them" "$said" test ! -s "$said"

# asks DISTRIBUTION VERSION REQUIREMENT...: so the spec does, built there, of headers.
rpm2cpio "$work/one/hmm-backport-$version-1.src.rpm" | (cd "$work" && cpio -id --quiet hmm-backport.spec)
asks()
{
	local for="$1 $2"
	rpmspec -q --requires --define "$for" --define 'dist .here' "$work/hmm-backport.spec" 2>"$said" |
		grep -E 'kernel' | sort -u >"$work/asked"
	printf '%s\n' "${@:3}" | sort >"$work/wanted"
	diff "$work/wanted" "$work/asked" >>"$said"
	check "for $for it asks for the kernel's headers as is usual there" "$said" test $? = 0
}
asks rhel 7 kernel-devel
asks rhel 8 kernel-devel '(kernel-rt-devel if kernel-rt-core)'
for el in 9 10; do
	asks rhel $el '(kernel-devel-matched if kernel-core)' '(kernel-64k-devel-matched if kernel-64k-core)' \
		'(kernel-rt-devel if kernel-rt-core)'
done
asks fedora 43 '(kernel-devel-matched if kernel-core)' '(kernel-64k-devel-matched if kernel-64k-core)' \
	'(kernel-rt-devel if kernel-rt-core)'
asks suse_version 1315 kernel-default-devel
asks suse_version 1600 '(kernel-default-devel if kernel-default)' '(kernel-azure-devel if kernel-azure)' \
	'(kernel-rt-devel if kernel-rt)'

# The one place: what does not agree stops the build.
sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="9.8.7"/' "$work/elsewhere/a b/dkms.conf"
PACKAGES=$work/three make --no-print-directory -C "$work/elsewhere/a b" rpm >"$said" 2>&1
rc=$?
check "a version that the changelog does not begin with stops make rpm" "$said" test $rc != 0
check "with the two versions" "$said" says "$said" "CHANGELOG.md begins with version $version, and dkms.conf says 9.8.7"
done_testing
