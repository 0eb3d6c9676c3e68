// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the Rust compiler says about the ABI: the one table of structs and constants.

use std::mem::{align_of, offset_of, size_of};

use kernel_rust_abi::{
    claim, command, config, control, event, geometry, ioctl, message, status, text, wake,
};

/// A C type: its name and, for arrays, the dimensions behind a field's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CType {
    /// `uint64_t`, `struct tdm_head`…
    pub base: String,
    /// Lengths, outermost first; empty for no array.
    pub dimensions: Vec<usize>,
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, the same in both languages.
    pub name: &'static str,
    /// Its C type, derived from the Rust type.
    pub ctype: CType,
    /// Its offset in bytes.
    pub offset: usize,
    /// Its size in bytes.
    pub size: usize,
}

/// One struct.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its C name, without `struct`.
    pub name: &'static str,
    /// Its Rust path under the ABI crate.
    pub path: String,
    /// Bytes.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// All fields, in order.
    pub fields: Vec<Field>,
}

/// One constant.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its C name.
    pub name: &'static str,
    /// Its Rust path under the ABI crate.
    pub path: String,
    /// Its value.
    pub value: u64,
    /// True for 64-bit constants.
    pub wide: bool,
}

/// A Rust type that the ABI uses in a struct.
trait InC {
    fn ctype() -> CType;
}

impl<T: InC, const N: usize> InC for [T; N] {
    fn ctype() -> CType {
        let inner = T::ctype();
        let mut dimensions = vec![N];
        dimensions.extend(inner.dimensions);
        CType {
            base: inner.base,
            dimensions,
        }
    }
}

/// A Rust type that the ABI uses for a constant.
trait Number: Copy {
    fn value(self) -> u64;
    fn wide() -> bool;
}

macro_rules! numbers {
    ($($rust:ident $c:literal $wide:literal)+) => {
        $(
            impl InC for $rust {
                fn ctype() -> CType {
                    CType { base: $c.to_owned(), dimensions: Vec::new() }
                }
            }
            impl Number for $rust {
                fn value(self) -> u64 {
                    self as u64
                }
                fn wide() -> bool {
                    $wide
                }
            }
        )+
    };
}

numbers! {
    u8 "uint8_t" false
    u16 "uint16_t" false
    u32 "uint32_t" false
    u64 "uint64_t" true
    usize "size_t" false
}

impl InC for i32 {
    fn ctype() -> CType {
        CType {
            base: "int32_t".to_owned(),
            dimensions: Vec::new(),
        }
    }
}

/// The C type of what a field accessor returns.
fn type_of<S, T: InC>(_: fn(&S) -> &T) -> CType {
    T::ctype()
}

fn size_behind<S, T>(_: fn(&S) -> &T) -> usize {
    size_of::<T>()
}

fn path(tokens: &str) -> String {
    tokens.split_whitespace().collect()
}

macro_rules! structs {
    ($($c:ident = $module:ident::$rust:ident { $($field:ident),+ $(,)? })+) => {
        $(impl InC for $module::$rust {
            fn ctype() -> CType {
                CType { base: concat!("struct ", stringify!($c)).to_owned(), dimensions: Vec::new() }
            }
        })+

        /// Every struct, each behind those that it contains.
        #[must_use]
        pub fn structs() -> Vec<Struct> {
            vec![$(Struct {
                name: stringify!($c),
                path: path(stringify!($module::$rust)),
                size: size_of::<$module::$rust>(),
                align: align_of::<$module::$rust>(),
                fields: vec![$(Field {
                    name: stringify!($field),
                    ctype: type_of(|s: &$module::$rust| &s.$field),
                    offset: offset_of!($module::$rust, $field),
                    size: size_behind(|s: &$module::$rust| &s.$field),
                }),+],
            }),+]
        }
    };
}

