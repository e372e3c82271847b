# SPDX-License-Identifier: GPL-2.0-only
"""What is left of the old API, counted by tokens, without Coccinelle."""

import collections
import re

from .tokens import arguments, declared, in_bare_do, receiver

# what: as found; why: why it is left; todo: what a person does about it
Use = collections.namedtuple('Use', 'step path line what why todo')

# A file without one of these has nothing to do with the mirror API.
MIRROR = re.compile(r'\b(hmm_mirror\w*|hmm_range_\w+|hmm_update\w*|hmm_vma_\w+|struct\s+hmm_range|HMM_UPDATE_\w+)\b')
# A driver that has one of these and no hmm_mirror is of 5.5 or later.
LATER = re.compile(r'\bmmu_interval_(notifier|read)\w*|->notifier_seq\b|\.notifier_seq\b')

OLDER = {
    'hmm_vma_fault': '5.1 and before',
    'hmm_vma_get_pfns': '5.1 and before',
    'hmm_vma_range_done': '5.1 and before',
    'hmm_update_type': '4.19 and before',
    'HMM_UPDATE_INVALIDATE': '4.20 to 5.3',
    'hmm_range_snapshot': '5.2 and 5.3',
}
LOCKS = ('down_read', 'down_read_killable', 'down_read_trylock', 'up_read', 'down_write',
         'down_write_killable', 'down_write_trylock', 'up_write', 'downgrade_write',
         'lockdep_assert_held', 'lockdep_assert_held_write')

NOT_CONVERTED = 'the semantic patch does not match it'


def has_effect(words):
    return any(w in ('(', '++', '--') or re.match(r'[^=!<>]?=$', w) for w in words)


class Names:
    """What the tokens of the whole driver say about names of HMM's types."""

    def __init__(self):
        self.ranges = set()
        self.mirrors = set()
        self.updates = set()
        self.mms = set()
        self.owners = set()     # (member mirror, member mm) as registered
        self.other_shift = []   # (path, line, text): page_shift is not PAGE_SHIFT

    def learn(self, path, tokens):
        self.ranges |= declared(tokens, 'hmm_range')
        self.mirrors |= declared(tokens, 'hmm_mirror')
        self.mms |= declared(tokens, 'mm_struct')
        self.updates |= declared(tokens, 'hmm_update')
        self.updates |= declared(tokens, 'mmu_notifier_range')
        stores = {}
        for i, token in enumerate(tokens):
            if token.kind == 'id' and i > 2 and tokens[i - 1].text == '=' and \
               tokens[i - 3].text == '->' and tokens[i - 4].kind == 'id':
                stores.setdefault((tokens[i - 4].text, token.text), set()).add(tokens[i - 2].text)
        for i, token in enumerate(tokens):
            if token.text == 'hmm_mirror_register':
                args = arguments(tokens, i)
                if not args or len(args) != 2 or len(args[0]) != 4 or \
                   args[0][0] != '&' or args[0][2] != '->':
                    continue
                owner, mirror = args[0][1], args[0][3]
                if len(args[1]) == 3 and args[1][:2] == [owner, '->']:
                    self.owners.add((mirror, args[1][2]))
                elif len(args[1]) == 1:
                    for member in stores.get((owner, args[1][0]), ()):
                        self.owners.add((mirror, member))

    def shifts(self, path, tokens):
        """Find page shifts that are not PAGE_SHIFT; needs all names."""
        for i, token in enumerate(tokens):
            if token.text == 'hmm_range_register':
                args = arguments(tokens, i)
                if args and len(args) == 5 and args[4] != ['PAGE_SHIFT'] and \
                   not (args[4][0] == 'unsigned' and 'page_shift' in args[4]) and \
                   not (args[4][-1] == 'page_shift' and args[4][-2] in ('.', '->')):
                    self.other_shift.append((path, token.line, ' '.join(args[4])))
            elif token.text == 'page_shift' and i + 1 < len(tokens) and \
                    re.match(r'[^=!<>]?=$', tokens[i + 1].text) and \
                    (receiver(tokens, i) in self.ranges or tokens[i - 1].text == '.' and
                     tokens[i - 2].text in ('{', ',')):
                if receiver(tokens, i) is None and not self.in_range_initialiser(tokens, i):
                    continue
                value = []
                for t in tokens[i + 2:]:
                    if t.text in (';', ',', '}'):
                        break
                    value.append(t.text)
                if value != ['PAGE_SHIFT']:
                    self.other_shift.append((path, token.line, ' '.join(value)))

    @staticmethod
    def in_range_initialiser(tokens, i):
        depth = 0
        for j in range(i, max(i - 400, 0), -1):
            if tokens[j].text == '}':
                depth += 1
            elif tokens[j].text == '{':
                if depth == 0:
                    back = [t.text for t in tokens[max(j - 6, 0):j]]
                    return 'hmm_range' in back
                depth -= 1
            elif tokens[j].text == ';' and depth == 0:
                return False
        return False


