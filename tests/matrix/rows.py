# SPDX-License-Identifier: GPL-2.0-only
"""What was measured: a list of rows, a row for each kernel and architecture.

A file of rows is JSON, one row a line. A row is merged into a file by kernel and
architecture, and a file appears whole or not at all.
"""

import fcntl
import json
import os
import re

from kernels import TOP

# A row that has nothing to say of one of these says null.
COLUMNS = ('kernel', 'arch', 'release', 'compiler', 'experimental', 'built', 'warnings',
           'header_warnings', 'booted', 'scenarios_passed', 'scenarios_skipped', 'scenarios_total',
           'module_passed', 'module_skipped', 'module_total', 'stress_seconds',
           'stress_operations', 'stress_mismatches', 'seconds', 'date', 'reason',
           'facts_differ', 'facts')


def blank(kernel, arch):
    row = dict.fromkeys(COLUMNS)
    row.update(kernel=kernel, arch=arch, release='', compiler='', experimental=False, built=False,
               warnings=0, header_warnings=0, seconds=0, reason='', facts_differ=[], facts={})
    return row


def order(row):
    """From the oldest kernel to the newest, as the numbers in their releases say."""
    def numbers(text):
        return [int(number) for number in re.findall(r'\d+', text)]
    return row['arch'] != 'amd64', row['arch'], (numbers(row['release'] or row['kernel']), numbers(row['kernel']), row['kernel'])


def read(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def write(path, rows):
    text = ',\n'.join(json.dumps(row, ensure_ascii=False) for row in rows)
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write('[\n%s\n]\n' % text)
    os.replace(path + '.new', path)


def differ(rows, others=()):
    """Says in each row which facts are not as on the newest kernel of ROWS and OTHERS."""
    known = [row for row in list(rows) + list(others) if row['arch'] == 'amd64' and row['facts']]
    newest = max(known, key=order)['facts'] if known else {}
    for row in rows:
        row['facts_differ'] = sorted('%s=%s' % (fact, answer) for fact, answer in row['facts'].items()
                                     if newest.get(fact, answer) != answer)


def merge(path, new, others=()):
    """Puts the rows NEW into the file PATH; what it has of other kernels stays."""
    # Another run may be at it.
    with open(os.path.join(TOP, 'build/matrix/lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        put(path, new, others)


def put(path, new, others):
    rows = {(row['kernel'], row['arch']): row for row in read(path)}
    rows.update(((row['kernel'], row['arch']), row) for row in new)
    rows = sorted(rows.values(), key=order)
    differ(rows, others)
    write(path, rows)
