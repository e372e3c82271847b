# SPDX-License-Identifier: GPL-2.0-only
"""Builds for a kernel and boots it: fills in its row.

build() and boot() are generators: each Job that they yield has ended when they go on.
"""

import os
import re
import shutil
import subprocess
import time

from job import Job
from kernels import TOP

MINUTES = {'get': 60, 'build': 30, 'scenarios': 75, 'module': 60}
WARNING = re.compile(r'^([^\s:]+):\d+(?::\d+)?: warning: ')
MODPOST = re.compile(r'^WARNING: ')
FAILED = re.compile(r': FAILED, (?:\d+ passed, \d+ failed, \d+ skipped, )?(.*), \d+ s; console in ')


def job(what, name, command, minutes=None):
    return Job('%s %s' % (what, name), command, limit=60 * (minutes or MINUTES[what]))


def plain(text, kernel):
    """TEXT without the folders of this machine."""
    copy = os.path.join(TOP, 'build/mod', kernel.name)
    for path in (os.path.realpath(copy), copy, os.path.realpath(os.path.join(kernel.folder, 'kdir')),
                 os.path.join(kernel.folder, 'kdir'), TOP):
        text = text.replace(path + '/', '').replace(path, '...')
    return text


def sentence(log, kernel):
    """Why a build failed, in its own words."""
    lines = log.splitlines()
    for number, line in enumerate(lines):
        if re.match(r'\w+-for-kernel: ', line):
            return plain(line, kernel)
        if not line.startswith('hmm-backport: ') or re.match(
                r'hmm-backport: (note: |nothing was built|another build|the running kernel|'
                r'kernel \S+ is outside .*: an experiment$)', line):
            continue
        said, rest = line[len('hmm-backport: '):], [other.strip() for other in lines[number + 1:] if other.strip()]
        if said.endswith(':') and rest:
            said += ' ' + rest[0]
        fact = [other.split()[1] for other in rest if re.match(r'fact: +\S', other)]
        return plain(said + (' (%s)' % fact[0] if fact else ''), kernel)
    for pattern in (r'\berror: ', r'^(ERROR|FATAL): ', r'\*\*\* ', r'\S'):
        found = [line.strip() for line in lines if re.search(pattern, line)]
        if found:
            return plain(found[0] if pattern != r'\S' else found[-1], kernel)
    return 'the build failed and said nothing'


def warnings(log, kernel):
    """How many warnings are of our files, and how many of others."""
    copy = os.path.realpath(os.path.join(TOP, 'build/mod', kernel.name))
    ours = others = 0
    for line in log.splitlines():
        match = WARNING.match(line)
        if match:
            # Relative names are of the kernel's folder, or since 6.13 of ours.
            path = os.path.realpath(os.path.join(copy, match.group(1)))
            if path.startswith(copy + '/') and os.path.exists(path):
                ours += 1
            else:
                others += 1
        elif MODPOST.match(line):
            if 'hmm_backport' in line:
                ours += 1
            else:
                others += 1
    return ours, others


def facts(kernel):
    path = os.path.join(TOP, 'build/mod', kernel.name, 'compat/generated/facts.h')
    try:
        with open(path) as file:
            return dict(re.findall(r'^\t"(\w+)=(\w+)\\n"', file.read(), re.M))
    except OSError:
        return {}


def compiler(kernel):
    """The compiler that makeargs name, and its version as it says itself."""
    words = dict(word.split('=', 1) for word in kernel.read('makeargs').split() if '=' in word)
    llvm = words.get('LLVM', '')
    command = words.get('CC') or ('clang' + (llvm if llvm.startswith('-') else '') if llvm else
                                  words.get('CROSS_COMPILE', '') + 'gcc')
    try:
        said = subprocess.check_output([command, '--version'], stderr=subprocess.DEVNULL,
                                       universal_newlines=True).splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return command
    family = 'clang' if 'clang' in said else 'gcc'
    version = re.search(r'version (\d[\w.]*)' if family == 'clang' else r'(\d+\.\d[\w.]*)\S*$', said)
    return '%s %s' % (family, version.group(1)) if version else said


