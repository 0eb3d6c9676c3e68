/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that sys/shim.rs declares again for Rust. */
#ifndef TDM_SHIM_H
#define TDM_SHIM_H

#include <linux/types.h>

struct cdev;
struct eventfd_ctx;
struct inode;
struct poll_table_struct;

struct cdev *tdm_shim_inode_cdev(struct inode *inode);
unsigned int tdm_shim_poll_wants(const struct poll_table_struct *table);
struct eventfd_ctx *tdm_shim_eventfd_get(int fd);
void tdm_shim_eventfd_signal(struct eventfd_ctx *ctx);
void tdm_shim_eventfd_put(struct eventfd_ctx *ctx);
bool tdm_shim_may_administer(void);
void tdm_shim_span_opened(void);
void tdm_shim_span_closed(void);
int tdm_shim_pm_register(void);
void tdm_shim_pm_unregister(void);

#endif
