# SPDX-License-Identifier: GPL-2.0-only
#
# The targets that test; included by the Makefile. Lines that begin with "##" are for `make help`.

##
##   make demo            convert a driver, boot a real kernel, mirror a process (root, Debian; KERNEL=6.1)
##   make check           all tests, on all kernels, in virtual machines (root, Debian; forty minutes)
##   make check-fast      what needs no virtual machine, two minutes
##                        for both: TESTS="NAME..." some of them
##   make debug-kernel    build a kernel with KASAN, lockdep and kmemleak (7 minutes of one
##                        processor, once) and run all tests on it that run in a machine;
##                        KERNELS=kcsan: the same with a kernel that looks for data races
##   make kernels-debug, make kernels-kcsan   only build them; then: tests/scenarios/run debug
##   make debug-selftest  show that this kernel notices planted faults (by hand, 5 minutes)
##   make coverage        which lines of the module those tests run (by hand, half an hour); DOC=FILE
##                        writes a page

.PHONY: demo check check-fast

demo:
	@demo/run $(KERNEL)

check:
	@tests/setup && tests/run $(TESTS)

check-fast:
	@tests/setup && tests/run --fast $(TESTS)

.PHONY: kernels-debug kernels-kcsan debug-kernel debug-selftest coverage

kernels-debug:
	@tests/kernels/debug-kernel debug

kernels-kcsan:
	@tests/kernels/debug-kernel kcsan

debug-kernel:
	@tests/kernels/each debug-kernel "$(or $(KERNELS),$(KERNEL),debug)" tests/kernels/debug-run

coverage:
	@tests/setup && tests/coverage/coverage $(if $(DOC),--doc '$(DOC)')

debug-selftest:
	@tests/kernels/debug-selftest

##
##   make kernels         get the Debian kernels that tests use into build/kernels/
##   make vm KERNEL=6.1   build for this kernel, boot it in QEMU, run the scenarios in it;
##                        SCENARIO=NAME runs one, SHELL_IN_GUEST=1 gives a shell instead

.PHONY: kernels vm

kernels:
	@tests/kernels/get all

vm:
	@tests/vm/scenarios "$(KERNEL)" "$(SCENARIO)" "$(SHELL_IN_GUEST)"

##
##   make matrix          build for many kernels and say in a table, and in build/matrix.json, what
##                        came of it. All of tests/kernels/list, or KERNELS="6.1rt debug",
##                        ARCHES="arm64 ..." or all of tests/kernels/by-hand, KDIRS="DIR ..." (build
##                        trees, or folders as build/kernels/6.1). BOOT=1: boot them, run the
##                        scenarios and the tests in the kernel; STRESS=SECONDS: that test too.
##                        JOBS=N; RESULTS=docs/kernels.json: into this file as well
##   make docs            make docs/kernels.md and README's table of docs/kernels.json, and
##                        docs/performance.md with its plots of docs/performance.json

.PHONY: matrix docs

matrix:
	@tests/matrix/matrix --arches "$(ARCHES)" --kernels "$(KERNELS)" $(if $(filter-out 0,$(BOOT)),--boot) \
		$(if $(STRESS),--stress $(STRESS)) $(if $(JOBS),--jobs $(JOBS)) \
		$(if $(RESULTS),--results "$(RESULTS)") $(KDIRS)

docs:
	@tests/matrix/docs
	@tests/bench/docs

##
##   make compilers       build with W=1 by gcc 9 to 16 and clang 14 to 23 for all kernels (by hand,
##                        1 GB of downloads; COMPILERS="gcc-9 ..." KERNELS="6.1 ..." some of them)

.PHONY: compilers

compilers:
	@tests/setup && $(if $(KERNELS),KERNELS='$(KERNELS)') tests/build/compilers $(COMPILERS)

##
##   make bench           instructions of walks, faults and invalidations beside the kernel's own, on
##                        each kernel, in machines whose clock counts them; a table at the end, and
##                        build/bench.json. KERNELS="6.1 ..." on these; TWICE=1: both times must be
##                        the same; QUICK=1: little of each; RESULTS=docs/performance.json: into
##                        this file as well

.PHONY: bench

bench:
	@tests/bench/all $(if $(filter-out 0,$(TWICE)),-2) $(if $(filter-out 0,$(QUICK)),-q) \
		$(if $(RESULTS),-r '$(RESULTS)') $(KERNELS)

