# SPDX-License-Identifier: GPL-2.0-only
"""What people see while tests run."""

import os
import sys
import time


class Screen:
    """Lines that stay and, on a terminal, one that says what is going on."""

    def __init__(self):
        self.live = sys.stdout.isatty() and os.environ.get('TERM', 'dumb') != 'dumb'
        self.began = self.last = time.time()
        self.status = ''

    def colour(self, text, code):
        return '\033[%sm%s\033[0m' % (code, text) if self.live and 'NO_COLOR' not in os.environ else text

    def say(self, text):
        if self.live:
            sys.stdout.write('\r\033[K')
        print(text, flush=True)
        self.last = time.time()

    def going(self, text):
        now = time.time()
        if self.live:
            sys.stdout.write('\r\033[K%s' % text[:int(os.environ.get('COLUMNS', 100)) - 1])
            sys.stdout.flush()
        elif now - self.last > 30:
            self.say('%7.1f s  ...      %s' % (now - self.began, text))

    def clear(self):
        if self.live:
            sys.stdout.write('\r\033[K')
            sys.stdout.flush()
