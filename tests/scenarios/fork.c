// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork and copy on write.
 */
#include "harness.h"

#define N 16

static void child_reads(int sock, void *arg)
{
	char *p = arg;
	size_t i;

	say(sock, frame_of(0, p).pfn);
	hear(sock);
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 40, i, 1), "page %zu: the child sees a write of the parent's device", i);
}

/* The parent's device writes after a fork: the child keeps the old bytes. */
static void parent_writes(void)
{
	int fd = dev_open();
	char *p = map_anon(N), buf[PAGE];
	uint64_t e[N], shared;
	struct peer child;
	size_t i;

	stamp_pages(p, N, 40, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	child = peer_start(child_reads, p);
	shared = hear(child.sock);
	CHECK(shared == ENTRY_PFN(e[0]), "fork does not share frames");
	/* The entries from before the fork are gone: writing needs a fault now. */
	stamp(buf, 40, 0, 66);
	CHECK(dev_write(fd, p, PAGE, buf) == 0, "the device still writes to the shared frame");
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "read fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	CHECK(ENTRY_PFN(e[0]) == shared, "reading alone made a copy");
	EXPECT_SAME_BYTES(fd, p, N);
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	for (i = 0; i < N; i++) {
		CHECK(frame_of(child.pid, p + i * PAGE).pfn != ENTRY_PFN(e[i]),
		      "page %zu is still the child's", i);
		stamp(buf, 40, i, 2);
		CHECK(dev_write(fd, p + i * PAGE, PAGE, buf) == PAGE, "device write to page %zu", i);
	}
	say(child.sock, 1);
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 40, i, 2), "page %zu", i);
	peer_join(&child);
}

static void child_writes_fn(int sock, void *arg)
{
	char *p = arg;

	say(sock, 1);
	hear(sock);
	stamp_pages(p, N, 40, 3);
	say(sock, 2);
	hear(sock);
}

/* The child writes first and moves away; the parent's device keeps the parent's page. */
static void child_writes(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t before[N], e[N];
	struct peer child;

	stamp_pages(p, N, 40, 1);
	CHECK(dev_fault(fd, p, N, before, VGPU_SNAPSHOT) == N, "snapshot");
	child = peer_start(child_writes_fn, p);
	hear(child.sock);
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "read fault");
	say(child.sock, 1);
	hear(child.sock);
	EXPECT_SAME_BYTES(fd, p, N);
	CHECK(stamp_is(p, 40, 0, 1), "the parent sees the child's write");
	CHECK(ENTRY_PFN(e[0]) == ENTRY_PFN(before[0]), "the parent's page moved");
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	EXPECT_SAME_BYTES(fd, p, N);
	say(child.sock, 1);
	peer_join(&child);
}

static void idle_fn(int sock, void *arg)
{
	(void)arg;
	say(sock, 1);
	hear(sock);
}

static void live_range(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];
	uint32_t handle;
	struct peer child;

	stamp_pages(p, N, 40, 1);
	CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	child = peer_start(idle_fn, NULL);
	hear(child.sock);
	CHECK(!dev_done(fd, handle), "fork under a live range for writing went unseen");
	say(child.sock, 1);
	peer_join(&child);
	/* The other owner is gone; the page may be reused or copied, writing works. */
	CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	CHECK(dev_done(fd, handle), "valid");
}

/* The process itself takes its copy under a live range of the shared frame. */
static void cow_under_range(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N], was;
	uint32_t handle;
	struct peer child;

	stamp_pages(p, N, 40, 1);
	child = peer_start(idle_fn, NULL);
	hear(child.sock);
	CHECK(dev_get(fd, p, N, e, 0, &handle) == N, "USERPTR_GET");
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	was = ENTRY_PFN(e[5]);
	stamp(p + 5 * PAGE, 40, 5, 9);
	CHECK(frame_of(0, p + 5 * PAGE).pfn != was, "the write made no copy");
	CHECK(!dev_done(fd, handle), "copy on write went unseen");
	say(child.sock, 1);
	peer_join(&child);
}

/* The child inherits the open device, which mirrors its parent. */
static void child_uses_fd(int sock, void *arg)
{
	void **a = arg;
	int fd = *(int *)a[0];
	char *p = a[1], buf[PAGE];
	uint64_t e[N];
	size_t i;

	hear(sock);		/* the parent has written generation 5 */
	CHECK(stamp_is(p, 40, 0, 1), "the child sees the parent's write");
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault from the child");
	for (i = 0; i < N; i++) {
		CHECK(dev_read(fd, p + i * PAGE, PAGE, buf) == PAGE, "device read");
		CHECK(stamp_is(buf, 40, i, 5), "page %zu is not the parent's", i);
	}
	for (i = 0; i < N; i++) {
		stamp(buf, 40, i, 6);
		CHECK(dev_write(fd, p + i * PAGE, PAGE, buf) == PAGE, "device write");
		CHECK(stamp_is(p + i * PAGE, 40, i, 1), "the device wrote to the child");
		say(sock, ENTRY_PFN(e[i]));
	}
}

static void inherited(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	void *arg[2] = { &fd, p };
	struct peer child;
	size_t i;

	stamp_pages(p, N, 40, 1);
	child = peer_start(child_uses_fd, arg);
	stamp_pages(p, N, 40, 5);
	say(child.sock, 1);
	for (i = 0; i < N; i++)
		CHECK(hear(child.sock) == frame_of(0, p + i * PAGE).pfn, "page %zu: another frame", i);
	peer_join(&child);
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 40, i, 6), "page %zu: the device's write is not here", i);
}

const struct scenario group_fork[] = {
	{ "fork_parent_writes", "after a fork the device writes to the parent's copy", parent_writes },
	{ "fork_child_writes", "after a fork the child writes, the device sees the parent", child_writes },
	{ "fork_live_range", "fork under a live range", live_range },
	{ "fork_cow_under_range", "copy on write under a live range", cow_under_range },
	{ "fork_inherited", "a device inherited by the child mirrors the parent", inherited },
	{ 0 }
};
