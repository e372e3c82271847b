# SPDX-License-Identifier: GPL-2.0-only
"""What is left of the old API, counted by tokens, without Coccinelle."""

import collections
import copy
import re

from . import hoist
from .tokens import arguments, block_around, call_end, call_start, declared, receiver

# what: as found; why: why it is left; todo: what a person does about it
Use = collections.namedtuple('Use', 'step path line what why todo')

# A file without one of these has nothing to do with the mirror API.
MIRROR = re.compile(r'\b(hmm_mirror\w*|hmm_pfn_\w+|hmm_devmem\w*|hmm_range_\w+|hmm_update\w*|hmm_vma_\w+|struct\s+hmm_range|HMM_UPDATE_\w+|HMM_PFN_\w+)\b')
# A driver that has one of these and no hmm_mirror is of 5.5 or later.
LATER = re.compile(r'\bHMM_PFN_REQ_\w+|\bmmu_interval_(notifier|read)\w*|->notifier_seq\b|\.notifier_seq\b')

# Arguments of 4.14 to 4.16, which had no struct hmm_range to keep them in.
FIRST_FORM = {'hmm_vma_fault': 7, 'hmm_vma_get_pfns': 5, 'hmm_vma_range_done': 2}
# Bits of an entry of 4.14 to 4.16.  The first ones are indices into tables now, so that the old use compiles.
TAGS = ('hmm_range', 'hmm_mirror', 'mm_struct', 'hmm_update', 'mmu_notifier_range')
BITS = {'HMM_PFN_VALID', 'HMM_PFN_WRITE', 'HMM_PFN_ERROR', 'HMM_PFN_SPECIAL'}
FIRST_BITS = {'HMM_PFN_READ', 'HMM_PFN_EMPTY', 'HMM_PFN_DEVICE_UNADDRESSABLE', 'HMM_PFN_SHIFT'}
FIRST_WORDS = {'hmm_pfn_t', 'hmm_pfn_t_to_page', 'hmm_pfn_t_to_pfn', 'hmm_pfn_t_from_page', 'hmm_pfn_t_from_pfn'}
FIRST_STEP = '4.17-range-args'
# Gone, and nothing takes its place by itself.
GONE = {
    'hmm_mirror_mm_is_alive': ('struct hmm_mirror does not lead to the mm any more',
                               'use mmget_not_zero() on the mm that the driver registered its mirror with'),
    'hmm_get_or_create': ('it was inside HMM only', 'do without it'),
}
LOCKS = ('down_read', 'down_read_killable', 'down_read_trylock', 'up_read', 'down_write',
         'down_write_killable', 'down_write_trylock', 'up_write', 'downgrade_write',
         'lockdep_assert_held', 'lockdep_assert_held_write')

# What 5.8 calls them: the step would make a driver's own call themselves.
LOCK_HELPERS = {'mmap_%s_%s' % (way, what) for way in ('read', 'write')
                for what in ('lock', 'lock_killable', 'trylock', 'unlock')} | \
    {'mmap_write_downgrade', 'mmap_assert_locked', 'mmap_assert_write_locked'}

NO_MIRROR = ('it wants the mirror, and that its mm is the one of an object with a mirror is not certain',
             "pass the driver's struct hmm_mirror")
NO_FAULT = ('which mirror its range belongs to is not certain, or its function sets one of the variables again or tests '
            '-EBUSY or -EAGAIN, which mean something else now',
            'look the vma up in X->mm, X being what hmm_mirror_register(&X->mirror, X->mm) was called for, and '
            'handle all errors alike')
DROPS_LOCK = ('a fault that may not block drops mmap_sem, and when it did has changed',
              'use hmm_range_fault(range, HMM_FAULT_ALLOW_RETRY): only after -EAGAIN is the lock dropped')
NOT_CONVERTED = 'the semantic patch does not match it'


def has_effect(words):
    return any(w in ('(', '++', '--') or re.match(r'[^=!<>]?=$', w) for w in words)


def behind_cast(tokens, i):
    """Is member tokens[i] taken of something that is cast to a struct hmm_range?"""
    return tokens[i - 1].text == '->' and tokens[i - 2].text == ')' and \
        'hmm_range' in [t.text for t in tokens[max(i - 9, 0):i]]


