# SPDX-License-Identifier: GPL-2.0-only
"""The table of workloads and targets: tests/bench/workloads."""

import os

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


class Workload:
    """A line of the table; most and growth are None without a target."""

    def __init__(self, name, against, first, most, growth, title):
        self.name = name
        self.against = against
        self.first = int(first)
        self.most = None if most == '-' else float(most)
        self.growth = None if growth == '-' else float(growth)
        self.title = title

    @property
    def outside_handler(self):
        """Is it the cost outside the kernel's fault handler that is compared?"""
        return self.name.startswith('touch_')

    def number(self, row):
        """How many pages, mappings or ranges a row is about."""
        return row.get(self.against)


def table():
    """Workloads by name, in the table's order."""
    found = {}
    with open(os.path.join(TOP, 'tests/bench/workloads'), encoding='utf-8') as file:
        for line in file:
            if line.strip() and not line.startswith('#'):
                workload = Workload(*line.rstrip('\n').split('\t'))
                found[workload.name] = workload
    return found
