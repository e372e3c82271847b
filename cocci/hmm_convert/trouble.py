# SPDX-License-Identifier: GPL-2.0-only
"""What ends a run."""

class Trouble(Exception):
    """Something that no conversion can go on with; ends in exit code 2."""

