# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel was measured with: a line "measured: key=value ..." before its results."""

import os
import re
import shlex
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
KEYS = ('kernel', 'release', 'compiler', 'qemu', 'version', 'commit', 'date')


def said(*command):
    try:
        return subprocess.check_output(command, cwd=TOP, stderr=subprocess.DEVNULL, universal_newlines=True).strip()
    except (OSError, subprocess.CalledProcessError):
        return ''


def commit():
    """The commit that is checked out, and whether there is more than that."""
    name = said('git', 'rev-parse', '--short=12', 'HEAD')
    changed = said('git', 'status', '--porcelain', '--untracked-files=no')
    return name + ('+changes' if name and changed else '')


def gather(kernel):
    """What kernel KERNEL of build/kernels would be measured with now."""
    sys.path[1:1] = [os.path.join(TOP, 'tests', name) for name in ('matrix', 'runner')]
    import kernels
    import measure
    found = kernels.Kernel(kernel)
    emulator = said('sh', '-c', '. "tests/arch/$1" && echo "$emulator"', 'sh', found.arch)
    version = re.search(r'version (\d[\d.]*)', said(emulator, '--version') if emulator else '')
    return {'kernel': kernel, 'release': found.read('release'), 'compiler': measure.compiler(found),
            'qemu': version.group(1) if version else '', 'version': said('packaging/version'),
            'commit': commit(), 'date': time.strftime('%Y-%m-%d')}


def line(about):
    return 'measured: ' + ' '.join('%s=%s' % (key, shlex.quote(about[key])) for key in KEYS)


def parse(text):
    """The first such line of TEXT, or None."""
    for found in text.splitlines():
        if found.startswith('measured: '):
            words = dict(word.partition('=')[::2] for word in shlex.split(found)[1:])
            return {key: words.get(key, '') for key in KEYS}
    return None


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: provenance.py KERNEL')
    print(line(gather(sys.argv[1])))
