/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model of the validity protocol: can a device ever use a page that the CPU
 * has given up, and can anybody wait for ever?  protocol.md explains it in
 * words and lists the broken variants; tests/protocol/ runs all of them.
 *
 * Two pages.  Driver 0 mirrors both and writes to page 1, which starts out
 * read-only, so that its own fault invalidates its own range.  Driver 1
 * mirrors page 0.  Both ignore what waiting and faulting return.  Task 2
 * changes both pages and, inside that, page 1 once more.  Task 3 is the OOM
 * reaper: it must not block, so its start can fail; it also runs on after
 * release.  The process exits at any time.
 *
 * The mmap lock is left out on purpose: reclaim and migration do not take it.
 *
 * Worlds:  SLOTS=n    record slots of the mm (default 2: they run out)
 *          ROUNDS=n   how often each driver fills its range (default 2)
 *          TRIES=n    faults before -EBUSY (default 1; the core has more)
 *          PATIENT    waits have no timeout: whoever waits for ever is found
 *          ELSEWHERE  one more invalidation, of a page nobody mirrors, never ends
 *          NOCHANGER NOREAPER NODRIVER0 NODRIVER1 NOEXIT  leave somebody out
 * All other switches break something.
 */
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#ifndef TRIES
#define TRIES 1
#endif

#define BOTH 3				/* masks of pages: 1, 2; 4 is elsewhere */

/* The process. */
byte pte[2];				/* version of the page * 2 + writable; 0: none */
#ifdef NOCHANGER
byte users = 1;				/* mm_users: the process */
#else
byte users = 2;				/* and task 2 in it */
#endif
bool released = false;

/* The device: one page table, one lock, taken by its callback too. */
byte dev[2];				/* version the device uses; 0: none */
bool held = false;
byte callbacks = 0;			/* the reaper's, while it runs */

/* The core: records of running invalidations, oldest first, and the ranges. */
byte rtask[SLOTS], rmask[SLOTS];
byte used = 0, running = 0, lost = 0;
bool over = false;			/* a start found no slot */
bool registered[2];
byte hit[2], seq[2];
bool sleeping[2];

#define VERSION(p)	((p) >> 1)
#define WRITABLE(p)	((p) & 1)
#define COVERS(d)	((d) == 0 -> BOTH : 1)

#if SLOTS == 1
#define RECORDS		(rmask[0])
#elif SLOTS == 2
#define RECORDS		(rmask[0] | rmask[1])
#else
#define RECORDS		(rmask[0] | rmask[1] | rmask[2] | rmask[3])
#endif

#if defined(NORECORDS)
#define CLEAR(mask)	true
#elif defined(WHOLEMM)
#define CLEAR(mask)	(!over && RECORDS == 0)
#else
#define CLEAR(mask)	(!over && (RECORDS & (mask)) == 0)
#endif

#ifdef VALIDFLAG
bool flag[2];				/* v5.4's */
#define LOWER(d)	flag[d] = false
#define VALID(d)	flag[d]
#else
#define LOWER(d)	skip
#define VALID(d)	(hit[d] == seq[d])
#endif

inline wake()
{
#ifdef PATIENT
	sleeping[0] = false;
	sleeping[1] = false
#else
	skip
#endif
}

/*
 * A range is hit.  All that anybody asks is whether hit and seq are equal, so
 * a pair that differs is kept as 1 and 0: the same behaviour in fewer states.
 */
inline strike(d)
{
	hit[d]++;
	LOWER(d);
	if
	:: hit[d] != seq[d] ->
		hit[d] = 1;
		seq[d] = 0
	:: else
	fi
}

/* Every registered range that overlaps is hit. */
inline raise(mask)
{
	d_step {
		if
		:: registered[0] && (mask & BOTH) -> strike(0)
		:: else
		fi;
		if
		:: registered[1] && (mask & 1) -> strike(1)
		:: else
		fi
	}
}

inline record(task, mask)
{
	d_step {
		running++;
		if
		:: !over && used < SLOTS ->
			rtask[used] = task;
			rmask[used] = mask;
			used++
		:: else ->
#ifndef OVERLOOK
			over = true
#endif
		fi
	}
}

inline forget(n)
{
	i = n;
	do
	:: i + 1 < SLOTS ->
		rtask[i] = rtask[i + 1];
		rmask[i] = rmask[i + 1];
		i++
	:: else -> break
	od;
	rtask[SLOTS - 1] = 0;
	rmask[SLOTS - 1] = 0;
	used--;
	i = 0
}

/* Find the newest record of this task: n is one more than its place. */
inline newest(task)
{
#if defined(OLDEST)
	n = 1;
	do
	:: n <= used && rtask[n - 1] != task -> n++
	:: else -> break
	od;
	if
	:: n > used -> n = 0
	:: else
	fi
#elif defined(ANYTASK)
	n = used
#else
	n = used;
	do
	:: n > 0 && rtask[n - 1] != task -> n--
	:: else -> break
	od
#endif
}

