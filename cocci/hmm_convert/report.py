# SPDX-License-Identifier: GPL-2.0-only
"""What a run says."""

import os

from .steps import STEPS, title


def report(result, options, stream):
    colour = stream.isatty() and not os.environ.get('NO_COLOR')

    def paint(code, text):
        return '\033[%sm%s\033[m' % (code, text) if colour else text

    def say(text):
        stream.write(text.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace') + '\n')

    changed = result.changed()
    for step in STEPS:
        paths = [f.path for f in changed if step.name in f.steps]
        if paths:
            say('%s  %s' % (paint('1', step.name), title(step, options.drop_guard)))
        for path in paths:
            say('    ' + path)
    for note in result.notes:
        say('note: ' + note)
    for use in result.left:
        say(paint('1;31', '%s:%d: %s' % (use.path, use.line, use.what)))
        say('    why: %s' % use.why)
        say('    do:  %s' % use.todo)


def written_half(options, written):
    if not written:
        return 'nothing was written'
    return '%d %s were written, half converted' % (written, 'patches' if options.mode == 'series' else 'files')


def last_line(result, options, written):
    """One line that says what was done and how it went."""
    changed = len(result.changed())
    if result.left:
        places = '%d place%s' % (len(result.left), 's are' if len(result.left) != 1 else ' is')
        return '%s left for a person; %s' % (
            places, written_half(options, written))
    if not changed:
        return 'nothing to convert in %d file%s' % (result.seen, '' if result.seen == 1 else 's')
    what = {'check': 'can be converted completely (--diff shows how, --in-place does it)',
            'diff': 'converted completely in this diff', 'in_place': 'converted completely',
            'series': 'converted completely by %d patch%s in %s' %
                      (written, '' if written == 1 else 'es', options.series)}[options.mode]
    return '%d of %d files %s' % (changed, result.seen, what)
