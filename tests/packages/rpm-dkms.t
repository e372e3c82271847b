#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rpm packages installed, reinstalled, replaced by another release, upgraded,
# downgraded and erased, with Debian's rpm and dkms and the headers of two kernels, in a
# tree that is thrown away. What is done there is in rpm-actions. $SUITE is another Debian
# than 12. Needs root.
. "$(dirname "$0")/../tap.sh"
said=$work/said
suite=${SUITE:-bookworm}
here=$top/tests/packages
version=$("$top/packaging/version")
next=99.0.0
missing=
for tool in rpmbuild spatch unifdef mmdebstrap openssl; do
	command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ] || [ "$(id -u)" != 0 ]; then
	skip "rpm with dkms" "needs root and:${missing:- nothing else}"
	done_testing
fi

PACKAGES=$work/rpms/1 "$top/packaging/make-rpm" >"$said" 2>&1
check "packages: this version is made" "$said" test $? = 0
RPM_RELEASE=2 PACKAGES=$work/rpms/2 "$top/packaging/make-rpm" >"$said" 2>&1
check "packages: a second release of it" "$said" test $? = 0
mkdir "$work/next"
(cd "$top" && packaging/sources | tar cf - --null -T -) | tar xf - -C "$work/next"
sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$next\"/" "$work/next/dkms.conf"
sed -i "0,/^## /s//## $next (2026-12-24)\n\n- A test.\n\n&/" "$work/next/CHANGELOG.md"
PACKAGES=$work/rpms/next "$work/next/packaging/make-rpm" >"$said" 2>&1
check "packages: a newer version" "$said" test $? = 0
openssl req -new -x509 -newkey rsa:2048 -nodes -days 9 -subj '/CN=a vendor/' -keyout "$work/rpms/key.pem" \
	-outform DER -out "$work/rpms/key.der" >"$said" 2>&1
check "packages: a key to sign with" "$said" test $? = 0
echo "$version" >"$work/rpms/version"
echo "$next" >"$work/rpms/next-version"

# rpm is in the tree of bookworm; other suites get one of their own.
with=(rpm)
[ "$suite" != bookworm ] || with=()
tree=$("$here/chroot" "$suite" "${with[@]}" 2>"$said")
check "packages: there is a tree of $suite" "$said" test -n "$tree"
mkdir -p "$top/build/ccache"

# The lines are as tests/packages/table reads them.
echo "# distribution: $suite, rpm"
began=$SECONDS
ended=0
while IFS= read -r line; do
	case $line in
	ok\ *) ok "${line#ok }" ;;
	not\ ok\ *) not_ok "${line#not ok }" ;;
	\#*) printf '%s\n' "$line" ;;
	ended) ended=1 ;;
	*) printf '# %s\n' "$line" ;;
	esac
done < <("$here/within" -b "$work/rpms" -b "$here" -b "$top/build/ccache" "$tree" /packages/rpm-actions 2>&1)
check "packages: all steps were done" "" test $ended = 1
echo "# seconds: $((SECONDS - began))"
done_testing
