// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.14 "lib/interval_tree: fast overlap detection": a tree's root
 * keeps its leftmost node.
 * Backports: EL8.
 */
#include <linux/interval_tree.h>

FACT(interval_tree, "what is the root of an interval tree?");

PROBE(interval_tree, plain)
{
	FACT_SAME(&interval_tree_insert,
		  void (*)(struct interval_tree_node *, struct rb_root *));
}

PROBE(interval_tree, cached)
{
	FACT_SAME(&interval_tree_insert,
		  void (*)(struct interval_tree_node *, struct rb_root_cached *));
}
