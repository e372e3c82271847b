# SPDX-License-Identifier: GPL-2.0-only
"""Reads what tests/bench/measure prints of a kernel: a row for each line "bench: ...".

A line has instructions of a whole call; a row has them for a page of it.
"""

import re

KEYS = ('workload', 'pages', 'vmas', 'ranges')
VALUES = ('ours', 'native', 'gup_fast', 'floor', 'handle_ours', 'handle', 'base')
# The kernel's fault handler for the same pages, as each of them watches it.
HANDLE = {'ours': 'handle_ours', 'native': 'handle'}
DIGITS = 3


class BadLine(Exception):
    """What is wrong with the lines, and where."""


def fields(line, where):
    """The key=value words of a line; numbers, and None for "-"."""
    found = {}
    for word in line.split()[1:]:
        key, equals, value = word.partition('=')
        if not equals or key not in KEYS + VALUES:
            raise BadLine('%s: "%s" is none of %s' % (where, word, ', '.join(name + '=' for name in KEYS + VALUES)))
        if key in found:
            raise BadLine('%s: %s= is there twice' % (where, key))
        if key == 'workload':
            found[key] = value
        elif value == '-' and key in VALUES:
            found[key] = None
        elif re.match(r'-?\d+$' if key in VALUES else r'[1-9]\d*$', value):
            found[key] = int(value)
        else:
            raise BadLine('%s: %s is no number' % (where, word))
    return found


def row_of(said, workload, where):
    """A row of the fields that a line said."""
    missing = [key for key in ('ours', 'native') if key not in said]
    if workload.against != 'bytes' and workload.against not in said:
        missing.append(workload.against)
    if 'vmas' in said and 'pages' not in said:
        missing.append('pages')
    missing += [key for whose, key in HANDLE.items()
                if workload.outside_handler and said.get(whose) is not None and said.get(key) is None]
    if missing:
        raise BadLine('%s: %s has no %s' % (where, workload.name, ', no '.join(key + '=' for key in missing)))
    row = {key: said.get(key) for key in KEYS + VALUES}
    row['ratio'] = ratio(compared(row, 'ours', workload), compared(row, 'native', workload))
    for key in VALUES:
        if row[key] is not None and row['pages']:
            row[key] = round(row[key] / row['pages'], DIGITS)
    return row


def compared(row, whose, workload):
    """What counts of a cost: of faults that fill in pages, what is outside the kernel's handler."""
    if not workload.outside_handler:
        return row[whose]
    handle = row[HANDLE[whose]]
    return None if row[whose] is None or handle is None else row[whose] - handle


def ratio(ours, native):
    """Ours as a multiple of the kernel's own."""
    return None if ours is None or native is None or native <= 0 else round(ours / native, DIGITS)


def parse(text, name, workloads):
    """Rows of TEXT, which is what NAME (a file) has; "measured: " and comments are not for here."""
    rows, seen = [], set()
    if text and not text.endswith('\n'):
        raise BadLine('%s: the last line has no end: the run was cut off; measure again' % name)
    for number, line in enumerate(text.splitlines(), 1):
        where = '%s:%d' % (name, number)
        if line.startswith(('measured: ', '#')):
            continue
        if not line.startswith('bench: '):
            raise BadLine('%s: this is no line of the benchmark: %s' % (where, line))
        said = fields(line, where)
        workload = workloads.get(said.get('workload'))
        if workload is None:
            raise BadLine('%s: tests/bench/workloads has no workload "%s"' % (where, said.get('workload', '')))
        row = row_of(said, workload, where)
        key = tuple(row[part] for part in KEYS)
        if key in seen:
            raise BadLine('%s: this was measured before: %s' % (where, line))
        seen.add(key)
        rows.append(row)
    return rows


def missing(rows, workloads):
    """Names of workloads that no row is about."""
    there = {row['workload'] for row in rows}
    return [name for name in workloads if name not in there]
