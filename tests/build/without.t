#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel that has neither debugfs nor tracepoints: the module builds without a
# warning and asks for nothing of them.
. "$(dirname "$0")/../tap.sh"

said=$work/said
name=${KERNELS:-6.1}
name=${name%% *}
kernel=$top/build/kernels/$name

mkdir "$work/src"
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$work/src"
# After the kernel's own configuration, which every file includes first.
cat >"$work/without.h" <<END
#undef CONFIG_DEBUG_FS
#undef CONFIG_TRACEPOINTS
#undef CONFIG_EVENT_TRACING
END

# shellcheck disable=SC2046 # makeargs are words
if make -C "$work/src" --no-print-directory modules KDIR="$kernel/kdir" \
	$(cat "$kernel/makeargs") KCFLAGS="-include $work/without.h" >"$said" 2>&1 &&
   says "$said" " 0 warnings"; then
	ok "$name: builds without debugfs and tracepoints"
else
	not_ok "$name: builds without debugfs and tracepoints" "$said"
fi
nm -u "$work/src/hmm_backport.ko" 2>&1 | grep -E 'debugfs|trace_(event|run|hmm|raw)|no symbols|No such' >"$said"
if [ -s "$said" ]; then
	not_ok "$name: and needs nothing of them" "$said"
else
	ok "$name: and needs nothing of them"
fi

done_testing
