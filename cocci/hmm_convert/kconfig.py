# SPDX-License-Identifier: GPL-2.0-only
"""Kconfig files, kbuild files and preprocessor guards."""

import re
import shutil
import subprocess

from .steps import GUARD_STEP, KCONFIG_STEP
from .tokens import tokenize
from .trouble import Trouble
from .uses import Use


def convert_kconfig(path, text):
    """Steps 13 and 14: what depended on HMM_MIRROR selects it.  Text and uses."""
    left = []
    lines = text.split('\n')
    out = []
    pending = False         # the entry here wants the selects

    def selects(block):
        """BLOCK, an entry, with the selects behind its last depends on."""
        last = max(i for i, l in enumerate(block) if re.match(r'\s+depends on\b', l))
        while block[last].endswith('\\'):
            last += 1
        have = {m.group(1) for m in (re.match(r'\s+select\s+(\w+)\s*$', l) for l in block) if m}
        indent = re.match(r'\s*', block[last]).group()
        new = ['%sselect %s' % (indent, s) for s in ('HMM_MIRROR', 'MMU_NOTIFIER') if s not in have]
        return block[:last + 1] + new + block[last + 1:]

    block = []
    for number, line in enumerate(lines, 1):
        if re.match(r'\S', line) and not line.startswith('#'):
            out += selects(block) if pending else block
            block, pending = [], False
        match = re.match(r'(\s+depends on\s+)(.*?)\s*$', line)
        code = line.split('#')[0]
        if re.search(r'\bHMM_MIRROR\b', code) and not re.match(r'\s+select\s+HMM_MIRROR\b', line) and \
           not in_help(lines, number - 1):
            terms = re.split(r'\s*&&\s*', match.group(2)) if match else []
            if match and 'HMM_MIRROR' in terms and '(' not in match.group(2) and '||' not in match.group(2):
                terms = ['MMU' if t == 'HMM_MIRROR' else t for t in terms]
                terms = [t for i, t in enumerate(terms) if t not in terms[:i]]
                line = match.group(1) + ' && '.join(terms)
                pending = True
                if line in block:       # depends on MMU was there
                    continue
            elif not re.match(r'(config|menuconfig)\s+HMM_MIRROR\b', line):
                left.append(Use(KCONFIG_STEP, path, number, 'HMM_MIRROR in an expression',
                                'HMM_MIRROR cannot be depended on any more and this is no plain "depends on"',
                                'select HMM_MIRROR and MMU_NOTIFIER where they are needed'))
        block.append(line)
    out += selects(block) if pending else block
    return '\n'.join(out), left


def in_help(lines, i):
    """Is lines[i] help text of a Kconfig entry?"""
    indent = len(lines[i].expandtabs()) - len(lines[i].expandtabs().lstrip())
    for j in range(i - 1, -1, -1):
        if re.match(r'\S', lines[j]) and not lines[j].startswith('#'):
            return False
        match = re.match(r'(\s+)(---)?help(---)?\s*$', lines[j])
        if match:
            return indent > len(match.group(1).expandtabs())
    return False


def kconfig_entries(text):
    """The text cut where a line begins at its start, that is at each entry."""
    return [text[a:b] for a, b in pairs([m.start() for m in re.finditer(r'(?m)^(?=[^\s#])', text)], len(text))]


def pairs(starts, end):
    """Neighbours of 0, STARTS..., END."""
    bounds = sorted({0, end} | set(starts))
    return zip(bounds, bounds[1:])


