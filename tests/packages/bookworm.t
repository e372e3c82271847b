#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The packages on Debian 12: tests/packages/suite.
exec "$(dirname "$0")/suite" bookworm install skipped failing dependant
