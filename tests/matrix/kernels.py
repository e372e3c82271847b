# SPDX-License-Identifier: GPL-2.0-only
"""Finds the kernels to measure and gives each its folder in build/kernels/.

All that builds and boots looks for a kernel there, laid out as tests/kernels/get says.
"""

import os
import re
import shutil

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
KERNELS = os.path.join(TOP, 'build/kernels')
BUILT = ('debug', 'kcsan')      # tests/kernels/debug-kernel builds them
OWN = '.of-a-build-tree'        # marks a folder that was made here


class Kernel:
    """A kernel; TROUBLE is a sentence if there is nothing to build against."""

    def __init__(self, name, arch='amd64', get=None, trouble=''):
        self.name = name
        self.folder = os.path.join(KERNELS, name)
        self.get = get              # the command that gets it
        self.trouble = trouble
        self.given_arch = arch
        self.failed = bool(trouble)

    @property
    def arch(self):
        return self.read('arch') or self.given_arch

    def read(self, name):
        try:
            with open(os.path.join(self.folder, name)) as file:
                return file.read().strip()
        except (OSError, UnicodeDecodeError):
            return ''

    def has(self, name):
        return os.path.exists(os.path.join(self.folder, name))


def table(name):
    """Names and architectures of tests/kernels/list or tests/kernels/by-hand."""
    with open(os.path.join(TOP, 'tests/kernels', name)) as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith('#')]
    return [(row[0], row[4] if len(row) > 4 else 'amd64') for row in rows]


def debian(names, arches, boot):
    """Kernels that tests/kernels gets: by name, by architecture, or those of its list."""
    known = dict(table('list') + table('by-hand'))
    if arches == ['all']:
        wanted = [name for name, arch in table('by-hand') if arch != 'amd64']
    elif arches:
        wanted = [name for name, arch in table('by-hand') if arch in arches]
    else:
        wanted = [] if names else [name for name, _ in table('list')]
    found = []
    for name in list(names) + wanted:
        if name in BUILT:
            found.append(Kernel(name, get=[os.path.join(TOP, 'tests/kernels/debug-kernel'), name]))
        elif name in known:
            get = [os.path.join(TOP, 'tests/kernels/get')] + ([] if boot else ['-H']) + [name]
            found.append(Kernel(name, known[name], get))
        else:
            found.append(Kernel(name, trouble='tests/kernels knows no kernel of this name'))
    return found


def name_of(path):
    """A folder's own name, or that of the one above if it has none."""
    while os.path.basename(path) in ('build', 'source', 'kdir'):
        path = os.path.dirname(path)
    return re.sub(r'[^\w.+-]', '-', os.path.basename(path)) or 'kernel'


def given(paths):
    """Kernels of the folders PATHS; the same one twice counts once."""
    found, seen, taken = [], set(), set()
    for path in paths:
        path = os.path.abspath(path)
        if os.path.realpath(path) in seen:
            continue
        seen.add(os.path.realpath(path))
        name = name_of(path)
        if name in taken:
            name = '%s-%s' % (name_of(os.path.dirname(path)), name)
        while name in taken:
            name += '+'
        taken.add(name)
        found.append(Kernel(name, trouble=place(path, name)))
    return found


def place(path, name):
    """Makes build/kernels/NAME of the folder PATH; a sentence if that cannot be."""
    folder = os.path.join(KERNELS, name)
    if not os.path.isdir(path):
        return 'there is no such folder'
    if os.path.realpath(path) == os.path.realpath(folder):
        pass
    elif name in dict(table('list') + table('by-hand')) or name in BUILT:
        return 'tests/kernels has another kernel of this name: call the folder something else'
    else:
        if os.path.islink(folder):
            os.remove(folder)
        elif os.path.exists(os.path.join(folder, OWN)):
            shutil.rmtree(folder)
        elif os.path.exists(folder):
            return 'build/kernels/ has another kernel of this name: call the folder something else'
        os.makedirs(KERNELS, exist_ok=True)
        if os.path.isdir(os.path.join(path, 'kdir')):
            os.symlink(path, folder)
        else:
            lay_out(path, folder)
    if not os.path.exists(os.path.join(folder, 'makeargs')):
        return 'the folder has a kdir and no makeargs, the arguments for make'
    return ''


def lay_out(tree, folder):
    """The folder of a build tree: one of this machine's architecture and compiler."""
    os.makedirs(os.path.join(folder, 'modules'))
    with open(os.path.join(folder, OWN), 'w') as file:
        file.write(tree + '\n')
    os.symlink(tree, os.path.join(folder, 'kdir'))
    with open(os.path.join(folder, 'makeargs'), 'w') as file:
        file.write('\n')
    for ours, theirs in (('config', '.config'), ('vmlinuz', 'arch/x86/boot/bzImage')):
        if os.path.exists(os.path.join(tree, theirs)):
            os.symlink(os.path.join(tree, theirs), os.path.join(folder, ours))
    try:
        with open(os.path.join(tree, 'include/generated/utsrelease.h')) as file:
            release = re.search(r'UTS_RELEASE "(.*)"', file.read()).group(1)
    except (OSError, AttributeError):
        return
    with open(os.path.join(folder, 'release'), 'w') as file:
        file.write(release + '\n')
