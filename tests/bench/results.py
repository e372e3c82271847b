# SPDX-License-Identifier: GPL-2.0-only
"""Files of results: JSON, an object a line, in one order.

build/bench.json is a list of rows. docs/performance.json has what each kernel was
measured with, too. A file appears whole or not at all.
"""

import json
import os
import re

import workloads

COLUMNS = ('kernel', 'workload', 'pages', 'vmas', 'ranges', 'ours', 'native', 'gup_fast', 'floor', 'handle_ours',
           'handle', 'base', 'ratio')


def kernel_order(name):
    """From the oldest kernel to the newest; those that have no number last."""
    numbers = [int(number) for number in re.findall(r'\d+', name)]
    return not numbers, numbers, name


def ordered(rows):
    places = list(workloads.table())

    def place(row):
        return (kernel_order(row['kernel']), places.index(row['workload']), row['pages'] or 0, row['vmas'] or 0,
                row['ranges'] or 0)
    return [{column: row[column] for column in COLUMNS} for row in sorted(rows, key=place)]


def listed(objects):
    return '[\n%s\n]' % ',\n'.join(json.dumps(one, ensure_ascii=False) for one in objects)


def write(path, text):
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(text)
    os.replace(path + '.new', path)


def write_rows(path, rows):
    write(path, listed(ordered(rows)) + '\n')


def read(path):
    """What the kernels were measured with, and all rows."""
    if not os.path.exists(path):
        return [], []
    with open(path, encoding='utf-8') as file:
        found = json.load(file)
    known = workloads.table()
    return found['kernels'], [row for row in found['results'] if row['workload'] in known]


def merge(path, kernels, rows):
    """Puts what was measured of KERNELS into the file PATH; what it has of others stays."""
    new = {about['kernel'] for about in kernels}
    old_kernels, old_rows = read(path)
    kernels = kernels + [about for about in old_kernels if about['kernel'] not in new]
    rows = rows + [row for row in old_rows if row['kernel'] not in new]
    kernels.sort(key=lambda about: kernel_order(about['kernel']))
    write(path, '{\n"kernels": %s,\n"results": %s\n}\n' % (listed(kernels), listed(ordered(rows))))