class Names:
    """What the tokens of the whole driver say about names of HMM's types."""

    def __init__(self):
        self.ranges = set()
        self.mirrors = set()
        self.updates = set()
        self.mms = set()
        self.owners = set()     # (member mirror, member mm) as registered
        self.said = {}          # path: owners and holders that it alone showed
        self.other_shift = []   # (path, line, text): page_shift is not PAGE_SHIFT
        self.types = {}         # name: tags of the structs that variables of this name have
        self.holders = {}       # member: tags of the structs that have a struct hmm_mirror of this name
        self.bools = set()      # names of variables of type bool
        self.first = []         # (path, line): shows that the driver is for 4.14 to 4.16
        self.later = False      # a file of it is of 5.5 or later, where the bits are bits again
        self.block = []         # (path, line): shows that the driver is for bool block
        self.flags = False      # there are HMM_FAULT_ flags in it
        self.aliases = {}       # tag: names of types that are this struct
        self.macros = {}        # name: (parameters, tokens) of a macro
        self.formal = set()     # parameters of macros that a range is given for
        self.own_lock = None    # (path, line): a struct of the driver has a mmap_sem of its own
        self.own_helper = None  # (name, path, line): the driver defines one of LOCK_HELPERS

    def of(self, paths):
        """The same, with only the mirrors that some files register and have."""
        some = copy.copy(self)
        some.owners, some.holders = set(), {}
        for path in paths:
            owners, holders = self.said.get(path, ((), {}))
            some.owners |= set(owners)
            for member, tags in holders.items():
                some.holders[member] = some.holders.get(member, set()) | tags
        return some

    def learn_types_and_macros(self, path, tokens):
        """What has to be known of all files before the first one is learnt."""
        for i, token in enumerate(tokens[:-3]):
            k = i + 1 + (tokens[i + 1].text == 'const')
            if token.text == 'typedef' and tokens[k].text == 'struct' and tokens[k + 1].text in TAGS:
                self.aliases.setdefault(tokens[k + 1].text, set()).update(declared(tokens[k:k + 12], tokens[k + 1].text))
            elif token.text == 'define' and token.directive == 'define':
                name, body = tokens[i + 1], []
                for t in tokens[i + 2:]:
                    if t.directive != 'define' or t.text == 'define':
                        break
                    body.append(t)
                if [t.text for t in body[:1]] == ['struct'] and len(body) == 2 and body[1].text in TAGS:
                    self.aliases.setdefault(body[1].text, set()).add(name.text)
                parameters = []
                if body and body[0].text == '(' and body[0].at == name.at + len(name.text):
                    end = next((n for n, t in enumerate(body) if t.text == ')'), 0)
                    parameters, body = [t.text for t in body[1:end] if t.text != ','], body[end + 1:]
                self.macros[name.text] = parameters, body
            elif token.text == 'mmap_sem' and tokens[i - 1].text == 'rw_semaphore':
                self.own_lock = self.own_lock or (path, token.line)
            if defines_helper(tokens, i):
                self.own_helper = self.own_helper or (token.text, path, token.line)
            self.flags |= token.text.startswith('HMM_FAULT_')

    def macro_reads(self, name, member, depth=4):
        """Does a macro read a member start or end of anything?"""
        if name not in self.macros or not depth:
            return False
        body = self.macros[name][1]
        return any(b.text == member and a.text in ('->', '.') for a, b in zip(body, body[1:])) or \
            any(t.text != name and self.macro_reads(t.text, member, depth - 1) for t in body if t.kind == 'id')

    def is_list(self, arg):
        """May an argument of a call become several?"""
        if '__VA_ARGS__' in arg:
            return True
        body = self.macros.get(arg[0], ((), ()))[1] if len(arg) == 1 else ()
        depth = 0
        for t in body:
            depth += {'(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1}.get(t.text, 0)
            if t.text == ',' and depth == 0:
                return True
        return False

    def given(self, tokens):
        """Parameters of macros that get a range."""
        for i, token in enumerate(tokens):
            parameters = self.macros.get(token.text, ((), ()))[0]
            if parameters and tokens[i - 1].text != 'define':
                for parameter, arg in zip(parameters, arguments(tokens, i) or ()):
                    if arg and arg[-1] in self.ranges | self.formal and arg[0] != '*':
                        self.formal.add(parameter)

    def is_range(self, tokens, i):
        """Is member tokens[i] one of a range?"""
        name = receiver(tokens, i)
        if tokens[i].directive == 'define' and name in self.formal:
            return True
        return name in self.ranges and not self.other_type(tokens, i, name)

    @staticmethod
    def other_type(tokens, i, name):
        """Is a name in the function around tokens[i] the one of another struct?"""
        k = i - 2
        if tokens[k].text != name or tokens[k - 1].text in ('->', '.'):
            return False
        first, _ = block_around(tokens, tokens[i].line)
        while k > 3 and tokens[k].line >= first:
            if tokens[k].text == name and tokens[k - 1].text in ('*', tokens[k - 1].text if tokens[k - 2].text == 'struct' else '*'):
                tag = k - 1
                while tokens[tag].text in ('*', 'const'):
                    tag -= 1
                if tokens[tag - 1].text == 'struct':
                    return tokens[tag].text != 'hmm_range'
            k -= 1
        return False

    @property
    def owner(self):
        """The one (mirror, mm) that there is, if both are members; or None."""
        if len(self.owners) == 1:
            mirror, mm = next(iter(self.owners))
            if re.match(r'\w+$', mirror) and re.match(r'\w+$', mm):
                return mirror, mm
        return None

    def learn(self, path, tokens):
        owners, self.owners = self.owners, set()
        holders, self.holders = self.holders, {}
        self.learn_all(path, tokens)
        self.said[path] = self.owners, self.holders
        self.owners = owners | self.owners
        self.holders = {m: holders.get(m, set()) | self.holders.get(m, set()) for m in set(holders) | set(self.holders)}

    def learn_all(self, path, tokens):
        for kind, tag in ((self.ranges, 'hmm_range'), (self.mirrors, 'hmm_mirror'), (self.mms, 'mm_struct'),
                          (self.updates, 'hmm_update'), (self.updates, 'mmu_notifier_range')):
            kind |= declared(tokens, tag, self.aliases.get(tag, ()))
        self.learn_types(tokens)
        self.bools |= {b.text for a, b in zip(tokens, tokens[1:]) if a.text == 'bool' and b.kind == 'id'}
        self.learn_generation(path, tokens)
        stores = {}
        for i, token in enumerate(tokens):
            if token.kind == 'id' and i > 2 and tokens[i - 1].text == '=' and \
               tokens[i - 3].text == '->' and tokens[i - 4].kind == 'id':
                stores.setdefault((tokens[i - 4].text, token.text), set()).add(tokens[i - 2].text)
        for i, token in enumerate(tokens):
            if token.text == 'hmm_mirror_register':
                args = arguments(tokens, i)
                if not args or len(args) != 2 or args[0][:1] == ['struct']:
                    continue
                if len(args[0]) != 4 or args[0][0] != '&' or args[0][2] != '->':
                    self.owners.add((' '.join(args[0]), ' '.join(args[1])))
                    continue
                owner, mirror = args[0][1], args[0][3]
                if len(args[1]) == 3 and args[1][:2] == [owner, '->']:
                    self.owners.add((mirror, args[1][2]))
                elif len(args[1]) == 1:
                    for member in stores.get((owner, args[1][0]), ()):
                        self.owners.add((mirror, member))
                    if (owner, args[1][0]) not in stores:
                        self.owners.add((mirror, '(%s)' % args[1][0]))      # no member
                else:
                    self.owners.add((mirror, ' '.join(args[1])))

    def learn_generation(self, path, tokens):
        for i, token in enumerate(tokens):
            if token.text in FIRST_WORDS | FIRST_BITS or \
               token.text in FIRST_FORM and len(arguments(tokens, i) or ()) == FIRST_FORM[token.text]:
                self.first.append((path, token.line))
            args = arguments(tokens, i) if token.text in ('hmm_range_fault', 'hmm_range_dma_map') else None
            if token.text in ('hmm_range_snapshot', 'hmm_vma_fault') or args and args[-1] in (['true'], ['false']):
                self.block.append((path, token.line))

    def learn_types(self, tokens):
        braces = []             # tag of the struct that each { around begins, or None
        for i, token in enumerate(tokens):
            if token.text == '{':
                braces.append(tokens[i - 1].text if i > 1 and tokens[i - 2].text == 'struct' else None)
            elif token.text == '}' and braces:
                braces.pop()
            elif token.text == 'struct' and i + 2 < len(tokens) and tokens[i + 2].text != '{':
                tag, k = tokens[i + 1].text, i + 2
                while k < len(tokens) and (tokens[k].text in ('*', 'const') or
                                           tokens[k].kind == 'id' and tokens[k + 1].text in (',', ';', '=', ')', '[')):
                    if tokens[k].kind == 'id' and tokens[k].text != 'const':
                        self.types.setdefault(tokens[k].text, set()).add(tag)
                        if tag == 'hmm_mirror' and braces and braces[-1] and tokens[k - 1].text != '*':
                            self.holders.setdefault(tokens[k].text, set()).add(braces[-1])
                        if tokens[k + 1].text != ',' or tokens[k + 2].text in ('struct', 'const'):
                            break
                        k += 1
                    k += 1

    def owners_only(self, tokens, line):
        """In the function at LINE, is each X in X->mm an object with a mirror?"""
        if not self.owner:
            return False
        mirror, mm = self.owner
        first, last = block_around(tokens, line)
        found = False
        for i, token in enumerate(tokens):
            if first <= token.line <= last and token.text == mm and receiver(tokens, i):
                found = True
                if not self.types.get(receiver(tokens, i), {None}) <= self.holders.get(mirror, set()):
                    return False
        return found

    def shifts(self, path, tokens):
        """Find page shifts that are not PAGE_SHIFT; needs all names."""
        for i, token in enumerate(tokens):
            if token.text == 'hmm_range_register':
                args = arguments(tokens, i)
                if args and len(args) == 5 and args[4] and args[4] != ['PAGE_SHIFT'] and not any(
                        t.directive for t in tokens[i:call_end(tokens, i)]) and \
                   not (args[4][0] == 'unsigned' and 'page_shift' in args[4]) and \
                   not (args[4][-1] == 'page_shift' and args[4][-2:-1] in (['.'], ['->'])):
                    self.other_shift.append((path, token.line, ' '.join(args[4])))
            elif token.text == 'page_shift' and i + 1 < len(tokens) and \
                    re.match(r'[^=!<>]?=$', tokens[i + 1].text) and \
                    (self.is_range(tokens, i) or tokens[i - 1].text == '.' and
                     tokens[i - 2].text in ('{', ',')):
                if receiver(tokens, i) is None and not self.in_range_initialiser(tokens, i):
                    continue
                value = []
                for t in tokens[i + 2:]:
                    if t.text in (';', ',', '}') or t.text == ')' and value.count('(') == value.count(')'):
                        break
                    value.append(t.text)
                if value != ['PAGE_SHIFT']:
                    self.other_shift.append((path, token.line, ' '.join(value)))

    def in_range_initialiser(self, tokens, i):
        depth = 0
        types = {'hmm_range'} | self.aliases.get('hmm_range', set())
        for j in range(i, max(i - 400, 0), -1):
            if tokens[j].text == '}':
                depth += 1
            elif tokens[j].text == '{':
                if depth == 0:
                    back = [t.text for t in tokens[max(j - 15, 0):j]]
                    for stop in (';', '{', '}'):
                        back = back[len(back) - back[::-1].index(stop):] if stop in back else back
                    if types & set(back) or back[-1:] == [')'] and self.ranges & set(back) and \
                            {'typeof', '__typeof__'} & set(back) or back[-1:] == ['='] and self.ranges & set(back[-7:-1]) and '.' in back[-7:-1]:
                        return True
                    # In an array of them the type is further out.
                    if back and back[-1] not in (',', '=') or '.' in back or back[-2:-1] not in ([], [']']):
                        return False
                    depth += 1
                depth -= 1
            elif tokens[j].text == ';' and depth == 0:
                return False
        return False


def is_bool(arg, names):
    return arg[-1:] and arg[-1] in names.bools and re.match(r'(! )?(\w+ (->|\.) )*\w+$', ' '.join(arg))


def is_flags(arg):
    return any(w.startswith('HMM_FAULT_') for w in arg) or len(arg) == 1 and re.match(r'\w*flags$', arg[0])


def shared_result(tokens):
    """Is what hmm_range_fault() returns kept where other functions, or asm, may change it?"""
    kept = {a.text for a, b, c in zip(tokens, tokens[1:], tokens[2:]) if c.text == 'hmm_range_fault' and b.text == '='}
    depth = 0
    for a, b in zip(tokens, tokens[1:]):
        depth += {'{': 1, '}': -1, '(': 1, ')': -1}.get(a.text, 0)
        if depth == 0 and a.text in kept and b.text in (';', '=', ',') or a.text in ('asm', '__asm__'):
            return bool(kept)
    return False


def names_member(tokens, i, names):
    """Is tokens[i], list or so, the member that a macro takes of a range?"""
    if tokens[i - 1].text != ',' or tokens[i + 1].text != ')':
        return False
    opener = call_start(tokens, i + 1)
    args = arguments(tokens, opener - 1)
    return bool(args) and re.match(r'list_\w*entry|container_of$|offsetof|sizeof_field$|FIELD_SIZEOF$', tokens[opener - 1].text) and (
        any('hmm_range' in arg for arg in args) or args[0][-1:] and args[0][-1] in names.ranges)


def never_retries(tokens, i):
    """Is tokens[i] a hmm_range_fault() that does not return -EAGAIN?"""
    return (arguments(tokens, i) or [[]])[-1] in (['0'], ['HMM_FAULT_SNAPSHOT'])


def tests_in_vain(tokens):
    """May a test of -EAGAIN never come true: is there one, and a call that does not return it?"""
    return any(t.text == 'EAGAIN' and tokens[i - 1].text == '-' and tokens[i - 2].text != 'return'
               for i, t in enumerate(tokens)) and \
        any(t.text == 'hmm_range_fault' and never_retries(tokens, i) for i, t in enumerate(tokens))


def mixes_retry(tokens):
    """Does one function call hmm_range_fault() both in ways that may return -EAGAIN and that may not?

    Which of the calls a test of -EAGAIN belongs to is Coccinelle's to say, and
    there it was seen to say it wrong.
    """
    kinds = {}
    for i, token in enumerate(tokens):
        if token.text == 'hmm_range_fault':
            kinds.setdefault(block_around(tokens, token.line), set()).add(never_retries(tokens, i))
    return any(len(kind) > 1 for kind in kinds.values())


def is_mm(arg, names):
    """Is an argument, as words, an mm where a mirror belongs?"""
    return bool(arg) and arg[-1] in names.mms | {'mm'} and arg[-1] not in names.mirrors


def is_index(tokens, i):
    """Is a name of today's API used as that, an index into a table of today's API?"""
    if tokens[i - 1].text != '[' or tokens[i + 1].text != ']':
        return False
    return tokens[i - 2].text in ('flags', 'values') or \
        tokens[i + 2].text == '=' and tokens[i + 3].text.startswith('MIRROR_PFN_')


def is_definition(tokens, i):
    """Does the driver bring a name of HMM's itself?"""
    return tokens[i].directive == 'define' and tokens[i - 1].text == 'define' or \
        tokens[i].text == 'hmm_pfn_t' and tokens[i + 1].text == ';' and 'typedef' in [t.text for t in tokens[i - 4:i]]


def within(inner, outer):
    """Do conditionals, as of a token, stand inside of those of another one?"""
    return inner[:len(outer)] == outer


def out_of_reach(tokens, header):
    """Uses for which the functions and names that the first step adds would not be there.

    Functions are put in front of the first one that needs them, names behind
    the last include in front of everything.
    """
    functions = [i for i, t in enumerate(tokens) if t.text in FIRST_FORM or t.text in FIRST_WORDS and t.text != 'hmm_pfn_t']
    named = functions + [i for i, t in enumerate(tokens) if t.text in BITS | FIRST_BITS]
    found = set()
    if functions and (header or not all(within(tokens[i].branches, tokens[functions[0]].branches) for i in functions)):
        found |= set(functions)
    begin = min([tokens[i].line for i in named] +
                [t.line for a, t in zip(tokens, tokens[1:]) if a.text == ')' and t.text == '{' and not t.directive][:1] or [0])
    includes = [t for t in tokens if t.directive == 'include' and t.text == 'include' and t.line < begin]
    if not includes or not all(within(tokens[i].branches, includes[-1].branches) for i in named):
        found |= set(named)
    return found


def defines_helper(tokens, i):
    """Does the driver bring the mmap lock's helper tokens[i] itself, as a macro or a function?"""
    if tokens[i].text not in LOCK_HELPERS:
        return False
    if tokens[i].directive:
        return tokens[i - 1].text == 'define'
    j = call_end(tokens, i) if tokens[i + 1].text == '(' else None
    if not j:
        return False
    j += 1
    # Attributes, and what sparse is told.
    while tokens[j].kind == 'id':
        j = call_end(tokens, j) + 1 if tokens[j + 1].text == '(' and call_end(tokens, j) else j + 1
    return tokens[j].text == '{'


def obstacles(step, tokens, names, header=False):
    """Calls that a step's semantic patch must not see: {index: (why, what to do)}."""
    found = {i: None for i in both_forms(tokens)} if step in ('05-dma-unmap-vma', '06-register-args') else {}
    if step == '06-register-args':
        for i, call in hoist.calls(tokens, names).items():
            if is_mm(hoist.words(call.args[1]), names):
                found[i] = NO_MIRROR
            elif call.why:
                found[i] = call.why
        found.update((i, None) for i, t in enumerate(tokens) if t.text == hoist.NAME and t.directive)
    elif step == '07-page-shift':
        found = {i: None for i, t in enumerate(tokens) if t.text == 'page_shift' and in_expression(tokens, i)}
    elif step == '17-mmap-lock' and (names.own_lock or names.own_helper):
        found = {i: None for i, t in enumerate(tokens) if t.text == 'mmap_sem'}
    elif step in (FIRST_STEP, '5.2-range-fault', '5.3-mirror'):
        if step == FIRST_STEP:
            found = {i: None for i in out_of_reach(tokens, header)}
        for i, token in enumerate(tokens):
            if token.text in ('hmm_range_register', 'hmm_vma_fault', 'hmm_vma_get_pfns') and \
               not names.owners_only(tokens, token.line):
                found[i] = NO_MIRROR
    return found


def in_expression(tokens, i):
    """Is a member set or its address taken where a constant cannot stand?"""
    first = i
    while first > 1 and tokens[first - 1].text in ('->', '.'):
        first -= 2
        while tokens[first].text in (']', ')'):
            first = call_start(tokens, first) - (tokens[first].text == ']')
    before, after = tokens[first - 1], tokens[i + 1].text
    if hoist.ASSIGNS.match(after):
        return tokens[i - 1].text == '.' and tokens[i - 2].text in ('{', ',') and after != '=' or \
            not (tokens[i - 1].text == '.' and tokens[i - 2].text in ('{', ',')) and \
            (before.text not in (';', '{', '}', ')', ':', 'else', 'do') and not before.directive or
             [t.text for t in tokens[i + 1:i + 4]] != ['=', 'PAGE_SHIFT', ';'])
    return after in ('++', '--') or before.text in ('++', '--') or \
        before.text == '&' and tokens[first - 2].text in ('(', ',', '=', 'return')


def both_forms(tokens):
    """Calls in the old form that stand beside ones in the new form, in two branches of an #if."""
    sites = {}
    for i, token in enumerate(tokens):
        if token.text in ('hmm_range_register', 'hmm_range_dma_unmap') and token.branches:
            args = arguments(tokens, i)
            sites.setdefault(token.text, []).append((i, len(args or ()), dict(token.branches)))
    return {i for group in sites.values() for i, number, branches in group if number == 5
            for _, other, others in group if other and other < 5
            if any(others.get(start, branch) != branch for start, branch in branches.items())}


def old_uses(path, tokens, names, lock):
    """Uses of the old API in a file; LOCK: mmap_sem counts too."""
    uses = []
    calls = hoist.calls(tokens, names)
    both = both_forms(tokens)

    def use(step, token, what, why=NOT_CONVERTED, todo='convert it by hand'):
        if token.version:
            why = 'it stands in a conditional that tests the version of the kernel'
            todo = 'remove the branches for other kernels first: the converted driver needs one only'
        uses.append(Use(step, path, token.line, what, why, todo))

    for i, token in enumerate(tokens):
        if token.kind != 'id':
            continue
        word = token.text
        after = tokens[i + 1].text if i + 1 < len(tokens) else ''
        args = arguments(tokens, i) if word in FIRST_FORM else None
        if word in FIRST_WORDS | FIRST_BITS | BITS and is_definition(tokens, i):
            use('older', token, 'a definition of ' + word, "the driver brings HMM's own declarations",
                'remove it: the names are the same on every kernel of 4.14 to 4.16')
        elif args and len(args) == FIRST_FORM[word]:
            what = '%s() of %d arguments' % (word, len(args))
            if word == 'hmm_vma_range_done':
                use(FIRST_STEP, token, what, 'its vma does something when it is evaluated' if has_effect(args[0]) else
                    NOT_CONVERTED, 'drop the vma; keep its effect, if it is needed, in a statement of its own')
            elif word == 'hmm_vma_fault' and args[6] not in (['true'], ['1']):
                use(FIRST_STEP, token, what, *DROPS_LOCK)
            else:
                use(FIRST_STEP, token, what, *NO_FAULT)
        elif word == 'HMM_PFN_EMPTY':
            use(FIRST_STEP, token, word, 'a hole, a page in swap and one on its way elsewhere are all HMM_PFN_NONE now',
                'do without it: an entry without HMM_PFN_VALID has no page for the device')
        elif word in FIRST_WORDS:
            use(FIRST_STEP, token, word, 'entries of 4.14 to 4.16 had a type of their own, and this use is not converted',
                'make entries uint64_t and take them apart with hmm_device_entry_to_page() or _to_pfn()')
        elif word in FIRST_BITS or word in BITS and names.first and not is_index(tokens, i):
            use(FIRST_STEP, token, word + ' as a bit', 'it is an index now or gone, and what compiles tests other bits',
                'use names of your own, with the bits that range->flags and range->values have')
        elif word in BITS and not names.first and (names.mirrors or not names.later) and tokens[i - 1].text != '[':
            use('older', token, word + ' as a bit', 'it is an index into range->flags or range->values since 4.17',
                'use range->flags[...] or range->values[...]; for a driver of 4.14 to 4.16 give all of its files')
        elif word == 'hmm_vma_range_done':
            use('5.2-range-fault', token, word)
        elif word in FIRST_FORM:
            blocks = word != 'hmm_vma_fault' or args and len(args) == 2 and args[1] == ['true']
            use(FIRST_STEP if names.first else '5.2-range-fault', token, word, *(NO_FAULT if blocks else DROPS_LOCK))
        elif word in GONE:
            use('older', token, word, *GONE[word])
        elif word.startswith('hmm_devmem'):
            use('older', token, word, "hmm-backport mirrors only: a device's own memory is the kernel's matter",
                'use memremap_pages() and struct dev_pagemap_ops, which took the place of hmm_devmem in 5.3')
        elif word.startswith('hmm_pfn_') and after == '(' and word[8:] in ('to_page', 'to_pfn', 'from_page', 'from_pfn'):
            use('5.2-range-fault', token, word + '()', NOT_CONVERTED, 'use hmm_device_entry_%s()' % word[8:])
        elif word == 'hmm_update_type':
            use('4.20-update', token, 'enum hmm_update_type',
                'only a callback that does not use it, and is used as a callback only, is converted',
                'let the callback take a const struct mmu_notifier_range * and return 0, or -EAGAIN where it must not sleep')
        elif word == 'HMM_UPDATE_INVALIDATE':
            use('16-hmm-update', token, word, 'there is no kind of update any more: there was only this one',
                'do what is done for it always')
        elif word == 'hmm_range_snapshot':
            use('5.4-flags', token, word)
        elif word in ('hmm_range_register', 'hmm_range_dma_unmap'):
            step, few, many = (('06-register-args', 2, 5) if word == 'hmm_range_register'
                               else ('05-dma-unmap-vma', 4, 5))
            args = arguments(tokens, i)
            if i in both:
                use(step, token, '%s() of two forms' % word, 'branches of one conditional have it for one kernel each',
                    'remove the branch for the other kernels first: the converted driver needs one only')
            elif args is None:
                if token.directive != 'undef':
                    use(step, token, word + ' without a call',
                        'what is called through it, with how many arguments, cannot be seen',
                        'call %s() directly' % word)
            elif token.directive == 'define' and len(args) == many:
                use(step, token, word + '() in a macro', 'statements cannot be put in front of it',
                    'write the macro as a function, or convert it by hand')
            elif len(args) == many and args[0][:1] == ['struct']:
                use(step, token, 'a declaration of %s()' % word, "the driver brings HMM's own declarations",
                    'remove it: <linux/hmm.h> declares the function')
            elif len(args) == many and word == 'hmm_range_register':
                if is_mm(args[1], names):
                    use('5.3-mirror', token, 'hmm_range_register() with an mm', *NO_MIRROR)
                else:
                    use(step, token, 'hmm_range_register() of five arguments',
                        *(i in calls and calls[i].why or (NOT_CONVERTED, hoist.APART)))
            elif len(args) == many:
                use(step, token, 'hmm_range_dma_unmap() with a vma',
                    'the vma argument does something when it is evaluated' if has_effect(args[1]) else NOT_CONVERTED,
                    'drop the argument; keep its effect, if it is needed, in a statement of its own')
            elif any(names.is_list(arg) for arg in args):
                use(step, token, '%s() with a macro for arguments' % word, 'how many there are cannot be seen',
                    'write them out')
            elif len(args) != few:
                use(step, token, '%s() of %d arguments' % (word, len(args)), 'no API of HMM has this form',
                    'see <linux/hmm.h> of hmm-backport')
        elif word in ('hmm_range_fault', 'hmm_range_dma_map'):
            args = arguments(tokens, i)
            if args and len(args) == (2 if word == 'hmm_range_fault' else 4) and args[0][:1] != ['struct']:
                if args[-1] in (['true'], ['false']) or is_bool(args[-1], names):
                    use('5.4-flags', token, word + '() with bool block', NOT_CONVERTED,
                        'pass flags: 0 where block was true, HMM_FAULT_ALLOW_RETRY where it was false')
                elif args[-1] == ['1'] or not is_flags(args[-1]) and (names.block or not names.flags and args[-1] != ['0']):
                    use('older', token, '%s() with %s' % (word, ' '.join(args[-1])),
                        'this is a bool in 5.2 and 5.3 and flags later, which mean the opposite',
                        'write true or false, or HMM_FAULT_... flags')
        elif word in ('hmm_range_page_shift', 'hmm_range_page_size'):
            use('07-page-shift', token, word + '()')
        elif word.startswith('hmm_') and after == '##':
            use('older', token, word + ' in a macro', 'which name of HMM it becomes cannot be seen',
                'write the names out')
        elif word == 'page_shift' and (names.is_range(tokens, i) or behind_cast(tokens, i) or
                                       receiver(tokens, i) is None and tokens[i - 1].text == '.' and
                                       names.in_range_initialiser(tokens, i)):
            use('07-page-shift', token, 'page_shift of a struct hmm_range', *(
                ('it is set or pointed to in an expression', 'drop it from the expression: it is PAGE_SHIFT always')
                if in_expression(tokens, i) else ()))
        elif word == 'page_shift' and names_member(tokens, i, names):
            use('07-page-shift', token, 'page_shift of a struct hmm_range')
        elif word in ('list', 'vma', 'hmm') and receiver(tokens, i) is None and tokens[i - 1].text == '.' and \
                tokens[i - 2].text in ('{', ',') and names.in_range_initialiser(tokens, i):
            use({'list': '02-range-list', 'vma': '5.2-range-fault', 'hmm': '03-range-hmm'}[word], token,
                word + ' of a struct hmm_range', 'it is initialised, and is gone', 'do without it')
        elif word == 'list' and (names.is_range(tokens, i) or names_member(tokens, i, names) or
                                 behind_cast(tokens, i)):
            use('02-range-list', token, 'list of a struct hmm_range',
                "the list is HMM's own and is gone", 'use a list of your own')
        elif word == 'vma' and names.is_range(tokens, i) and after != '(':
            use('03-range-hmm' if tokens[i + 2].text == 'vm_mm' else '5.2-range-fault',
                token, 'vma of a struct hmm_range', 'which vma it is here is not certain',
                'use the vma itself')
        elif word == 'hmm' and (names.is_range(tokens, i) or receiver(tokens, i) in names.mirrors):
            use('03-range-hmm', token, 'hmm of a range or mirror',
                "which mm of the driver's own it leads to is not certain",
                "use the mm that the driver registered its mirror with, such as "
                'container_of(mirror, struct ..., mirror)->mm')
        elif word == 'hmm_update' and (i == 0 or tokens[i - 1].text == 'struct'):
            use('16-hmm-update', token, 'struct hmm_update', NOT_CONVERTED if after == '*' else
                'the driver has one of its own, and a struct mmu_notifier_range has more in it',
                'pass start, end and whether it may block to a function of the driver')
        elif word == 'blockable' and tokens[i - 1].text in ('->', '.') and names.updates and \
                (receiver(tokens, i) in names.updates or receiver(tokens, i) is None or token.directive == 'define'):
            use('16-hmm-update', token, 'blockable of the update')
        elif word in ('event', 'flags', 'vma', 'owner') and receiver(tokens, i) in names.updates:
            use('16-hmm-update', token, '%s of the update' % word,
                'not every kernel has it: portable are mm, start, end and mmu_notifier_range_blockable()',
                'do without it')
        elif word == 'mmap_sem' and lock:
            j = i
            while j > 0 and tokens[j].text not in ('(', ';', '{', '}'):
                j -= 1
            call = tokens[j - 1].text if tokens[j].text == '(' else ''
            if names.own_lock:
                if tokens[i - 1].text != 'rw_semaphore':
                    use('17-mmap-lock', token, 'mmap_sem', 'a struct of the driver has a mmap_sem too (%s:%d)' % names.own_lock,
                        'give that member another name, or use mmap_read_lock() and friends for the mm')
                continue
            if names.own_helper:
                use('17-mmap-lock', token, 'mmap_sem', 'the driver has a %s() of its own (%s:%d)' % names.own_helper,
                    'remove that and what it calls: <linux/hmm.h> brings it where the kernel has none')
                continue
            use('17-mmap-lock', token, 'mmap_sem', NOT_CONVERTED if call in LOCKS else
                'only taking and releasing it has a counterpart in the mmap locking API',
                'use mmap_read_lock() and friends of <linux/mmap_lock.h>')
    return uses
