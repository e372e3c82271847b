# SPDX-License-Identifier: GPL-2.0-only
"""Kconfig files, kbuild files and preprocessor guards."""

import re
import shutil
import subprocess

from .steps import GUARD_STEP, KCONFIG_STEP
from .tokens import tokenize
from .trouble import Trouble
from .uses import Use


# What unifdef sees in place of IS_ENABLED() of the symbol.
ENABLED = 'HMM_CONVERT_IS_ENABLED'
# Symbols of HMM that are gone or mean nothing any more: that HMM is there.
THERE = {'HMM_MIRROR', 'ARCH_HAS_HMM', 'ARCH_HAS_HMM_MIRROR'}
# What the kernel's own Kconfig files say about HMM.
KERNELS = THERE | {'HMM', 'ARCH_HAS_HMM_DEVICE'}
ABOUT_HMM = re.compile(r'\b(%s)\b' % '|'.join(sorted(KERNELS)))
# HMM's own limits: only together they are certain to be these, and not the driver's.
LIMIT_64 = '64BIT'
LIMIT_ARCH = {'X86_64', 'PPC64'}
ARCHES = re.compile(r'\b(X86|X86_64|PPC|PPC64|ARM64|64BIT|S390|RISCV|SPARC64|MIPS|IA64|ALPHA|PARISC|LOONGARCH)\b')
KEYWORD = re.compile(r'\s*(config|menuconfig|choice|endchoice|comment|menu|endmenu|if|endif|source|[ro]+source|mainmenu)\b'
                     r'\s*(.*)')
INSTEAD = 'select HMM_MIRROR and MMU_NOTIFIER in the entries that need HMM, and depend on MMU there'
NO_SELECT = {
    'menu': 'what is in a menu depends on it, and a menu cannot select',
    'choice': 'what is in a choice depends on it, and a choice cannot select',
    'comment': 'a comment that is shown where HMM is missing is never shown any more',
    'if': 'all entries up to the endif depend on it, and an if cannot select',
}


class Line:
    """A line of Kconfig, with those that a backslash joins to it."""

    def __init__(self, number, text):
        self.number, self.text = number, text
        self.help = False
        # Blanks in place of strings and comments: what is left is at its place still.
        self.code = re.sub(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
                           lambda m: ' ' * len(m.group()), text.replace('\\\n', '  '))


def kconfig_lines(text):
    """The lines of a Kconfig file; those of help texts know it."""
    lines, raw, first = [], '', 1
    indent = None           # of the help text that this is in; -1: its first line is still to come
    for number, line in enumerate(text.split('\n'), 1):
        if not raw:
            first = number
        raw += line
        if line.endswith('\\') and indent is None:
            raw += '\n'
            continue
        new = Line(first, raw)
        raw = ''
        width = len(line.expandtabs()) - len(line.expandtabs().lstrip())
        if indent is not None and line.strip():
            if indent < 0 and width:
                indent = width
            if width < indent or indent < 0:
                indent = None
        new.help = indent is not None
        if re.match(r'\s*(---)?help(---)?\s*$', line) and not new.help:
            indent = -1
        lines.append(new)
    if raw:
        lines.append(Line(first, raw[:-1]))
    return lines


def split_terms(code, start):
    """Where the terms of an && at the outermost level are in CODE, or None."""
    spans, depth, at = [], 0, start
    for i in range(start, len(code) + 1):
        char = code[i:i + 1]
        depth += {'(': 1, ')': -1}.get(char, 0)
        if depth < 0:
            return None
        if not char or depth == 0 and code[i:i + 2] in ('&&', '||'):
            if code[i:i + 2] == '||':
                return [(start, len(code.rstrip()))]
            piece = code[at:i]
            spans.append((at + len(piece) - len(piece.lstrip()), at + len(piece.rstrip())))
            at = i + 2
    return spans if depth == 0 and all(a < b for a, b in spans) else None


def plain(term):
    """A term without blanks and without parentheses around all of it."""
    term = re.sub(r'\s+', '', term)
    while re.match(r'\([^()]*\)$', term):
        term = term[1:-1]
    return term


def is_there(term):
    return re.sub(r'=y$|!=n$', '', plain(term)) in THERE


def is_limit(term):
    return set(plain(term).split('||')) == LIMIT_ARCH


