#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The packages on Debian sid, whose dkms is that of 13 or newer: what its compiler and kernels
# may change.
exec "$(dirname "$0")/suite" sid install skipped dependant
