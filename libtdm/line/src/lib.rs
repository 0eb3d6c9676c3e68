// SPDX-License-Identifier: GPL-2.0-only OR MIT
//! Pure line code: alarm and framing states, HDLC, ABCD packing, test patterns.
