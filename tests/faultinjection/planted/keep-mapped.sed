# SPDX-License-Identifier: GPL-2.0-only
# file: src/dma.c
# with: DMA, nothing
# A page that cannot be mapped for DMA leaves those before it mapped.
s/^	while (i--)$/	while (0)/
