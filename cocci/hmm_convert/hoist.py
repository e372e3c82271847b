# SPDX-License-Identifier: GPL-2.0-only
"""Step 6: which calls of hmm_range_register() can have assignments in front.

The arguments of the old call become assignments in front of its statement.
That is the same only if the call is evaluated always, first and once, and if
no assignment changes what the rest of the statement reads.
"""

import re

from .tokens import call_end, call_start, in_bare_do, receiver

NAME = 'hmm_range_register'

# These do nothing but compute a value from their arguments.
PURE = {'container_of', 'min', 'max', 'min_t', 'max_t', 'clamp', 'clamp_t', 'ALIGN', 'ALIGN_DOWN', 'PAGE_ALIGN',
        'PAGE_ALIGN_DOWN', 'round_up', 'round_down', 'roundup', 'rounddown', 'sizeof', 'BIT', 'BIT_ULL', 'GENMASK',
        'READ_ONCE',
        'lower_32_bits', 'upper_32_bits', 'le32_to_cpu', 'le64_to_cpu', 'be32_to_cpu', 'be64_to_cpu', 'u64_to_user_ptr'}
# These evaluate their argument once, and first.
TRANSPARENT = {'likely', 'unlikely', 'WARN_ON', 'WARN_ON_ONCE'}
HEADS = {'if', 'while', 'for', 'switch'}
KEYWORDS = {'return', 'case', 'else', 'do', 'goto', 'sizeof', 'if', 'while', 'for', 'switch'}
TYPES = {'int', 'long', 'short', 'char', 'unsigned', 'signed', 'bool', 'void', 'struct', 'enum', 'union', 'const',
         'static', 'volatile', 'register', 'size_t', 'ssize_t', 'u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64',
         'uint8_t', 'uint16_t', 'uint32_t', 'uint64_t', 'int32_t', 'int64_t', 'float', 'double', 'typeof', '__typeof__',
         'dma_addr_t', 'phys_addr_t', 'resource_size_t', 'pgoff_t', 'gfp_t', 'ktime_t'}
ASSIGNS = re.compile(r'(?:[-+*/%&|^]|<<|>>)?=$')

NOT_ALWAYS = 'it is not always evaluated: assignments in front of the statement would be made when the call is not'
CUT = ('a conditional of the preprocessor begins or ends inside of its statement',
       'write the whole statement in each branch')
APART = 'set start and end of the range and call hmm_range_register(range, mirror)'


