# SPDX-License-Identifier: GPL-2.0-only
"""The whole conversion."""

import os
import re

from .files import File, find, kind_of, read, work_folder
from .kconfig import ABOUT_HMM, convert_kconfig, drop_c, drop_kconfig, drop_make
from .prepare import after, before
from .spatch import Copy, check_spatch, local_headers
from .steps import BY_NAME, GUARD_STEP, KCONFIG_STEP, STEPS
from .tokens import arguments, block_around, tokenize
from .trouble import Trouble
from .uses import FIRST_STEP, LATER, MIRROR, Names, Use, mixes_retry, old_uses, shared_result, tests_in_vain

MAX_ROUNDS = 6
# Steps that must know the one form hmm_mirror_register(&X->MIRROR, X->MM).
NEED_OWNER = ('4.17-range-args', '5.2-range-fault', '5.3-mirror', '03-range-hmm')


# A header can say what the helpers of the mmap lock are without a mmap_sem in it.
OWN_HELPER = re.compile(rb'#\s*define\s+mmap_(?:read|write)_')


class Conversion:
    def __init__(self, options, note):
        self.options = options
        self.note = note
        self.files = {}         # the ones that matter
        self.left = []
        self.notes = []
        self.skipped = {}       # path: (first, last) line of functions that do not parse
        self.history = []       # (step, {path: (text before, text after)}), in order
        self.held = set()       # files that no semantic patch is tried on
        self.pending = {}       # step name: what Kconfig and guards leave for a person
        self.later = False
        self.copy = None
        self.found = {}         # path: (text, uses in it)
        self.idle = {}          # (step name, path): the texts of which that step made nothing else
        self.seen = 0
        self.parted = None      # files by driver

    def run(self):
        texts = {}
        paths = find(self.options.paths)
        self.seen = len(paths)
        words = [b'hmm_', b'HMM_'] + [g[len('CONFIG_'):].encode() for g in self.options.drop_guard]
        for path in paths:
            data = read(path)
            # Of what has nothing to do with this only the name is kept.
            texts[path] = data if kind_of(path) == 'kconfig' or any(w in data for w in words) else b''
        self.pick(texts)
        if self.files:
            self.convert()
        # Several uses on a line are one place.
        self.left = sorted(set(self.left), key=lambda u: (u.path, u.line, u.step, u.what))
        return self

    def pick(self, texts):
        """Choose the files that matter."""
        mirror = re.compile(MIRROR.pattern.encode())
        guards = [re.compile((r'\b(%s|%s)\b' % (re.escape(g), re.escape(g[len('CONFIG_'):]))).encode())
                  for g in self.options.drop_guard]
        folders = {os.path.dirname(p) for p, d in texts.items() if kind_of(p) == 'c' and mirror.search(d)
                   and (b'hmm_mirror' in d or b'hmm_range_register' in d or b'hmm_vma_' in d or b'hmm_update' in d)}
        for path, data in texts.items():
            kind = kind_of(path)
            if not data and os.path.dirname(path) in folders:
                # The lock alone matters only beside a mirror.
                data = read(path)
                if not any(w in data for w in (b'mmap_sem', b'mmap_read_', b'mmap_write_')):
                    data = b''
                texts[path] = data
            if kind == 'c':
                text = data.decode('latin-1')
                if (b'mmap_sem' in data or OWN_HELPER.search(data)) and os.path.dirname(path) in folders and not (
                        mirror.search(data) and LATER.search(text)):
                    pass
                elif not mirror.search(data) and not any(g.search(data) for g in guards):
                    continue
                elif LATER.search(text) and not re.search(r'\bhmm_mirror\b|\bhmm_range_register\b', text):
                    self.later = True
                    self.notes.append('%s: uses the API of 5.5 and later, which has no mirror; left alone' % path)
                    continue
            elif not (kind == 'kconfig' and ABOUT_HMM.search(data.decode('latin-1'))) and not any(g.search(data) for g in guards):
                continue
            self.files[path] = File(path, data)
        self.kconfigs = {p: d for p, d in texts.items() if kind_of(p) == 'kconfig'}
        by_name = {}
        for path in texts:
            by_name.setdefault(os.path.basename(path), []).append(path)
        self.headers = {}
        self.includes = {}      # path: headers of the driver in it
        self.follow(self.c_files(), by_name)
        given = tuple(os.path.join(os.path.realpath(p), '') for p in self.options.paths)
        for path in [p for p in self.headers if os.path.realpath(p).startswith(given)]:
            if MIRROR.search(self.headers[path]):
                # A part of the driver that is called neither .c nor .h.
                del self.headers[path]
                self.files[path] = File(path, read(path))
        for path in self.through_members(texts, folders, by_name):
            self.files[path] = File(path, read(path))
            self.follow([path], by_name)
        self.folders = folders
        if 'CONFIG_HMM_MIRROR' not in self.options.drop_guard:
            self.notes += ['%s: looks at the kernel\'s CONFIG_HMM_MIRROR, which says nothing about hmm-backport: '
                           'use --drop-guard CONFIG_HMM_MIRROR' % p for p, d in texts.items()
                           if kind_of(p) != 'kconfig' and b'CONFIG_HMM_MIRROR' in d and os.path.dirname(p) in folders]

    def follow(self, todo, by_name):
        """Find the headers of the driver that files include, and those that these include."""
        todo = list(todo)
        known = {os.path.realpath(p): p for p in self.files}
        while todo:
            path = todo.pop()
            text = self.files[path].old if path in self.files else self.headers[path]
            self.includes[path] = []
            for header in local_headers(path, text, by_name):
                header = known.get(os.path.realpath(header), header)
                self.includes[path].append(header)
                if header not in self.files and header not in self.headers:
                    self.headers[header] = read(header).decode('latin-1').replace('\r\n', '\n')
                    todo.append(header)

    def through_members(self, texts, folders, by_name):
        """Files that get at a range by members of the driver's structs only, and so do not name HMM."""
        names = Names()
        for path in self.c_files():
            names.learn_types_and_macros(path, tokenize(self.files[path].old))
        for path in self.c_files():
            names.learn(path, tokenize(self.files[path].old))
        kinds = [(names.ranges, 'page_shift|list|vma|hmm'), (names.mirrors, 'hmm'), (names.updates, 'blockable')]
        member = re.compile('|'.join(r'\b(?:%s)\b(?:\s*\[[^]]*\])*\s*\)*\s*(?:->|\.)\s*(?:%s)\b' % (
            '|'.join(map(re.escape, sorted(some))), members) for some, members in kinds if some) or '(?!)')
        headers = {os.path.realpath(p) for p in self.files if MIRROR.search(self.files[p].old)}
        for path in texts:
            if path in self.files or kind_of(path) != 'c' or os.path.dirname(path) not in folders:
                continue
            text = read(path).decode('latin-1')
            if not member.search(text):
                continue
            todo, seen = [(path, text)], set()
            while todo:
                for header in local_headers(*todo.pop(), among=by_name):
                    real = os.path.realpath(header)
                    if real in headers:
                        yield path
                        todo = []
                        break
                    if real not in seen:
                        seen.add(real)
                        todo.append((header, read(header).decode('latin-1')))

    def included(self, path):
        """Headers of the driver that a file includes, themselves or through others."""
        found, todo = [], [path]
        while todo:
            for header in self.includes.get(todo.pop(), ()):
                if header not in found:
                    found.append(header)
                    todo.append(header)
        return found

    def drivers(self):
        """The files parted by driver: those of a folder belong together, and those that share a header of theirs."""
        if not self.parted:
            group = {}
            for path in list(self.includes):
                for other in [os.path.dirname(path) + os.sep] + self.includes[path]:
                    a, b = group.setdefault(path, {path}), group.setdefault(other, {other})
                    if a is not b:
                        a |= b
                        group.update((p, a) for p in b)
            self.parted = sorted({id(g): sorted(g) for g in group.values()}.values())
        return self.parted

    @staticmethod
    def names_of(driver, names):
        """What is known in a driver; if it does not register a mirror itself, that of all the others."""
        mine = names.of(driver)
        return mine if mine.owners else names

    def c_files(self):
        return [p for p in self.files if kind_of(p) == 'c']

    def uses(self, names):
        uses = []
        for path in self.c_files():
            tokens = tokenize(self.files[path].new)
            lock = os.path.dirname(path) in self.folders
            uses += old_uses(path, tokens, names, lock)
        return uses

    def convert(self):
        names = Names()
        names.later = self.later
        tokens = {p: tokenize(self.files[p].old) for p in self.c_files()}
        for path, text in self.headers.items():
            if re.search(r'hmm_|mmu_notifier_range|mm_struct', text):
                tokens[path] = tokenize(text)
        for path in tokens:
            names.learn_types_and_macros(path, tokens[path])
        for path in tokens:
            names.learn(path, tokens[path])
        for path in tokens:
            names.given(tokens[path])
        for path in tokens:
            names.shifts(path, tokens[path])

        # What must not even be tried, as the result would look converted.
        self.left = [Use('07-page-shift', p, n, 'page_shift %s' % v, 'entries are for pages of PAGE_SIZE only',
                         'make the range one of PAGE_SHIFT pages (larger entries were never more than a check)')
                     for p, n, v in names.other_shift]
        self.left += [u for u in self.uses(names) if u.step == 'older' or 'version of the kernel' in u.why]
        self.left += self.retries(tokens, names)
        # From here on 0 is what true became.
        names.block = []
        self.held = {u.path for u in self.left}
        self.steps(names)

        # A file with something refused was not tried; the rest of it says nothing.
        for use in self.uses(names):
            if use.path in self.held:
                continue
            line = self.files[use.path].original_line(use.line)
            if any(first <= line <= last for first, last in self.skipped.get(use.path, ())):
                use = use._replace(why='Coccinelle cannot parse the function that it stands in')
            elif use.step == '07-page-shift' and names.other_shift:
                use = use._replace(why='%s:%d sets a page_shift that is not PAGE_SHIFT' % names.other_shift[0][:2])
            self.left.append(use._replace(line=line))
        for left in self.pending.values():
            self.left += left
        self.list_retries()
        self.list_gone(names)
        self.notes += ['%s: is included and calls the old API too, but was not given' % path
                       for path, text in sorted(self.headers.items())
                       if MIRROR.search(text) and old_uses(path, tokenize(text), names, False)]
        for driver in self.drivers():
            mine = self.names_of(driver, names)
            number = len(mine.owners) if len(mine.owners) > 1 else 0
            if not mine.owner and any(u.step in NEED_OWNER and u.path in driver for u in self.left):
                self.notes.append('hmm_mirror_register(&X->mirror, X->mm) was seen in %s forms; with exactly one, '
                                  'they can be converted' % (number or 'no'))

    def retries(self, tokens, names):
        """Tests of errors that said that mmap_sem was dropped, and do not say so any more."""
        left = []
        third = any(u.step == '5.3-mirror' for u in self.uses(names))
        for path in self.c_files():
            words = tokens[path]
            tests = [t for a, b, t in zip(words, words[1:], words[2:])
                     if t.text in ('EAGAIN', 'EBUSY') and b.text == '-' and a.text in ('==', '!=', 'case')]
            if any(t.text in ('hmm_vma_fault', 'hmm_vma_get_pfns') for t in words):
                left += [Use(FIRST_STEP if names.first else '5.2-range-fault', path, t.line, 'a test of -%s beside hmm_vma_fault()' % t.text,
                             'up to 5.2 it could mean that mmap_sem was dropped; now the lock is held after any error '
                             'of hmm_range_fault(range, 0)', 'handle it as any other error: release the lock')
                         for t in tests]
                continue
            bodies = [block_around(words, t.line) for t in words
                      if t.text in ('hmm_range_fault', 'hmm_range_snapshot', 'hmm_range_dma_map')]
            if not third or not bodies:
                continue
            tests = [t for t in tests if t.text == 'EAGAIN' and any(a <= t.line <= b for a, b in bodies)]
            left += [Use('5.3-mirror', path, t.line, 'a test of -EAGAIN in a driver for 5.2',
                         'when the range had changed, 5.2 dropped mmap_sem and returned -EAGAIN; now it is -EBUSY, '
                         'and the lock is held', 'test -EBUSY, and release the lock then as for any error')
                     for t in tests]
            if not tests:
                self.notes.append('%s: in 5.2 hmm_range_fault() dropped mmap_sem when the range had changed; now it '
                                  'never does without HMM_FAULT_ALLOW_RETRY' % path)
        return left

    def list_retries(self):
        """Tests of -EAGAIN that stay, as they may come true."""
        for path in self.c_files():
            if self.files[path].new.count('hmm_range_fault') and path not in self.held:
                words = tokenize(self.files[path].new)
                bodies = [block_around(words, t.line) for t in words if t.text == 'hmm_range_fault']
                self.notes += ['%s:%d: this test of -EAGAIN stays: that it never comes true is not certain' %
                               (path, self.files[path].original_line(t.line))
                               for a, b, t in zip(words, words[1:], words[2:])
                               if t.text == 'EAGAIN' and b.text == '-' and a.text in ('==', '!=', 'case') and
                               any(first <= t.line <= last for first, last in bodies)]

    def list_gone(self, names):
        """Where the driver takes away what now is used in place of HMM's own mm."""
        for driver in self.drivers():
            owner = self.names_of(driver, names).owner
            if not owner or not any(p in self.files and '03-range-hmm' in self.files[p].steps for p in driver):
                continue
            for path in driver:
                words = tokenize(self.files[path].old) if path in self.files else []
                self.notes += ['%s:%d: the %s that is NULL from here on is now used where range->hmm->mm was, which stayed' %
                               (path, b.line, b.text) for a, b, c, d in zip(words, words[1:], words[2:], words[3:])
                               if a.text in ('->', '.') and b.text == owner[1] and c.text == '=' and d.text == 'NULL']

    def steps(self, names):
        """All steps in their order, until none changes anything."""
        c_files = {p: self.files[p] for p in self.c_files() if p not in self.held}
        if self.c_files():
            check_spatch()
        with work_folder() as folder:
            if c_files:
                held = {p: self.files[p].new for p in self.held}
                self.copy = Copy(folder, c_files, dict(self.headers, **held), self.included)
                for path, line in self.copy.unparsed([p for p in c_files if self.matters(p, names)]):
                    self.notes.append('%s:%d: Coccinelle cannot parse this and leaves the function alone' % (path, line))
                    self.skipped.setdefault(path, []).append(block_around(tokenize(c_files[path].old), line))
            for turn in range(MAX_ROUNDS):
                if not [step for step in STEPS if self.step(step, c_files, names)]:
                    break
            else:
                raise Trouble('the steps do not come to an end on this input; please report it')
            for path, line in self.copy.unparsed([p for p in c_files if c_files[p].changed]) if c_files else ():
                if path not in self.skipped:
                    self.left.append(Use('parse', path, c_files[path].original_line(line), 'the result here',
                                         'Coccinelle could parse the function before the conversion and cannot now',
                                         'convert it by hand, and please report it'))

    def step(self, step, c_files, names):
        """One step until it has nothing more to do.  Returns whether anything changed."""
        before = {p: f.new for p, f in self.files.items()}
        if step.kind == 'kconfig':
            self.select()
        elif step.kind == 'guard':
            self.drop_guards()
        else:
            for turn in range(MAX_ROUNDS):
                if not self.cocci(step, c_files, names):
                    break
            else:
                raise Trouble('step %s does not come to an end on this input; please report it' % step.name)
        done = {p: (before.get(p, f.old), f.new) for p, f in self.files.items() if before.get(p, f.old) != f.new}
        if done:
            self.history.append((step, done))
        for path in done:
            if step.name not in self.files[path].steps:
                self.files[path].steps.append(step.name)
            if path in c_files:
                self.copy.put(path, c_files[path].new)
        return bool(done)

    def cocci(self, step, c_files, names):
        """Let spatch do a step once.  Returns whether anything changed."""
        if step.name == '07-page-shift' and names.other_shift:
            return False
        paths = [p for p in c_files if self.idle.get((step.name, p)) != self.texts(p) and self.wanted(step.name, p, names)]
        if step.name not in NEED_OWNER:
            return self.cocci_on(dict.fromkeys(paths, names), step, c_files, [])
        # Drivers that are told the same share a start of spatch.
        told = {}
        for driver in self.drivers():
            mine = self.names_of(driver, names)
            if not mine.owner:
                continue
            mirror, mm = mine.owner
            defines = ['mirror=' + mirror, 'mm=' + mm]
            if step.name == '03-range-hmm' and len(mine.holders.get(mirror, ())) == 1:
                defines.append('holder=' + next(iter(mine.holders[mirror])))
            told.setdefault(tuple(defines), {}).update((p, mine) for p in paths if p in driver)
        return any([self.cocci_on(some, step, c_files, list(defines)) for defines, some in told.items()])

    def cocci_on(self, paths, step, c_files, defines):
        """Let spatch do a step once on some files: PATHS has what is known of each one's driver."""
        if not paths:
            return False
        copy = self.copy
        self.note(step.title)
        texts = {path: self.texts(path) for path in paths}
        for path in paths:
            copy.put(path, before(step, c_files[path].new, paths[path], path.endswith('.h')), False)
        complaint = copy.spatch(step, list(paths), defines, self.options.jobs)
        if complaint:
            # One file at a time tells which it was; that one stays as it is.
            for path in paths:
                copy.put(path, before(step, c_files[path].new, paths[path], path.endswith('.h')), False)
            for path in paths:
                complaint = copy.spatch(step, [path], defines, 1)
                if complaint:
                    copy.put(path, c_files[path].new)
                    if not any(n.startswith('%s: Coccinelle gave up in step %s' % (path, step.name))
                               for n in self.notes):
                        self.notes.append('%s: Coccinelle gave up in step %s: %s' %
                                          (path, step.name, complaint.split('\n')[-1].strip()))
        moved = False
        for path in paths:
            text = after(step, c_files[path].new, copy.get(path), paths[path])
            if text != c_files[path].new:
                c_files[path].new = text
                moved = True
            else:
                self.idle[step.name, path] = texts[path]
            copy.put(path, c_files[path].new)
        return moved

    def texts(self, path):
        """All that decides what a step makes of a file: its text and those of the headers in it."""
        return [self.files[p].new for p in [path] + self.included(path) if p in self.files]

    def wanted(self, step, path, names):
        """Is there anything for a step in a file?  Cheap, and never wrongly no."""
        text = self.files[path].new
        if step == '01-eagain':
            tokens = tokenize(text) if 'hmm_range_fault' in text and 'EAGAIN' in text else ()
            return tests_in_vain(tokens) and not mixes_retry(tokens) and not shared_result(tokens)
        if step == '17-mmap-lock':
            return 'mmap_sem' in text and os.path.dirname(path) in self.folders and any(
                t.text == 'mmap_sem' for t in tokenize(text))
        word = {'4.20-update': 'hmm_update_type', FIRST_STEP: 'hmm_vma_|hmm_pfn_t|HMM_PFN_',
                '5.2-range-fault': r'hmm_vma_|hmm_pfn_\w+\s*\(|\bvma\b',
                '5.3-mirror': 'hmm_range_register', '5.4-flags': 'hmm_range_(fault|snapshot|dma_map)',
                '02-range-list': 'INIT_LIST_HEAD', '03-range-hmm': r'hmm\s*->\s*mm|vma\s*->\s*vm_mm',
                '05-dma-unmap-vma': 'hmm_range_dma_unmap', '06-register-args': 'hmm_range_register',
                '07-page-shift': 'page_shift|hmm_range_page_size', '16-hmm-update': r'hmm_update|\bblockable|HMM_UPDATE'}[step]
        if not re.search(word, text) or step == FIRST_STEP and not names.first:
            return False
        tokens = tokenize(text)
        if step == '02-range-list':
            return any('list' in words for i, t in enumerate(tokens) if t.text == 'INIT_LIST_HEAD'
                       for words in arguments(tokens, i) or ())
        return step == '16-hmm-update' or any(
            u.step == step for u in self.uses_in(path, names))

    def uses_in(self, path, names):
        """Uses of the old API in a file as it is now, for the steps."""
        text = self.files[path].new
        if self.found.get(path, ('',))[0] != text:
            self.found[path] = text, old_uses(path, tokenize(text), names, False)
        return self.found[path][1]

    def matters(self, path, names):
        """Has any step something to do in a file, or is there something left that it could say why?"""
        return bool(self.uses_in(path, names)) or any(
            self.wanted(s.name, path, names) for s in STEPS if s.kind == 'cocci')

    def select(self):
        """Kconfig: what depended on HMM_MIRROR selects it."""
        left = []
        for path, f in self.files.items():
            if kind_of(path) == 'kconfig' and ABOUT_HMM.search(f.new):
                f.new, more, notes = convert_kconfig(path, f.new, bool(self.folders))
                self.notes += [n for n in notes if n not in self.notes]
                left += [u._replace(line=f.original_line(u.line)) for u in more]
        self.pending[KCONFIG_STEP] = left

    def drop_guards(self):
        self.pending[GUARD_STEP] = []
        for symbol in self.options.drop_guard:
            self.drop(symbol)

    def drop(self, symbol):
        # The entry that takes the selects may stand in a file that has no other part in this.
        spare = {p: File(p, d) for p, d in self.kconfigs.items() if p not in self.files}
        kconfigs = {p: f.new for p, f in self.files.items() if kind_of(p) == 'kconfig'}
        if kconfigs:
            kconfigs.update((p, f.new) for p, f in spare.items())
        texts, left, notes = drop_kconfig(kconfigs, symbol)
        self.notes += [n for n in notes if n not in self.notes]
        for path, f in self.files.items():
            drop = {'make': drop_make, 'c': drop_c}.get(kind_of(path))
            if drop:
                texts[path], more = drop(path, f.new, symbol)
                left += more
        for path, text in texts.items():
            f = self.files.get(path) or spare[path]
            if f.new != text:
                f.new = text
                self.files[path] = f
        self.pending[GUARD_STEP] += [
            u._replace(line=self.files[u.path].original_line(u.line)) if u.path in self.files else u for u in left]

    def changed(self):
        return [f for f in self.files.values() if f.changed]
