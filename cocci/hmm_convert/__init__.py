# SPDX-License-Identifier: GPL-2.0-only
"""Convert a driver to the HMM API of hmm-backport."""