inline remove(task)
{
	d_step {
		running--;
		if
		:: over && running == 0 ->
			do
			:: used > 0 -> forget(used - 1)
			:: else -> break
			od;
			over = false
		:: over && running > 0 ->
#ifdef OVEREARLY
			newest(task);
			if
			:: n > 0 -> forget(n - 1); over = false
			:: else
			fi;
#endif
			skip
		:: !over ->
			newest(task);
#ifdef OVERLOOK
			if
			:: n > 0 -> forget(n - 1)
			:: else
			fi
#else
			assert(n > 0);		/* every end has its start */
			forget(n - 1)
#endif
		fi;
		n = 0;
#ifdef VALIDFLAG
		flag[0] = flag[0] || (RECORDS & BOTH) == 0;
		flag[1] = flag[1] || (RECORDS & 1) == 0;
#endif
		skip
	}
}

/* The end of an invalidation, and a start that failed. */
inline take_back(task)
{
	atomic { remove(task); wake() }
}

/*
 * The mirror's callback.  What the driver does under its lock is one step: all
 * that touches the device's table holds the lock.  One that must not block may
 * find the lock taken at any time.  Only the reaper can meet release half way.
 */
inline flush(mask)
{
	if
	:: mask & 1 -> dev[0] = 0
	:: else
	fi;
	if
	:: mask & 2 -> dev[1] = 0
	:: else
	fi
}

inline callback(mask, blockable)
{
	atomic {
		if
#ifndef AFTERWARDS
		:: released -> skip
#endif
		:: else ->
			assert(!released);	/* the driver may have freed everything */
#ifdef WAITINSIDE
			CLEAR(mask);		/* a driver that waits in its own callback */
#endif
			if
			:: blockable -> !held; flush(mask)
			:: !blockable -> callbacks++
			fi
		fi
	};
	if
	:: blockable
	:: !blockable && callbacks == 0
	:: !blockable && callbacks > 0 -> atomic {
			assert(!released);
			callbacks--;
			if
			:: !held -> flush(mask)
			:: true -> failed = true
			fi
		}
	fi
}

inline start(task, mask, blockable)
{
#if defined(CALLBACKFIRST)
	callback(mask, blockable);
	atomic { record(task, mask); raise(mask) };
#elif defined(SPLIT)
	raise(mask);
	record(task, mask);
	callback(mask, blockable);
#elif defined(NORAISE)
	record(task, mask);
	callback(mask, blockable);
#else
	atomic { record(task, mask); raise(mask) };
	callback(mask, blockable);
#endif
	if
	:: failed ->
#if defined(KEEPFAILED)
		skip
#elif defined(QUIETFAIL)
		remove(task)
#elif defined(IGNOREFAIL)
		failed = false
#else
		take_back(task)
#endif
	:: else ->
#ifdef DROPEARLY
		take_back(task)
#else
		skip
#endif
	fi
}

inline end(task)
{
#ifdef DROPEARLY
	skip
#else
	take_back(task)
#endif
}

/* The CPU gives one page up for another: nobody may use the old one now. */
inline change(p, writable)
{
	atomic {
		assert(dev[p] == 0);
		if
		:: pte[p] != 0 -> pte[p] = (VERSION(pte[p]) + 1) * 2 + writable
		:: else
		fi
	}
}

/* Task 2: munmap, fork, migration: both pages, and page 1 again inside. */
proctype changer()
{
	byte i = 0, n = 0;
	bool failed;

	start(2, BOTH, true);
	if
	:: true ->
		start(2, 2, true);
		change(1, 0);
		end(2)
	:: true
	fi;
	if
	:: true -> change(0, 1)
	:: true				/* nothing changed after all */
	fi;
	if
	:: true -> change(1, 0)
	:: true
	fi;
	end(2);
	users--
}

/*
 * Task 3: the OOM reaper.  It holds no mm_users.  Another notifier that fails
 * after ours leaves a start without an end on some kernels.
 */
proctype reaper()
{
	byte i = 0, n = 0;
	bool failed;

	start(3, 1, false);
	if
	:: failed
	:: !failed ->
		if
		:: true -> change(0, 0); end(3)
#if !defined(PATIENT) || defined(FOREIGN)
		:: true -> lost++
#endif
		fi
	fi
}

#ifdef ELSEWHERE
proctype elsewhere()
{
	atomic { record(6, 4); raise(4) };
end_never:
	false
}
#endif

inline unregister(d)
{
	atomic {
		registered[d] = false;
		hit[d] = 1;
		seq[d] = 0;
		v0 = 0;
		v1 = 0;
#ifndef NOUSERS
		users--
#endif
	}
}

inline sample(d)
{
#ifndef SAMPLELATE
	seq[d] = hit[d];
#endif
#ifdef VALIDFLAG
	flag[d] = true;
#endif
	ok = true
}

