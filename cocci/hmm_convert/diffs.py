# SPDX-License-Identifier: GPL-2.0-only
"""What changed, as a diff and as a series of patches."""

import os
import quopri
import re
import shutil
import subprocess
import tempfile

from .files import temporary, work_folder
from .steps import message, title
from .trouble import Trouble


def git(folder, *command):
    """What git says in FOLDER, or None."""
    if not shutil.which('git'):
        return None
    run = subprocess.run(['git', '-C', folder] + list(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return run.stdout.decode('utf-8', 'surrogateescape').strip('\n') if run.returncode == 0 else None


def shown(path):
    """A path as a diff names it."""
    relative = os.path.relpath(path)
    return os.path.abspath(path).lstrip('/') if relative.startswith('..') else relative


def quoted(name):
    """A name as git writes it in a diff."""
    data = os.fsencode(name)
    if re.match(rb'[^\x00-\x1f"\\\x7f-\xff]*$', data):
        return name
    return '"%s"' % ''.join(chr(b) if 32 <= b < 127 and b not in b'"\\' else '\\%03o' % b for b in data)


def diff_of(name, old, new):
    """A unified diff of one file's bytes, as bytes."""
    with work_folder() as folder:
        sides, labels = [], []
        for side, data in (('a', old), ('b', new)):
            sides.append(os.path.join(folder, side))
            with open(sides[-1], 'wb') as stream:
                stream.write(data)
            label = quoted(side + '/' + name)
            # Without the tab a name with a blank would end at the blank.
            labels += ['--label', label + '\t' if ' ' in label else label]
        try:
            run = subprocess.run(['diff', '-u'] + labels + sides, stdout=subprocess.PIPE)
        except OSError:
            raise Trouble('--diff and --series need diff, which is not installed (Debian, Fedora: package diffutils)')
    return run.stdout


def prefix_of(names):
    """What the subjects begin with: the folder or file that they are about."""
    if len(names) == 1:
        return os.path.splitext(os.path.basename(names[0]))[0]
    folder = os.path.basename(os.path.commonpath([os.path.dirname(n) for n in names]))
    return folder or 'driver'


def series(result, folders, guards):
    """The patches of a conversion: (file name, bytes)."""
    top = None
    for path in folders:
        top = top or git(path if os.path.isdir(path) else os.path.dirname(path) or '.', 'rev-parse', '--show-toplevel')

    def name_of(path):
        return os.path.relpath(os.path.realpath(path), top) if top else shown(path)

    who = git('.', 'var', 'GIT_AUTHOR_IDENT')
    who = re.sub(r' \d+ [-+]\d+$', '', who) if who else 'hmm-convert <hmm-convert@localhost>'
    subjects = prefix_of([name_of(p) for _, changes in result.history for p in changes]) if result.history else ''
    patches = []
    seen = set()
    for number, (step, changes) in enumerate(result.history, 1):
        diffs = []
        encoded = False
        for path in sorted(changes):
            f = result.files[path]
            old, new = changes[path]
            diffs.append(b'diff --git %s %s\n' % tuple(os.fsencode(quoted(side + name_of(path))) for side in ('a/', 'b/')) +
                         diff_of(name_of(path), f.encode(old), f.encode(new)))
            encoded = encoded or f.crlf
        subject = title(step, guards) + (', once more' if step.name in seen else '')
        seen.add(step.name)
        text = (message(step, guards) + '\n---\n').encode() + b''.join(diffs) + b'-- \nhmm-convert %s\n' % step.name.encode()
        if encoded:
            # git am takes each CR LF of plain text for one that mail added.
            text = quopri.encodestring(text.replace(b'\r\n', b'\0'), quotetabs=False).replace(b'=00', b'=0D')
            text = re.sub(rb'=0D(?!\n)', b'=0D\n', text)
        head = ('From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n'
                'From: %s\nSubject: [PATCH %0*d/%d] %s: %s\nMIME-Version: 1.0\n'
                'Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: %s\n\n' %
                (who, len(str(len(result.history))), number, len(result.history), subjects, subject,
                 'quoted-printable' if encoded else '8bit'))
        name = re.sub(r'[^A-Za-z0-9]+', '-', '%s %s' % (subjects, subject)).strip('-')[:52].strip('-')
        patches.append(('%04d-%s.patch' % (number, name), head.encode('utf-8', 'surrogateescape') + text + b'\n'))
    return patches


def check_folder(folder):
    """The patches of another run must not mix with those of this one."""
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise Trouble('%s: not a folder' % folder)
    if os.path.isdir(folder) and any(n.endswith('.patch') for n in os.listdir(folder)):
        raise Trouble('%s has patches in it; give an empty folder' % folder)


def write_series(folder, patches):
    """Write all patches into FOLDER, or none."""
    try:
        new = not os.path.isdir(folder)
        parent = os.path.dirname(os.path.abspath(folder)) if new else folder
        os.makedirs(parent, exist_ok=True)
        temp = tempfile.mkdtemp(prefix=temporary(parent, '.hmm-convert.'), dir=parent)
        try:
            for name, data in patches:
                with open(os.path.join(temp, name), 'wb') as stream:
                    stream.write(data)
            if new:
                mask = os.umask(0)
                os.umask(mask)
                os.chmod(temp, 0o777 & ~mask)
                os.rename(temp, folder)
            else:
                for name, _ in patches:
                    os.rename(os.path.join(temp, name), os.path.join(folder, name))
        finally:
            shutil.rmtree(temp, ignore_errors=True)
    except OSError as error:
        raise Trouble('cannot write %s: %s' % (error.filename or folder, error.strerror))
