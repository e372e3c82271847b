# SPDX-License-Identifier: GPL-2.0-only
"""Reads TAP: what a test said of itself."""

import re

LINE = re.compile(r'^(not )?ok\b(?:\s+(\d+))?\s*(?:- )?(.*)$')
DIRECTIVE = re.compile(r'\s#\s*(SKIP|TODO)\b\S*\s*(.*)$', re.I)
PLAN = re.compile(r'^1\.\.(\d+)(?:\s*#\s*(?:SKIP\S*)?\s*(.*))?$', re.I)


class Tap:
    """What a test said: counts, failures with the comments behind them, skips."""

    def __init__(self, text, status, killed=None):
        self.passed = 0
        self.failures = []
        self.skips = []
        seen, plan, comments = 0, None, None
        for line in text.replace('\r', '').split('\n'):
            match = PLAN.match(line)
            if match:
                if plan is not None:
                    self.fail('has two plans')
                plan = int(match.group(1))
                if plan == 0:
                    self.skips.append(('all of it', match.group(2) or 'no reason given'))
                comments = None
                continue
            if line.startswith('Bail out!'):
                self.fail(line)
                break
            match = LINE.match(line)
            if match:
                seen += 1
                number = match.group(2)
                text, directive = match.group(3), DIRECTIVE.search(' ' + match.group(3))
                if number and int(number) != seen:
                    self.fail('test %d has the number %s' % (seen, number))
                    seen = int(number)
                comments = None
                if directive and directive.group(1).upper() == 'SKIP':
                    name = text[:directive.start()].rstrip(' -') or 'test %d' % seen
                    self.skips.append((name, directive.group(2) or 'no reason given'))
                elif match.group(1) and not directive:
                    comments = self.fail(line)
                else:
                    self.passed += 1
            elif comments is not None:
                comments.append(line)
        if killed:
            self.fail(killed)
        elif plan is None:
            self.fail('died before it had a plan (exit status %d)' % status if status else
                      'has no plan: no line 1..N')
        elif plan != seen:
            self.fail('planned %d tests and ran %d (exit status %d)' % (plan, seen, status))
        elif status and not self.failures:
            self.fail('exit status %d although no test failed' % status)

    def fail(self, text):
        comments = []
        self.failures.append((text, comments))
        return comments