class Entry:
    """A config or menuconfig, or another statement: its lines."""

    def __init__(self, lines):
        self.lines = lines
        match = KEYWORD.match(lines[0].code)
        self.kind, self.name = match.groups() if match else ('', '')
        self.name = self.name.strip()

    def terms(self):
        """All terms of its "depends on": (line, (first, last))."""
        for line in self.lines:
            match = re.match(r'\s+depends\s+on\s+', line.code)
            if match and not line.help:
                for span in split_terms(line.code, match.end()) or ():
                    yield line, span

    def properties(self):
        return [line for line in self.lines if not line.help]

    def convert(self, path, mirrors):
        """Let it select what it depended on: uses that are left for a person, and notes."""
        if self.kind in ('config', 'menuconfig') and self.name in KERNELS:
            return [], []
        terms = list(self.terms())
        there = [(line, span) for line, span in terms if is_there(line.code[slice(*span)])]
        left = self.others(path, there)
        if left:
            return left, []
        notes = []
        limits = [t for t in terms if is_limit(t[0].code[slice(*t[1])])]
        if there and limits:
            limits += [t for t in terms if plain(t[0].code[slice(*t[1])]) == LIMIT_64]
        edits = {}
        if there:
            have = any(plain(line.code[slice(*span)]) == 'MMU' for line, span in terms)
            for line, span in there:
                edits.setdefault(line, {})[span] = '' if have else 'MMU'
                have = True
            for line, span in limits:
                edits.setdefault(line, {})[span] = ''
                notes.append("%s:%d: %s is dropped: it was HMM's limit; depend on it if the driver itself has it" % (
                    path, line.number, ' '.join(line.code[slice(*span)].split())))
            notes += ["%s:%d: %s stays; if it was there for HMM only, it is needed no more" % (
                path, line.number, ' '.join(line.code[slice(*span)].split())) for line, span in terms
                if (line, span) not in limits and ARCHES.search(line.code[slice(*span)])]
        last = max([i for i, l in enumerate(self.lines) if re.match(r'\s+depends\s+on\b', l.code) and not l.help] or [0])
        at = self.lines[last]
        gone = []
        for line in edits:
            line.text = without(line, edits[line])
            if line.text is None:
                gone.append(line)
        selected = self.selected()
        new = []
        if there:
            new = [Line(0, re.match(r'\s*', at.code).group() + 'select ' + s)
                   for s in ('HMM_MIRROR', 'MMU_NOTIFIER') if (s, '') not in selected]
        elif mirrors:
            for line in self.properties():
                match = re.match(r'(\s+)select\s+HMM_MIRROR\b\s*(if\b.*)?$', line.code)
                rest = ' '.join((match.group(2) or '').split()) if match else ''
                if match and ('MMU_NOTIFIER', '') not in selected and ('MMU_NOTIFIER', rest) not in selected:
                    new = [Line(0, (match.group(1) + 'select MMU_NOTIFIER ' + rest).rstrip())]
                    last = self.lines.index(line)
        self.lines[last + 1:last + 1] = new
        self.lines = [line for line in self.lines if line not in gone]
        return [], notes

    def selected(self):
        found = set()
        for line in self.properties():
            match = re.match(r'\s+select\s+(\w+)\s*(if\b.*)?$', line.code)
            if match:
                found.add((match.group(1), ' '.join((match.group(2) or '').split())))
        return found

    def others(self, path, there):
        """Lines that name HMM in another way."""
        left = []
        for line in self.properties():
            code = line.code
            for start, end in [span for other, span in there if other is line] if self.kind in ('config', 'menuconfig') else ():
                code = code[:start] + ' ' * (end - start) + code[end:]
            code = re.sub(r'^(\s+select\s+)HMM_MIRROR\b', r'\1', code)
            match = ABOUT_HMM.search(code)
            if not match:
                continue
            why, todo = NO_SELECT.get(self.kind), INSTEAD
            if self.kind == 'comment':
                todo = 'remove the comment'
            if match.group(1) == 'ARCH_HAS_HMM_DEVICE':
                why = "hmm-backport mirrors only: a device's own memory is the kernel's matter"
                todo = 'depend on DEVICE_PRIVATE, if the kernel shall have it'
            elif match.group(1) == 'HMM':
                why = 'CONFIG_HMM was for mirrors and for device memory, and is gone'
            left.append(Use(KCONFIG_STEP, path, line.number, '%s in Kconfig' % match.group(1), why or
                            'it cannot be depended on any more, and this is no plain "depends on"', todo))
        return left


def without(line, edits):
    """The text of a "depends on" with its terms at spans replaced; None if none of them is left."""
    spans = split_terms(line.code, re.match(r'\s+depends\s+on\s+', line.code).end())
    text = line.text
    if all(edits.get(span) == '' for span in spans):
        return None
    for i in range(len(spans) - 1, -1, -1):
        start, end = spans[i]
        new = edits.get(spans[i])
        if new:
            text = text[:start] + new + text[end:]
        elif new == '':
            # The && in front of it goes too, or that behind it if all in front of it goes.
            if any(edits.get(span) != '' for span in spans[:i]):
                start = spans[i - 1][1]
            else:
                end = spans[i + 1][0]
            text = text[:start] + text[end:]
    return text