def split_arguments(tokens, i):
    """Arguments of the call at tokens[i] as lists of tokens."""
    end = call_end(tokens, i)
    args, depth = [[]], 0
    for token in tokens[i + 2:end]:
        depth += {'(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1}.get(token.text, 0)
        if token.text == ',' and depth == 0:
            args.append([])
        else:
            args[-1].append(token)
    return args


def words(tokens):
    return [t.text for t in tokens]


def calls_something(arg):
    """Does an argument call what may do or read anything?"""
    return any(a.kind == 'id' and b.text == '(' and a.text not in PURE for a, b in zip(arg, arg[1:])) or \
        any(a.text == ')' and b.text == '(' and not cast_ends(arg, n) for n, (a, b) in enumerate(zip(arg, arg[1:])))


def changes(arg):
    """Names of what ARG changes by an assignment, ++ or --; None among them is what cannot be named."""
    found = set()
    for k, token in enumerate(arg):
        if token.text in ('++', '--'):
            near = arg[k - 1] if k and (arg[k - 1].kind == 'id' or arg[k - 1].text in (')', ']')) else None
            if near is None:        # in front: what follows, up to its last member
                last = k + 1
                while last + 2 < len(arg) and arg[last + 1].text in ('->', '.'):
                    last += 2
                near = arg[last] if last < len(arg) else token
        elif ASSIGNS.match(token.text):
            near = arg[k - 1] if k else token
        else:
            continue
        found.add(near.text if near.kind == 'id' else None)
    return found


def quarrel(args):
    """Does one of ARGS change what another one may read?  C leaves open what is read then."""
    for arg in args:
        changed = changes(arg)
        if changed and any(None in changed and any(t.kind == 'id' for t in other) or
                           any(t.text in changed for t in other)
                           for other in args if other is not arg):
            return True
    return False


def cast_ends(arg, n):
    """Is arg[n], a ')', the end of a cast?"""
    depth = 0
    for k in range(n, -1, -1):
        depth += {')': 1, '(': -1}.get(arg[k].text, 0)
        if depth == 0:
            inside = words(arg[k + 1:n])
            # (*f)(x) is a call.
            return bool(inside) and inside[0] != '*' and all(re.match(r'\w+$|\*$', w) for w in inside) and \
                (inside[0] in TYPES or inside[-1] == '*' or len(inside) > 1)
    return False


def same_range(range_arg, arg, member, names):
    """May ARG read MEMBER of the range, under its own or under another name?"""
    spelled = words(range_arg)
    if spelled[:1] == ['&']:
        spelled = spelled[1:]
    text = words(arg)
    for k in range(len(text) - len(spelled) + 1):
        if text[k:k + len(spelled)] == spelled:
            return True
    return any(t.text == member and receiver(arg, k) in names.ranges or names.macro_reads(t.text, member)
               for k, t in enumerate(arg))


def own(range_arg, arg, member):
    """Is ARG the range's own MEMBER?"""
    spelled = words(range_arg)
    if spelled[:1] == ['&']:
        return words(arg) == spelled[1:] + ['.', member]
    return words(arg) == spelled + ['->', member]


class Call:
    """One call of five arguments."""

    def __init__(self, tokens, i, names, bare=()):
        self.tokens, self.at = tokens, i
        self.end = call_end(tokens, i)
        self.args = split_arguments(tokens, i)
        self.declaration = None     # (first token, name) if it initialises a variable
        self.end_first = False
        self.behind = None          # then: the last token of the declarations
        self.why = self.whole() or self.order(names) or (self.bare() if i in bare else None) or self.context()

    def whole(self):
        """Is there a directive among its arguments?"""
        return CUT if any(t.directive for t in self.tokens[self.at:self.end]) else None

    def cut(self, i):
        """Is there a directive in front of tokens[i], inside of a statement?"""
        i -= 1
        if not self.tokens[i].directive:
            return False
        while i >= 0 and self.tokens[i].directive:
            i -= 1
        return i >= 0 and self.tokens[i].text not in (';', '{', '}', ':')

    @staticmethod
    def bare():
        return 'Coccinelle puts no braces around the body of a do loop', 'put the braces there'

    def order(self, names):
        """What an assignment would change for the other ones."""
        r, mirror, start, end, _ = self.args
        if len(r) == 1 and self.is_void(r[0].text):
            return 'its range is a void pointer here', 'give the pointer its type: struct hmm_range *'
        if calls_something(r) or any(t.text in ('++', '--', '?') or ASSIGNS.match(t.text) for t in r):
            return ('its range does something when it is evaluated: it would be evaluated several times',
                    'put the range into a variable first')
        if '[' in words(r) and any('[' in words(arg) and not own(r, arg, member)
                                   for arg, member in ((start, 'start'), (end, 'end'))):
            return 'Coccinelle does not tell its subscripts apart', 'put the range into a variable first'
        if not (own(r, start, 'start') and own(r, end, 'end')) and \
           (calls_something(mirror) or same_range(r, mirror, 'start', names) or same_range(r, mirror, 'end', names)):
            return ('its mirror may depend on the bounds that the range has before the call',
                    'put the mirror into a variable first')
        if quarrel((r, mirror, start, end)):
            return ('one of its arguments changes what another one reads, and in which order is not certain',
                    'put the one that changes something into a variable first')
        if own(r, start, 'start') or own(r, end, 'end'):
            return None
        if calls_something(end):
            if calls_something(start) or same_range(r, start, 'end', names):
                return ('functions are called for both of its bounds, and they might see the other one changed',
                        'put the bounds into variables first')
            self.end_first = True
        if same_range(r, end, 'start', names):
            return ('its end may be computed from the start that the range has before the call', APART)
        return None

    def is_void(self, name):
        """Is a name that of a void * only?"""
        tags = {self.tokens[k - 2].text for k in range(2, len(self.tokens))
                if self.tokens[k].text == name and self.tokens[k - 1].text == '*'}
        return tags & {'void', 'hmm_range'} == {'void'}

    def context(self):
        """Is the call evaluated always, first and once in its statement?"""
        tokens = self.tokens
        left, right = self.at - 1, self.end + 1
        while True:
            # The level of parentheses around, and what stands in it before and behind.
            prefix, opener = self.back(left)
            suffix, closer = self.after(right)
            if opener is None or closer is None:
                return CUT
            if tokens[opener].text == '[' or tokens[opener].text == '(' and (tokens[closer].text != ')' or ',' in prefix):
                if tokens[opener].text == '(' and tokens[opener - 1].text == 'for':
                    return 'it stands in the head of a loop', APART
                return 'it is an argument of another call, or one of several expressions', APART
            if tokens[opener].text != '(':
                return self.statement(opener, prefix, suffix, closer)
            bad = self.unclean(prefix, suffix)
            if bad:
                return bad
            before = tokens[opener - 1]
            if before.text == 'if':
                first = opener - 1
                while tokens[first - 1].text in ('else', 'do') and not tokens[first - 1].directive:
                    first -= 1
                return CUT if self.cut(first) else None
            if before.text in ('while', 'for'):
                return 'it stands in the condition of a loop, which is evaluated again and again', APART
            if before.text == 'switch':
                return 'it stands in the head of a switch, which the semantic patch does not match', \
                    'put its result into a variable first'
            if before.kind == 'id' and before.text not in KEYWORDS and before.text not in TRANSPARENT:
                return 'it is an argument of %s()' % before.text, APART
            left, right = opener - 1, closer + 1
            if before.text in TRANSPARENT:
                left -= 1

    def back(self, i):
        """From tokens[i] back to what begins this level: the words between, and where."""
        tokens, last = self.tokens, i
        while i >= 0:
            text = tokens[i].text
            if tokens[i].directive:
                # What stands in front of it must be a statement of its own.
                first = i
                while tokens[i].directive and i:
                    i -= 1
                return words(tokens[first + 1:last + 1]), None if self.cut(first + 1) else i
            if text in ('(', '[', '{', '}', ';'):
                return words(tokens[i + 1:last + 1]), i
            if text in (')', ']'):
                k = call_start(tokens, i)
                # The head of a statement, or of a macro like list_for_each_entry().
                if text == ')' and (tokens[k - 1].text in HEADS or tokens[k - 1].kind == 'id' and
                                    tokens[k - 1].text not in KEYWORDS and tokens[i + 1].kind == 'id'):
                    return words(tokens[i + 1:last + 1]), i
                i = k
            i -= 1
        return [], None

    def after(self, i):
        """From tokens[i] on to what ends this level: the words between, and where."""
        depth, found = 0, []
        while i < len(self.tokens):
            text = self.tokens[i].text
            if self.tokens[i].directive:
                return found, None
            if depth == 0 and text in (')', ']', '}', ';', ','):
                return found, i
            depth += {'(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1}.get(text, 0)
            found.append(text)
            i += 1
        return found, len(self.tokens) - 1

    @staticmethod
    def unclean(prefix, suffix):
        """Is there something that is evaluated beside the call?"""
        if any(w in ('&&', '||', '?') for w in prefix):
            return NOT_ALWAYS, APART
        if any(w in ('++', '--') for w in prefix) or any(
                re.match(r'\w+$', a) and a not in KEYWORDS and b == '(' for a, b in zip(prefix, prefix[1:])):
            return 'something else in its statement does something, before or after it', APART
        for word in suffix:
            if word in ('&&', '||', '?'):
                return None
            if word in ('(', '++', '--', '->', '.'):
                return 'something else in its statement is evaluated, before or after it', APART
        return None

    def statement(self, opener, prefix, suffix, closer):
        """The outermost level: what kind of statement is it?"""
        tokens = self.tokens
        if tokens[opener].text == '{' and opener and (tokens[opener - 1].text in ('=', ',', '(', '{') or
                                                      tokens[opener - 1].text == ')' and tokens[closer].text == '}'):
            return 'it stands in an initialiser or a statement expression', APART
        if tokens[closer].text != ';':
            return 'it is one of several expressions of its statement', APART
        if tokens[opener].text == ';' and self.in_for(opener):
            return 'it stands in the head of a loop', APART
        # Labels.
        while ':' in prefix and '?' not in prefix[:prefix.index(':')]:
            prefix = prefix[prefix.index(':') + 1:]
        while prefix[:1] and prefix[0] in ('else', 'do'):
            prefix = prefix[1:]
        if prefix[:1] == ['return']:
            return self.unclean(prefix[1:], suffix)
        if ',' in prefix:
            return 'it is one of several expressions of its statement', APART
        bad = self.unclean(prefix, suffix)
        if bad:
            return bad
        if '=' in prefix and self.is_declaration(prefix):
            return self.declares(prefix, suffix)
        return None

    def in_for(self, i):
        """Is the ';' at i one in the head of a for loop?"""
        depth = 0
        for k in range(i - 1, -1, -1):
            text = self.tokens[k].text
            depth += {')': 1, '}': 1, '(': -1, '{': -1}.get(text, 0)
            if depth < 0:
                return text == '(' and self.tokens[k - 1].text == 'for'
        return False

    @staticmethod
    def is_declaration(prefix):
        left = prefix[:prefix.index('=')]
        return left[:1] and left[0] in TYPES or len(left) > 1 and all(re.match(r'\w+$|\*$', w) for w in left) and left[0] != '*'

    def declares(self, prefix, suffix):
        left = prefix[:prefix.index('=')]
        while left[-1].startswith('__') and len(left) > 2:
            left = left[:-1]    # __maybe_unused
        if '__auto_type' in left or left[0] == 'auto':
            return 'it gives a variable its type', 'declare the variable with a type and set it in a statement'
        if prefix[prefix.index('=') + 1:] or suffix or 'static' in left or left[-1] in ('*', 'const') or \
           '*' in left or ']' in left:
            return 'it initialises a variable in an expression', 'declare the variable first and set it in a statement'
        i = self.end + 2
        tokens = self.tokens
        self.declaration = self.at - len(prefix), left[-1]
        # Declarations behind it may go in front if they do not compute anything.
        while i < len(tokens) and not tokens[i].directive and self.declaration_at(i):
            k = i
            while tokens[k].text != ';':
                if tokens[k].directive:
                    return CUT
                if tokens[k].text == '=' and not (tokens[k + 1].kind in ('num', 'str') or
                                                  tokens[k + 1].text in ('NULL', 'true', 'false') or
                                                  tokens[k + 1].text == '-' and tokens[k + 2].kind == 'num') or \
                   tokens[k].text in ('(', '[', '{', 'static', left[-1]):
                    return 'declarations that compute something stand behind it', \
                        'declare the variable first and set it in a statement'
                k += 1
            i = k + 1
        self.behind = i - 1     # the last token of the declarations
        return None

    def declaration_at(self, i):
        a, b = self.tokens[i], self.tokens[i + 1]
        if a.kind != 'id' or a.text in KEYWORDS:
            return False
        return a.text in TYPES or b.kind == 'id' or b.text == '*' and self.tokens[i + 2].kind == 'id' and \
            self.tokens[i + 3].text in ('=', ';', ',')


def calls(tokens, names):
    """All calls of five arguments outside of directives: {index: Call}."""
    found = {}
    bare = in_bare_do(tokens) if any(t.text == NAME for t in tokens) else ()
    for i, token in enumerate(tokens):
        if token.text != NAME or token.directive or i + 1 >= len(tokens) or tokens[i + 1].text != '(' or \
           call_end(tokens, i) is None:
            continue
        args = split_arguments(tokens, i)
        if len(args) == 5 and all(args) and args[0][0].text != 'struct':
            found[i] = Call(tokens, i, names, bare)
    return found