/* Wait until nothing that overlaps is running, and sample. */
inline begin(d)
{
#ifdef PATIENT
	ok = false;
	do
	:: ok -> break
	:: !ok && !sleeping[d] -> atomic {
			if
			:: CLEAR(COVERS(d)) -> sample(d)
			:: else -> sleeping[d] = true
			fi
		}
	od
#else
	atomic {
		if
		:: CLEAR(COVERS(d)) -> sample(d)
		:: true ->			/* time is up, or a signal */
			ok = false;
#ifdef KEEPSAMPLE
			seq[d] = hit[d]
#else
			seq[d] = 0
#endif
		fi
	}
#endif
#ifdef SAMPLELATE
	if
	:: ok -> seq[d] = hit[d]
	:: else
	fi
#endif
}

/*
 * hmm_range_fault().  A walk that needs a fault may have seen the other page or
 * not: what an earlier walk left in the array is still there then, and nobody
 * may come to use it.
 */
inline fault(d)
{
	tries = 0;
	do
	:: true ->
		ok = true;
		if
		:: !VALID(d) -> begin(d)
		:: else
		fi;
		if
		:: !ok -> break			/* -EBUSY; seq is 0 */
		:: else
		fi;
		need = false;
		if
		:: d == 0 -> v1 = pte[1]; need = !WRITABLE(v1)
		:: else
		fi;
		if
#ifdef CONTINUE
		:: !need && tries > 0 -> break	/* goes on where the walk stopped */
		:: !need && tries == 0 -> v0 = pte[0]; break
#else
		:: !need -> v0 = pte[0]; break
#endif
		:: need -> v0 = pte[0]
		:: need
		fi;
		if
		:: tries == TRIES ->
#ifndef BUSYVALID
			seq[d] = 0;
#endif
			break			/* -EBUSY */
		:: tries < TRIES ->
			tries++;
			start(4, 2, true);	/* handle_mm_fault() */
			change(1, 1);
			end(4)
		fi
	od
}

proctype driver(byte d)
{
	byte i = 0, n = 0, round = 0, tries = 0, v0 = 0, v1 = 0;
	bool failed, ok, need, usable;

	do
	:: round < ROUNDS ->
		round++;
		atomic {
			if
			:: registered[d]
#ifdef NOUSERS
			:: !registered[d] ->
#else
			:: !registered[d] && users == 0 -> break	/* -EFAULT */
			:: !registered[d] && users > 0 ->
				users++;
#endif
				registered[d] = true;
				hit[d] = 1;
#ifdef BEGUN
				seq[d] = hit[d];
#else
				seq[d] = 0;
#endif
#ifdef VALIDFLAG
				flag[d] = true
#endif
			fi
		};
		if
		:: true -> begin(d)		/* its result is ignored */
		:: true
		fi;
#ifdef LOCKEDFAULT
		atomic { !held -> held = true };
		fault(d);			/* so is this one */
		held = false;
#else
		fault(d);			/* so is this one */
#endif
		/* Under the driver's lock: is it valid?  Then the device may use it. */
		usable = true;
#ifdef UNLOCKED
		usable = VALID(d);
#endif
		atomic {
			!held;
#ifndef UNLOCKED
			usable = VALID(d);
#endif
			if
			:: usable && v0 != 0 ->
				assert(v0 == pte[0]);
				dev[0] = VERSION(v0)
			:: else
			fi;
			if
			:: usable && WRITABLE(v1) ->
				assert(v1 == pte[1]);
				dev[1] = VERSION(v1)
			:: else
			fi;
			usable = false;
			tries = 0;
			if
			:: registered[d] -> unregister(d)
			:: true			/* used again as it is */
			fi
		}
	:: else -> break
	od;
	if
	:: registered[d] -> unregister(d)
	:: else
	fi
}

/* Exit, as soon as nobody holds mm_users: release, then teardown. */
proctype exiter()
{
	bool failed;

	users--;
	users == 0;
	raise(BOTH);
#ifndef QUIETRELEASE
	callback(BOTH, true);
#endif
#ifdef HASTYRELEASE
	released = true;
#else
	atomic { callbacks == 0 -> released = true };
#endif
	callback(BOTH, true);			/* exit_mmap's start: no record, no end */
	atomic {
		assert(dev[0] == 0 && dev[1] == 0);
		pte[0] = 0;
		pte[1] = 0
	}
}

init {
	pte[0] = 3;
	pte[1] = 2;
	hit[0] = 1;
	hit[1] = 1;
	atomic {
#ifdef ELSEWHERE
		run elsewhere();		/* first: it never leaves */
#endif
#ifndef NOCHANGER
		run changer();
#endif
#ifndef NOREAPER
		run reaper();
#endif
#ifndef NODRIVER0
		run driver(0);
#endif
#ifndef NODRIVER1
		run driver(1);
#endif
#ifndef NOEXIT
		run exiter()
#endif
	};
#ifdef ELSEWHERE
	_nr_pr == 2;
#else
	_nr_pr == 1;
	assert(running == lost);		/* nothing is left behind */
#endif
}
