# SPDX-License-Identifier: GPL-2.0-only
"""Files of a driver: find, read and safely write them."""

import bisect
import contextlib
import difflib
import functools
import os
import re
import shutil
import signal
import tempfile

from .trouble import Trouble


class File:
    """One file of the driver: as it is, and as it will be."""

    def __init__(self, path, data):
        self.path = path
        self.data = data
        self.crlf = b'\r\n' in data
        self.old = data.decode('latin-1')
        if self.crlf:
            if data.count(b'\r\n') != data.count(b'\n'):
                raise Trouble('%s: some lines end in CR LF and some do not; make them the same first' % path)
            self.old = self.old.replace('\r\n', '\n')
        self.new = self.old
        self.steps = []
        self.mapped = None      # the new text that blocks belong to
        self.blocks = []

    @property
    def changed(self):
        return self.new != self.old

    def encode(self, text):
        """A text of this file as it is on disk."""
        return (text.replace('\n', '\r\n') if self.crlf else text).encode('latin-1')

    def bytes(self):
        return self.encode(self.new)

    def original_line(self, line):
        """The line of the original that line LINE of the new text came from."""
        if not self.changed:
            return line
        if self.mapped != self.new:
            self.mapped = self.new
            self.blocks = same_lines(self.old.split('\n'), self.new.split('\n'))
        at = bisect.bisect_right([b[1] for b in self.blocks], line - 1) - 1
        old, new, _ = self.blocks[max(at, 0)]
        later = self.blocks[at + 1][0] if at + 1 < len(self.blocks) else self.old.count('\n') + 1
        return max(min(old + line - 1 - new, later - 1), 0) + 1


def same_lines(old, new):
    """Blocks of equal lines: (index in old, index in new, number)."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    blocks = [(0, 0, head)] if head else []
    match = difflib.SequenceMatcher(None, old[head:len(old) - tail], new[head:len(new) - tail], False)
    blocks += [(b.a + head, b.b + head, b.size) for b in match.get_matching_blocks() if b.size]
    blocks.append((len(old) - tail, len(new) - tail, tail))
    return blocks


def find(paths):
    """The files below PATHS that the conversion may have to look at."""
    found = []
    for path in paths:
        if os.path.isdir(path):
            def failed(error):
                raise Trouble('cannot read %s: %s' % (error.filename, error.strerror))
            for base, folders, names in os.walk(path, onerror=failed):
                folders[:] = sorted(d for d in folders if not d.startswith('.'))
                found += [os.path.join(base, n) for n in sorted(names) if interesting(n)]
        elif os.path.isfile(path):
            found.append(path)
        elif os.path.exists(path):
            raise Trouble('%s: neither a file nor a folder' % path)
        else:
            raise Trouble('%s: no such file or folder' % path)
    unique = []
    seen = set()
    folder = functools.lru_cache(maxsize=None)(os.path.realpath)
    for path in found:
        # Of most files only the folder's name has to be resolved, once.
        base, name = os.path.split(path)
        real = os.path.realpath(path) if os.path.islink(path) else os.path.join(folder(base), name)
        if real not in seen and os.path.isfile(path):
            seen.add(real)
            unique.append(path)
    return unique


def interesting(name):
    if name.endswith('.mod.c'):
        return False
    return name.endswith(('.c', '.h', '.inc', '.inl')) or kind_of(name) != 'c'


def kind_of(path):
    name = os.path.basename(path)
    if name.startswith('Kconfig'):
        return 'kconfig'
    if name in ('Makefile', 'Kbuild'):
        return 'make'
    return 'c'


def read(path):
    try:
        with open(path, 'rb') as stream:
            return stream.read()
    except OSError as error:
        raise Trouble('cannot read %s: %s' % (path, error.strerror))


def temporary(folder, prefix):
    """The start of this run's temporary names in FOLDER.

    What a run that was killed left under such a name goes first.
    """
    try:
        for name in os.listdir(folder):
            match = re.match(re.escape(prefix) + r'(\d+)\.\w+$', name)
            path = os.path.join(folder, name)
            if not match or alive(int(match.group(1))) or os.lstat(path).st_uid != os.geteuid():
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)
    except OSError:
        pass
    return '%s%d.' % (prefix, os.getpid())


@contextlib.contextmanager
def undisturbed():
    """Signals that would stop the run wait until this is through."""
    old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP, signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


@contextlib.contextmanager
def work_folder():
    """A folder that is gone afterwards, if need be at the next run."""
    folder = None
    try:
        with undisturbed():
            base = tempfile.gettempdir()
            folder = tempfile.mkdtemp(prefix=temporary(base, 'hmm-convert.'), dir=base)
        yield folder
    finally:
        with undisturbed():
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


def write(files):
    """Put all new texts in place: prepare everything first, then rename."""
    ready = []
    try:
        for f in files:
            real = os.path.realpath(f.path)
            status = os.stat(real)
            prefix = temporary(os.path.dirname(real), '.hmm-convert.')
            with undisturbed():
                handle, temp = tempfile.mkstemp(prefix=prefix, dir=os.path.dirname(real))
                ready.append((temp, real))
            with os.fdopen(handle, 'wb') as stream:
                stream.write(f.bytes())
                stream.flush()
                os.fchmod(stream.fileno(), status.st_mode & 0o7777)
                if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                    try:
                        os.fchown(stream.fileno(), status.st_uid, status.st_gid)
                    except OSError:
                        pass
                os.fsync(stream.fileno())
            if not os.access(real, os.W_OK):
                raise OSError(13, 'it is not writable', real)
        with undisturbed():
            while ready:
                os.rename(*ready[0])
                ready.pop(0)
    except OSError as error:
        raise Trouble('cannot write %s: %s' % (error.filename or 'the result', error.strerror))
    finally:
        with undisturbed():
            for temp, _ in ready:
                if os.path.exists(temp):
                    os.unlink(temp)