def apt(said, kernel):
    """Why a kernel could not be got: apt's own words, or the last that were said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ['nothing was said']
    return plain(([line for line in lines if line.startswith('E: ')] or lines[-1:])[0], kernel)


def build(kernel, row):
    """Gets the kernel and builds the module for it with W=1, from nothing."""
    began = time.time()
    row['date'] = time.strftime('%Y-%m-%d')
    row['reason'] = kernel.trouble
    kernel.failed = True
    if kernel.trouble:
        return
    if kernel.get:
        got = job('get', kernel.name, kernel.get)
        yield got
        row['arch'] = kernel.arch
        if got.status or got.killed:
            row['reason'] = got.killed or apt(got.said, kernel)
            return
    row.update(arch=kernel.arch, release=kernel.read('release'), compiler=compiler(kernel))
    shutil.rmtree(os.path.join(TOP, 'build/mod', kernel.name), ignore_errors=True)
    made = job('build', kernel.name, [os.path.join(TOP, 'tests/build/for-kernel'), kernel.name, 'W=1'])
    yield made
    log = made.said
    try:
        with open(os.path.join(TOP, 'build/mod', kernel.name + '.log'), errors='replace') as file:
            log = file.read() or log
    except OSError:
        pass
    row['experimental'] = bool(re.search(r'^hmm-backport: kernel \S+ is outside .*: an experiment$', log, re.M))
    row['warnings'], row['header_warnings'] = warnings(log, kernel)
    row['seconds'] = round(time.time() - began)
    if made.status or made.killed:
        row['reason'] = made.killed or sentence(log, kernel)
        return
    row.update(built=True, facts=facts(kernel), reason='')
    kernel.failed = bool(row['warnings']) or not row['facts']
    if not row['facts']:
        row['reason'] = 'the build left no facts behind: compat/generated/facts.h is not as it was'
    elif row['warnings']:
        row['reason'] = 'warnings of our own files: see build/mod/%s.log' % kernel.name


def run(kernel, row, what, command, minutes=None):
    """Runs tests in the guest; their Tap says whether it booted at all."""
    ran = job(what, kernel.name, command, minutes)
    yield ran
    tap = ran.tap
    failed = [text for text, _ in tap.failures if text.startswith('not ok')]
    total = tap.passed + len(failed) + len(tap.skips)
    # Without either the test was not even built.
    if total or ran.killed or FAILED.search(ran.said):
        row['booted'] = bool(row['booted']) or total > 0
    if total and what in ('scenarios', 'module'):
        row.update({what + '_passed': tap.passed, what + '_skipped': len(tap.skips), what + '_total': total})
    if ran.status or ran.killed or tap.failures:
        kernel.failed = True
        row['reason'] += '%s%s: %s' % ('; ' if row['reason'] else '', what, why(ran, failed, kernel))
    return ran


def why(ran, failed, kernel):
    """Why tests failed: which, and what the rig says of the guest."""
    said = []
    if failed:
        names = [re.sub(r'^not ok \d* *-? *', '', text).split(' #')[0] for text in failed]
        said.append('%d failed (%s%s)' % (len(failed), ', '.join(names[:5]), ', ...' if names[5:] else ''))
    if ran.killed:
        said.append(ran.killed)
    said += [reason for reason in FAILED.findall(ran.said)
             if not failed or not re.match(r'exit status 1$|the command exited 0', reason)]
    if not said and not ran.tap.passed:
        said.append(sentence(ran.said, kernel))
    return ', '.join(said) or ran.tap.failures[0][0]


def boot(kernel, row, stress):
    """Boots the kernel and runs the tests in it, if it has an image and the module was built."""
    if not row['built']:
        return
    if not kernel.has('vmlinuz'):
        row['reason'] = (row['reason'] + '; ' if row['reason'] else '') + 'not booted: there is no image'
        return
    began = time.time()
    for what in ('scenarios', 'module'):
        yield from run(kernel, row, what, [os.path.join(TOP, 'tests', what, 'run'), kernel.name])
    if stress:
        ran = yield from run(kernel, row, 'stress', [
            os.path.join(TOP, 'tests/stress/run'), kernel.name, '-t', str(stress)], 30 + stress // 10)
        with open(ran.out, errors='replace') as file:
            sums = dict(re.findall(r'(\w+)=(\d+)', (re.findall(r'^# stress: (.*)', file.read(), re.M) or [''])[-1]))
        for name in ('seconds', 'operations', 'mismatches'):
            row['stress_' + name] = int(sums[name]) if name in sums else None
    row['seconds'] += round(time.time() - began)
