# SPDX-License-Identifier: GPL-2.0-only
"""Draws lines and bars as SVG.

There is no background, and what is not data is of a grey that is read on white and on
black. Colours are told apart with any colour vision, and nothing is told by colour alone.
"""

import math
from xml.sax.saxutils import escape

GREY, BLUE, ORANGE, GREEN = '#7a7a7a', '#2b83c6', '#d55e00', '#159e77'
FONT = 'font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"'


class Style:
    """How a series looks."""

    def __init__(self, colour, marker, width=1.6, dashes=''):
        self.colour = colour
        self.marker = marker
        self.width = width
        self.dashes = dashes


class Drawing:
    """Elements, and the size they take."""

    def __init__(self, width, height, title):
        self.width = width
        self.height = height
        self.title = title
        self.items = []

    def text(self, x, y, said, anchor='start', size=11, bold=False, colour=GREY):
        self.items.append('<text x="%.1f" y="%.1f" font-size="%d" text-anchor="%s"%s fill="%s">%s</text>' % (
            x, y, size, anchor, ' font-weight="bold"' if bold else '', colour, escape(said)))

    def line(self, x1, y1, x2, y2, colour=GREY, width=1.0, faint=False, dashes=''):
        self.items.append('<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="%.1f"%s%s/>' % (
            x1, y1, x2, y2, colour, width, ' stroke-opacity="0.3"' if faint else '',
            ' stroke-dasharray="%s"' % dashes if dashes else ''))

    def bar(self, x, y, width, height, colour):
        self.items.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (
            x, y, width, height, colour))

    def curve(self, points, style):
        """Points joined by lines, each with its marker."""
        if len(points) > 1:
            self.items.append('<path d="M%s" fill="none" stroke="%s" stroke-width="%.1f"%s/>' % (
                'L'.join('%.1f %.1f' % point for point in points), style.colour, style.width,
                ' stroke-dasharray="%s"' % style.dashes if style.dashes else ''))
        for x, y in points:
            self.marker(x, y, style)

    def marker(self, x, y, style):
        corners = {'square': ((-3, -3), (3, -3), (3, 3), (-3, 3)), 'triangle': ((0, -4), (4, 3), (-4, 3)),
                   'diamond': ((0, -4), (4, 0), (0, 4), (-4, 0))}
        if style.marker in corners:
            self.items.append('<path d="M%sZ" fill="%s"/>' % (
                'L'.join('%.1f %.1f' % (x + dx, y + dy) for dx, dy in corners[style.marker]), style.colour))
        else:
            self.items.append('<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (x, y, style.colour))

    def legend(self, x, y, entries):
        """Names of series beside samples of them, in a row."""
        for name, style in entries:
            self.curve([(x, y - 4), (x + 22, y - 4)], style)
            self.text(x + 30, y, name)
            x += 50 + 6.6 * len(name)

    def written(self):
        return ('<!-- SPDX-License-Identifier: GPL-2.0-only -->\n'
                '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" %s>\n'
                '<title>%s</title>\n%s\n</svg>\n' % (self.width, self.height, self.width, self.height, FONT,
                                                    escape(self.title), '\n'.join(self.items)))


def short(value):
    """A round number as a label: 0.5, 20, 3k, 1M."""
    for unit, letter in ((1e6, 'M'), (1e3, 'k')):
        if value >= unit:
            return '%g%s' % (value / unit, letter)
    return '%g' % value


def rounds(low, high):
    """Round numbers, from the last below LOW to the first above HIGH."""
    digits = (1, 2, 3, 4, 5, 6, 8) if high / low < 5 else (1, 2, 5)
    found, power = [], math.floor(math.log10(low)) - 1
    while not found or found[-1] < high * 0.999:
        found += [digit * 10.0 ** power for digit in digits]
        power += 1
    first = max(i for i, value in enumerate(found) if value <= low * 1.001)
    last = min(i for i, value in enumerate(found) if value >= high * 0.999)
    return found[first:last + 1]


class Panel:
    """A plot with logarithmic axes: SERIES are (points, style), XTICKS (x, label); SPAN is across, at least."""

    def __init__(self, title, series, xticks, span):
        self.span = span
        self.title = title
        self.series = [([(x, y) for x, y in points if x and y is not None and y > 0], style) for points, style in series]
        self.xticks = xticks

    def draw(self, drawing, left, top, width, height):
        drawing.text(left, top - 8, self.title, size=12, bold=True)
        xs = [x for points, _ in self.series for x, _ in points] + list(self.span)
        ys = [y for points, _ in self.series for _, y in points]
        if not ys:
            drawing.text(left + width / 2, top + height / 2, 'could not be measured', 'middle')
            return
        x_low, x_high = min(xs), max(xs)
        marks = rounds(min(ys), max(max(ys), min(ys) * 1.5))
        y_low, y_high = marks[0], marks[-1]

        def x_at(x):
            return left + width * math.log(x / x_low) / math.log(x_high / x_low)

        def y_at(y):
            return top + height * (1 - math.log(y / y_low) / math.log(y_high / y_low))

        # Where there is no room for all of them, powers of ten.
        decades = [mark for mark in marks if abs(math.log10(mark) - round(math.log10(mark))) < 1e-9]
        for mark in marks if len(marks) <= 8 else decades:
            drawing.line(left, y_at(mark), left + width, y_at(mark), faint=True)
            drawing.text(left - 5, y_at(mark) + 4, short(mark), 'end', 10)
        for x, label in self.xticks:
            if x_low <= x <= x_high:
                drawing.line(x_at(x), top, x_at(x), top + height, faint=True)
                drawing.text(x_at(x), top + height + 14, label, 'middle', 10)
        drawing.line(left, top + height, left + width, top + height)
        for points, style in self.series:
            drawing.curve([(x_at(x), y_at(y)) for x, y in points], style)


def grid(title, about, legend, panels, columns=3):
    """Panels side by side under one heading."""
    width, height, top = 300, 230, 70
    rows = (len(panels) + columns - 1) // columns
    drawing = Drawing(columns * width, top + rows * height, title)
    drawing.text(10, 20, title, size=14, bold=True)
    drawing.text(10, 38, about)
    drawing.legend(14, 58, legend)
    for number, panel in enumerate(panels):
        panel.draw(drawing, number % columns * width + 46, top + number // columns * height + 26, width - 66, height - 62)
    return drawing.written()


class Bar:
    """A bar: its name, its value (None: not known), its colour and its mark, which says what the colour says."""

    def __init__(self, name, value, colour, mark=''):
        self.name = name
        self.value = value
        self.colour = colour
        self.mark = mark


def bars(title, about, legend, groups, longest):
    """Groups of bars, (title, limit or None, [Bar]); the scale ends at LONGEST at most, and their numbers tell all."""
    left, right, pitch, gap, top = 270, 100, 14, 14, 74
    height = top + sum(pitch * len(group[2]) + gap for group in groups) + 20
    drawing = Drawing(900, height, title)
    room = drawing.width - left - right
    largest = max([bar.value or 0 for _, _, group in groups for bar in group] + [limit or 0 for _, limit, _ in groups])
    most = min(longest, max(1, math.ceil(largest * 2 + 0.1) / 2))

    def x_at(value):
        return left + room * min(value, most) / most

    drawing.text(10, 20, title, size=14, bold=True)
    drawing.text(10, 38, about)
    x = 14
    for name, colour in legend:
        drawing.bar(x, 49, 18, 10, colour)
        drawing.text(x + 25, 58, name)
        x += 50 + 6.6 * len(name)
    drawing.line(x + 4, 46, x + 4, 62, width=2.5)
    drawing.text(x + 14, 58, 'target')

    step = 0.1 if most <= 1.5 else 0.25
    for number in range(int(most / step + 0.5) + 1):
        at = x_at(number * step)
        one = abs(number * step - 1) < 1e-9
        drawing.line(at, top, at, height - 20, faint=not one, dashes='4 3' if one else '')
        drawing.text(at, height - 6, '%g' % round(number * step, 2), 'middle', 10)
    y = top + gap / 2
    for name, limit, group in groups:
        drawing.text(10, y + pitch * len(group) / 2 + 4, name, size=12)
        for number, bar in enumerate(group):
            at = y + number * pitch
            drawing.text(left - 6, at + 10, bar.name, 'end', 10)
            if bar.value is None:
                drawing.text(drawing.width - right + 12, at + 10, 'unknown', size=10)
                continue
            drawing.bar(left, at + 2, max(x_at(bar.value) - left, 0.5), pitch - 4, bar.colour)
            drawing.text(drawing.width - right + 12, at + 10, '%.3f%s' % (bar.value, bar.mark), size=10)
        if limit:
            drawing.line(x_at(limit), y - 2, x_at(limit), y + pitch * len(group) + 2, width=2.5)
        y += pitch * len(group) + gap
    return drawing.written()
