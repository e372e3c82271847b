#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# mutate.t [FACT]...
#
# Shows that a wrong answer of a fact is noticed: breaks the rules of each fact, and
# what is printed as its answer, in every way that changes what is decided, and runs
# tests/facts/facts.t for that fact each time, which has to fail. Prints TAP, a test a
# fact, with each mutation and who noticed it; the last comment is
# "# mutations: flipped=N noticed=N".
"""Break the facts, one condition at a time, and see who notices."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
FACTS = os.path.join(TOP, 'compat/facts')
OPENS = re.compile(r'^(PROBE|WITHOUT|WITHOUT_CONSTANT|WITHOUT_MEMBER|WITHOUT_STRUCT)\((\w+), (\w+)')
FORMS = os.path.join(TOP, 'tests/facts/forms')
JOBS = min(2, os.cpu_count() or 1)
GUARD = 'print "/* SPDX-License-Identifier: GPL-2.0-only */"'


class Mutation:
    """A fact, what was done to it, the probe file and the judge that come of it."""

    def __init__(self, fact, what, probes, judge=None):
        self.fact = fact
        self.what = what
        self.probes = probes
        self.judge = judge


def statements(lines):
    """(first, last) of each statement inside a probe, which may take several lines."""
    inside, begun = False, None
    for at, line in enumerate(lines):
        if line == '{':
            inside = True
        elif line == '}':
            inside = False
        elif inside and line.strip() and not line.startswith('#'):
            begun = at if begun is None else begun
            if line.rstrip().endswith(';'):
                yield begun, at
                begun = None


def without(lines, first, last, instead=()):
    return '\n'.join(lines[:first] + list(instead) + lines[last + 1:]) + '\n'


def conditions(fact, lines):
    """Each condition of each answer, left out."""
    answer = None
    dropped = dict(statements(lines))
    for at, line in enumerate(lines):
        match = OPENS.match(line)
        if match:
            answer = match.group(3)
        if match and match.group(1) != 'PROBE':
            yield Mutation(fact, '%s: without "%s"' % (answer, line), without(lines, at, at))
        elif re.match(r'EXPORTED\(', line):
            yield Mutation(fact, 'without "%s"' % line, without(lines, at, at))
        elif re.match(r'REFUSED\(', line):
            yield Mutation(fact, 'without "%s..."' % line, without(lines, at, at + 1))
        elif at in dropped:
            last = dropped[at]
            text = ' '.join(part.strip() for part in lines[at:last + 1])
            yield Mutation(fact, '%s: without "%s"' % (answer, text), without(lines, at, last))
            if text.startswith('if (') and not text.endswith('FACT_TRUE(1);'):
                yield Mutation(fact, '%s: only the test of "%s"' % (answer, text),
                               without(lines, at, last, [lines[at], '\t\t;']))
                yield Mutation(fact, '%s: "%s" without its test' % (answer, text),
                               without(lines, at, at))


def flips(fact, answers, text):
    """Each answer never, and in the place of each other one."""
    for answer in answers:
        yield Mutation(fact, '%s: never' % answer,
                       text + '\nPROBE(%s, %s)\n{\n\tFACT_TRUE(0);\n}\n' % (fact, answer))
    for first, second in zip(answers, answers[1:]):
        names = {first: second, second: first}
        yield Mutation(fact, '%s and %s exchanged' % (first, second),
                       re.sub(r'^((?:PROBE|WITHOUT|WITHOUT_CONSTANT|WITHOUT_MEMBER|WITHOUT_STRUCT)\(\w+, )(%s|%s)\b' %
                              (first, second), lambda match: match.group(1) + names[match.group(2)],
                              text, flags=re.M))


def headers(fact, answers, text, judge):
    """What is written into facts.h is another answer than the one that was found."""
    for answer in answers:
        for other in answers:
            # With an answer that is refused no facts.h is written.
            if other == answer or 'REFUSED(%s, %s,' % (fact, answer) in text:
                continue
            lie = 'if (answer["%s"] == "%s") answer["%s"] = "%s"\n\t' % (fact, answer, fact, other)
            yield Mutation(fact, 'facts.h says %s for %s' % (other, answer), text,
                           judge.replace(GUARD, lie + GUARD))


def mutations(fact):
    with open(os.path.join(FACTS, fact + '.c')) as file:
        text = file.read()
    with open(os.path.join(FACTS, 'judge.awk')) as file:
        judge = file.read()
    if judge.count(GUARD) != 1:
        sys.exit('mutate.t: judge.awk has changed: the line that begins facts.h is not found')
    lines = text.rstrip('\n').split('\n')
    answers = []
    for line in lines:
        match = OPENS.match(line)
        if match and match.group(3) not in answers:
            answers.append(match.group(3))
    return (list(flips(fact, answers, text)) + list(headers(fact, answers, text, judge)) +
            list(conditions(fact, lines)))


def beside(fact):
    """The facts that fixtures of this one bring with them; the others stay out of it."""
    with open(FORMS) as file:
        lines = [line for line in file if line.startswith(fact + ' ')]
    return set(re.findall(r' (\w+)=\w+', ' '.join(lines)))


def run(mutation):
    """What facts.t has to say against it first, or None."""
    with tempfile.TemporaryDirectory() as probes:
        names = ['control.c', 'probe.h', 'judge.awk', 'compiler.sh'] + [name + '.c' for name in beside(mutation.fact)]
        for name in names:
            shutil.copy(os.path.join(FACTS, name), probes)
        with open(os.path.join(probes, mutation.fact + '.c'), 'w') as file:
            file.write(mutation.probes)
        if mutation.judge:
            with open(os.path.join(probes, 'judge.awk'), 'w') as file:
                file.write(mutation.judge)
        ran = subprocess.run([os.path.join(TOP, 'tests/facts/facts.t'), mutation.fact],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             universal_newlines=True, env=dict(os.environ, PROBES=probes))
    wrong = [line for line in ran.stdout.split('\n') if line.startswith('not ok')]
    return re.sub(r'^not ok \d+ - ', '', wrong[0]) if ran.returncode and wrong else None


def main():
    facts = sys.argv[1:] or sorted(name[:-2] for name in os.listdir(FACTS)
                                   if name.endswith('.c') and name != 'control.c')
    flipped = noticed = failed = 0
    print('1..%d' % len(facts), flush=True)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for number, fact in enumerate(facts, 1):
            # A fact that is wrong before it is broken would notice everything.
            with open(os.path.join(FACTS, fact + '.c')) as file:
                sound = run(Mutation(fact, 'as it is', file.read()))
            found = mutations(fact)
            by = list(pool.map(run, found))
            missed = by.count(None)
            flipped += len(found)
            noticed += len(found) - missed
            bad = sound or missed or not found
            failed += bool(bad)
            print('%s %d - %s: %d mutations, %d noticed' %
                  ('not ok' if bad else 'ok', number, fact, len(found), len(found) - missed))
            if sound:
                print('# not broken, and yet: %s' % sound)
            for one, who in zip(found, by):
                print('# %s%s\n#     %s' % ('' if who else 'MISSED: ', one.what,
                                           'noticed by: ' + who if who else 'no test fails'), flush=True)
    print('# mutations: flipped=%d noticed=%d' % (flipped, noticed))
    return 1 if failed else 0


sys.exit(main())
