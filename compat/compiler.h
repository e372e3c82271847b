/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words that the newest kernel's headers have and older ones lack.  All of them
 * are macros, so each is asked for where it is needed.
 */
#ifndef HMM_COMPAT_COMPILER_H
#define HMM_COMPAT_COMPILER_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>

/* 5.4: a case label is reached from above on purpose. */
#if !defined(fallthrough) && defined(__has_attribute)
#if __has_attribute(__fallthrough__)
#define fallthrough	__attribute__((__fallthrough__))
#endif
#endif
#ifndef fallthrough
#define fallthrough	do { } while (0) /* a compiler too old to ask */
#endif

/* 4.20. */
#ifndef BITS_PER_TYPE
#define BITS_PER_TYPE(type)	(sizeof(type) * BITS_PER_BYTE)
#endif

/* 4.16: the file operations NAME_fops around NAME_show(). */
#ifndef DEFINE_SHOW_ATTRIBUTE
#define DEFINE_SHOW_ATTRIBUTE(name)						\
static int name ## _open(struct inode *inode, struct file *file)		\
{										\
	return single_open(file, name ## _show, inode->i_private);		\
}										\
static const struct file_operations name ## _fops = {				\
	.owner		= THIS_MODULE,						\
	.open		= name ## _open,					\
	.release	= single_release,					\
	.read		= seq_read,						\
	.llseek		= seq_lseek,						\
}
#endif

#endif
