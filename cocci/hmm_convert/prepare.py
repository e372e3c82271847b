# SPDX-License-Identifier: GPL-2.0-only
"""What happens to a text just before and just after a semantic patch."""

import re

from . import hoist
from .tokens import TOKEN, arguments, block_around, call_end, call_start, statement_start, tokenize
from .uses import obstacles

# What a name is called while spatch must not see it.
HIDDEN = '__hidden_from_spatch'
# Steps that want to know in which mm a vma was looked up.
LOOK_UP = ('4.17-range-args', '5.2-range-fault')
# Calls that lose arguments, and with them comments between those.
LOSES = {'05-dma-unmap-vma': ('hmm_range_dma_unmap', 5), '06-register-args': ('hmm_range_register', 5)}


def edit(text, edits):
    """TEXT with its parts from START to END replaced: edits of (start, end, new)."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def before(step, text, names, header=False):
    """TEXT as spatch shall see it, which has to mean the same."""
    if step.name in LOSES:
        text = move_comments(text, *LOSES[step.name])
    if step.name == '06-register-args':
        text = split_declarations(drop_parentheses(text, names), names)
    if step.name in LOOK_UP:
        text = spell_mm(text, names)
    tokens = tokenize(text)
    return edit(text, [(tokens[i].at, tokens[i].at + len(tokens[i].text), tokens[i].text + HIDDEN)
                       for i in obstacles(step.name, tokens, names, header)])


FIND = re.compile(r'find_(exact_)?vma')


def named_mms(tokens, names):
    """Calls that look a vma up in a variable that is X->mm: {number of the call: (index, X, the member mm)}."""
    found = {}
    if not names.owner:
        return found
    member = names.owner[1]
    calls = [i for i, t in enumerate(tokens) if FIND.match(t.text) and (arguments(tokens, i) or [[]])[0]]
    for number, i in enumerate(calls):
        arg = arguments(tokens, i)[0]
        if len(arg) != 1:
            continue
        first, last = block_around(tokens, tokens[i].line)
        inside = [k for k in range(1, len(tokens) - 4) if first <= tokens[k].line <= last]
        # struct mm_struct *mm = X->mm, both variables set where they are declared and nowhere else.
        at = next((k for k in inside if tokens[k].text == arg[0]), i)
        value = hoist.words(tokens[at + 2:at + 6])
        if at < i and hoist.words(tokens[at - 1:at + 2]) == ['*', arg[0], '='] and \
           value[1:3] == ['->', member] and value[3] in (';', ',') and \
           not set_again(tokens, inside, arg[0]) and not set_again(tokens, inside, value[0]):
            found[number] = i, value[0], member
    return found


def set_again(tokens, inside, name):
    """Is a variable set anywhere but where it is declared, which is the first that is seen of it?"""
    at = [k for k in inside if tokens[k].text == name and tokens[k - 1].text not in ('->', '.', 'struct')]
    for k in at:
        before, after = tokens[k - 1], tokens[k + 1]
        if before.text in ('++', '--') or after.text in ('++', '--') or \
           before.text == '&' and after.text not in ('->', '.', '[') or \
           before.text == '(' and 'for_each' in tokens[k - 2].text:
            return True
        if k == at[0]:
            if before.text != '*':
                return True
        elif hoist.ASSIGNS.match(after.text) or before.text == '*' and tokens[k - 2].kind == 'id' and \
                after.text in ('=', ';', ',', ')') and tokens[k - 3].text == 'struct':
            return True
    return False


def spell_mm(text, names):
    """Look it up in X->mm in so many words."""
    tokens = tokenize(text)
    return edit(text, [(tokens[i + 2].at, tokens[i + 2].at + len(tokens[i + 2].text), '%s->%s' % (x, member))
                       for i, x, member in named_mms(tokens, names).values()])


def unspell_mm(old, new, names):
    """And in the variable again."""
    was, tokens = tokenize(old), tokenize(new)
    calls = [i for i, t in enumerate(tokens) if FIND.match(t.text) and (arguments(tokens, i) or [[]])[0]]
    edits = []
    for number, (i, x, member) in named_mms(was, names).items():
        if number < len(calls) and hoist.words(tokens[calls[number] + 2:calls[number] + 5]) == [x, '->', member]:
            first, last = tokens[calls[number] + 2], tokens[calls[number] + 4]
            edits.append((first.at, last.at + len(last.text), was[i + 2].text))
    return edit(new, edits)


def line_start(text, at):
    return text.rfind('\n', 0, at) + 1


def indent_at(text, at):
    return re.match(r'[ \t]*', text[line_start(text, at):]).group()


def move_comments(text, name, number):
    """Comments between the arguments of a call go in front of its statement."""
    tokens = tokenize(text)
    edits = []
    for i, token in enumerate(tokens):
        if token.text != name or token.directive or i + 1 >= len(tokens) or tokens[i + 1].text != '(':
            continue
        end = call_end(tokens, i)
        if end is None or len(hoist.split_arguments(tokens, i)) != number:
            continue
        start = tokens[i + 1].at
        inside = text[start:tokens[end].at]
        comments = [m for m in TOKEN.finditer(inside) if m.lastgroup == 'comment']
        at = line_start(text, tokens[statement_start(tokens, i)].at)
        if not comments or any(at < e[1] for e in edits):
            continue
        indent = indent_at(text, at)
        edits.append((at, at, ''.join(indent + re.sub(r'\n[ \t]*', '\n' + indent + ' ', m.group()) + '\n'
                                      for m in comments)))
        for m in comments:
            left = len(inside[:m.start()].rstrip(' \t'))
            right = m.end()
            if inside[left - 1] == '\n' and inside[right:right + 1] == '\n':
                right += 1 + len(re.match(r'[ \t]*', inside[right + 1:]).group())
                left += m.start() - left
            if inside[left - 1] not in '(\n' and inside[right:right + 1] not in (' ', '\n', ',', ''):
                left = m.start()
            edits.append((start + left, start + right, ' ' if inside[:left].endswith(',') and
                          inside[right:right + 1] not in (' ', '\t', '\n') else ''))
    return edit(text, edits)


def drop_parentheses(text, names):
    """Parentheses around the call alone, or too many around an assignment of it: no patch names them all."""
    tokens = tokenize(text)
    gone = set()
    for i, call in hoist.calls(tokens, names).items():
        if call.why:
            continue
        left, right = i - 1, call.end + 1
        while tokens[left].text == '(' and tokens[right].text == ')' and groups_only(tokens, left):
            gone |= {left, right}
            left, right = left - 1, right + 1
        if tokens[left].text == '=' and tokens[right].text == ')':
            left = call_start(tokens, right)
            while [t.text for t in tokens[left - 2:left] + tokens[right + 1:right + 3]] == ['(', '(', ')', ')']:
                gone |= {left, right}
                left, right = left - 1, right + 1
    return edit(text, [(tokens[k].at, tokens[k].at + 1, '') for k in gone])


def groups_only(tokens, i):
    """Does the ( at i nothing but group?"""
    before = tokens[i - 1]
    if before.text == ')':
        return hoist.cast_ends(tokens, i - 1) or tokens[call_start(tokens, i - 1) - 1].text in hoist.HEADS
    return before.text in ('return', 'else', 'do') or before.kind == 'op' and before.text != ']'


def split_declarations(text, names):
    """int ret = hmm_range_register(...): declare ret, and set it behind the declarations."""
    tokens = tokenize(text)
    edits = []
    for i, call in hoist.calls(tokens, names).items():
        if call.why or not call.declaration:
            continue
        first, name = call.declaration
        equal = next(k for k in range(first, i) if tokens[k].text == '=')
        start, stop = tokens[first].at, tokens[equal - 1].at + len(tokens[equal - 1].text)
        declared = re.sub(r'\bconst\s+', '', text[start:stop])
        semicolon = tokens[call.end + 1].at
        last = tokens[call.behind].at + 1
        statement = '\n%s%s = %s;\n' % (indent_at(text, start), name, text[tokens[i].at:semicolon])
        edits.append((start, semicolon, declared))
        # A blank line goes behind declarations; the one that is there does.
        rest = re.match(r'[ \t]*(?:/\*[^\n]*?\*/|//[^\n]*)?[ \t]*\n', text[last:])
        last += rest.end() if rest else 0
        edits.append((last, last, statement if rest else '\n' + statement))
    return edit(text, edits)


def after(step, old, new, names):
    """What spatch made of OLD, mended."""
    new = new.replace(HIDDEN, '')
    if step.name in LOOK_UP:
        new = unspell_mm(old, new, names)
    if new == old:
        return new
    if step.name == '01-eagain':
        new = drop_labels(old, keep_blank(old, new))
    if step.name == '06-register-args':
        new = order_bounds(new, {tuple(hoist.words(c.args[3])) for c in hoist.calls(tokenize(old), names).values()
                                 if not c.why and c.end_first})
        new = drop_repeated(drop_shift(new))
    return tidy(old, new)


def tidy(old, new):
    """Mend what Coccinelle leaves untidy, if the driver's own style differs.

    It puts else on a line of its own behind braces that it added, and leaves
    white space on the line of a statement that it removed.
    """
    if not re.search(r'\}\n[ \t]*else\b', old):
        new = re.sub(r'\}\n[ \t]*else\b', '} else', new)
    if not re.search(r'(?m)^[ \t]+$', old):
        new = re.sub(r'(?m)^[ \t]+\n', '', new)
    if not re.search(r'\bcase\s+\w+ :', old):
        new = re.sub(r'\b(case\s+MIRROR_PFN_\w+) :', r'\1:', new)
    return new


def keep_blank(old, new):
    """The blank line in front of a label that is removed stays."""
    lines, result = old.split('\n'), new.split('\n')
    for i in range(2, len(lines) - 1):
        if not lines[i - 1] and re.match(r'\w+:$', lines[i]) and lines[i] not in result:
            for k in range(len(result) - 1):
                if result[k] == lines[i - 2] and result[k + 1] == lines[i + 1] and lines[i + 1]:
                    result.insert(k + 1, '')
                    break
    return '\n'.join(result)


def drop_labels(old, new):
    """Labels that lost their last goto go, with what only they led to.

    The semantic patch takes those that are reached without a goto too.
    """
    def gotos(tokens):
        return [(b.text, b.line) for a, b in zip(tokens, tokens[1:]) if a.text == 'goto']

    tokens = tokenize(new)
    had, have = {name for name, _ in gotos(tokenize(old))}, gotos(tokens)
    if len(gotos(tokenize(old))) == len(have):
        return new
    edits = []
    for i in range(1, len(tokens) - 1):
        if tokens[i].text not in had or tokens[i + 1].text != ':' or tokens[i - 1].text not in (';', '{', '}', ':'):
            continue
        first, last = block_around(tokens, tokens[i].line)
        if any(name == tokens[i].text and first <= line <= last for name, line in have):
            continue
        start = line_start(new, tokens[i].at)
        if new[start:tokens[i].at].strip():
            continue
        stop = new.find('\n', tokens[i + 1].at) + 1
        if new[tokens[i + 1].at + 1:stop].strip():
            continue
        end = dead_after(tokens, i)
        if end:
            stop = line_start(new, tokens[end].at)
            start -= 1 if new[:start].endswith('\n\n') else 0
        edits.append((start, stop, ''))
    return edit(new, edits)


def dead_after(tokens, i):
    """Index of the end of the block, if nothing leads to the label at i or behind it; or None."""
    k = i - 2
    while k > 0 and tokens[k].text not in (';', '{', '}', ':') and not (
            tokens[k].text in (')', 'else', 'do') and tokens[k + 1].text in ('return', 'goto')):
        k -= 1
    if tokens[i - 1].text != ';' or tokens[k + 1].text not in ('return', 'goto') or tokens[k].text not in (';', '{', '}'):
        return None
    depth = 0
    for j in range(i + 2, len(tokens)):
        text = tokens[j].text
        if text == '}' and depth == 0:
            return j
        depth += {'{': 1, '}': -1}.get(text, 0)
        if tokens[j].directive or text in ('case', 'default') or \
           text == ':' and tokens[j - 1].kind == 'id' and tokens[j - 2].text in (';', '{', '}', ':'):
            return None
    return None


class Assignment:
    """A statement LEFT = RIGHT; without calls or other effects."""

    def __init__(self, tokens, first, last):
        equal = next(k for k in range(first, last) if tokens[k].text == '=')
        self.first, self.last = first, last
        self.left = tuple(hoist.words(tokens[first:equal]))
        self.right = tuple(hoist.words(tokens[equal + 1:last]))
        self.simple = not hoist.calls_something(tokens[equal + 1:last]) and not any(
            w in ('++', '--', '=') for w in self.left + self.right) and self.left[0] != '*'


    def touches(self, other):
        """May this change what OTHER writes, or reads to write it?"""
        if self.left == other.left or '[' in self.left:
            return True
        if len(self.left) == 1:
            return self.left[0] in other.left + other.right
        member = self.left[-1]
        return member in other.left[:-1] or any(
            a in ('->', '.') and b == member for a, b in zip(other.right, other.right[1:]))


def assignments(tokens):
    """All statements that are plain assignments: {index of the ; : Assignment}."""
    found = {}
    first = 0
    for i, token in enumerate(tokens):
        if token.directive:
            first = i + 1
        if token.text == ':' and i == first + 1 and tokens[first].kind == 'id':
            first = i + 1       # behind a label
        if token.text == ';' and i - first > 2:
            inside = hoist.words(tokens[first:i])
            if inside.count('=') == 1 and inside[0] not in hoist.KEYWORDS | hoist.TYPES and inside[0] != '=' and \
               (inside[1] in ('->', '.', '=', '[') or inside[0] == '(' and inside[inside.index('=') - 2] in ('->', '.')) and \
               not token.directive:
                found[i] = Assignment(tokens, first, i)
        if token.text in (';', '{', '}'):
            first = i + 1
    return found


def order_bounds(text, ends):
    """The end is set before the start where computing it may read the start."""
    if not ends:
        return text
    tokens = tokenize(text)
    edits = []
    found = assignments(tokens)
    for last, a in found.items():
        b = next((x for x in found.values() if x.first == last + 1), None)
        if b and a.left[-1:] == ('start',) and b.left == a.left[:-1] + ('end',) and b.right in ends:
            spans = [(tokens[x.first].at, tokens[x.last].at) for x in (a, b)]
            pieces = [text[s:e] for s, e in spans]
            edits += [spans[0] + (pieces[1],), spans[1] + (pieces[0],)]
    return edit(text, edits)


def drop_shift(text):
    """The page_shift that step 6 sets in front of a call is not set only to go in step 7."""
    tokens = tokenize(text)
    found = assignments(tokens)
    edits = []
    for last, a in found.items():
        if a.left[-1] != 'page_shift' or a.right != ('PAGE_SHIFT',):
            continue
        following = last + 1
        for b in sorted(found.values(), key=lambda x: x.first):
            if b.first == following and b.left[:-1] == a.left[:-1] and b.left[-1] in ('start', 'end'):
                following = b.last + 1
        line, stop = line_start(text, tokens[a.first].at), text.find('\n', tokens[last].at) + 1
        if any(t.text == hoist.NAME for t in tokens[following:following + 12]) and \
           text[line:stop].strip() == text[tokens[a.first].at:tokens[last].at + 1]:
            edits.append((line, stop, ''))
    return edit(text, edits)


def drop_repeated(text):
    """An assignment in front of the call that was made just before goes."""
    tokens = tokenize(text)
    found = assignments(tokens)
    edits = []
    gone = set()
    for last in sorted(found):
        a = found[last]
        if a.left[-1] not in ('start', 'end', 'page_shift') or not a.simple:
            continue
        at = a.first - 1
        while at in found and found[at].simple:
            b = found[at]
            if (b.left, b.right) == (a.left, a.right) and at not in gone:
                line = line_start(text, tokens[a.first].at)
                stop = text.find('\n', tokens[last].at) + 1
                if text[line:stop].strip() == text[tokens[a.first].at:tokens[last].at + 1]:
                    edits.append((line, stop, ''))
                    gone.add(last)
                break
            if b.touches(a):
                break
            at = b.first - 1
    return edit(text, edits)
