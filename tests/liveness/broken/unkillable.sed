# SPDX-License-Identifier: GPL-2.0-only
# what: a fatal signal does not end a wait
# file: src/validity.c
# by: wait_killed
# says: killed, it waited|SIGKILL does not end it
s/TASK_KILLABLE/TASK_UNINTERRUPTIBLE/; s/if \(fatal_signal_pending\(current\)\)/if (0)/
