// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs hmm_backport/: what this build was made from, what it is doing.
 *
 * For root alone, to be read and nothing else: so a kernel that is locked down still
 * shows it.  Without debugfs, or with debugfs=off, nothing is there and all else works.
 * docs/observability.md says what it shows.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include "core.h"
#include "facts.h"

static struct dentry *hmm_debugfs;

static int hmm_facts_show(struct seq_file *seq, void *unused)
{
	seq_puts(seq, HMM_FACTS);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hmm_facts);

static void hmm_show_one(struct hmm *hmm, void *arg)
{
	struct seq_file *seq = arg;

	spin_lock(&hmm->lock);
	seq_printf(seq, "%7d %8lu %13lu %8u %10ld %10ld%s\n", hmm->creator,
		   hmm->nr_ranges, hmm->nr_invalidations, hmm->running,
		   atomic_long_read(&hmm->nr_faults), atomic_long_read(&hmm->nr_retries),
		   hmm->released ? " released" : "");
	spin_unlock(&hmm->lock);
}

static int hmm_mirrored_show(struct seq_file *seq, void *unused)
{
	seq_puts(seq, "    pid   ranges invalidations  running     faults    retries\n");
	hmm_for_each(hmm_show_one, seq);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hmm_mirrored);

void hmm_debugfs_init(void)
{
	hmm_debugfs = debugfs_create_dir("hmm_backport", NULL);
	debugfs_create_file("facts", 0400, hmm_debugfs, NULL, &hmm_facts_fops);
	debugfs_create_file("mirrored", 0400, hmm_debugfs, NULL, &hmm_mirrored_fops);
}

void hmm_debugfs_exit(void)
{
	debugfs_remove_recursive(hmm_debugfs);
}
