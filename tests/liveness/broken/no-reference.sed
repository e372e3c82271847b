# SPDX-License-Identifier: GPL-2.0-only
# what: an address space does not hold the module
# file: src/mm.c
# by: unload_users
# says: references with 1 address spaces
s/__module_get\(THIS_MODULE\);//; s/module_put\(THIS_MODULE\);//
