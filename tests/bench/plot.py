# SPDX-License-Identifier: GPL-2.0-only
"""The plots of docs/performance.md: what is drawn, of rows of results."""

import figures
import lines
import svg

OURS = ('hmm-backport', svg.Style(svg.ORANGE, 'circle', 2.2))
NATIVE = ("the kernel's own", svg.Style(svg.BLUE, 'square'))
GUP = ('get_user_pages_fast()', svg.Style(svg.GREEN, 'triangle', 1.2, '6 3'))
FLOOR = ('a bare loop', svg.Style(svg.GREY, 'diamond', 1.2, '2 3'))
SERIES = {'ours': OURS, 'native': NATIVE, 'gup_fast': GUP, 'floor': FLOOR}

SIZES = [(1, '4 KiB'), (16, '64 KiB'), (256, '1 MiB'), (4096, '16 MiB'), (65536, '256 MiB')]
COUNTS = [(10 ** power, svg.short(10 ** power)) for power in range(6)]
# All plots of a kind are as wide as this.
ALL_SIZES, ALL_COUNTS = (1, 262144), (1, 10000)
# Longer bars are cut: what matters is on which side of the target they end.
LONGEST = 3.0


def drawn(row, who, workload):
    return lines.compared(row, who, workload) if who in lines.HANDLE else row[who]


def panel(rows, kernel, workload, whose, ticks, span):
    found = figures.of(rows, kernel, workload)
    series = [([(workload.number(row), drawn(row, who, workload)) for row in found], SERIES[who][1]) for who in whose]
    return svg.Panel(workload.title, series, ticks, span)


def sizes(rows, kernel, known):
    """Cost of a page against the size of what is asked for."""
    panels = []
    for workload in known.values():
        if workload.against == 'pages':
            whose = ('native', 'ours') if workload.outside_handler else ('floor', 'gup_fast', 'native', 'ours')
            panels.append(panel(rows, kernel, workload, whose, SIZES, ALL_SIZES))
    return svg.grid('Linux %s: cost of a page' % kernel, 'Instructions a page, against the size (both '
                    'logarithmic); of first touch and copy on write, those outside handle_mm_fault().',
                    [OURS, NATIVE, GUP, FLOOR], panels)


def counts(rows, kernel, known):
    """Cost of an operation against the number of ranges, and of a page against that of mappings."""
    chosen = [workload for workload in known.values() if workload.against in ('ranges', 'vmas')]
    panels = [panel(rows, kernel, workload, ('native', 'ours'), COUNTS, ALL_COUNTS)
              for workload in sorted(chosen, key=lambda workload: workload.against)]
    return svg.grid('Linux %s: cost against numbers' % kernel, 'Instructions of one operation against the number of '
                    'ranges; many mappings: of a page, against their number (both logarithmic).',
                    [OURS, NATIVE], panels)


def bar(workload, kernel, rows):
    value = figures.worst(figures.of(rows, kernel, workload), workload)
    if workload.most is None or value is None:
        return svg.Bar(kernel, value, svg.GREY)
    if value <= workload.most:
        return svg.Bar(kernel, value, svg.BLUE)
    return svg.Bar(kernel, value, svg.ORANGE, ' above')


def ratios(rows, kernels, known, what, against):
    """The largest ratio of each workload and kernel, beside its target."""
    groups = [(workload.title, workload.most, [bar(workload, kernel, rows) for kernel in kernels])
              for workload in known.values() if workload.against in against]
    return svg.bars("%s: hmm-backport's instructions as a multiple of the kernel's own" % what,
                    'The largest of all sizes that a target is for, on each kernel.',
                    [('at most the target', svg.BLUE), ('above it', svg.ORANGE), ('no target', svg.GREY)],
                    groups, LONGEST)


def files(rows, kernels, known):
    """Names of files and what belongs into them."""
    found = [('ratios-pages.svg', ratios(rows, kernels, known, 'Page tables', ('pages', 'vmas'))),
             ('ratios-ranges.svg', ratios(rows, kernels, known, 'Ranges', ('ranges',)))]
    for kernel in kernels:
        found.append(('pages-%s.svg' % kernel, sizes(rows, kernel, known)))
        found.append(('ranges-%s.svg' % kernel, counts(rows, kernel, known)))
    return found
