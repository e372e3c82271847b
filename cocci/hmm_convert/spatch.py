# SPDX-License-Identifier: GPL-2.0-only
"""Coccinelle: a copy of the files, and spatch on it."""

import os
import re
import shutil
import subprocess

from .trouble import Trouble

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
OLDEST_SPATCH = (1, 1, 0)     # the oldest that was tried: Debian 11
# Named to spatch, since 1.1.0 guesses its home from where its library is and may guess wrong.
PYTHON = '/usr/bin/python3'


def check_spatch():
    if not shutil.which('spatch'):
        raise Trouble('spatch is not installed (Debian, Fedora: package coccinelle)')
    said = subprocess.run(['spatch', '--version'], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout.decode(errors='replace')
    match = re.search(r'version (\d+)\.(\d+)(?:\.(\d+))?', said)
    if match and tuple(int(n or 0) for n in match.groups()) < OLDEST_SPATCH:
        raise Trouble('spatch is %s; %s or later is needed' %
                      (match.group()[8:], '.'.join(map(str, OLDEST_SPATCH))))


class Copy:
    """The files in a folder of their own, for spatch to work on.

    Each in a tree of its own, with the headers that it includes: of a header
    that two files include spatch may know the types in the first file only.
    """

    def __init__(self, folder, files, headers, includes):
        self.folder = folder
        self.place = {}         # path: where spatch works on it
        self.copies = {}        # path: where it is read as a header besides
        # What spatch leaves behind when it is stopped goes with the folder.
        self.env = dict(os.environ, TMPDIR=folder)
        self.texts = dict(headers, **{p: f.new for p, f in files.items()})
        self.includes = includes
        self.common = os.path.commonpath([os.path.dirname(os.path.abspath(p)) for p in self.texts])
        self.bare = {}          # path: its tree, as long as no headers are in it
        for number, path in enumerate(files):
            self.bare[path] = os.path.join(folder, str(number))
            self.place[path] = self.room(self.bare[path], path)
            self.put(path, self.texts[path])
        self.known = {place: path for path, place in self.place.items()}

    def room(self, tree, path):
        # spatch silently does nothing to a file with a blank in its name.
        place = os.path.join(tree, re.sub(r'[^\w./+,-]', '_', os.path.relpath(os.path.abspath(path), self.common), flags=re.A))
        while os.path.exists(place):
            place = os.path.join(os.path.dirname(place), '_' + os.path.basename(place))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, 'wb'):
            pass
        return place

    def give_headers(self, path):
        """Copy the headers that a file includes beside it, for the first step that reads them."""
        tree = self.bare.pop(path, None)
        if not tree:
            return
        for header in self.includes(path):
            if header in self.texts and header != path:
                place = self.room(tree, header)
                self.copies.setdefault(header, []).append(place)
                self.write(place, self.texts[header])

    def put(self, path, text, copies=True):
        """Write the text of a file; without COPIES only what spatch is to work on."""
        if path in self.place:
            self.write(self.place[path], text)
        if copies:
            self.texts[path] = text
            for place in self.copies.get(path, []):
                self.write(place, text)

    @staticmethod
    def write(place, text):
        with open(place, 'wb') as stream:
            stream.write(text.encode('latin-1'))

    def get(self, path):
        with open(self.place[path], 'rb') as stream:
            return stream.read().decode('latin-1')

    def spatch(self, step, paths, defines, jobs):
        """Run one step; returns what spatch complained about."""
        command = ['spatch', '--sp-file', os.path.join(HERE, step.name + '.cocci'), '-D', 'patch',
                   '--in-place', '--very-quiet', '--no-show-diff', '--include-headers',
                   # Or it skips a file whose types are all in a header.
                   '--disable-worth-trying-opt',
                   '--macro-file', os.path.join(HERE, 'macros.h')] + step.options
        if os.access(PYTHON, os.X_OK):
            command += ['--python', PYTHON]
        if '--local-includes' in step.options:
            for path in paths:
                self.give_headers(path)
        for define in defines:
            command += ['-D', define]
        if jobs > 1 and len(paths) > 1:
            command += ['-j', str(jobs)]
        # Each file is a group of its own: a function in one is not one of the same name in another.
        groups = os.path.join(self.folder, 'groups')
        with open(groups, 'w') as stream:
            stream.write('\n\n'.join(self.place[p] for p in paths) + '\n')
        run = subprocess.run(command + ['--file-groups', groups], cwd=self.folder, env=self.env,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = run.stdout.decode(errors='replace')
        if 'Cannot infer Python version' in said:
            raise Trouble('spatch finds no library of Python, which some steps need; install it '
                          '(Debian: package libpython3.N for the python3 that is installed)')
        if run.returncode or re.search(r'(?i)fatal error|exn |already tagged', said):
            return said.strip() or 'exit code %d' % run.returncode
        return None

    def unparsed(self, paths):
        """Places that Coccinelle cannot parse: (path, line)."""
        if not paths:
            return []
        for path in paths:
            self.give_headers(path)
        run = subprocess.run(['spatch', '--parse-c', '--macro-file', os.path.join(HERE, 'macros.h')] +
                             [self.place[p] for p in paths], cwd=self.folder, env=self.env,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        places = re.findall(r'(?m)^parse error\s*\n = File "([^"]*)", line (\d+)', run.stdout.decode(errors='replace'))
        return sorted({(self.known[p], int(n)) for p, n in places if self.known.get(p) in paths})


def local_headers(path, text, among):
    """Headers of the driver that a file includes with quotes."""
    for name in re.findall(r'(?m)^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', text):
        beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
        if os.path.isfile(beside):
            yield beside
        else:
            for other in among.get(os.path.basename(name), ())[:1]:
                yield other
