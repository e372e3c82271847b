#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The Debian packages as files: `make deb` makes them, twice the same bytes, lintian
# has nothing to say, each has what belongs to it, and all say the one version.
. "$(dirname "$0")/../tap.sh"
said=$work/said
version=$("$top/packaging/version")
abi=$("$top/packaging/version" abi)
missing=
for tool in mandoc dpkg-buildpackage dh dh_python3 lintian spatch unifdef; do
	command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
	skip "deb" "not installed:$missing"
	done_testing
fi

PACKAGES=$work/one make --no-print-directory -C "$top" deb >"$said" 2>&1
check "make deb makes packages" "$said" test $? = 0
grep '\.deb$' "$said" | sed 's/^/# /'

# Elsewhere, by somebody with other habits, at another time, of a copy without git.
mkdir -p "$work/elsewhere/a b"
tar cf - -C "$top" --exclude=./build --exclude=./.git . | tar xf - -C "$work/elsewhere"
find "$work/elsewhere" -exec touch -h -d '2031-02-03 04:05' {} +
(umask 077 && TZ=Asia/Kathmandu LC_ALL=C.UTF-8 PACKAGES=$work/two make --no-print-directory -C "$work/elsewhere" deb) >"$said" 2>&1
check "elsewhere too" "$said" test $? = 0
sums() { (cd "$1" && sha256sum ./*.deb ./*.dsc ./*.tar.xz); }
diff <(sums "$work/one") <(sums "$work/two") >"$said" 2>&1
check "and they are the same, byte for byte" "$said" test $? = 0

lintian --allow-root --fail-on error,warning --display-info "$work"/one/*.changes >"$said" 2>&1
check "lintian finds no error and no warning" "$said" test $? = 0
sed -n 's/^\([EWI]\): .*/\1/p' "$said" | sort | uniq -c | sed 's/^/# lintian: /'
check "and has nothing of note" "$said" sh -c "! grep '^[EWI]: ' '$said'"

# deb NAME: a package of one/.
deb() { echo "$work/one/$1_${2:-$version}_all.deb"; }
field() { dpkg-deb -f "$(deb "$1" "${3:-}")" "$2"; }
for name in dkms dev tools; do
	dpkg-deb -c "$(deb hmm-backport-$name)" | awk '{ print $6 }' | sed 's,^\./,/,' | grep -v '/$' >"$work/$name"
	check "hmm-backport-$name is of version $version" "" test "$(field hmm-backport-$name Version)" = "$version"
	check "hmm-backport-$name: all files belong to root, and nobody else writes them" "$said" \
		sh -c "! dpkg-deb -c '$(deb hmm-backport-$name)' | grep -v '^[dl-]r.x\{0,1\}.*root/root' | grep ."
done
sort "$work/dkms" "$work/dev" "$work/tools" | uniq -d >"$said"
check "no file is in two packages" "$said" test ! -s "$said"

src=/usr/src/hmm-backport-$version
(cd "$top" && git ls-files src compat include) | grep -E '\.([ch]|mk|sh|awk)$' | sed "s,^,$src/," >"$work/wanted"
printf '%s\n' "$src"/{Kbuild,Makefile,dkms.conf,kernels.conf,sdk/hmm-backport.dkms.conf,sdk/dkms-hopeless,scripts/dkms-post-build} \
	/usr/share/hmm-backport/dkms-package /usr/share/man/man7/hmm-backport.7.gz >>"$work/wanted"
grep -vxFf "$work/dkms" "$work/wanted" >"$said"
check "hmm-backport-dkms has all sources" "$said" test ! -s "$said"
(cd "$top" && git ls-files include/linux) | sed "s,^include,/usr/include/hmm-backport," >"$work/wanted"
printf '%s\n' /usr/share/hmm-backport/{hmm-backport.mk,hmm-backport.dkms.conf,dkms-hopeless,kernels.conf} >>"$work/wanted"
grep -vxFf "$work/dev" "$work/wanted" >"$said"
check "hmm-backport-dev has all headers and what makefiles read" "$said" test ! -s "$said"
(cd "$top" && git ls-files 'cocci/*.cocci' 'cocci/hmm_convert/*.py' cocci/hmm-convert cocci/macros.h) |
	sed 's,^,/usr/share/hmm-backport/,' >"$work/wanted"
printf '%s\n' /usr/bin/hmm-convert /usr/share/man/man1/hmm-convert.1.gz >>"$work/wanted"
grep -vxFf "$work/tools" "$work/wanted" >"$said"
check "hmm-backport-tools has the converter, its patches and its manual" "$said" test ! -s "$said"

check "hmm-backport-dkms says the number of its interface" "" \
	test "$(field hmm-backport-dkms Provides)" = "hmm-backport-abi-$abi"
check "hmm-backport-dev wants the module of its own version" "" \
	sh -c "echo '$(field hmm-backport-dev Depends)' | grep -qF 'hmm-backport-dkms (= $version)'"
check "the module's package needs no converter" "" \
	sh -c "! echo '$(field hmm-backport-dkms Depends) $(field hmm-backport-dkms Recommends)' | grep -E 'coccinelle|unifdef|python'"
check "the example driver wants this interface" "" \
	sh -c "echo '$(field vgpu-dkms Depends 1.0)' | grep -qw 'hmm-backport-abi-$abi'"

dpkg-deb -x "$(deb hmm-backport-tools)" "$work/root"
cp -r "$top/examples/vgpu" "$work/vgpu"
"$work/root/usr/bin/hmm-convert" --in-place --drop-guard CONFIG_VGPU_USERPTR "$work/vgpu" >"$said" 2>&1
check "the converter works from where it is installed" "$said" says "$said" "converted completely"
find "$work/root" -name '*.pyc' >"$said"
check "and leaves nothing there" "$said" test ! -s "$said"
dpkg-deb -x "$(deb vgpu-dkms 1.0)" "$work/root"
diff -r -x debian -x rpm "$work/vgpu" "$work/root/usr/src/vgpu-1.0" >"$said" 2>&1
check "the example driver's package has the converted source" "$said" test $? = 0

dpkg-deb -x "$(deb hmm-backport-dev)" "$work/root"
check "hmm-backport.mk knows its version" "" grep -qx "hmm-backport-version := $version" \
	"$work/root/usr/share/hmm-backport/hmm-backport.mk"

manual=$top/docs/hmm-backport.7
mandoc -Tlint -W warning "$manual" >"$said" 2>&1
check "the manual page is in order" "$said" test $? = 0
for parameter in $(sed -n 's/^module_param\(_named\)\{0,1\}(\([a-z_]*\),.*/\2/p' "$top"/src/*.c); do
	check "and says what the parameter $parameter does" "" grep -q "BR $parameter =" "$manual"
done

# The one place: what does not agree stops the build.
cp -r "$work/elsewhere" "$work/other"
sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="9.8.7"/' "$work/other/dkms.conf"
PACKAGES=$work/three make --no-print-directory -C "$work/other" deb >"$said" 2>&1
rc=$?
check "a version that the changelog does not begin with stops make deb" "$said" test $rc != 0
check "with the two versions" "$said" says "$said" "CHANGELOG.md begins with version $version, and dkms.conf says 9.8.7"
done_testing
