// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIP transactions and dialogs, sans-IO.
