# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: fuzz
# A mapping that may not be read is mirrored.
s/if (!(walk->vma->vm_flags & VM_READ))/if (0)/
