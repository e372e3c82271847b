// SPDX-License-Identifier: GPL-2.0-only
/*
 * No fact, but the proof that facts can be asked: if one of these comes out the
 * wrong way, no answer would mean anything. Each trap was met on a real kernel.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <generated/utsrelease.h>	/* ask again when the release changes */

CONTROL(must_pass, plain,
	"Code that must compile does not. The headers, the compiler and its flags do not fit each other.")
{
	struct page *page = (struct page *)0;

	FACT_SAME(page, struct page *);
	FACT_SAME(UTS_RELEASE, char[sizeof(UTS_RELEASE)]);
}

CONTROL(must_pass, flags,
	"The compiler was not given -D__KERNEL__ and -DMODULE, or not the kernel's configuration: the flags of kbuild do not reach it.")
{
#if defined(__KERNEL__) && defined(MODULE) && defined(CONFIG_MMU)
	FACT_TRUE(1);
#else
	FACT_TRUE(0);
#endif
}

CONTROL(must_pass, mmu_notifier,
	"This kernel is built without CONFIG_MMU_NOTIFIER. It never says when a process's memory changes, so nothing can be mirrored on it. Use a kernel with CONFIG_MMU_NOTIFIER=y.")
{
#ifdef CONFIG_MMU_NOTIFIER
	FACT_TRUE(1);
#else
	FACT_TRUE(0);
#endif
}

CONTROL(must_fail, error,
	"The compiler accepts plain nonsense: it is no compiler, or it does not look at the code.")
{
	FACT_TRUE(0);
}

CONTROL(must_fail, callback,
	"A callback of the wrong type goes unseen: types are not told apart.")
{
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, release),
		  int (*)(struct mmu_notifier *, struct mm_struct *, long));
}

CONTROL(must_fail, undeclared,
	"A call of an undeclared function goes unseen. Look for -w or -Wno-error among the flags (KCFLAGS, say).")
{
	hmm_backport_undeclared_function();
}

/* offsetof() is the header's macro: the error is in its text, and must count here. */
CONTROL(must_fail, in_macro,
	"An error inside a macro of a header is not given to the line that uses the macro.")
{
	(void)offsetof(struct page, hmm_backport_no_such_member);
}

CONTROL(must_fail, macro_is_seen,
	"A macro is taken for a missing name.");
WITHOUT(control, macro, offsetof);

CONTROL(must_fail, function_is_seen,
	"A function is taken for a missing name.");
WITHOUT(control, function, mmput);

CONTROL(must_fail, constant_is_seen,
	"A constant of an enum is taken for a missing name.");
enum { fact_constant };
WITHOUT_CONSTANT(control, constant, fact_constant);

CONTROL(must_fail, member_is_seen,
	"A member of a structure is taken for missing (is -fms-extensions accepted?).");
WITHOUT_MEMBER(control, member, struct mmu_notifier_ops, release);

#ifdef CONFIG_GCC_VERSION
CONTROL(note, compiler,
	"not the compiler this kernel was built with")
{
#ifdef __clang__
	FACT_TRUE(CONFIG_CLANG_VERSION == __clang_major__ * 10000 +
		  __clang_minor__ * 100 + __clang_patchlevel__);
#else
	FACT_TRUE(CONFIG_GCC_VERSION == __GNUC__ * 10000 +
		  __GNUC_MINOR__ * 100 + __GNUC_PATCHLEVEL__);
#endif
}
#endif

/* Linked whatever the facts are. */
EXPORTED(control, always, find_vma);
EXPORTED(control, always, mmput);
EXPORTED(control, always, __mmu_notifier_register);
EXPORTED(control, always, mmu_notifier_unregister);
