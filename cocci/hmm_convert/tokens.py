# SPDX-License-Identifier: GPL-2.0-only
"""C, as far as needed: tokens, and what stands around them."""

import collections
import functools
import re


Token = collections.namedtuple('Token', 'kind text line directive version at branches')

TOKEN = re.compile(r'''
    (?P<comment> /\*.*?(?:\*/|\Z) | //(?:\\\n|[^\n])* )
  | (?P<str> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
  | (?P<id> [A-Za-z_]\w* )
  | (?P<num> \.?\d(?:[eEpP][+-]|[\w.])* )
  | (?P<nl> \n )
  | (?P<ws> (?:[ \t\r\f\v]|\\\n)+ )
  | (?P<op> -> | \+\+ | -- | <<= | >>= | \.\.\. | [=!<>]= | && | \|\| | \#\# | [-+*/%&|^]= | . )
''', re.S | re.X)

VERSION_TEST = re.compile(r'\b(LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_\w+|SLE_VERSION\w*)\b')


@functools.lru_cache(maxsize=64)
def tokenize(text):
    """Tokens of a C file without white space and comments.

    A token knows its line, the directive it stands in (None outside), whether
    a conditional around it tests the kernel's version, and which conditionals
    are around it: the line of each #if, and of the #else or #elif.  Some empty
    ones stand at the end.
    """
    tokens = []
    conditionals = []
    branches = ()
    line = 1
    fresh = True            # nothing but white space on this line so far
    directive = None
    for match in TOKEN.finditer(text):
        kind, word = match.lastgroup, match.group()
        if kind == 'nl':
            fresh, directive = True, None
        elif kind == 'op' and word == '#' and fresh:
            rest = re.match(r'[ \t]*(\w*)((?:\\\n|[^\n])*)', text[match.end():match.end() + 4000])
            directive = rest.group(1)
            if directive in ('if', 'ifdef', 'ifndef'):
                conditionals.append(bool(VERSION_TEST.search(rest.group(2))))
                branches += ((line, line),)
            elif directive == 'elif' and conditionals:
                conditionals[-1] |= bool(VERSION_TEST.search(rest.group(2)))
            elif directive == 'endif' and conditionals:
                conditionals.pop()
                branches = branches[:-1]
            if directive in ('elif', 'else') and branches:
                branches = branches[:-1] + ((branches[-1][0], line),)
            fresh = False
        elif kind not in ('ws', 'comment'):
            fresh = False
            tokens.append(Token(kind, word, line, directive, any(conditionals), match.start(),
                                branches))
        line += word.count('\n')
    # A file may end in the middle of anything: what looks ahead finds nothing that it knows.
    last = tokens[-1].line if tokens else 1
    tokens += [Token('end', '\n', last, None, False, len(text), ())] * 6
    return tokens


def arguments(tokens, i):
    """Arguments of the call whose name is tokens[i]: lists of words; or None."""
    if i + 1 >= len(tokens) or tokens[i + 1].text != '(':
        return None
    args, depth = [[]], 0
    for token in tokens[i + 1:]:
        if token.text in '([{':
            depth += 1
            if depth == 1:
                continue
        elif token.text in ')]}':
            depth -= 1
            if depth == 0:
                return args if args != [[]] else []
        if depth == 1 and token.text == ',':
            args.append([])
        else:
            args[-1].append(token.text)
    return None


def call_end(tokens, i):
    """Index of the ) of the call whose name is tokens[i], or None."""
    depth = 0
    for j in range(i + 1, len(tokens)):
        depth += {'(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1}.get(tokens[j].text, 0)
        if depth == 0:
            return j
    return None


def call_start(tokens, i):
    """Index of the bracket that the one at tokens[i] closes."""
    depth = 0
    for j in range(i, -1, -1):
        depth += {')': 1, ']': 1, '}': 1, '(': -1, '[': -1, '{': -1}.get(tokens[j].text, 0)
        if depth == 0:
            return j
    return 0


def statement_start(tokens, i):
    """Index of the first token of the statement that tokens[i] is in."""
    depth, first = 0, i
    for j in range(i - 1, -1, -1):
        text = tokens[j].text
        depth += {')': 1, ']': 1, '(': -1, '[': -1}.get(text, 0)
        if depth <= 0 and text in ('{', '}', ';', ':') or tokens[j].directive:
            break
        if depth <= 0 and text in ('if', 'else', 'do', 'while', 'for', 'switch'):
            return j + 1 if text in ('else', 'do') else j
        first = j
    return first


def block_around(tokens, line):
    """First and last line of the function that LINE is in."""
    depth, first = 0, 1
    for token in tokens:
        if token.text == '{':
            depth += 1
        elif token.text == '}':
            depth = max(depth - 1, 0)
        if depth == 0 and token.text in ('}', ';'):
            if token.line >= line:
                return first, token.line
            first = token.line + 1
    return first, tokens[-1].line if tokens else line


def in_bare_do(tokens):
    """Indices of the tokens in bodies of do loops that have no braces."""
    inside = set()
    for i, token in enumerate(tokens):
        if token.text != 'do' or i + 1 >= len(tokens) or tokens[i + 1].text == '{':
            continue
        depth = 0
        for j in range(i + 1, len(tokens)):
            depth += {'(': 1, '{': 1, ')': -1, '}': -1}.get(tokens[j].text, 0)
            if depth < 0 or depth == 0 and tokens[j].text == 'while' and tokens[j - 1].text in (';', '}'):
                break
            inside.add(j)
    return inside


def declared(tokens, tag, aliases=()):
    """Names of variables, arguments and members of type struct TAG, or of the types ALIASES."""
    names = set()
    for i in range(len(tokens) - 2):
        if tokens[i].text == 'struct' and tokens[i + 1].text == tag:
            j = i + 2
        elif tokens[i].text in aliases and tokens[i - 1].text not in ('->', '.', 'struct', '*', ','):
            j = i + 1
        else:
            continue
        while j < len(tokens):
            while j < len(tokens) and tokens[j].text in ('*', 'const'):
                j += 1
            if j + 1 >= len(tokens) or tokens[j].kind != 'id' or tokens[j + 1].text == '(':
                break
            names.add(tokens[j].text)
            # On to the next name of this declaration, if there is one.
            j += 1
            if tokens[j].text != ',' or tokens[j + 1].text == 'struct':
                break
            j += 1
    return names


def receiver(tokens, i):
    """The name that member tokens[i] is taken of, for x->m, x.m, x[..].m, (x)->m."""
    if i < 2 or tokens[i - 1].text not in ('->', '.'):
        return None
    j = i - 2
    while tokens[j].text == ']':
        j = call_start(tokens, j) - 1
    if tokens[j].text == ')':
        first = call_start(tokens, j)
        if first and tokens[first - 1].kind == 'id' and tokens[first - 1].text not in ('return', 'else', 'do', 'sizeof'):
            return None         # what a function returns
        names = [t.text for t in tokens[first:j] if t.kind == 'id']
        return names[-1] if names else None
    return tokens[j].text if j >= 0 and tokens[j].kind == 'id' else None
