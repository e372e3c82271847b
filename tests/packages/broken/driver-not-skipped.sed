# SPDX-License-Identifier: GPL-2.0-only
# about: the driver is not skipped where hmm-backport is
# file: examples/vgpu/dkms.conf
# story: skipped
# caught: too new kernel, dependant
/hmm-backport.dkms.conf/d
