#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The packages on Debian 13: tests/packages/suite.
exec "$(dirname "$0")/suite" trixie install skipped failing dependant
