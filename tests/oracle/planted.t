#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The oracle notices a core that is wrong. All faults: make oracle-selftest.
exec "$(dirname "$0")/run" 6.1 -n 1000 -p write -p offset
