#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The packages on Debian 11: tests/packages/suite.
exec "$(dirname "$0")/suite" bullseye install skipped failing dependant
