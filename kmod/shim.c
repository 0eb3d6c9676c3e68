// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel offers only as an inline function, a macro or a structure that its Rust bindings do not have. Everything
 * else is in Rust.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cdev.h>
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/poll.h>
#include <linux/suspend.h>
#include "shim.h"

#ifdef CONFIG_PREEMPT_RT
#error "tdm does not support PREEMPT_RT: nothing of it has been tested there. Build against a kernel without CONFIG_PREEMPT_RT."
#endif
#ifndef CONFIG_64BIT
#error "tdm needs a 64-bit kernel: ring rows are moved as 64-bit words."
#endif
#ifndef CONFIG_EVENTFD
#error "tdm needs CONFIG_EVENTFD: wake-ups are eventfds."
#endif

MODULE_VERSION("0.1.0");

struct cdev *tdm_shim_inode_cdev(struct inode *inode)
{
	return inode->i_cdev;
}

unsigned int tdm_shim_poll_wants(const struct poll_table_struct *table)
{
	return (__force unsigned int)poll_requested_events(table);
}

struct eventfd_ctx *tdm_shim_eventfd_get(int fd)
{
	return eventfd_ctx_fdget(fd);
}

void tdm_shim_eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal(ctx);
}

void tdm_shim_eventfd_put(struct eventfd_ctx *ctx)
{
	eventfd_ctx_put(ctx);
}

bool tdm_shim_may_administer(void)
{
	return capable(CAP_SYS_ADMIN);
}

/* Spans that somebody has open. The machine does not go to sleep under a call. */
static atomic_t tdm_open_spans = ATOMIC_INIT(0);

void tdm_shim_span_opened(void)
{
	atomic_inc(&tdm_open_spans);
}

void tdm_shim_span_closed(void)
{
	atomic_dec(&tdm_open_spans);
}

static int tdm_pm_event(struct notifier_block *nb, unsigned long action, void *unused)
{
	int open = atomic_read(&tdm_open_spans);

	switch (action) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		if (!open)
			return NOTIFY_DONE;
		pr_warn("tdm: not going to sleep: spans are open (%d files)\n", open);
		return notifier_from_errno(-EBUSY);
	default:
		return NOTIFY_DONE;
	}
}

static struct notifier_block tdm_pm_notifier = {
	.notifier_call = tdm_pm_event,
};

int tdm_shim_pm_register(void)
{
	return register_pm_notifier(&tdm_pm_notifier);
}

void tdm_shim_pm_unregister(void)
{
	unregister_pm_notifier(&tdm_pm_notifier);
}