def drop_kconfig(files, symbol):
    """Remove the entry of SYMBOL; its selects go to the entry it depends on.

    FILES: path and text of all Kconfig files.  Returns their texts and uses.
    """
    name = symbol[len('CONFIG_'):]
    left = []
    parts_of = {path: kconfig_entries(text) for path, text in files.items()}

    def entry_of(wanted):
        for path, parts in parts_of.items():
            for i, part in enumerate(parts):
                if re.match(r'(menu)?config\s+%s\s*$' % re.escape(wanted), part.split('\n')[0]):
                    return path, i
        return None

    mine = entry_of(name)
    if mine:
        own, at = mine
        entry = parts_of[own][at]
        selects = re.findall(r'(?m)^\s+select\s+(\w+)\s*$', entry)
        parents = [p for p in map(entry_of, re.findall(r'(?m)^\s+depends on\s+(\w+)\s*$', entry)) if p]
        if selects and not parents:
            left.append(Use(GUARD_STEP, own, files[own][:files[own].index(entry)].count('\n') + 1, 'config ' + name,
                            'the entry it depends on is not in the files given, so its selects have no place to go',
                            'give the folder with that entry too, or move the selects by hand'))
            return {}, left
        if selects:
            path, i = parents[0]
            lines = parts_of[path][i].split('\n')
            have = re.findall(r'(?m)^\s+select\s+(\w+)\s*$', parts_of[path][i])
            last = max([k for k, l in enumerate(lines) if re.match(r'\s+(depends on|select|tristate|bool)\b', l)] or [0])
            lines[last + 1:last + 1] = ['\tselect ' + w for w in selects if w not in have]
            parts_of[path][i] = '\n'.join(lines)
        del parts_of[own][at]
        if at == len(parts_of[own]) and at:
            # It was the last: the blank line in front of it goes too.
            parts_of[own][-1] = parts_of[own][-1].rstrip('\n') + '\n'
    for path, parts in parts_of.items():
        lines = ''.join(parts).split('\n')
        for number, line in enumerate(lines, 1):
            # What step 14 writes; it means the kernel's or ours.
            if symbol == 'CONFIG_HMM_MIRROR' and re.match(r'\s+select\s+HMM_MIRROR\b', line):
                continue
            if re.search(r'\b%s\b' % re.escape(name), line.split('#')[0]) and not in_help(lines, number - 1):
                left.append(Use(GUARD_STEP, path, number, name + ' in Kconfig', 'another entry uses the symbol',
                                'decide what it means without the symbol'))
    return {path: ''.join(parts) for path, parts in parts_of.items()}, left


def drop_make(path, text, symbol):
    """Resolve SYMBOL to y in a kbuild file."""
    out, left = [], []
    word = re.escape(symbol)
    for number, line in enumerate(text.split('\n'), 1):
        new = re.sub(r'-\$[({]%s[)}]' % word, '-y', line)
        new = re.sub(r'[ \t]*-D%s(=\w+)?(?=\s|$)' % word, '', new)
        if re.match(r'(export\s+)?%s\s*[:?]?=\s*[ym1]\s*$' % word, new):
            continue
        if new != line and re.match(r'[\w-]+\s*[:+?]?=\s*$', new):
            continue
        if re.search(r'\b%s\b' % word, new.split('#')[0]) and 'hmm-convert' not in new and \
           'HMM_CONVERT' not in new:
            left.append(Use(GUARD_STEP, path, number, symbol + ' in a kbuild file',
                            'what it means without the symbol is not certain', 'resolve it by hand'))
        out.append(new)
    return '\n'.join(out), left


def drop_c(path, text, symbol):
    """Resolve preprocessor guards on SYMBOL with unifdef."""
    if not re.search(r'\b%s\b' % re.escape(symbol), text):
        return text, []

    def defined(match):
        return re.sub(r'\bIS_ENABLED[ \t]*\([ \t]*%s[ \t]*\)' % re.escape(symbol),
                      'defined(%s)' % symbol, match.group())
    source = re.sub(r'(?m)^[ \t]*#[ \t]*(?:el)?if\b(?:\\\n|[^\n])*', defined, text)
    if not shutil.which('unifdef'):
        raise Trouble('--drop-guard needs unifdef, which is not installed (Debian, Fedora: package unifdef)')
    run = subprocess.run(['unifdef', '-B', '-D%s=1' % symbol], input=source.encode('latin-1'),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode not in (0, 1):
        raise Trouble('unifdef failed on %s: %s' % (path, run.stderr.decode(errors='replace').strip()))
    result = run.stdout.decode('latin-1')
    left = [Use(GUARD_STEP, path, t.line, symbol, 'it is not a guard that unifdef can resolve',
                'decide what it means without the symbol')
            for t in tokenize(result) if t.text == symbol]
    return result, left
