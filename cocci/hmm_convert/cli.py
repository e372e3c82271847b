# SPDX-License-Identifier: GPL-2.0-only
"""The command line."""

import argparse
import json
import os
import re
import signal
import sys

from .conversion import Conversion
from .diffs import check_folder, diff_of, git, series, shown, write_series
from .files import write
from .report import last_line, report
from .trouble import Trouble

DONE, LEFT, TROUBLE = 0, 1, 2


def refuse_dirty(paths):
    """A changed file under git must be committed first, so that there is a way back."""
    for path in paths:
        folder = path if os.path.isdir(path) else os.path.dirname(path) or '.'
        if git(folder, 'status', '--porcelain', '--untracked-files=no', '--', os.path.abspath(path)):
            raise Trouble('%s has changes that are not committed; commit them first, or use --force' % path)


def refuse_untracked(files):
    """Nor is there one for a file that git does not have yet."""
    for f in files:
        path = os.path.realpath(f.path)
        if git(os.path.dirname(path), 'ls-files', '--others', '--exclude-standard', '--', path):
            raise Trouble('%s is not committed yet; commit it first, or use --force' % f.path)


def parse(argv):
    parser = argparse.ArgumentParser(
        prog='hmm-convert', usage='hmm-convert [--check | --diff | --in-place | --series DIR] [OPTION]... PATH...',
        description="Convert a driver from HMM's API of before August 2019 to hmm-backport's. "
                    'PATH is a file or a folder of the driver.',
        epilog='Exit status: 0 everything is converted or there was nothing to convert; 1 something is left for '
               'a person (listed), and nothing was written; 2 trouble.')
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument('--check', dest='mode', action='store_const', const='check', help='only report (the default)')
    mode.add_argument('--diff', dest='mode', action='store_const', const='diff', help='write a unified diff to standard output')
    mode.add_argument('--in-place', dest='mode', action='store_const', const='in_place', help='change the files')
    mode.add_argument('--series', metavar='DIR', help='write patches for git am into DIR, one for each step')
    parser.add_argument('--drop-guard', metavar='SYMBOL', action='append', default=[],
                        help='resolve preprocessor guards on SYMBOL (CONFIG_...) as if it were always set')
    parser.add_argument('--partial', action='store_true', help='write what could be converted even if something is left')
    parser.add_argument('--force', action='store_true', help='with --in-place: also files with uncommitted changes')
    parser.add_argument('--json', action='store_true', help='report as JSON')
    parser.add_argument('--jobs', metavar='N', type=int, default=1, help='run N spatch processes')
    parser.add_argument('paths', metavar='PATH', nargs='+', help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    options.mode = 'series' if options.series else options.mode or 'check'
    for symbol in options.drop_guard:
        if not re.match(r'CONFIG_\w+$', symbol):
            parser.error('--drop-guard wants a symbol such as CONFIG_DRIVER_USERPTR, not %s' % symbol)
    if options.jobs < 1:
        parser.error('--jobs wants a number from 1')
    if options.mode == 'diff' and options.json:
        parser.error('--diff and --json do not go together')
    return options


def main(argv):
    options = parse(argv)
    progress = sys.stderr.isatty() and not options.json

    def note(text):
        if progress:
            sys.stderr.write('\r\033[K%s ...' % text)
            sys.stderr.flush()

    try:
        if options.mode == 'in_place' and not options.force:
            refuse_dirty(options.paths)
        if options.mode == 'series':
            check_folder(options.series)
        result = Conversion(options, note).run()
        note('')
        if progress:
            sys.stderr.write('\r\033[K')
        changed = result.changed()
        fit = not result.left or options.partial
        written = 0
        if options.mode == 'in_place' and changed and fit:
            if not options.force:
                refuse_untracked(changed)
            write(changed)
            written = len(changed)
        if options.mode == 'diff' and fit:
            diffs = [diff_of(shown(f.path), f.data, f.bytes()) for f in changed]
            sys.stdout.buffer.write(b''.join(diffs))
            sys.stdout.buffer.flush()
        if options.mode == 'series' and changed and fit:
            patches = series(result, options.paths, options.drop_guard)
            write_series(options.series, patches)
            written = len(patches)
    except Trouble as trouble:
        sys.stderr.write('hmm-convert: %s\n' % trouble)
        return TROUBLE

    status = LEFT if result.left else DONE
    if options.json:
        json.dump({'status': status, 'written': bool(written), 'notes': result.notes,
                   'changed': [{'file': f.path, 'steps': f.steps} for f in changed],
                   'left': [dict(zip(('step', 'file', 'line', 'what', 'why', 'todo'), u)) for u in result.left]},
                  sys.stdout, indent=1, sort_keys=True)
        sys.stdout.write('\n')
    else:
        # The diff has standard output for itself.
        stream = sys.stderr if options.mode == 'diff' else sys.stdout
        report(result, options, stream)
        stream.write('hmm-convert: %s\n' % last_line(result, options, written))
    return status


def stop(number, frame):
    raise KeyboardInterrupt


def run(argv):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # So that no temporary file is left behind.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        return main(argv)
    except KeyboardInterrupt:
        sys.stderr.write('hmm-convert: stopped\n')
        return TROUBLE