def old_uses(path, tokens, names, lock):
    """Uses of the old API in a file; LOCK: mmap_sem counts too."""
    uses = []
    bare = in_bare_do(tokens)

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
        if word in OLDER:
            use('older', token, word, 'it belongs to the API of ' + OLDER[word],
                'bring the driver to the API of August 2019 first: hmm_range_register() and hmm_range_fault(range, flags)')
        elif word in ('hmm_range_register', 'hmm_range_dma_unmap'):
            step, few, many = (('06-register-args', 2, 5) if word == 'hmm_range_register'
                               else ('05-dma-unmap-vma', 4, 5))
            args = arguments(tokens, i)
            if args is None:
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
                if args[1] and args[1][-1] in names.mms | {'mm'} and args[1][-1] not in names.mirrors:
                    use('older', token, 'hmm_range_register() with an mm', "5.2's form takes an mm where a mirror belongs",
                        "pass the driver's struct hmm_mirror as the second argument")
                elif i in bare:
                    use(step, token, 'hmm_range_register() of five arguments',
                        'Coccinelle puts no braces around the body of a do loop', 'put the braces there')
                elif has_effect(args[0]):
                    use(step, token, 'hmm_range_register() of five arguments',
                        'its range does something when it is evaluated: it would be evaluated several times',
                        'put the range into a variable first')
                else:
                    use(step, token, 'hmm_range_register() of five arguments',
                        'the arguments cannot become assignments in front of the statement without changing '
                        'what is evaluated when',
                        'set start and end of the range and call hmm_range_register(range, mirror)')
            elif len(args) == many:
                use(step, token, 'hmm_range_dma_unmap() with a vma',
                    'the vma argument does something when it is evaluated' if has_effect(args[1]) else NOT_CONVERTED,
                    'drop the argument; keep its effect, if it is needed, in a statement of its own')
            elif len(args) != few:
                use(step, token, '%s() of %d arguments' % (word, len(args)), 'no API of HMM has this form',
                    'see <linux/hmm.h> of hmm-backport')
        elif word == 'hmm_range_fault':
            args = arguments(tokens, i)
            if args and len(args) == 2 and args[1] in (['true'], ['false'], ['block']):
                use('older', token, 'hmm_range_fault(range, bool block)', 'it belongs to the API of 5.2 and 5.3',
                    'pass flags: 0 where block was true, HMM_FAULT_ALLOW_RETRY where it was false')
        elif word in ('hmm_range_page_shift', 'hmm_range_page_size'):
            use('07-page-shift', token, word + '()')
        elif word == 'page_shift' and (receiver(tokens, i) in names.ranges or
                                       receiver(tokens, i) is None and tokens[i - 1].text == '.' and
                                       names.in_range_initialiser(tokens, i)):
            use('07-page-shift', token, 'page_shift of a struct hmm_range')
        elif word == 'list' and receiver(tokens, i) in names.ranges:
            use('02-range-list', token, 'list of a struct hmm_range',
                "the list is HMM's own and is gone", 'use a list of your own')
        elif word == 'vma' and receiver(tokens, i) in names.ranges and after != '(':
            use('older', token, 'vma of a struct hmm_range', 'it belongs to the API of 5.1 and before',
                'bring the driver to the API of August 2019 first')
        elif word == 'hmm' and (receiver(tokens, i) in names.ranges or receiver(tokens, i) in names.mirrors):
            use('03-range-hmm', token, 'hmm of a range or mirror',
                "which mm of the driver's own it leads to is not certain",
                "use the mm that the driver registered its mirror with")
        elif word == 'hmm_update' and (i == 0 or tokens[i - 1].text == 'struct'):
            use('16-hmm-update', token, 'struct hmm_update', NOT_CONVERTED if after == '*' else
                'the driver has one of its own, and a struct mmu_notifier_range has more in it',
                'pass start, end and whether it may block to a function of the driver')
        elif word == 'blockable' and receiver(tokens, i) in names.updates:
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
            use('17-mmap-lock', token, 'mmap_sem', NOT_CONVERTED if call in LOCKS else
                'only taking and releasing it has a counterpart in the mmap locking API',
                'use mmap_read_lock() and friends of <linux/mmap_lock.h>')
    return uses
