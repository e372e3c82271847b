# SPDX-License-Identifier: GPL-2.0-only
"""What is concluded of rows: are the targets reached, how do costs grow."""

import math

# So many of the largest sizes are "the large end" of a line.
LARGE_END = 3


class Verdict:
    """A target and what was measured: value and reached are None if that cannot be said."""

    def __init__(self, workload, kind, limit, value):
        self.workload = workload
        self.kind = kind                # ratio, growth
        self.limit = limit
        self.value = value
        self.reached = None if value is None else value <= limit


def of(rows, kernel, workload):
    """The rows of a kernel and a workload, from the smallest number to the largest."""
    found = [row for row in rows if row['kernel'] == kernel and row['workload'] == workload.name]
    return sorted(found, key=lambda row: workload.number(row) or 0)


def judged(rows, workload):
    """The rows that a target is for."""
    return [row for row in rows if (workload.number(row) or 0) >= workload.first]


def worst(rows, workload):
    """The largest ratio among those rows."""
    return max((row['ratio'] for row in judged(rows, workload) if row['ratio'] is not None), default=None)


def grown(rows, workload):
    """The largest cost among those rows, as a multiple of the first of them."""
    costs = [row['ours'] for row in judged(rows, workload)]
    if len(costs) < 2 or None in costs or costs[0] <= 0:
        return None
    return round(max(costs) / costs[0], 3)


def verdicts(rows, workload):
    """What became of the targets of a workload; ROWS are those of one kernel and this workload."""
    found = []
    if workload.most is not None:
        found.append(Verdict(workload, 'ratio', workload.most, worst(rows, workload)))
    if workload.growth is not None:
        found.append(Verdict(workload, 'growth', workload.growth, grown(rows, workload)))
    return found


def slope(points):
    """The exponent of growth: least squares in logarithms of (number, cost); None of less than two."""
    points = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y is not None and y > 0]
    if len(points) < 2:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    across = sum((x - mean_x) ** 2 for x, _ in points)
    if across == 0:
        return None
    return round(sum((x - mean_x) * (y - mean_y) for x, y in points) / across, 3)


def exponents(rows, workload, whose):
    """How the whole cost grows with the number: over the whole line, and at its large end."""
    points = [(workload.number(row), None if row[whose] is None else row[whose] * (row['pages'] or 1))
              for row in rows if workload.number(row)]
    return slope(points), slope(points[-LARGE_END:])