structs! {
    tdm_head = status::Head {
        magic, abi_version, features, slots, ring_frames, ring_stride, row_frames, skew_frames,
        status_bytes, event_offset, event_capacity, tx_lead, tick_frames, clock_domain, span_index,
        name, reserved,
    }
    tdm_clock = status::Clock {
        sequence, epoch, epoch_frame, rx_frame, tx_taken, tick_ns, rate_ppb, reserved,
    }
    tdm_line = status::Line {
        alarms, config, usable_slots, second_frame, second_causes, reserved,
    }
    tdm_counters = status::Counters {
        ticks, missed_ticks, gaps, gap_frames, slips_repeated, slips_dropped, code_violations,
        fas_errors, crc_errors, e_bit_errors, commands_applied, commands_late, commands_refused,
        events, wakeups_lost, reserved,
    }
    tdm_slot_status = status::SlotStatus { claim, idle, abcd, taken }
    tdm_status_page = status::StatusPage { head, clock, line, counters, reserved, slot }
    tdm_event_entry = event::Entry { tag, frame, kind, value }
    tdm_claim = claim::Claim { slots, purpose, peer, id, bytes, holder }
    tdm_release = claim::Release { id, reserved }
    tdm_set_idle = claim::SetIdle { id, slots, code, reserved }
    tdm_subscribe = wake::Subscribe { period, phase, flags, eventfd, id, reserved }
    tdm_unsubscribe = wake::Unsubscribe { id, reserved }
    tdm_consumed = wake::Consumed { id, reserved, frame }
    tdm_create_pair = control::CreatePair { tick_us, lock_step, first, second }
    tdm_destroy_pair = control::DestroyPair { span, flags }
    tdm_revoke = control::Revoke { span, claim }
    tdm_command = command::Command { frame, slot, kind, value, reserved }
    tdm_batch = command::Batch { id, count, commands }
    tdm_line_config = config::LineConfig {
        line, framing, code, law, clock, flags, build_out, reserved,
    }
    tdm_message_header = message::Header { kind, tag, status, len }
    tdm_describe = message::Describe { index, reserved, clock_domain, config, alarms, name }
    tdm_open = message::Open { abi_version, status_bytes, ring_bytes, name }
}

macro_rules! constants {
    ($($c:ident = $($path:ident)::+;)+) => {
        /// Every constant.
        #[must_use]
        pub fn constants() -> Vec<Constant> {
            fn fact<N: Number>(name: &'static str, tokens: &str, number: N) -> Constant {
                Constant { name, path: path(tokens), value: number.value(), wide: N::wide() }
            }
            let mut all = vec![$(fact(stringify!($c), stringify!($($path)::+), $($path)::+)),+];
            all.extend(event_kinds());
            all
        }
    };
}

