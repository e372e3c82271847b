// SPDX-License-Identifier: GPL-2.0-only
/* The callback of before 4.20, and what cannot be one. */
static void sync(struct hmm_mirror *mirror, enum hmm_update_type type,
		 unsigned long start, unsigned long end);

static void sync(struct hmm_mirror *mirror, enum hmm_update_type type,
		 unsigned long start, unsigned long end)
{
	struct svmm *svmm = container_of(mirror, struct svmm, mirror);

	start &= PAGE_MASK;
	if (!svmm)
		return;
	drop(svmm, start, end);
}

static const struct hmm_mirror_ops ops = {
	.sync_cpu_device_pagetables = sync,
	.release = release,
};

/* By its address. */
static void sync_other(struct hmm_mirror *mirror, enum hmm_update_type type, unsigned long start, unsigned long end)
{
	drop(mirror, start, end);
}

static const struct hmm_mirror_ops other_ops = {
	.sync_cpu_device_pagetables	= &sync_other,
};

/* It looks at the type. */
static void looks(struct hmm_mirror *mirror, enum hmm_update_type type,
		  unsigned long start, unsigned long end)
{
	if (type == HMM_UPDATE_INVALIDATE)
		drop(mirror, start, end);
}

static const struct hmm_mirror_ops looks_ops = {
	.sync_cpu_device_pagetables = looks,
};

/* It is called by the driver itself. */
static void called(struct hmm_mirror *mirror, enum hmm_update_type type,
		   unsigned long start, unsigned long end)
{
	drop(mirror, start, end);
}

static const struct hmm_mirror_ops called_ops = {
	.sync_cpu_device_pagetables = called,
};

static void caller(struct hmm_mirror *mirror)
{
	called(mirror, HMM_UPDATE_INVALIDATE, 0, -1UL);
}
