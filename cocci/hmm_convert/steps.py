# SPDX-License-Identifier: GPL-2.0-only
"""The steps, in the one order in which they are done and become patches."""

import collections

# kind: who does it; options: for spatch; message: of the commit that it becomes
Step = collections.namedtuple('Step', 'name kind title options message')


def cocci(name, title, options, message):
    return Step(name, 'cocci', title, options, message)


STEPS = [
    cocci('4.20-update', 'the callback gets a struct hmm_update and returns an int', ['--no-includes'], '''
HMM calls the driver with a struct hmm_update and wants to know whether it
could do what it had to.  The callback of before may sleep, so where it must
not the invalidation is refused, which the kernel does without.
'''),
    cocci('4.17-range-args', 'hmm_range_register() and hmm_range_fault() in place of what 4.14 had', ['--local-includes'], '''
hmm_vma_fault(), hmm_vma_get_pfns() and hmm_vma_range_done() are gone: a
driver registers its range with its mirror, waits until nothing changes
there, and faults or looks.  Put that into functions of the driver.  What
an entry looks like is the driver's own choice now: keep the bits that HMM
had then, as HMM_PFN_VALID and the others are indices and no bits any more.
'''),
    cocci('5.2-range-fault', 'hmm_range_register() and hmm_range_fault() in place of hmm_vma_fault()',
          ['--local-includes'], '''
hmm_vma_fault(), hmm_vma_get_pfns() and hmm_vma_range_done() are gone: a
driver registers its range with its mirror, waits until nothing changes
there, and faults or looks.  Put that into functions of the driver.  The
range has no vma any more.
'''),
    cocci('5.3-mirror', 'hmm_range_register() takes the mirror in place of the mm', ['--no-includes'], '''
A range belongs to a mirror, and hmm_range_register() wants that.  The mm
passed so far is the one that the mirror was registered with.
'''),
    cocci('5.4-flags', 'hmm_range_fault() takes flags', ['--no-includes'], '''
hmm_range_fault() and hmm_range_dma_map() take flags in place of the bool
that said that they may block: 0 is what true was, and what false was is
HMM_FAULT_ALLOW_RETRY.  hmm_range_snapshot() is hmm_range_fault() with
HMM_FAULT_SNAPSHOT.
'''),
    cocci('01-eagain', 'drop -EAGAIN handling that HMM_FAULT_ALLOW_RETRY alone needs', ['--no-includes'], '''
hmm_range_fault() returns -EAGAIN only to a caller that passes
HMM_FAULT_ALLOW_RETRY.  On every way that leads to the tests removed here
the value comes from a call without that flag, so they were never true.
'''),
    cocci('02-range-list', 'do not initialise range->list', ['--local-includes'], '''
The list in struct hmm_range was HMM's own and is gone.  Nothing of the
driver used it: there is no need to initialise it.
'''),
    cocci('03-range-hmm', "use the driver's own mm in place of range->hmm->mm", ['--local-includes'], '''
struct hmm_range does not lead to the address space any more.  The driver
registered its mirror with an mm that it keeps itself: use that one.
'''),
    cocci('05-dma-unmap-vma', 'drop the vma argument of hmm_range_dma_unmap()', ['--no-includes'], '''
hmm_range_dma_unmap() never used the vma that it was given, and the
argument is gone.
'''),
    cocci('06-register-args', 'hmm_range_register() takes the bounds from the range', ['--no-includes'], '''
start, end and page_shift are members of struct hmm_range, and
hmm_range_register(range, mirror) reads them there.  Set them in front of
the call in place of passing them to it.
'''),
    cocci('07-page-shift', 'page_shift and its helpers are gone', ['--local-includes'], '''
Every range of this driver has entries for pages of PAGE_SIZE, which is all
that there is now: struct hmm_range has no page_shift any more, and
hmm_range_page_shift() and hmm_range_page_size() are gone with it.
'''),
    Step('14-kconfig', 'kconfig', 'select HMM_MIRROR and MMU_NOTIFIER in place of depending on HMM_MIRROR', [], '''
HMM_MIRROR has no prompt any more and is there on every architecture with
an MMU: a driver that needs it selects it, and MMU_NOTIFIER with it.  The
architectures and word size that HMM alone was limited to are no limit of
the driver's.
'''),
    Step('15-guard', 'guard', 'resolve guards: {guards}', [], '''
The driver is built with {guards} always: remove the symbol, the
preprocessor conditionals on it and what was there for when it is not set.
'''),
    cocci('16-hmm-update', 'the callback gets a struct mmu_notifier_range', ['--no-includes'], '''
struct hmm_update was a copy of the kernel's struct mmu_notifier_range, and
the callback now gets that itself.  Whether it may block is what
mmu_notifier_range_blockable() says.
'''),
    cocci('17-mmap-lock', 'take the mmap lock through its helpers', ['--no-includes'], '''
mm->mmap_sem has another name since 5.8.  mmap_read_lock() and its friends
take and release the lock by whatever name it has.
'''),
]
BY_NAME = {step.name: step for step in STEPS}
KCONFIG_STEP = '14-kconfig'
GUARD_STEP = '15-guard'


def title(step, guards):
    return step.title.format(guards=', '.join(guards))


def message(step, guards):
    return step.message.strip().format(guards=', '.join(guards))
