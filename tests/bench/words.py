# SPDX-License-Identifier: GPL-2.0-only
"""Figures and conditions as people read them."""


def number(value):
    if value is None:
        return '-'
    return '%.2f' % value if isinstance(value, float) and abs(value) < 100 else '%d' % round(value)


def ratio(value):
    return '-' if value is None else '%.3f' % value


def size(row):
    """How many of what a row is about."""
    counted = (('pages', 'page'), ('vmas', 'mapping'), ('ranges', 'range'))
    return ', '.join('%d %s%s' % (row[key], word, 's' * (row[key] != 1)) for key, word in counted if row[key]) or 'bytes'


def condition(verdict):
    """A target in words."""
    workload = verdict.workload
    return '%s%s, from %d %s on' % (workload.title, ': growth' * (verdict.kind == 'growth'), workload.first,
                                    workload.against)
