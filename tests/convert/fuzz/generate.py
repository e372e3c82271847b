# SPDX-License-Identifier: GPL-2.0-only
"""Random functions of a driver that calls HMM's API of before the series.

Everything random is taken from a list of numbers, so that a case is its list:
the same list is the same text, and a shorter list or smaller numbers make a
simpler function.  0 is the simplest choice everywhere, and what is taken
behind the end of the list is 0.
"""
import random

MOST_STATEMENTS = 14


class Choices:
    """The numbers, new ones if there are none yet."""

    def __init__(self, numbers=None, rng=None):
        self.numbers = list(numbers or [])
        self.rng = rng
        self.used = 0

    def below(self, n):
        if self.used == len(self.numbers):
            self.numbers.append(self.rng.randrange(1 << 16) if self.rng else 0)
        number = self.numbers[self.used]
        self.used += 1
        return number % n


class One(list):
    """Lines that are one statement and may do without braces."""


class Case:
    """One function, with what it needs in front of it."""

    def __init__(self, number, generation, choices):
        self.number = number
        self.generation = generation
        self.choices = choices
        self.before = []        # of the file: macros, functions
        self.locals = {}        # name: declaration
        self.sites = 0
        self.conds = 0
        self.labels = 0
        self.statements = 0
        self.depth = 0
        self.tags = set()       # what the case has in it
        self.site = 0
        self.range_const = False
        # How many things a function may have that are hard to convert: one of them is
        # enough to get it refused, and then the rest of it is tested in vain.
        self.hard = self.weighted([(0, 5), (1, 5), (3, 1)])
        self.flavour = self.weighted([('register', 12), ('fault', 3), ('dma', 2), ('callback', 3), ('whole', 3)])
        if generation <= 2:
            self.flavour = 'callback' if self.flavour in ('callback', 'dma') else 'vma'
        body = self.make_body()
        self.text = self.file(body)

    # --- choosing ---

    def below(self, n):
        return self.choices.below(n)

    def chance(self, percent):
        """Rarely or never for 0."""
        return self.below(100) >= 100 - percent

    def pick(self, options):
        return options[self.below(len(options))]

    def weighted(self, options):
        at = self.below(sum(w for _, w in options))
        for option, weight in options:
            if at < weight:
                return option
            at -= weight
        return options[0][0]

    def soft(self, options, hard, instead):
        """A weighted choice; of those in HARD only as many as the function may have."""
        kind = self.weighted(options)
        if kind in hard:
            if not self.hard:
                return instead
            self.hard -= 1
        return kind

    def local(self, name, declaration):
        self.locals.setdefault(name, declaration)
        return name

    def tag(self, name):
        self.tags.add(name)

    # --- expressions ---

    def cond(self):
        self.conds += 1
        return self.pick(['cond(%d)', 'cond(%d)', '!cond(%d)', 'cond(%d) == 1']) % self.conds

    def new_site(self):
        """Whatever has an effect belongs to a site; no sequence point parts those of one site."""
        self.sites += 1
        self.site = self.sites

    def which(self):
        self.conds += 1
        return self.conds

    def range_(self):
        """A range as an argument, and how its members are named."""
        kind = self.soft([
            ('range', 10), ('&x->range', 5), ('&local', 6), ('x->rp', 3), ('&y->range', 1), ('&x->ranges[1]', 1),
            ('index', 1), ('x->ranges', 1), ('range + 1', 1), ('paren', 1), ('deref', 1), ('cast', 1),
            ('effect', 1), ('call', 1), ('ternary', 1), ('array', 1), ('pointer', 1), ('&*', 1)],
            ('effect', 'call', 'ternary'), 'range')
        if kind == 'range':
            self.local('range', 'struct hmm_range *range = %s;' % self.pick(
                ['&x->range', 'x->rp', '&x->ranges[2]', 'cond(0) ? &x->range : &y->range']))
            return 'range', 'range->'
        if kind == '&x->range':
            return '&x->range', 'x->range.'
        if kind == '&y->range':
            return '&y->range', 'y->range.'
        if kind == '&local':
            self.local('local', self.pick([
                'struct hmm_range local = { .pfn_shift = 3 };',
                'struct hmm_range local = {};',
                'struct hmm_range local = { .start = start, .end = end, .pfn_shift = 2 };',
                'struct hmm_range local = { .start = start, .page_shift = PAGE_SHIFT, .default_flags = 5 };']))
            return '&local', 'local.'
        if kind == 'x->rp':
            return 'x->rp', 'x->rp->'
        if kind == '&x->ranges[1]':
            return '&x->ranges[1]', 'x->ranges[1].'
        if kind == 'index':
            self.local('i', 'int i = 0;')
            return '&x->ranges[i & 3]', 'x->ranges[i & 3].'
        if kind == 'x->ranges':
            return 'x->ranges', 'x->ranges->'
        if kind == 'range + 1':
            self.local('first', 'struct hmm_range *first = x->ranges;')
            return 'first + 1', 'first[1].'
        if kind == 'paren':
            self.local('range', 'struct hmm_range *range = &x->range;')
            return '(range)', '(range)->'
        if kind == 'deref':
            self.local('rpp', 'struct hmm_range **rpp = &x->rp;')
            return '*rpp', '(*rpp)->'
        if kind == 'cast':
            self.local('opaque', 'void *opaque = &x->range;')
            return '(struct hmm_range *)opaque', '((struct hmm_range *)opaque)->'
        if kind == 'array':
            self.local('many', 'struct hmm_range many[2] = {};')
            return self.pick([('many', 'many->'), ('&many[1]', 'many[1].')])
        if kind == 'pointer':
            self.local('yy', 'struct drv *yy = cond(0) ? x : y;')
            return '&yy->range', 'yy->range.'
        if kind == '&*':
            return '&(*x).range', '(*x).range.'
        if kind == 'ternary':
            self.tag('range with an effect')
            return self.pick(['cond(61) ? &x->range : &y->range', '(cond(61) ? &x->range : &y->range)']), 'x->range.'
        self.tag('range with an effect')
        if kind == 'effect':
            self.local('i', 'int i = 0;')
            return '&x->ranges[i++ & 3]', 'x->ranges[1].'
        return 'drv_range(x, %d, %d)' % (self.site, self.which()), 'x->ranges[0].'

    def mirror(self, member):
        kind = self.weighted([('&x->mirror', 12), ('mirror', 6), ('x->mp', 3), ('&y->mirror', 1), ('call', 1),
                              ('other', 1), ('alias', 1), ('bounds', 1)] if self.hard else
                             [('&x->mirror', 12), ('mirror', 6), ('x->mp', 3), ('&y->mirror', 1)])
        if self.generation <= 3:
            return self.mm_argument(kind)
        if kind == 'mirror':
            return self.local('mirror', 'struct hmm_mirror *mirror = &x->mirror;')
        if kind == 'call':
            self.tag('mirror with an effect')
            return 'drv_mirror(x, %d, %d)' % (self.site, self.which())
        if kind == 'other':
            return '(x->n ? &y->mirror : &x->mirror)'
        if kind == 'alias':
            self.local('yy', 'struct drv *yy = cond(0) ? x : y;')
            return '&yy->mirror'
        if kind == 'bounds':
            self.tag('mirror of the bounds')
            return '(%sstart > 0x1005000 ? &x->mirror : &y->mirror)' % member
        return kind

    def mm_argument(self, kind):
        return {'mirror': self.local('mm', 'struct mm_struct *mm = x->mm;') if kind == 'mirror' else '',
                '&y->mirror': 'y->mm'}.get(kind, 'x->mm')

    def start(self, member, pure=False):
        kind = self.weighted([('start', 10), ('field', 5), ('x->start', 4), ('expr', 5), ('effect', 0 if pure else 2),
                              ('other field', 2), ('wide', 1), ('own end', 1)])
        if kind == 'field':
            return member + 'start'
        if kind == 'x->start':
            return 'x->start'
        if kind == 'expr':
            return self.pick(['start & PAGE_MASK', 'start + PAGE_SIZE', 'DRV_BASE(x)', 'ALIGN(start, PAGE_SIZE)',
                              'x->n ? start : end', '(start)', '0', '0x1000', 'x->vma.vm_start', '(u64)start',
                              'max(start, x->start)', '~0UL << PAGE_SHIFT'])
        if kind == 'effect':
            self.tag('start with an effect')
            return self.pick(['value(%d, %d)' % (self.site, self.which()), 'value(%d, %d)' % (self.site, self.which()),
                              'start++', '++start', 'start += PAGE_SIZE', '(x->n++, start)', '*drv_slot(x, %d, %d)' %
                              (self.site, self.which())])
        if kind == 'other field':
            return self.pick(['y->range.start', 'x->range.end', 'x->ranges[1].start', 'x->rp->start', 'x->end'])
        if kind == 'wide':
            return self.pick(['start == end', '-1', 'start & ~0xfffffUL'])
        if kind == 'own end':
            return self.pick([member + 'end', member + 'end - PAGE_SIZE'])
        return 'start'

    def end(self, member, start_effect, pure=False):
        kind = self.soft([('end', 10), ('field', 5), ('x->end', 4), ('expr', 5),
                          ('effect', 0 if pure else 2), ('own start', 3), ('other', 3), ('alias', 2)],
                         ('own start', 'alias'), 'field')
        if kind == 'field':
            return member + 'end'
        if kind == 'x->end':
            return 'x->end'
        if kind == 'expr' and not start_effect:
            return self.pick(['start + PAGE_SIZE * 4', 'start + (x->n << PAGE_SHIFT)', 'start + DRV_PAGES(x)',
                              'x->n ? end : start + 0x3000', '(end)', 'end - 1 + 1', 'min(end, x->end)',
                              'ALIGN(end, PAGE_SIZE)'])
        if kind == 'effect':
            self.tag('end with an effect')
            if start_effect:
                return 'value(%d, %d)' % (self.site, self.which())
            return self.pick(['value(%d, %d)' % (self.site, self.which()), 'end++', 'end += PAGE_SIZE',
                              '(x->n += 2, end)'])
        if kind == 'own start':
            self.tag('end of the old start')
            return self.pick([member + 'start + PAGE_SIZE', member + 'start + 16 * PAGE_SIZE',
                              '(%sstart | 0xfffff)' % member, member + 'end + PAGE_SIZE'])
        if kind == 'other':
            return self.pick(['y->range.end', 'x->ranges[1].end', 'x->vma.vm_end', 'y->end'])
        if kind == 'alias':
            self.tag('end of an alias')
            self.local('alias', 'struct hmm_range *alias = %s;' % self.pick(['&x->range', 'x->rp', '&y->range']))
            return self.pick(['alias->start + PAGE_SIZE', 'drv_end(alias)', 'x->range.start + PAGE_SIZE',
                              'x->rp->start + 0x4000', 'alias->end', 'drv_end(x->rp)'])
        return 'end'

    def shift(self, member):
        if self.odd_shift:
            self.tag('shift')
            return self.pick([member + 'page_shift', '13', 'PMD_SHIFT', 'x->geom.page_shift', 'PAGE_SHIFT + 0', 'x->n ? 13 : PAGE_SHIFT',
                              '(PAGE_SHIFT)', '12', 'shift'])
        return 'PAGE_SHIFT'

    def space(self):
        """Between two arguments."""
        return self.weighted([(' ', 20), ('\n\t\t\t\t ', 4), (' /* and */ ', 1), ('\n\t\t// then\n\t\t', 1), ('', 1)])

    def register(self, pure=False):
        """The call; with PURE the arguments have no effect."""
        if self.hard and self.chance(5):
            self.hard -= 1
            self.tag('function pointer')
            return 'hmm_range_register'
        r, member = self.range_()
        m = self.mirror(member)
        s = self.start(member, pure)
        start_effect = 'start++' in s or '++start' in s or '+=' in s or ',' in s
        e = self.end(member, start_effect, pure)
        args = [r, m, s, e, self.shift(member)]
        self.last_range = (r, member)
        text = 'hmm_range_register('
        for i, arg in enumerate(args):
            if i:
                text += ',' + self.space()
            text += arg
        name_effect = self.chance(2)
        text += self.weighted([(')', 20), (' )', 1), ('\n\t\t)', 1)])
        if name_effect:
            return '(' + text + ')'
        return text

    def call(self, pure=False):
        """A call of hmm_range_register() as an expression."""
        text = self.register(pure)
        if text == 'hmm_range_register':
            self.local('fn', 'int (*fn)(struct hmm_range *, struct %s, unsigned long, unsigned long, unsigned int) = '
                             'hmm_range_register;' % ('hmm_mirror *' if self.generation > 3 else 'mm_struct *'))
            self.last_range = ('&x->range', 'x->range.')
            return 'fn(&x->range, %s, start, end, PAGE_SHIFT)' % ('&x->mirror' if self.generation > 3 else 'x->mm')
        if self.hard and self.chance(8):
            self.hard -= 1
            return self.in_macro(text)
        return text

    def in_macro(self, text):
        """The call in a macro: of the range, of all, or a macro around it."""
        self.tag('macro')
        name = 'REG%d_%d' % (len(self.before), self.number)
        kind = self.below(4)
        one = ' '.join(t for t in text.replace('// then', '').split())
        if kind == 0:
            self.before.append('#define %s %s' % (name, one))
            return name
        if kind == 1:
            self.before.append('#define %s() \\\n\t%s' % (name, one))
            return name + '()'
        if kind == 2:
            self.before.append('#define %s(call) (call)' % name)
            return '%s(%s)' % (name, text)
        self.before.append('#define %s hmm_range_register' % name)
        return text.replace('hmm_range_register', name, 1)

    def ret(self):
        return self.local('ret', 'int ret = 0;')

    def trace(self):
        what = self.pick(['ret', 'start', 'end', 'x->n'])
        if what == 'ret':
            self.ret()
        return 'trace(%d, %s);' % (self.which(), what)

    # --- statements: lists of lines without indentation ---

    @staticmethod
    def indent(lines):
        return [line if line.startswith('#') or not line else '\t' + line for line in lines]

    def block(self, lines, braces):
        """A body; several statements get braces in any case."""
        if braces or len(lines) != 1 and not isinstance(lines, One) or lines[0].startswith('#'):
            return ' {', self.indent(lines) + ['}']
        return '', self.indent(lines)

    def statement(self):
        """Something that may stand anywhere a statement may."""
        self.statements += 1
        self.new_site()
        if self.statements > MOST_STATEMENTS:
            return [self.trace()]
        options = {
            'register': [(self.reg_statement, 10), (self.plain, 2), (self.structured, 5), (self.assignment, 1)],
            'fault': [(self.fault_statement, 8), (self.plain, 2), (self.structured, 3), (self.reg_statement, 1)],
            'dma': [(self.dma_statement, 8), (self.plain, 2), (self.structured, 4)],
            'callback': [(self.plain, 3), (self.structured, 3)],
            'vma': [(self.vma_statement if self.generation else self.first_statement, 8), (self.plain, 3),
                    (self.structured, 2)],
            'whole': [(self.reg_statement, 5), (self.fault_statement, 4), (self.dma_statement, 2), (self.plain, 2),
                      (self.structured, 5), (self.mm_statement, 3), (self.shift_statement, 3), (self.list_init, 1),
                      (self.assignment, 1)],
        }[self.flavour]
        if self.depth > 3:
            options = [o for o in options if o[0] != self.structured]
        return self.weighted(options)()

    def plain(self):
        return [self.pick([self.trace(), 'x->n++;', 'check(%d);' % self.which(), 'effect(%d, 1);' % self.site,
                           'start += PAGE_SIZE;', ';'])]

    def assignment(self):
        """What a converted caller does itself: some drivers did before."""
        self.tag('assignments there')
        _, member = self.range_()
        if member.startswith('x->ranges[i') and 'effect' in self.tags:
            member = 'x->range.'
        return self.pick([['%sstart = start;' % member, '%send = end;' % member],
                          ['%sstart = start;' % member], ['%send = x->end;' % member],
                          ['%sstart = %sstart;' % (member, member)]])

    def reg_statement(self):
        self.tag('register')
        kind = self.soft([
            ('assign', 14), ('plain', 8), ('if', 12), ('if assign', 10), ('declaration', 5), ('const', 3), ('return', 5),
            ('while', 4), ('do', 4), ('for', 5), ('switch', 5), ('case', 5), ('ternary', 5), ('and', 5), ('or', 5),
            ('comma', 4), ('nested', 4), ('goto', 6), ('null test', 6), ('else', 6), ('ifdef', 3), ('odd', 6),
            ('loop macro', 2), ('label', 3)],
            ('declaration', 'const', 'while', 'do', 'for', 'switch', 'ternary', 'and', 'or', 'comma', 'nested', 'null test',
             'odd'), 'plain')
        return getattr(self, 'in_' + kind.replace(' ', '_'))()

    def in_plain(self):
        return [self.pick(['%s;', '%s;', '(void)%s;', '(void)(%s);', '(%s);']) % self.call()]

    def target(self):
        kind = self.weighted([('ret', 12), ('x->ret', 2), ('array', 1), ('effect', 1), ('index', 1)])
        if kind == 'ret':
            return self.ret()
        if kind == 'x->ret':
            return 'x->ret'
        if kind == 'array':
            self.local('rets', 'int rets[4] = { 0 };')
            return 'rets[2]'
        if kind == 'index':
            self.local('rets', 'int rets[4] = { 0 };')
            self.local('j', 'int j = 0;')
            return 'rets[j++ & 3]'
        self.tag('target with an effect')
        return '*drv_slot(x, %d, %d)' % (self.site, self.which())

    def in_assign(self):
        target = self.target()
        op = self.weighted([('%s = %s;', 16), ('%s |= %s;', 1), ('%s += %s;', 1), ('%s = !%s;', 1), ('%s = -%s;', 1),
                            ('%s = (int)%s;', 1), ('%s = (%s);', 1), ('%s = %s + 1;', 1), ('%s = x->ret = %s;', 1),
                            ('%s = %s < 0 ? 1 : 2;', 1), ('%s = 3 - %s;', 1), ('%s = (long)%s;', 1)])
        return [op % (target, self.call())]

    def body(self):
        """One to three statements."""
        self.depth += 1
        lines = self.statement()
        for _ in range(self.weighted([(0, 6), (1, 3), (2, 1)])):
            lines = lines + self.statement()
        self.depth -= 1
        return lines

    def small(self):
        return self.pick([['return %d;' % self.which()], ['x->n++;'], [self.trace()], ['check(2);'], ['x->ret = -1;'],
                          ['effect(%d, 3);' % self.site, 'return 3;']])

    def with_condition(self, condition, words='if (%s)'):
        """An if with this condition, with or without braces and else."""
        then = self.small() if self.chance(70) or self.depth > 2 else self.body()
        head, lines = self.block(then, self.chance(35))
        out = One([words % condition + head] + lines)
        kind = self.weighted([('none', 6), ('else', 2), ('else if', 1)])
        if kind == 'none':
            return out
        tail, others = self.block(self.small() if self.chance(60) or self.depth > 2 else self.body(), self.chance(40))
        word = 'else' if kind == 'else' else 'else if (%s)' % self.cond()
        if head:
            out[-1] = '} ' + word + tail
        else:
            out.append(word + tail)
        return One(out + others)

    def in_if(self):
        return self.with_condition(self.weighted([
            ('%s', 8), ('!%s', 2), ('%s < 0', 3), ('%s != 0', 1), ('%s == 0', 1), ('0 > %s', 1), ('unlikely(%s)', 2),
            ('likely(!%s)', 1), ('(%s)', 1), ('%s == -EINVAL', 1), ('%s == x->ret', 1), ('!!%s', 1), ('!(%s)', 1),
            ('WARN_ON(%s)', 1), ('unlikely(%s < 0)', 1), ('0 == %s', 1), ('check(%s)', 1), ('IS_ERR_VALUE(%s)', 1),
            ('-%s > 0', 1), ('%s & 1', 1)]) % self.call())

    def in_if_assign(self):
        ret = self.target()
        return self.with_condition(self.weighted([
            ('(%s = %s)', 6), ('(%s = %s) < 0', 3), ('(%s = %s) != 0', 2), ('unlikely((%s = %s))', 1),
            ('unlikely((%s = %s) < 0)', 1), ('!(%s = %s)', 1), ('0 != (%s = %s)', 1), ('((%s = %s))', 1),
            ('(%s = (%s))', 1)]) % (ret, self.call()))

    def in_declaration(self):
        self.which()
        name = 'rc%d' % self.conds
        call = self.call()
        return ['{'] + self.indent([self.weighted([
            ('int %s = %s;', 6), ('long %s = %s;', 1), ('int a = cond(1), %s = %s;', 1), ('bool %s = %s;', 1),
            ('int %s = %s, b = check(4);', 1), ('const int %s = %s;', 1), ('int %s = !%s;', 1),
            ('int __maybe_unused %s = %s;', 1)]) % (name, call)] +
            self.pick([[], ['int other = check(3);'], ['unsigned long bound = start;']]) +
            ['', 'trace(%d, %s);' % (self.which(), name)] + self.statement()) + ['}']

    def in_const(self):
        self.which()
        name = 'rc%d' % self.conds
        return ['{'] + self.indent([self.pick([
            'const int %s = %s;', 'int const %s = %s;', 'const bool %s = %s < 0;', 'const long %s = %s;']) %
            (name, self.call()), 'trace(%d, %s);' % (self.which(), name)]) + ['}']

    def in_return(self):
        text = self.weighted([('return %s;', 8), ('return %s ? -EIO : 0;', 1), ('return !%s;', 1), ('return (%s);', 1),
                              ('return %s < 0;', 1), ('return check(%s);', 1), ('return cond(50) ? %s : 7;', 1),
                              ('return cond(51) && %s;', 1), ('return cond(52) || %s;', 1), ('return x->n++, %s;', 1)])
        text = text % self.call()
        if self.depth or self.chance(40):
            return [text]
        self.depth += 1
        rest = self.with_condition(self.cond()) if self.depth < 3 else []
        self.depth -= 1
        return ['if (%s)' % self.cond(), '\t' + text] + rest

    def in_while(self):
        kind = self.below(6)
        braces = self.chance(40)
        if kind == 0:
            head, lines = self.block([self.pick(['%s;', 'x->ret = %s;', 'if (%s)\n\t\tx->n++;']) % self.call()], braces)
            return ['while (%s)' % self.cond() + head] + lines
        call = self.call()
        condition = ['%s', '%s < 0', '!%s', '(x->ret = %s)', 'cond(53) && %s'][kind - 1] % call
        body = self.pick([['x->n++;'], ['if (x->n++ > 2)', '\tbreak;'], ['start += PAGE_SIZE;'], ['break;']])
        head, lines = self.block(body, braces or len(body) > 1)
        return One(['while (%s)' % condition + head] + lines)

    def in_do(self):
        kind = self.below(3)
        if kind == 0:
            return ['do {', '\t%s;' % self.call(), '} while (%s);' % self.cond()]
        if kind == 1:
            return ['do', '\t%s%s;' % (self.pick(['', 'x->ret = ']), self.call()), 'while (%s);' % self.cond()]
        return ['do {', '\tx->n++;', '} while (%s && x->n < 4);' % self.call()]

    def in_for(self):
        self.local('k', 'int k = 0;')
        call = self.call()
        body = self.pick([['x->n++;'], ['trace(1, k);'], ['start += PAGE_SIZE;']])
        kind = self.below(6)
        if kind == 0:
            head, lines = self.block([self.pick(['%s;', 'x->ret = %s;']) % call], self.chance(40))
            return One(['for (k = 0; k < 2; k++)' + head] + lines)
        head, lines = self.block(body, self.chance(40))
        if kind == 1:
            return ['for (k = %s; k < 0 && x->n < 3; x->n++)' % call + head] + lines
        if kind == 2:
            return ['for (k = 0; k < 3 && %s; k++)' % call + head] + lines
        if kind == 3:
            return ['for (k = 0; k < 2; k++, %s)' % call + head] + lines
        if kind == 4:
            return ['for (%s; k < 2; k++)' % call + head] + lines
        return ['for (k = 0; k < 2; k++) {', '\tif (%s)' % call, '\t\t' + self.pick(['continue;', 'break;', 'x->n++;']),
                '\t' + body[0], '}']

    def in_loop_macro(self):
        self.local('each', 'struct hmm_range *each;')
        call = self.call()
        return ['for_each_range(each, x)'] + self.indent([self.pick([
            '%s;', 'x->ret = %s;',
            'hmm_range_register(each, %s, start, end, PAGE_SHIFT);' %
            ('&x->mirror' if self.generation > 3 else 'x->mm')]).replace('%s', call)])

    def in_switch(self):
        call = self.call()
        return ['switch (%s) {' % self.pick(['%s', '(x->ret = %s)', '%s + 1', '-%s']) .replace('%s', call), 'case 0:'] + \
            self.indent(self.pick([['x->n++;', 'break;'], ['return 0;'], [self.trace(), 'fallthrough;']])) + \
            ['case -EINVAL:', '\tx->n += 2;', '\tbreak;', 'default:', '\tx->n += 5;', '}']

    def in_case(self):
        forms = ['%s;', 'x->ret = %s;', 'return %s;', 'if (%s)\n\t\tx->n++;']
        return ['switch (cond(%d) + cond(%d)) {' % (self.which(), self.which()),
                'case 0:', '\t%s' % (self.pick(forms) % self.call()),
                '\t' + self.pick(['break;', 'fallthrough;']),
                'case 1:', '\t' + self.pick(['x->n++;', 'break;']), '\tbreak;',
                'default:', '\t%s' % (self.pick(forms) % self.call()), '}']

    def in_ternary(self):
        ret = self.ret()
        return [self.pick([
            '%s = cond(60) ? %s : 0;', '%s = cond(60) ? 0 : %s;', '%s = %s ? 1 : 2;', '%s = %s ?: 3;',
            '%s = !cond(60) ? -1 : %s;']) % (ret, self.call())]

    def in_and(self):
        ret = self.ret()
        kind = self.below(4)
        call = self.call()
        if kind == 0:
            return self.with_condition('%s && %s' % (self.cond(), call))
        if kind == 1:
            return self.with_condition('%s && %s' % (call, self.cond()))
        if kind == 2:
            return ['%s = %s && %s;' % (ret, self.cond(), call)]
        return self.with_condition('%s && (%s = %s) < 0' % (self.cond(), ret, call))

    def in_or(self):
        ret = self.ret()
        kind = self.below(5)
        call = self.call()
        if kind == 0:
            return self.with_condition('%s || %s' % (self.cond(), call))
        if kind == 1:
            return self.with_condition('%s || %s' % (call, self.cond()))
        if kind == 2:
            return ['%s = %s || %s;' % (ret, self.cond(), call)]
        if kind == 3:
            return self.with_condition('%s || %s' % (call, self.call()))
        return self.with_condition('%s || (%s = %s)' % (self.cond(), ret, call))

    def in_comma(self):
        ret = self.ret()
        return [self.pick([
            'x->n = 2, %s = %s;', '%s = (x->n++, %s);', 'start = x->start, %s = %s;', '%s = %s, x->n++;',
            'x->range.start = end, %s = %s;', 'x->rp = &x->ranges[3], %s = %s;']) % (ret, self.call())]

    def in_nested(self):
        ret = self.ret()
        return [self.pick([
            '%s = check(%s);', '%s = max(%s, -5);', '%s = check(check(%s));', '%s = check(!%s);',
            '%s = ({ check(1); %s; });', '%s = ({ int in = %s; in; });', '%s = WARN_ON(%s);', '%s = sizeof(%s);']) %
            (ret, self.call())]

    def in_goto(self):
        self.labels += 1
        label = 'again%d' % self.labels
        ret = self.ret()
        form = self.pick(['%s = %s;', 'if ((%s = %s) < 0)\n\t\tx->n++;', 'if (%s, %s)\n\t\tx->n++;']) % (ret, self.call())
        mid = self.pick([[], ['x->n++;'], ['start += PAGE_SIZE;']])
        return [':' + label] + [form] + mid + ['if (%s < 0 && %s)' % (ret, self.cond()), '\tgoto %s;' % label]

    def in_label(self):
        self.labels += 1
        label = 'skip%d' % self.labels
        return ['if (%s)' % self.cond(), '\tgoto %s;' % label] + self.plain() + [':' + label, self.call() + ';']

    def in_null_test(self):
        self.tag('NULL test')
        self.local('maybe', 'struct hmm_range *maybe = cond(62) ? &x->range : NULL;')
        ret = self.ret()
        mirror = '&x->mirror' if self.generation > 3 else 'x->mm'
        call = 'hmm_range_register(maybe, %s, %s, %s, PAGE_SHIFT)' % (
            mirror, self.pick(['start', 'value(%d, 1)' % self.site]), self.pick(['end', 'start + PAGE_SIZE']))
        kind = self.below(8)
        if kind == 0:
            return ['if (maybe)', '\t%s = %s;' % (ret, call)]
        if kind == 1:
            return ['if (!maybe)', '\treturn -ENOENT;', '%s = %s;' % (ret, call)]
        if kind == 2:
            return self.with_condition('maybe && ' + call)
        if kind == 3:
            return self.with_condition('!maybe || ' + call)
        if kind == 4:
            return ['%s = maybe ? %s : -ENOENT;' % (ret, call)]
        if kind == 5:
            return ['return maybe ? %s : -ENOENT;' % call]
        if kind == 6:
            return ['while (maybe && %s)' % call, '\tmaybe = NULL;']
        return ['if (!maybe)', '\t%s = -ENOENT;' % ret, 'else if (%s)' % call, '\tx->n++;']

    def in_else(self):
        form = self.pick(['%s;', 'x->ret = %s;', 'return %s;', 'if (%s)\n\t\tx->n++;'])
        kind = self.below(5)
        if kind == 0:
            return ['if (%s)' % self.cond(), '\tx->n++;', 'else', '\t' + form % self.call()]
        if kind == 1:
            return ['if (%s) {' % self.cond(), '\tx->n++;', '} else {', '\t' + form % self.call(), '}']
        if kind == 2:
            return ['if (%s)' % self.cond(), '\tx->n++;', 'else if (%s)' % self.call(), '\tx->n += 2;',
                    'else', '\tx->n += 3;']
        if kind == 3:
            return ['if (%s)' % self.cond(), '\t%s;' % self.call(), 'else', '\tx->ret = %s;' % self.call()]
        return ['if (%s) {' % self.cond(), '\tx->n++;', '} else if ((x->ret = %s) < 0) {' % self.call(), '\tx->n += 2;', '}']

    def in_ifdef(self):
        self.tag('#if')
        return [self.pick(['#if IS_ENABLED(CONFIG_FUZZ_YES)', '#if IS_ENABLED(CONFIG_FUZZ_NO)', '#ifdef CONFIG_FUZZ_NOT']),
                self.pick(['%s;', 'x->ret = %s;']) % self.call(), '#else',
                self.pick(['x->n++;', '%s;' % self.call(), 'x->ret = %s;' % self.call()]), '#endif']

    def in_odd(self):
        call = self.call()
        return self.pick([
            ['{ %s; }' % call],
            ['if (%s) %s; else x->n++;' % (self.cond(), call)],
            ['if (%s) { %s; } else { x->n++; }' % (self.cond(), call)],
            ['x->n++; %s;' % call],
            ['%s; x->n++;' % call],
            ['/* before */ x->ret = %s; /* behind */' % call],
            ['x->ret =', '\t%s;' % call],
            ['if (%s)' % self.cond(), '\tif (%s)' % call, '\t\tx->n++;', '\telse', '\t\tx->n += 2;'],
            ['%s ? %s : 0;' % (self.cond(), call)],
            ['%s && %s;' % (self.cond(), call)],
            ['if (%s)' % self.cond(), '\t/* why */', '\t%s;' % call],
            ['for (;;) {', '\tif (%s || x->n++ > 2)' % call, '\t\tbreak;', '}'],
        ])

    def structured(self):
        kind = self.weighted([('if', 6), ('while', 2), ('for', 2), ('block', 2), ('switch', 1), ('do', 1)])
        if kind == 'if':
            return self.with_condition(self.cond())
        braces = self.chance(50)
        if kind == 'block':
            return One(['{'] + self.indent(self.body()) + ['}'])
        body = self.body()
        if kind == 'do':
            return One(['do {'] + self.indent(body) + ['} while (%s);' % self.cond()])
        if kind == 'switch':
            return ['switch (%s) {' % self.cond(), 'case 0:', '\tx->n++;', '\tbreak;', 'case 1:', '\t{'] + \
                self.indent(self.indent(body)) + ['\t}', '\tbreak;', '}']
        head, lines = self.block(body, braces)
        if kind == 'while':
            return One(['while (%s)' % self.cond() + head] + lines)
        self.local('k%d' % self.depth, 'int k%d;' % self.depth)
        return One(['for (k{0} = 0; k{0} < 2; k{0}++)'.format(self.depth) + head] + lines)

    # --- the rest of the API ---

    def fault_call(self, flags=None):
        r, _ = self.pick([('range', 0), ('&x->range', 0), ('x->rp', 0)])
        if r == 'range':
            self.local('range', 'struct hmm_range *range = &x->range;')
        if self.generation >= 5:
            flags = flags or self.weighted([('0', 6), ('HMM_FAULT_SNAPSHOT', 2), ('HMM_FAULT_ALLOW_RETRY', 3),
                                            ('flags', 1), ('HMM_FAULT_ALLOW_RETRY | HMM_FAULT_SNAPSHOT', 1)])
            if flags == 'flags':
                self.local('flags', 'unsigned int flags = cond(63) ? HMM_FAULT_ALLOW_RETRY : 0;')
            return 'hmm_range_fault(%s, %s)' % (r, flags)
        if flags == 'HMM_FAULT_SNAPSHOT' or flags is None and self.chance(25):
            return 'hmm_range_snapshot(%s)' % r
        flags = {'0': 'true', 'HMM_FAULT_ALLOW_RETRY': 'false'}.get(flags) or self.weighted(
            [('true', 6), ('false', 4), ('block', 1), ('x->n == 0', 1), ('1', 1), ('0', 1), ('!block', 1)])
        if 'block' in flags:
            self.local('block', 'bool block = cond(63);')
        return 'hmm_range_fault(%s, %s)' % (r, flags)

    def fault_statement(self):
        self.tag('fault')
        ret = self.ret()
        kind = self.weighted([('again', 6), ('plain', 4), ('if', 3), ('while', 2), ('switch', 2), ('two', 3), ('valid', 2),
                              ('other', 3), ('tests', 4), ('return', 1)])
        eagain = self.pick(['%s == -EAGAIN', 'unlikely(%s == -EAGAIN)', 'likely(%s == -EAGAIN)', '-EAGAIN == %s']) % ret
        if kind == 'plain':
            return [self.pick(['%s = %s;', 'x->ret = %s = %s;', '%s = (int)%s;', '%s = min(%s, 3L);']) %
                    (ret, self.fault_call())]
        if kind == 'return':
            return ['if (%s)' % self.cond(), '\treturn %s;' % self.fault_call()]
        if kind == 'if':
            return self.with_condition(self.pick([
                '(%s = %s) == -EAGAIN', '(%s = %s) < 0', '(%s = %s) == -EBUSY', '(%s = %s) <= 0',
                '%s, %s == -EAGAIN']) % (ret, self.fault_call()))
        if kind in ('again', 'other', 'two'):
            self.labels += 1
            label = 'retry%d' % self.labels
            lines = [':' + label]
            if kind == 'other':
                lines += ['%s = result(%d);' % (ret, self.which())]
                lines += self.pick([['if (%s)' % self.cond(), '\t%s = %s;' % (ret, self.fault_call())],
                                    ['if (!%s)' % ret, '\t%s = %s;' % (ret, self.fault_call())],
                                    ['%s = %s;' % (ret, self.fault_call())]])
            elif kind == 'two':
                lines += ['if (%s)' % self.cond(), '\t%s = %s;' % (ret, self.fault_call()), 'else',
                          '\t%s = %s;' % (ret, self.fault_call())]
            else:
                lines += ['%s = %s;' % (ret, self.fault_call())]
            tail = self.below(6)
            if tail == 0:
                return lines + ['if (%s)' % eagain, '\tgoto %s;' % label]
            if tail == 1:
                self.local('tries', 'int tries = 0;')
                return lines + ['if (%s) {' % eagain, '\tif (tries++ < 3)', '\t\tgoto %s;' % label, '}',
                                'if (%s < 0)' % ret, '\treturn %s;' % ret]
            if tail == 2:
                return lines + ['if (%s <= 0) {' % ret, '\tif (%s || %s == -EBUSY)' % (eagain, ret),
                                '\t\tgoto %s;' % label, '\treturn %s;' % ret, '}']
            if tail == 3:
                return lines + ['if (%s == -EBUSY || %s) {' % (ret, eagain), '\tx->n++;', '\tgoto %s;' % label, '}']
            if tail == 4:
                return lines + ['if (%s) {' % eagain, '\tx->n++;', '} else if (%s < 0) {' % ret, '\tx->n += 2;', '}',
                                'if (%s < 0 && x->n < 4)' % ret, '\tgoto %s;' % label]
            return lines + ['if (%s != -EAGAIN && %s < 0)' % (ret, ret), '\treturn %s;' % ret,
                            'if (%s < 0)' % ret, '\tgoto %s;' % label]
        if kind == 'while':
            return self.pick([
                ['while ((%s = %s) == -EAGAIN)' % (ret, self.fault_call()), '\tx->n++;'],
                ['do {', '\t%s = %s;' % (ret, self.fault_call()), '} while (%s);' % eagain],
                ['do {', '\t%s = %s;' % (ret, self.fault_call()), '\tif (%s)' % eagain, '\t\tcontinue;',
                 '\tx->n++;', '} while (%s == -EBUSY);' % ret]])
        if kind == 'switch':
            return ['%s = %s;' % (ret, self.fault_call()), 'switch (%s) {' % ret, 'case -EAGAIN:', '\tx->n++;',
                    '\tbreak;', 'case -EBUSY:', '\tx->n += 2;', '\tbreak;', '}']
        if kind == 'valid':
            return self.pick([['x->n += hmm_range_valid(&x->range);'],
                              ['if (!hmm_range_wait_until_valid(&x->range, HMM_RANGE_DEFAULT_TIMEOUT))', '\treturn -EBUSY;'],
                              ['hmm_range_unregister(&x->range);']])
        first = ['%s = %s;' % (ret, self.fault_call())]
        if self.chance(30):
            first = ['%s = result(%d);' % (ret, self.which()), 'if (%s)' % self.cond(), '\t' + first[0]]
        more = self.pick([[], ['if (%s)' % self.cond(), '\t%s = result(%d);' % (ret, self.which())], ['%s++;' % ret],
                          ['hmm_range_unregister(&x->range);']])
        return first + more + self.with_condition(self.pick([
            '%s == -EAGAIN' % ret, '%s != -EAGAIN' % ret, eagain, '%s == -EAGAIN || %s' % (ret, self.cond()),
            '%s != -EAGAIN && %s' % (ret, self.cond()), '%s == -EAGAIN && %s' % (ret, self.cond()),
            '%s || %s' % (self.cond(), eagain), '!(%s == -EAGAIN)' % ret]))

    def dma_statement(self):
        self.tag('dma')
        if self.chance(30):
            flags = self.pick(['0', 'HMM_FAULT_ALLOW_RETRY', 'HMM_FAULT_SNAPSHOT']) if self.generation >= 5 else \
                self.pick(['true', 'false', 'x->n'])
            return ['x->ret = hmm_range_dma_map(&x->range, x->dev, x->daddrs, %s);' % flags]
        vma = self.soft([('NULL', 6), ('vma', 4), ('&x->vma', 3), ('effect', 1), ('find', 1), ('set', 1), ('cast', 1),
                         ('ternary', 1)], ('effect', 'find', 'set'), 'vma')
        if vma in ('vma', 'set'):
            self.local('vma', 'struct vm_area_struct *vma = &x->vma;')
        vma = {'effect': 'drv_vma(x, %d, %d)' % (self.site, self.which()), 'find': 'find_vma(x->mm, start)',
               'set': 'vma = NULL', 'cast': '(void *)0', 'ternary': 'x->n ? &x->vma : NULL'}.get(vma, vma)
        r, _ = self.range_()
        call = 'hmm_range_dma_unmap(%s,%s%s,%sx->dev,%sx->daddrs, %s)' % (
            r, self.space(), vma, self.space(), self.space(), self.pick(['true', 'false', 'x->n & 1', 'cond(59)']))
        if self.chance(4):
            self.tag('macro')
            name = 'UNMAP%d_%d' % (len(self.before), self.number)
            self.before.append('#define %s() %s' % (name, ' '.join(call.replace('// then', '').split())))
            call = name + '()'
        kind = self.below(6)
        if kind == 0:
            return [call + ';']
        if kind == 1:
            return ['x->ret = %s;' % call]
        if kind == 2:
            return self.with_condition(call + self.pick(['', ' > 2', ' < x->n']))
        if kind == 3:
            return ['x->n += cond(58) ? (int)%s : 3;' % call]
        if kind == 4:
            return ['while (%s > 3)' % call, '\tx->n++;']
        return ['if (%s)' % self.cond(), '\treturn %s;' % call]

    def mm_statement(self):
        self.tag('mm')
        kind = self.weighted([('own', 5), ('x->mm', 4), ('range->hmm', 3), ('killable', 1), ('try', 1)])
        lock = self.pick(['read', 'write'])
        mm = 'x->mm'
        if kind == 'own':
            mm = self.local('mm', 'struct mm_struct *mm = x->mm;')
        elif kind == 'range->hmm':
            self.tag('range->hmm')
            mm = 'x->range.hmm->mm'
            mirror = '&x->mirror' if self.generation > 3 else 'x->mm'
            if self.chance(50):
                self.local('range', 'struct hmm_range *range = &x->range;')
                return ['x->ret = hmm_range_register(range, %s, start, end, PAGE_SHIFT);' % mirror,
                        'if (x->ret)', '\treturn x->ret;', 'down_read(&range->hmm->mm->mmap_sem);', 'x->n++;',
                        'up_read(&range->hmm->mm->mmap_sem);']
        if kind == 'killable':
            return ['if (down_read_killable(&%s->mmap_sem))' % mm, '\treturn -EINTR;', 'up_read(&%s->mmap_sem);' % mm]
        if kind == 'try':
            return ['if (down_read_trylock(&%s->mmap_sem)) {' % mm, '\tx->n++;', '\tup_read(&%s->mmap_sem);' % mm, '}']
        return ['down_%s(&%s->mmap_sem);' % (lock, mm), 'x->ret = %s;' % self.fault_call(),
                'up_%s(&%s->mmap_sem);' % (lock, mm)]

    def shift_statement(self):
        self.tag('page_shift')
        self.local('range', 'struct hmm_range *range = &x->range;')
        return [self.pick([
            'x->n += 1 << range->page_shift;', 'x->end = start + hmm_range_page_size(range);',
            'trace(%d, hmm_range_page_shift(&x->range));' % self.which(), 'range->page_shift = PAGE_SHIFT;',
            'x->range.page_shift = PAGE_SHIFT;', 'x->n += x->geom.page_shift;', 'x->geom.page_shift = PAGE_SHIFT;',
            'trace(%d, end >> x->rp->page_shift);' % self.which(), 'x->geom.page_shift = range->page_shift;',
            'start &= ~(hmm_range_page_size(range) - 1);'])]

    def list_init(self):
        self.tag('list')
        r, member = self.range_()
        return [self.pick(['INIT_LIST_HEAD(&%slist);', 'INIT_LIST_HEAD(&%slist);', 'INIT_LIST_HEAD(&(%slist));']) % member]

    def vma_statement(self):
        """A fault or a snapshot of 4.17 to 5.1, of a vma that is looked up first."""
        self.tag('vma')
        ret = self.ret()
        self.local('vma', 'struct vm_area_struct *vma;')
        if self.chance(50):
            self.local('range', 'struct hmm_range *range = %s;' % self.pick(['&x->range', 'x->rp']))
            r, member = 'range', 'range->'
        elif self.chance(50):
            self.local('local', 'struct hmm_range local = %s;' % self.pick(['{}', '{ .pfn_shift = 3 }']))
            r, member = '&local', 'local.'
        else:
            r, member = '&x->range', 'x->range.'
        mm = self.pick(['x->mm', 'x->mm', self.local('mm', 'struct mm_struct *mm = x->mm;')])
        if self.hard and self.chance(20):
            self.hard -= 1
            mm = 'y->mm'
        find = self.pick(['vma = find_vma(%s, start);', 'vma = find_vma(%s, x->start);']) % mm
        found = [find] + self.pick([['if (!vma)', '\tgoto UNLOCK;'], ['if (!vma || vma->vm_start == end)', '\tgoto UNLOCK;']])
        sets = self.pick([['%svma = vma;', '%sstart = start;', '%send = end;'], ['%sstart = start;', '%send = end;', '%svma = vma;'],
                          ['%sstart = max(start, vma->vm_start);', '%svma = vma;', '%send = x->end;']])
        sets = [line % member for line in sets]
        if self.hard and self.chance(40):
            self.hard -= 1
            sets += self.pick([['vma = &y->vma;'], ['x->n++;'], ['x = y;'], ['%svma = &x->vma;' % member],
                               ['if (%s)' % self.cond(), '\t%svma = &y->vma;' % member],
                               ['if (%s)' % self.cond(), '\tvma = find_vma(x->mm, end);'],
                               ['%svma = find_vma(x->mm, end);' % member, 'if (!%svma)' % member, '\tgoto UNLOCK;']])
        self.labels += 1
        block = 'true'
        if self.hard and self.chance(30):
            self.hard -= 1
            block = self.pick(['false', 'x->n == 0', '1', '0'])
        call = self.weighted([('hmm_vma_fault(%s, %s)' % (r, block), 3), ('hmm_vma_get_pfns(%s)' % r, 1)])
        forms = [['%s = %s;' % (ret, call), 'if (%s)' % ret, '\tgoto UNLOCK;'],
                 ['if (%s)' % call, '\tgoto UNLOCK;'],
                 ['if ((%s = %s) < 0)' % (ret, call), '\tgoto UNLOCK;'],
                 ['%s = %s;' % (ret, call), 'trace(%d, %s);' % (self.which(), ret), 'if (%s < 0)' % ret, '\tgoto UNLOCK;']]
        if self.hard and self.chance(40):
            self.hard -= 1
            forms = [['%s = %s;' % (ret, call), 'if (%s == -EBUSY)' % ret, '\tx->n++;', 'if (%s)' % ret, '\tgoto UNLOCK;'],
                     ['%s = %s;' % (ret, call), 'if (%s == -EAGAIN)' % ret, '\tgoto AGAIN;', 'if (%s)' % ret, '\tgoto UNLOCK;'],
                     ['if (%s || %s)' % (self.cond(), call), '\tgoto UNLOCK;'],
                     ['%s = %s ? %s : -EINVAL;' % (ret, self.cond(), call), 'if (%s)' % ret, '\tgoto UNLOCK;'],
                     ['while (%s)' % call, '\tx->n++;']]
        uses = self.pick([[], ['trace(%d, vma->vm_start);' % self.which()],
                          ['trace(%d, %svma->vm_end);' % (self.which(), member)],
                          ['trace_range(7, %s);' % r]])
        look = 'trace(%d, %spfns[1]);' % (self.which(), member)
        done = self.pick([['hmm_vma_range_done(%s);' % r, look], ['(void)hmm_vma_range_done(%s);' % r, look], ['if (!hmm_vma_range_done(%s))' % r, '\tgoto AGAIN;'],
                          ['%s = hmm_vma_range_done(%s) ? 0 : -EAGAIN;' % (ret, r)], ['x->n += hmm_vma_range_done(%s);' % r],
                          ['if (!hmm_vma_range_done(%s) && %s) {' % (r, self.cond()), '\tx->n++;', '\tgoto AGAIN;', '}']])
        lock = 'mm' if mm == 'mm' else 'x->mm'
        lines = []
        if self.chance(60):
            lines = [':again%d' % self.labels, 'down_read(&%s->mmap_sem);' % lock] + found + sets
        else:
            lines = ['down_read(&%s->mmap_sem);' % lock] + found + sets + [':again%d' % self.labels]
        lines += self.pick(forms) + uses + done + [':unlock%d' % self.labels, 'up_read(&%s->mmap_sem);' % lock]
        if lines[1].startswith('down_read'):
            # Going back there takes the lock once more.
            lines = [line.replace('goto AGAIN', 'goto unlock%d' % self.labels) for line in lines]
        return [line.replace('goto AGAIN', 'goto again%d' % self.labels).replace('UNLOCK', 'unlock%d' % self.labels) for line in lines]

    # --- 4.14 to 4.16 ---

    def entry(self, pfn):
        """An expression of an entry, in the format that HMM's had."""
        n = self.number
        kind = self.soft([('bit', 10), ('bits', 5), ('not', 3), ('to_pfn', 4), ('to_page', 4), ('shift', 3), ('from', 3),
                          ('function', 5), ('macro', 3), ('raw', 2), ('clear', 2), ('empty', 3), ('index', 2),
                          ('bad macro', 2)], ('empty', 'index', 'bad macro'), 'bit')
        bit = self.pick(['HMM_PFN_VALID', 'HMM_PFN_WRITE', 'HMM_PFN_READ', 'HMM_PFN_ERROR', 'HMM_PFN_SPECIAL',
                         'HMM_PFN_DEVICE_UNADDRESSABLE'])
        self.tag('entry')
        if kind == 'bits':
            return self.pick(['%s & (HMM_PFN_VALID | %s)', '(%s & (HMM_PFN_ERROR | %s)) != 0',
                              '(%s & (HMM_PFN_VALID | %s)) == HMM_PFN_VALID']) % (pfn, bit)
        if kind == 'not':
            return '!(%s & %s)' % (pfn, bit)
        if kind == 'to_pfn':
            return 'hmm_pfn_t_to_pfn(%s)' % pfn
        if kind == 'to_page':
            return '(unsigned long)hmm_pfn_t_to_page(%s)' % pfn
        if kind == 'shift':
            return '%s >> HMM_PFN_SHIFT' % pfn
        if kind == 'from':
            return self.pick(['hmm_pfn_t_from_pfn(x->n + 5) & ~HMM_PFN_WRITE', 'hmm_pfn_t_to_pfn(hmm_pfn_t_from_pfn(%s))' % pfn,
                              'hmm_pfn_t_from_page(pfn_to_page(17)) | HMM_PFN_READ'])
        if kind == 'raw':
            return pfn
        if kind == 'clear':
            return 'hmm_pfn_t_to_pfn(%s & ~(hmm_pfn_t)%s)' % (pfn, bit)
        if kind == 'empty':
            return '%s & HMM_PFN_EMPTY' % pfn
        if kind == 'index':
            self.before += ['static const int index_%d_%d[8] = { [%s & 7] = 3, [HMM_PFN_WRITE] = 2 };' %
                            (n, len(self.before), bit)]
            return 'index_%d_%d[%s & 7]' % (n, len(self.before) - 1, pfn)
        name = '%s_%d_%d' % ('usable' if kind == 'function' else 'USABLE', n, len(self.before))
        if kind == 'function':
            self.before += ['static unsigned long %s(%s pfn)' % (name, self.pick(['hmm_pfn_t', 'const hmm_pfn_t'])), '{']
            self.before += self.pick([['\treturn pfn & HMM_PFN_READ && !(pfn & %s);' % bit],
                                      ['\tif (!(pfn & HMM_PFN_VALID))', '\t\treturn 7;', '\treturn hmm_pfn_t_to_pfn(pfn);'],
                                      ['\tswitch (pfn & (HMM_PFN_WRITE | HMM_PFN_VALID)) {', '\tcase HMM_PFN_VALID:',
                                       '\t\treturn 1;', '\tcase HMM_PFN_WRITE | HMM_PFN_VALID:', '\t\treturn 2;', '\t}',
                                       '\treturn 3;']]) + ['}', '']
            return '%s(%s)' % (name, pfn)
        if kind == 'macro':
            self.before += ['#define %s(pfn) ((pfn) & %s)' % (name, bit)]
            return '%s(%s)' % (name, pfn)
        if kind == 'bad macro':
            self.before += ['#define %s(pfn) ((unsigned long)hmm_pfn_t_to_page(pfn) + 1)' % name]
            return '%s(%s)' % (name, pfn)
        return '%s & %s' % (pfn, bit)

    def pages(self):
        """Bounds of few pages; only where no array ends behind them they may be any."""
        first = self.pick(['start', 'start', 'x->start', '(start & PAGE_MASK)'])
        return first, '%s + %s' % (first, self.pick(['PAGE_SIZE', '4 * PAGE_SIZE', '(2 << PAGE_SHIFT)', '8 * PAGE_SIZE']))

    def other_caller(self):
        """A function with a snapshot of its own in front: what both need must come before both."""
        name = 'peek_%d_%d' % (self.number, len(self.before))
        check = self.pick(['hmm_vma_range_done(vma, &range);', 'if (!hmm_vma_range_done(vma, &range))', '(void)hmm_vma_range_done(vma, &range);'])
        call = self.pick(['hmm_vma_get_pfns(vma, &range, start, start + 2 * PAGE_SIZE, pfns)',
                          'hmm_vma_fault(vma, &range, start, start + 2 * PAGE_SIZE, pfns, x->n, true)'])
        lines = ['static unsigned long %s(struct drv *x, unsigned long start)' % name, '{',
                 '\tstruct vm_area_struct *vma = find_vma(x->mm, start);', '\tstruct hmm_range range = {};',
                 '\thmm_pfn_t pfns[2] = {};', '',
                 '\tif (!vma || %s)' % call, '\t\treturn 0;', '\t' + check]
        if check.startswith('if'):
            lines.append('\t\treturn 1;')
        expression = self.entry('pfns[1]')
        self.before += lines + ['\treturn %s;' % expression, '}', '']
        return ['trace(%d, %s(x, start));' % (self.which(), name)]

    def first_statement(self):
        """A fault or a snapshot of 4.14 to 4.16."""
        if self.statements < 3 and self.chance(15):
            return self.other_caller()
        self.tag('first')
        ret = self.ret()
        self.local('vma', 'struct vm_area_struct *vma;')
        kind = self.pick(['local', 'range', '&x->range', 'x->rp'])
        r = kind
        if kind == 'local':
            self.local('local', 'struct hmm_range local = {};')
            r = '&local'
        elif kind == 'range':
            self.local('range', 'struct hmm_range *range = %s;' % self.pick(['&x->range', 'x->rp']))
        first, last = self.pages()
        if self.chance(50):
            self.local('pfns', 'hmm_pfn_t pfns[8] = {};')
            pfns = 'pfns'
        elif self.chance(30):
            self.local('array', 'hmm_pfn_t *array = x->pfns;')
            pfns = 'array'
        else:
            pfns = 'x->pfns'
        if pfns != 'pfns' and self.chance(60):
            first = self.pick(['start', 'x->start', 'start + (value(%d, %d) & 0x3000)' % (self.site, self.which())])
            last = self.pick(['end', 'end', 'end + (value(%d, %d) & 0x3000)' % (self.site, self.which()), '(x->n++, end)', 'start + 0x8000'])
        mm = 'x->mm'
        if self.hard and self.chance(20):
            self.hard -= 1
            mm = self.pick(['y->mm', self.local('mm', 'struct mm_struct *mm = x->mm;')])
        find = self.pick(['vma = find_vma(%s, start);', 'vma = find_vma(%s, x->start);']) % mm
        found = [find] + self.pick([['if (!vma)', '\tgoto UNLOCK;'], ['if (!vma || vma->vm_start == end)', '\tgoto UNLOCK;']])
        if self.hard and self.chance(40):
            self.hard -= 1
            found += self.pick([['vma = &y->vma;'], ['x->n++;'], ['x = y;'], ['if (%s)' % self.cond(), '\tvma = &y->vma;'],
                                ['if (%s)' % self.cond(), '\tvma = find_vma(x->mm, end);']])
        self.labels += 1
        write = self.pick(['true', 'false', 'x->n', self.cond(), 'x->n & 1', '1', '0', 'x->n ? true : false', '!x->ret'])
        block = self.pick(['true', 'true', '1'])
        if self.hard and self.chance(30):
            self.hard -= 1
            block = self.pick(['false', 'x->n == 0', '0', 'block'])
            if block == 'block':
                self.local('block', 'bool block = true;')
        space = self.space()
        args = [['vma', r, first, last, pfns, write, block], ['vma', r, first, last, pfns]]
        call = self.weighted([('hmm_vma_fault(%s)' % (',' + space).join(args[0]), 3),
                              ('hmm_vma_get_pfns(%s)' % (',' + space).join(args[1]), 1)])
        forms = [['%s = %s;' % (ret, call), 'if (%s)' % ret, '\tgoto UNLOCK;'],
                 ['if (%s)' % call, '\tgoto UNLOCK;'],
                 ['if ((%s = %s) < 0)' % (ret, call), '\tgoto UNLOCK;'],
                 ['%s = %s;' % (ret, call), 'trace(%d, %s);' % (self.which(), ret), 'if (%s < 0)' % ret, '\tgoto UNLOCK;'],
                 ['if (%s || %s)' % (self.cond(), call), '\tgoto UNLOCK;'],
                 ['%s = %s ? %s : -EINVAL;' % (ret, self.cond(), call), 'if (%s)' % ret, '\tgoto UNLOCK;'],
                 ['while (%s)' % call, '\tcheck(3);'],
                 ['switch (%s) {' % call, 'case 0:', '\tbreak;', 'default:', '\tgoto UNLOCK;', '}']]
        if self.hard and self.chance(40):
            self.hard -= 1
            forms = [['%s = %s;' % (ret, call), 'if (%s == -EBUSY)' % ret, '\tx->n++;', 'if (%s)' % ret, '\tgoto UNLOCK;'],
                     ['%s = %s;' % (ret, call), 'if (%s == -EAGAIN)' % ret, '\tgoto AGAIN;', 'if (%s)' % ret, '\tgoto UNLOCK;'],
                     ['switch (%s) {' % call, 'case -EAGAIN:', '\tx->n++;', 'case 0:', '\tbreak;', 'default:', '\tgoto UNLOCK;', '}']]
        uses = self.pick([[], ['trace(%d, vma->vm_start);' % self.which()], ['trace_range(7, %s);' % r]])
        v = 'vma'
        if self.hard and self.chance(10):
            self.hard -= 1
            v = self.pick(['drv_vma(x, %d, %d)' % (self.site, self.which()), 'cond(7) ? vma : NULL'])
        elif self.chance(10):
            self.local('vmap', 'struct vm_area_struct *vmap = &x->vma;')
            v = self.pick(['vmap', '&x->vma' if self.hard else 'vmap'])
        done = self.pick([['hmm_vma_range_done(V, %s);' % r], ['if (!hmm_vma_range_done(V, %s))' % r, '\tgoto AGAIN;'],
                          ['%s = hmm_vma_range_done(V, %s) ? 0 : -EAGAIN;' % (ret, r)], ['x->n += hmm_vma_range_done(V, %s);' % r],
                          ['(void)hmm_vma_range_done(V, %s);' % r],
                          ['if (!hmm_vma_range_done(V, %s) && %s) {' % (r, self.cond()), '\tx->n++;', '\tgoto AGAIN;', '}']])
        done = [line.replace('V', v) for line in done]
        for _ in range(self.weighted([(1, 5), (2, 3), (3, 1), (0, 1)])):
            done.append('trace(%d, %s);' % (self.which(), self.entry('%s[%d]' % (pfns, self.below(3)))))
        lock = 'mm' if mm == 'mm' else 'x->mm'
        lines = []
        if self.chance(60):
            lines = [':again%d' % self.labels, 'down_read(&%s->mmap_sem);' % lock] + found
        else:
            lines = ['down_read(&%s->mmap_sem);' % lock] + found + [':again%d' % self.labels]
        lines += self.pick(forms) + uses + done + [':unlock%d' % self.labels, 'up_read(&%s->mmap_sem);' % lock]
        if lines[1].startswith('down_read'):
            # Going back there takes the lock once more.
            lines = [line.replace('goto AGAIN', 'goto unlock%d' % self.labels) for line in lines]
        return [line.replace('goto AGAIN', 'goto again%d' % self.labels).replace('UNLOCK', 'unlock%d' % self.labels) for line in lines]

    def void_callback(self):
        """A sync_cpu_device_pagetables of before 4.20."""
        n = self.number
        lines = ['static void sync_%d(struct hmm_mirror *mirror, enum hmm_update_type %s,' % (n, self.pick(['update', 'type'])),
                 '\t\t    unsigned long start, unsigned long end)', '{',
                 '\tstruct drv *x = (struct drv *)((char *)mirror - offsetof(struct drv, mirror));', '']
        kind = self.weighted([('no', 8), ('type', 1), ('return', 2)])
        if kind == 'type':
            lines[0] = lines[0].replace(' type,', ' update,')
            lines += ['\tif (update != HMM_UPDATE_INVALIDATE)', '\t\treturn;']
        if kind == 'return':
            lines += ['\tif (%s)' % self.cond(), '\t\treturn;']
        lines += self.pick([['\ttrace(1, start);', '\ttrace(2, end);'], ['\tstart += PAGE_SIZE;', '\ttrace(1, end - start);']])
        lines += ['\tx->n++;', '}', '']
        if self.chance(20):
            self.before.append('static void sync_%d(struct hmm_mirror *mirror, enum hmm_update_type update,' % n)
            self.before += ['\t\t    unsigned long start, unsigned long end);', '']
        call = ''
        if self.hard and self.chance(30):
            self.hard -= 1
            call = 'sync_%d(&x->mirror, HMM_UPDATE_INVALIDATE, start, end);' % n
        self.before += lines
        self.before += ['static const struct hmm_mirror_ops ops_%d = {' % n,
                        '\t.sync_cpu_device_pagetables = %ssync_%d,' % (self.pick(['', '', '&']), n), '};', '']
        return ['x->mirror.ops = &ops_%d;' % n, 'x->ret = invalidate(&x->mirror, &ops_%d);' % n] + ([call] if call else [])

    def callback(self):
        """A sync_cpu_device_pagetables of the driver's."""
        n = self.number
        name = self.weighted([('update', 4), ('u', 1), ('range', 1)])
        uses = self.pick(['%(u)s->blockable', '!%(u)s->blockable', '(%(u)s->blockable && cond(40))', '(*%(u)s).blockable',
                          'helper_%(n)d(%(u)s)', '(%(u)s->end - %(u)s->start > PAGE_SIZE)', 'x->geom.blockable'])
        if self.hard and self.chance(25):
            self.hard -= 1
            uses = self.pick(['BLOCK_%(n)d(%(u)s)', 'copy.blockable'])
        if 'helper' in uses:
            p = self.pick(['update', 'p'])
            self.before += ['static bool helper_%d(const struct hmm_update *%s)' % (n, p), '{',
                            '\treturn %s->blockable && cond(41);' % p, '}', '']
        if 'BLOCK' in uses:
            self.before.append('#define BLOCK_%d(u) ((u)->blockable)' % n)
        lines = ['static int sync_%d(struct hmm_mirror *mirror, const struct hmm_update *%s)' % (n, name), '{',
                 '\tstruct drv *x = (struct drv *)((char *)mirror - offsetof(struct drv, mirror));']
        if self.chance(40):
            lines.append('\tunsigned long from = %s->start, to = %s->end;' % (name, name))
            lines.append('\ttrace(1, from);')
            lines.append('\ttrace(2, to);')
        else:
            lines.append('\ttrace(1, %s->start);' % name)
        if 'copy' in uses:
            lines.insert(3, '\tstruct hmm_update copy = *%s;' % name)
        head, body = self.block(self.pick([['return -EAGAIN;'], ['x->n++;'], ['trace(3, 1);']]), self.chance(40))
        lines += self.indent([self.pick(['if (%s)', 'while (x->n < 2 && %s)']) % (uses % {'u': name, 'n': n}) + head] +
                             body + (['x->n++;'] if 'x->n' not in ''.join(body) else []))
        lines += ['\ttrace(4, %s->%s);' % (name, self.pick(['end', 'start', 'blockable'])), '\treturn result(42);', '}', '']
        self.before += lines
        self.before += ['static const struct hmm_mirror_ops ops_%d = {' % n,
                        '\t.sync_cpu_device_pagetables = %ssync_%d,' % (self.pick(['', '&']), n), '};', '']
        return ['x->mirror.ops = &ops_%d;' % n, 'x->ret = invalidate(&x->mirror, &ops_%d);' % n]

    # --- the whole ---

    def make_body(self):
        # A page_shift that is not PAGE_SHIFT concerns the whole driver, so these stay among themselves.
        self.odd_shift = self.flavour in ('register', 'whole') and self.chance(4)
        if self.odd_shift:
            self.local('shift', 'unsigned int shift = PAGE_SHIFT;')
        lines = []
        if self.flavour == 'callback':
            self.tag('callback')
            lines += self.callback() if self.generation >= 2 else self.void_callback()
        for _ in range(1 + self.weighted([(0, 5), (1, 4), (2, 3), (3, 1)])):
            lines += self.statement()
        if not any('hmm_' in line or 'REG' in line for line in lines) and self.flavour != 'callback':
            self.new_site()
            lines += {'fault': self.fault_statement, 'dma': self.dma_statement,
                      'vma': self.vma_statement if self.generation else self.first_statement}.get(self.flavour, self.reg_statement)()
        return lines

    def file(self, body):
        out = ['/* case %d, generation %d */' % (self.number, self.generation), '#include "driver.h"', '']
        out += self.before
        if self.before:
            out.append('')
        if self.chance(10):
            out.append('/* A caller. */')
        out += ['static int case_%d(struct drv *x, struct drv *y, unsigned long start, unsigned long end)' % self.number, '{']
        out += ['\t' + self.locals[name] for name in self.locals]
        if self.locals:
            out.append('')
        for line in self.indent(body):
            text = line.lstrip('\t')
            if text.startswith(':'):
                out.append(text[1:] + ':')
            else:
                out.append(line)
        if 'ret' in self.locals:
            out.append('\ttrace(0, ret);')
        out += ['\treturn %s;' % ('ret' if 'ret' in self.locals and self.chance(50) else '0'), '}', '',
                'FUZZ_CASE(%d)' % self.number]
        return '\n'.join(out) + '\n'


def generate(number, generation, numbers=None, seed=None):
    rng = random.Random(seed) if numbers is None else None
    return Case(number, generation, Choices(numbers, rng))