def convert_kconfig(path, text, mirrors):
    """Steps 13 and 14: what depended on HMM_MIRROR selects it.

    MIRRORS: whether there are callers of the mirror API.  Text, uses and notes.
    """
    entries, block = [], []
    for line in kconfig_lines(text):
        if KEYWORD.match(line.code) and not line.help:
            entries.append(block)
            block = []
        block.append(line)
    left, notes, out = [], [], []
    for lines in entries + [block]:
        if lines:
            entry = Entry(lines)
            more, said = entry.convert(path, mirrors)
            left += more
            notes += said
            out += [line.text for line in entry.lines]
    return '\n'.join(out), left, notes


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

    FILES: path and text of all Kconfig files.  Returns their texts, uses and notes.
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
    notes = []
    if mine:
        own, at = mine
        text = parts_of[own][at]
        number = ''.join(parts_of[own][:at]).count('\n')
        entry = Entry(kconfig_lines(text))
        needs = [(line, plain(line.code[slice(*span)])) for line, span in entry.terms()]
        selects = sorted(entry.selected(), key=lambda s: text.index(s[0]))
        parents = [(need, entry_of(need)) for _, need in needs if entry_of(need)]
        if selects and not parents:
            left.append(Use(GUARD_STEP, own, number + 1, 'config ' + name,
                            'the entry it depends on is not in the files given, so its selects have no place to go',
                            'give the folder with that entry too, or move the selects by hand'))
            return {}, left, notes
        if selects:
            path, i = parents[0][1]
            lines = parts_of[path][i].split('\n')
            have = Entry(kconfig_lines(parts_of[path][i])).selected()
            last = max([k for k, l in enumerate(lines) if re.match(r'\s+(depends on|select|tristate|bool)\b', l)] or [0])
            while lines[last].endswith('\\'):
                last += 1
            lines[last + 1:last + 1] = ['\tselect ' + ' '.join(s).strip() for s in selects
                                        if s not in have and (s[0], '') not in have]
            parts_of[path][i] = '\n'.join(lines)
        upper = parents[0][0] if parents else ''
        notes = ['%s:%d: "depends on %s" goes with config %s; if it matters, it belongs to %s now' % (
            own, number + line.number, need, name, 'config ' + upper if upper else 'what it was for')
            for line, need in needs if need not in (upper, 'MMU')]
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
    return {path: ''.join(parts) for path, parts in parts_of.items()}, left, notes


def drop_make(path, text, symbol):
    """Resolve SYMBOL to y in a kbuild file."""
    out, left = [], []
    word = re.escape(symbol)
    for number, line in enumerate(text.split('\n'), 1):
        objects = re.match(r'\s*obj-\$[({]%s[)}]\s*[:+]?=(.*)' % word, line)
        if objects and re.search(r'\.o\b|\\$|\$', objects.group(1)):
            left.append(Use(GUARD_STEP, path, number, symbol + ' decides about a module',
                            'whether it is to be built in or a module, only its value says',
                            'write obj-m or obj-y, or keep the symbol'))
            out.append(line)
            continue
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
    word = re.escape(symbol)
    if not re.search(r'\b%s(_MODULE)?\b' % word, text):
        return text, []
    shown = []

    def plainer(match):
        """A directive as unifdef understands it: on one line, and without IS_ENABLED()."""
        new = re.sub(r'\bIS_ENABLED[ \t]*\([ \t]*%s[ \t]*\)' % word, 'defined(%s)' % ENABLED,
                     re.sub(r'[ \t]*\\\n[ \t]*', ' ', match.group()))
        if new != match.group():
            shown.append((new, match.group()))
        return new
    source = re.sub(r'(?m)^[ \t]*#[ \t]*(?:el)?if\b(?:\\\n|[^\n])*', lambda m: plainer(m) if symbol in m.group() else m.group(),
                    text)
    if not shutil.which('unifdef'):
        raise Trouble('--drop-guard needs unifdef, which is not installed (Debian, Fedora: package unifdef)')
    run = subprocess.run(['unifdef', '-B', '-D%s=1' % symbol, '-D%s=1' % ENABLED], input=source.encode('latin-1'),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode not in (0, 1):
        said = run.stderr.decode(errors='replace').strip().split('\n')[0]
        number = re.search(r'#if line (\d+)', said) or re.search(r'\]: (\d+):', said)
        return text, [Use(GUARD_STEP, path, int(number.group(1)) if number else 1,
                          'a conditional that unifdef cannot follow', re.sub(r'.*\]: \d+: ', 'unifdef says: ', said),
                          'every #if wants its #endif, in this file')]
    result = run.stdout.decode('latin-1')
    # What was not resolved is written as it was.
    for new, old in shown:
        result = re.sub(r'(?m)^%s$' % re.escape(new), lambda m, old=old: old, result)
    result = result.replace('defined(%s)' % ENABLED, 'IS_ENABLED(%s)' % symbol)
    left = [Use(GUARD_STEP, path, t.line, t.text, 'it is not a guard that unifdef can resolve',
                'decide what it means without the symbol')
            for t in tokenize(result) if t.text in (symbol, symbol + '_MODULE')]
    return result, left