##
##   make bench-tools     what facts, builds and the DKMS step cost beside an empty module on the
##                        same headers, and hmm-convert over drivers/gpu/drm beside plain spatch
##                        (by hand, two minutes a kernel and two; KERNELS="6.1 ..." RUNS=5; WHOLE=1:
##                        spatch over the whole tree too, a quarter of an hour)

.PHONY: bench-tools

bench-tools:
	@tests/kernels/each bench-tools "$(or $(KERNELS),6.1)" tests/bench/tools
	@tests/bench/convert

##
##   make check-convert   the tests of hmm-convert only (eight minutes)

.PHONY: check-convert

check-convert:
	@tests/run convert

##   make fuzz-convert N=2000 SEED=1   convert random callers of the old API and compare what they
##                        do before and after (two minutes of two processors)

.PHONY: fuzz-convert

fuzz-convert:
	@tests/convert/fuzz/fuzz -n $(or $(N),2000) --seed $(or $(SEED),1)

##
##   make stress SECONDS=60 SEED=1   many threads change memory while devices read and write it, and
##                        every page tells whether that went well; KERNELS="6.1 ..." on these, or debug
##   make stress-broken KERNEL=6.1   show that it notices: the core and the device, broken in twenty
##                        ways (by hand, fifteen minutes)

.PHONY: stress stress-broken

stress:
	@tests/stress/all $(or $(SECONDS),60) $(or $(SEED),1) $(KERNELS)

stress-broken:
	@tests/stress/broken-variants $(or $(KERNEL),6.1)

##
##   make liveness [KERNELS="6.1 .."]   no wait is endless, nobody waits for what is not his,
##                        mirrors end at the worst of times, what is shown is true
##   make liveness-broken KERNELS=6.1   show that it notices: the core broken in fourteen ways (by
##                        hand, seven minutes)
##   make liveness-planted   show that the debug kernel notices broken rules (by hand, five minutes)

.PHONY: liveness liveness-broken liveness-planted

liveness:
	@tests/kernels/each liveness "$(KERNELS)" tests/liveness/run

liveness-broken:
	@tests/kernels/each liveness-broken "$(or $(KERNELS),$(KERNEL),6.1)" tests/liveness/broken-variants

liveness-planted:
	@tests/kernels/each liveness-planted debug tests/liveness/planted

##
##   make selftest KERNELS="6.1 7.3"   the kernel's own HMM self-test, on hmm-backport and on the
##                        kernel's test_hmm, compared (150 MB of sources a kernel; all kernels
##                        of tests/kernels/list if none is named; debug is one)

.PHONY: selftest

selftest:
	@tests/kernels/each selftest "$(KERNELS)" tests/selftest/run -f

##
##   make oracle PAGES=N SEED=S   random address spaces, page by page: what hmm-backport says,
##                        what the kernel's own hmm_range_fault() says, and /proc/PID/pagemap
##                        (KERNELS="6.1 ...", or debug; a million pages take three minutes)
##   make oracle-selftest show that it notices each fault of tests/oracle/plants (KERNELS="6.1")

.PHONY: oracle oracle-selftest

oracle:
	@tests/kernels/each oracle "$(KERNELS)" tests/oracle/run -n $(or $(PAGES),200000) -s $(or $(SEED),1)

oracle-selftest:
	@tests/kernels/each oracle "$(or $(KERNELS),6.1)" tests/oracle/run -P

##
##   make fault-injection [KERNELS="6.1 .."]   let every allocation and fault of the core fail, one
##                        after the other (half a minute a kernel)
##   make fault-injection-selftest   show that planted bugs are noticed (by hand, twelve minutes)
##   make fuzz-api CALLS=6000 SEED=1 [KERNELS="6.1 .."]   random calls of the interface, random ioctls
##                        of the example driver and, on 7.3 and debug, of the self-test's device;
##                        on debug the former are guided by what they reach

.PHONY: fault-injection fault-injection-selftest fuzz-api

fault-injection:
	@tests/kernels/each fault-injection "$(KERNELS)" tests/faultinjection/run

fault-injection-selftest:
	@tests/faultinjection/selftest

fuzz-api:
	@tests/kernels/each 'fuzz-api|fuzz-ioctl' "$(KERNELS)" tests/fuzz/run \
		-n $(or $(CALLS),6000) -s $(or $(SEED),1)

##
##   make test-packages [SUITES="bookworm .."]   install, upgrade, break and remove the packages on
##                        Debian 11 to sid, with their dkms and real headers; ends in a table

.PHONY: test-packages

test-packages:
	@tests/packages/all $(SUITES)
