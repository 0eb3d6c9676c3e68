// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! The memory layout and ioctl numbers that the kernel module and userspace share.