constants! {
    TDM_MAGIC = status::MAGIC;
    TDM_ABI_MAJOR = status::ABI_MAJOR;
    TDM_ABI_MINOR = status::ABI_MINOR;
    TDM_ABI_VERSION = status::ABI_VERSION;
    TDM_STATUS_PAGE_BYTES = status::STATUS_PAGE_BYTES;
    TDM_FEATURE_LOCK_STEP = status::feature::LOCK_STEP;
    TDM_FEATURE_LINE_COMMANDS = status::feature::LINE_COMMANDS;
    TDM_FEATURE_CONFIGURE = status::feature::CONFIGURE;
    TDM_FEATURE_EMULATED = status::feature::EMULATED;

    TDM_SLOTS = geometry::SLOTS;
    TDM_ROW_FRAMES = geometry::ROW_FRAMES;
    TDM_SKEW_FRAMES = geometry::SKEW_FRAMES;
    TDM_MIN_RING_FRAMES = geometry::MIN_RING_FRAMES;
    TDM_MAX_RING_FRAMES = geometry::MAX_RING_FRAMES;
    TDM_FRAMES_PER_SECOND = geometry::FRAMES_PER_SECOND;
    TDM_FRAME_NS = geometry::FRAME_NS;

    TDM_ALARM_LOS = event::alarm::LOS;
    TDM_ALARM_AIS = event::alarm::AIS;
    TDM_ALARM_LOF = event::alarm::LOF;
    TDM_ALARM_LMFA = event::alarm::LMFA;
    TDM_ALARM_RAI = event::alarm::RAI;
    TDM_ALARM_DOWN = event::alarm::DOWN;
    TDM_ALARM_SERVICE_AFFECTING = event::alarm::SERVICE_AFFECTING;
    TDM_CAUSE_CODE_VIOLATION = event::cause::CODE_VIOLATION;
    TDM_CAUSE_FAS = event::cause::FAS;
    TDM_CAUSE_CRC = event::cause::CRC;
    TDM_CAUSE_E_BIT = event::cause::E_BIT;
    TDM_CAUSE_SLIP = event::cause::SLIP;
    TDM_CAUSE_DEFECT = event::cause::DEFECT;

    TDM_PURPOSE_TRANSMIT = claim::purpose::TRANSMIT;
    TDM_PURPOSE_LOOP = claim::purpose::LOOP;
    TDM_PURPOSE_CROSS_CONNECT = claim::purpose::CROSS_CONNECT;

    TDM_MAX_SUBSCRIBERS = wake::MAX_SUBSCRIBERS;
    TDM_WAKE_EVENTS = wake::flag::EVENTS;
    TDM_WAKE_LOCK_STEP = wake::flag::LOCK_STEP;

    TDM_COMMAND_BATCH = command::BATCH;
    TDM_COMMAND_QUEUE = command::QUEUE;
    TDM_COMMAND_ABCD = command::kind::ABCD;
    TDM_COMMAND_LINE_STATE = command::kind::LINE_STATE;
    TDM_STATE_ON_HOOK = command::state::ON_HOOK;
    TDM_STATE_OFF_HOOK = command::state::OFF_HOOK;
    TDM_STATE_RING = command::state::RING;
    TDM_STATE_REVERSED = command::state::REVERSED;
    TDM_STATE_OPEN = command::state::OPEN;

    TDM_LINE_NONE = config::line::NONE;
    TDM_LINE_E1 = config::line::E1;
    TDM_LINE_T1 = config::line::T1;
    TDM_LINE_J1 = config::line::J1;
    TDM_FRAMING_CCS = config::framing::CCS;
    TDM_FRAMING_CAS = config::framing::CAS;
    TDM_FRAMING_ESF = config::framing::ESF;
    TDM_FRAMING_D4 = config::framing::D4;
    TDM_CODE_AMI = config::code::AMI;
    TDM_CODE_HDB3 = config::code::HDB3;
    TDM_CODE_B8ZS = config::code::B8ZS;
    TDM_LAW_A = config::law::A;
    TDM_LAW_MU = config::law::MU;
    TDM_CLOCK_INTERNAL = config::clock::INTERNAL;
    TDM_CLOCK_RECOVERED = config::clock::RECOVERED;
    TDM_LINE_FLAG_CRC = config::flag::CRC;
    TDM_LINE_FLAG_ENABLED = config::flag::ENABLED;

    TDM_REAL_TIME_TICK_US = control::REAL_TIME_TICK_US;
    TDM_MAX_TICK_US = control::MAX_TICK_US;
    TDM_MAX_LOCK_STEP = control::MAX_LOCK_STEP;
    TDM_DESTROY_FORCE = control::destroy::FORCE;

    TDM_TEXT_BYTES = text::TEXT_BYTES;

    TDM_IOCTL_TYPE = ioctl::TYPE;
    TDM_IOCTL_CLAIM = ioctl::CLAIM;
    TDM_IOCTL_RELEASE = ioctl::RELEASE;
    TDM_IOCTL_SET_IDLE = ioctl::SET_IDLE;
    TDM_IOCTL_SUBSCRIBE = ioctl::SUBSCRIBE;
    TDM_IOCTL_UNSUBSCRIBE = ioctl::UNSUBSCRIBE;
    TDM_IOCTL_COMMAND = ioctl::COMMAND;
    TDM_IOCTL_CONFIGURE = ioctl::CONFIGURE;
    TDM_IOCTL_CONSUMED = ioctl::CONSUMED;
    TDM_IOCTL_CREATE_PAIR = ioctl::CREATE_PAIR;
    TDM_IOCTL_DESTROY_PAIR = ioctl::DESTROY_PAIR;
    TDM_IOCTL_REVOKE = ioctl::REVOKE;
    TDM_MAP_STATUS = ioctl::MAP_STATUS;
    TDM_MAP_RECEIVE = ioctl::MAP_RECEIVE;
    TDM_MAP_SENT = ioctl::MAP_SENT;

    TDM_MESSAGE_MAX_BYTES = message::MAX_BYTES;
    TDM_MESSAGE_MAX_FDS = message::MAX_FDS;
    TDM_MESSAGE_DESCRIBE = message::kind::DESCRIBE;
    TDM_MESSAGE_OPEN = message::kind::OPEN;
    TDM_MESSAGE_CLAIM = message::kind::CLAIM;
    TDM_MESSAGE_RELEASE = message::kind::RELEASE;
    TDM_MESSAGE_SET_IDLE = message::kind::SET_IDLE;
    TDM_MESSAGE_SUBSCRIBE = message::kind::SUBSCRIBE;
    TDM_MESSAGE_UNSUBSCRIBE = message::kind::UNSUBSCRIBE;
    TDM_MESSAGE_COMMAND = message::kind::COMMAND;
    TDM_MESSAGE_CONFIGURE = message::kind::CONFIGURE;
}

/// The kinds of events, an enum in Rust.
fn event_kinds() -> Vec<Constant> {
    use event::Kind::{Abcd, Alarms, ClaimEnded, CommandLate, Config, Epoch, Gap, Gone, Slip};
    [
        ("TDM_EVENT_ALARMS", Alarms),
        ("TDM_EVENT_GAP", Gap),
        ("TDM_EVENT_EPOCH", Epoch),
        ("TDM_EVENT_ABCD", Abcd),
        ("TDM_EVENT_CONFIG", Config),
        ("TDM_EVENT_CLAIM_ENDED", ClaimEnded),
        ("TDM_EVENT_COMMAND_LATE", CommandLate),
        ("TDM_EVENT_SLIP", Slip),
        ("TDM_EVENT_GONE", Gone),
    ]
    .into_iter()
    .map(|(name, kind)| Constant {
        name,
        path: format!("event::Kind::{kind:?}"),
        value: kind as u64,
        wide: false,
    })
    .collect()
}
