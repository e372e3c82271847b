# SPDX-License-Identifier: GPL-2.0-only
"""A command that runs beside others, and what came of it."""

import os
import re
import signal
import subprocess
import time

from tap import Tap

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


class Job:
    """A command that prints TAP."""

    def __init__(self, name, command, needs=(), locks=(), limit=900):
        self.name = name
        self.command = command
        self.needs = set(needs)
        self.locks = set(locks)
        self.limit = limit
        self.process = None

    def start(self, logs, environment):
        stem = os.path.join(logs, re.sub(r'[^A-Za-z0-9.]+', '-', self.name))
        self.out, self.err = stem + '.tap', stem + '.err'
        self.began = time.time()
        with open(self.out, 'wb') as out, open(self.err, 'wb') as err:
            self.process = subprocess.Popen(self.command, cwd=TOP, stdout=out, stderr=err,
                                            stdin=subprocess.DEVNULL, env=environment,
                                            preexec_fn=os.setsid)

    def kill(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(timeout=10)
                return
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                return

    def finish(self, killed=None):
        self.seconds, self.killed = time.time() - self.began, killed
        status = self.status = self.process.returncode
        with open(self.out, errors='replace') as file:
            self.tap = Tap(file.read(), status, killed)
        with open(self.err, errors='replace') as file:
            self.said = file.read()
