# SPDX-License-Identifier: GPL-2.0-only
# what: the device asks before it takes its lock
# file: hmm_stress.c
# classes: files overlap mix
/^static void hs_do_run\(/,/^}/ {
	s/^\t\tmutex_lock\(&hs->lock\);/\t\tasked = hs_window_valid(win);\
		usleep_range(100, 110);\
&/
	s/if \(hs_window_valid\(win\)\)/if (asked)/
	s/^\tlong ret;/\tbool asked;\
&/
}
