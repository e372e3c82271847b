/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words in which the files beside this one put questions to the kernel headers.
 *
 * All probes are compiled together, as one unit, by one start of the compiler.
 * compat/facts.sh gives each error to the probe whose lines it points at: a
 * probe's lines run from the line that opens it to the line before the next.
 * An answer holds if none of its probes has an error.
 *
 * How to write a probe:
 *  - Judge by types, never by a warning: FACT_SAME() and FACT_IS() fail or hold
 *    on every compiler, whatever -W options say. BUILD_BUG_ON() never fires here:
 *    no code is generated.
 *  - Put WITHOUT() of a name before the probes that call it: gcc reports a call of
 *    an unknown function only once in a unit, and WITHOUT() makes the name something
 *    that cannot be called. Put WITHOUT_CONSTANT() after the probes that use it: up
 *    to gcc 9 they would no longer see the kernel's constant.
 *  - Include what the probe needs. All includes of all probes come first in the
 *    unit. A header that some kernels lack is included under its HAVE_ name:
 *    HAVE_LINUX_LEAFOPS_H is 1 or 0, and says whether linux/leafops.h exists.
 *  - Old C: gcc 4.8, declarations first.
 */
#ifndef HMM_BACKPORT_FACTS_PROBE_H
#define HMM_BACKPORT_FACTS_PROBE_H

#define FACT_UNUSED __attribute__((__unused__))

/* One fact a file: its name and the question in words. */
#define FACT(name, question) struct fact_##name

/* Opens a probe: a function body that compiles if the answer is right. */
#define PROBE(name, answer) \
	static FACT_UNUSED void fact_probe_##name##_##answer(void)

/*
 * A probe that compiles if the kernel has no function, variable or macro @id. The
 * declaration is inside a function, so that it clashes with the kernel's and does not
 * take its place: up to gcc 9 it would, in the rest of the file. gcc reports such a
 * clash once for a name; judge.awk gives it to every WITHOUT() of that name.
 */
#define WITHOUT(name, answer, id)					\
	typedef char fact_macro_##name##_##answer##_##id		\
		[__builtin_strcmp(FACT_TEXT(id()), #id "()") ? -1 : 1];	\
	static FACT_UNUSED void fact_without_##name##_##answer##_##id(void) \
	{								\
		FACT_NONE(id);						\
	}								\
	struct fact_##name

/* A probe that compiles if the kernel has no constant or macro @id. */
#define WITHOUT_CONSTANT(name, answer, id)				\
	typedef char fact_macro_##name##_##answer##_##id		\
		[__builtin_strcmp(FACT_TEXT(id()), #id "()") ? -1 : 1];	\
	FACT_NONE(id)

/* One type for all functions: declared first in each, it would be one of its own. */
struct fact_no_such_thing;
#define FACT_NONE(id) extern FACT_UNUSED struct fact_no_such_thing id

#define FACT_TEXT(x) FACT_TEXT_(x)
#define FACT_TEXT_(x) #x

/* A probe that compiles if @type has no member @id (needs -fms-extensions, which facts.sh adds). */
#define WITHOUT_MEMBER(name, answer, type, id)				\
	struct fact_lacks_##name##_##answer##_##id { type; char id; }

/* A probe that compiles if the kernel declares no structure @tag: a tag is of one kind. */
#define WITHOUT_STRUCT(name, answer, tag)				\
	static FACT_UNUSED void fact_struct_##name##_##answer##_##tag(void)	\
	{								\
		union tag *fact = 0;					\
									\
		(void)fact;						\
	}								\
	struct fact_##name

/*
 * The module links @symbol if the fact has this answer, so the kernel must
 * export it: declared is not exported. Looked up in Module.symvers.
 */
#define EXPORTED(name, answer, symbol) struct fact_##name

/*
 * A kernel with this answer cannot be served: the build stops and says why.
 */
#define REFUSED(name, answer, why) struct fact_##name

/*
 * A control proves that the questions can be asked at all. @kind is must_pass,
 * must_fail, or note (a remark, no reason to stop). @otherwise is said if it
 * comes out the other way. The body follows, or a WITHOUT().
 */
#define CONTROL(kind, name, otherwise) \
	static FACT_UNUSED void fact_control_##name(void)

/* Inside a probe. */
#define FACT_TRUE(condition) ((void)sizeof(char[(condition) ? 1 : -1]))
#define FACT_SAME(a, b) \
	FACT_TRUE(__builtin_types_compatible_p(__typeof__(a), __typeof__(b)))
#define FACT_IS(type, expression) FACT_SAME(type, expression)
#define FACT_MEMBER(type, member) (((type *)0)->member)

/* @function takes exactly the listed types; @call is a call of it, for its result's type. */
#define FACT_TAKES(function, call, ...) \
	FACT_SAME(&function, __typeof__(call) (*)(__VA_ARGS__))

/* Values for calls in probes; nothing here ever runs. */
#define FACT_A(type) (*(type *)0)

#endif
