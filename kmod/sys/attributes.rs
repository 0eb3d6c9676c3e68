// SPDX-License-Identifier: GPL-2.0-only
//! What a span shows in sysfs, below its device: one value a file.

use super::chrdev::context_of;
use crate::{
    abi::{
        event::alarm,
        status::COUNTER_NAMES,
        text, //
    },
    node::{
        Place,
        SpanFile, //
    }, //
};
use core::ptr;
use kernel::{
    bindings,
    fmt,
    prelude::*,
    str::{
        as_char_ptr_in_const_context,
        CString, //
    }, //
};

/// A table that the driver core reads and never writes.
#[repr(transparent)]
struct Table<T>(T);

// SAFETY: nobody writes it.
unsafe impl<T> Sync for Table<T> {}

/// How an attribute writes its value.
type Show = fn(&Place, &mut dyn fmt::Write) -> fmt::Result;

/// Text that grows up to a page.
struct Page {
    text: KVec<u8>,
}

impl fmt::Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // What does not fit is left out; values are far shorter than that.
            self.text
                .push_within_capacity(byte)
                .map_err(|_| fmt::Error)?;
        }
        Ok(())
    }
}

/// Writes an attribute's value and a newline into the page that sysfs hands over.
///
/// # Safety
///
/// `device` is a span's device, `page` the page that sysfs gave for it.
unsafe fn emit(device: *mut bindings::device, page: *mut c_char, show: Show) -> isize {
    // SAFETY: sysfs keeps the device while its attributes are read.
    let place = unsafe { context_of::<SpanFile>(device) };
    let written = || -> Result<CString> {
        let mut text = Page {
            text: KVec::with_capacity(3072, GFP_KERNEL)?,
        };
        show(place, &mut text).map_err(|_| ENOSPC)?;
        let text = core::str::from_utf8(&text.text).map_err(|_| EINVAL)?;
        CString::try_from_fmt(fmt!("{text}"))
    };
    match written() {
        // SAFETY: `page` is what sysfs gave, the text ends in a NUL.
        Ok(text) => unsafe {
            bindings::sysfs_emit(page, c"%s\n".as_char_ptr(), text.as_char_ptr()) as isize
        },
        Err(error) => error.to_errno() as isize,
    }
}

const fn attribute(
    name: &'static CStr,
    show: unsafe extern "C" fn(
        *mut bindings::device,
        *mut bindings::device_attribute,
        *mut c_char,
    ) -> isize,
) -> Table<bindings::device_attribute> {
    Table(bindings::device_attribute {
        attr: bindings::attribute {
            name: as_char_ptr_in_const_context(name),
            mode: 0o444,
        },
        __bindgen_anon_1: bindings::device_attribute__bindgen_ty_1 { show: Some(show) },
        __bindgen_anon_2: bindings::device_attribute__bindgen_ty_2 { store: None },
    })
}

macro_rules! attributes {
    ($group:ident: $($(#[$doc:meta])* $name:ident = $text:literal, $show:expr;)+) => {
        mod $group {
            use super::*;

            $(
                $(#[$doc])*
                pub(super) mod $name {
                    use super::*;

                    /// # Safety
                    ///
                    /// As for [`emit`].
                    unsafe extern "C" fn show(
                        device: *mut bindings::device,
                        _attribute: *mut bindings::device_attribute,
                        page: *mut c_char,
                    ) -> isize {
                        // SAFETY: the driver core's promise.
                        unsafe { emit(device, page, $show) }
                    }

                    pub(super) static ATTRIBUTE: Table<bindings::device_attribute> =
                        attribute($text, show);
                }
            )+

            /// All of them, and the end.
            pub(super) static LIST: Table<[*mut bindings::attribute; [$($text),+].len() + 1]> =
                Table([$((&raw const $name::ATTRIBUTE.0.attr).cast_mut(),)+ ptr::null_mut()]);
        }
    };
}

attributes! { facts:
    /// The span's name.
    name = c"name", |place, out| out.write_str(text::unpack(place.span.name()));
    /// Alarms present.
    alarms = c"alarms", |place, out| {
        let (_, _, alarms) = place.span.summary();
        let mut before = "";
        for (bit, name) in alarm::NAMES.iter().enumerate() {
            if alarms >> bit & 1 != 0 {
                write!(out, "{before}{name}")?;
                before = "+";
            }
        }
        if before.is_empty() { out.write_str("none") } else { Ok(()) }
    };
    /// The configuration in force, packed as in the status region.
    config = c"config", |place, out| {
        let (_, config, _) = place.span.summary();
        write!(out, "{:#018x}", config.pack())
    };
    /// Everything below this frame has been received.
    rx_frame = c"rx_frame", |place, out| write!(out, "{}", place.span.summary().0.rx_frame);
    /// The epoch.
    epoch = c"epoch", |place, out| write!(out, "{}", place.span.summary().0.epoch);
    /// Who holds which slots: a claim a line, `slots id holder`.
    claims = c"claims", |place, out| {
        for n in 0.. {
            let Some(held) = place.span.held(n) else { break };
            let line = if n > 0 { "\n" } else { "" };
            // What a holder calls itself comes from userspace: only what can be printed.
            write!(out, "{line}{:#010x} {} ", held.slots.bits(), held.id)?;
            for c in text::unpack(&held.holder).chars().filter(|c| !c.is_control()) {
                write!(out, "{c}")?;
            }
        }
        Ok(())
    };
}

/// Writes the counter of this index.
fn counter<const INDEX: usize>(place: &Place, out: &mut dyn fmt::Write) -> fmt::Result {
    write!(out, "{}", place.span.counter(INDEX))
}

attributes! { counters:
    ticks = c"ticks", counter::<0>;
    missed_ticks = c"missed_ticks", counter::<1>;
    gaps = c"gaps", counter::<2>;
    gap_frames = c"gap_frames", counter::<3>;
    slips_repeated = c"slips_repeated", counter::<4>;
    slips_dropped = c"slips_dropped", counter::<5>;
    code_violations = c"code_violations", counter::<6>;
    fas_errors = c"fas_errors", counter::<7>;
    crc_errors = c"crc_errors", counter::<8>;
    e_bit_errors = c"e_bit_errors", counter::<9>;
    commands_applied = c"commands_applied", counter::<10>;
    commands_late = c"commands_late", counter::<11>;
    commands_refused = c"commands_refused", counter::<12>;
    events = c"events", counter::<13>;
    wakeups_lost = c"wakeups_lost", counter::<14>;
}

// The list above has the ABI's counters.
const _: () = assert!(counters::LIST.0.len() == COUNTER_NAMES.len() + 1);

const fn group(
    name: *const c_char,
    list: *const *mut bindings::attribute,
) -> Table<bindings::attribute_group> {
    let mut group: bindings::attribute_group = pin_init::zeroed();
    group.name = name;
    group.__bindgen_anon_2 = bindings::attribute_group__bindgen_ty_2 {
        attrs: list.cast_mut().cast(),
    };
    Table(group)
}

static FACTS: Table<bindings::attribute_group> =
    group(ptr::null(), (&raw const facts::LIST.0).cast());
static COUNTERS: Table<bindings::attribute_group> = group(
    as_char_ptr_in_const_context(c"counters"),
    (&raw const counters::LIST.0).cast(),
);
static GROUPS: Table<[*const bindings::attribute_group; 3]> =
    Table([&raw const FACTS.0, &raw const COUNTERS.0, ptr::null()]);

/// The attributes of a span's device.
pub(crate) fn groups() -> *mut *const bindings::attribute_group {
    (&raw const GROUPS.0).cast_mut().cast()
}
