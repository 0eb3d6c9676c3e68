/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The ring ABI, version 1, for C. Generated from libtdm/abi/src by `cargo xtask abi-header`: do not edit.
 * The specification is docs/abi.md. All fields are in native byte order.
 */
#ifndef TDM_ABI_H
#define TDM_ABI_H

#include <stddef.h>
#include <stdint.h>

/* status */
/* The first word of every status region: TDMSPAN1 read as a little-endian number. */
#define TDM_MAGIC 0x314e4150534d4454ull
/* The ABI's major number: a reader refuses another one. */
#define TDM_ABI_MAJOR 1u
/* The ABI's minor number: a higher one only adds fields where this one has reserved words. */
#define TDM_ABI_MINOR 0u
/* Major and minor in one word, as published. */
#define TDM_ABI_VERSION 0x100000000ull
/* Bytes of StatusPage. */
#define TDM_STATUS_PAGE_BYTES 1792u

/* status::feature */
/* The span grants lock-step subscriptions (emulated spans only). */
#define TDM_FEATURE_LOCK_STEP 1ull
/* Timed line commands are accepted. */
#define TDM_FEATURE_LINE_COMMANDS 2ull
/* The line can be configured through this span. */
#define TDM_FEATURE_CONFIGURE 4ull
/* The span is emulated: no card stands behind it. For display only; nothing may behave differently for it. */
#define TDM_FEATURE_EMULATED 8ull

/* geometry */
/* Slots of every span, used or not: an E1's timeslot number; a T1's channels are 1 to 24. */
#define TDM_SLOTS 32u
/* Frames (bytes of one slot) that are moved together: one 64-bit word. */
#define TDM_ROW_FRAMES 8ull
/* Slot c is shifted by SKEW_FRAMES * c bytes in its ring, so that the current bytes of all slots do not share a cache set. */
#define TDM_SKEW_FRAMES 64ull
/* The smallest ring, in frames: 512 ms at 8,000 frames a second. */
#define TDM_MIN_RING_FRAMES 4096ull
/* The largest ring that a reader needs to accept, in frames. */
#define TDM_MAX_RING_FRAMES 0x100000ull
/* Frames of line time in one second. */
#define TDM_FRAMES_PER_SECOND 8000ull
/* Nanoseconds of one frame. */
#define TDM_FRAME_NS 0x1e848ull

/* event::alarm */
/* Loss of signal. */
#define TDM_ALARM_LOS 1ull
/* Alarm indication signal (all ones unframed), "blue". */
#define TDM_ALARM_AIS 2ull
/* Loss of frame alignment, "red". */
#define TDM_ALARM_LOF 4ull
/* Loss of CRC-4 multiframe alignment. */
#define TDM_ALARM_LMFA 8ull
/* Remote alarm indication, "yellow". */
#define TDM_ALARM_RAI 16ull
/* The line is not configured or shut down. */
#define TDM_ALARM_DOWN 32ull
/* Alarms that make the payload worthless. */
#define TDM_ALARM_SERVICE_AFFECTING 47ull

/* event::cause */
/* Line code violation. */
#define TDM_CAUSE_CODE_VIOLATION 1ull
/* Errored frame alignment word. */
#define TDM_CAUSE_FAS 2ull
/* CRC error. */
#define TDM_CAUSE_CRC 4ull
/* E bit received. */
#define TDM_CAUSE_E_BIT 8ull
/* Controlled slip. */
#define TDM_CAUSE_SLIP 16ull
/* Loss of signal, AIS or loss of frame for part of the second. */
#define TDM_CAUSE_DEFECT 32ull

/* claim::purpose */
/* Its holder writes the slots' transmit rings. */
#define TDM_PURPOSE_TRANSMIT 1u
/* The kernel side sends what the slot of the same claim received: a loop. */
#define TDM_PURPOSE_LOOP 2u
/* The kernel side sends what another slot of the span received: a cross-connect. peer gives that slot. */
#define TDM_PURPOSE_CROSS_CONNECT 3u

/* wake */
/* Subscribers of one span. */
#define TDM_MAX_SUBSCRIBERS 32u

/* wake::flag */
/* Signal at once on an event too. */
#define TDM_WAKE_EVENTS 1u
/* Hold the line clock after a wake-up until the subscriber has stored the position that it has consumed up to. */
#define TDM_WAKE_LOCK_STEP 2u

/* command */
/* Commands that one call can carry. */
#define TDM_COMMAND_BATCH 8u
/* Commands that may wait on one span. */
#define TDM_COMMAND_QUEUE 1024u

/* command::kind */
/* The slot's ABCD bits (low four bits of the value, A highest). */
#define TDM_COMMAND_ABCD 1u
/* The line state of an analog slot, one of state. */
#define TDM_COMMAND_LINE_STATE 2u

/* command::state */
/* On hook. */
#define TDM_STATE_ON_HOOK 1u
/* Off hook. */
#define TDM_STATE_OFF_HOOK 2u
/* Ringing. */
#define TDM_STATE_RING 3u
/* Polarity reversed. */
#define TDM_STATE_REVERSED 4u
/* Battery removed. */
#define TDM_STATE_OPEN 5u

/* config::line */
/* Not configured. */
#define TDM_LINE_NONE 0u
/* E1, 2,048 kbit/s. */
#define TDM_LINE_E1 1u
/* T1, 1,544 kbit/s. */
#define TDM_LINE_T1 2u
/* J1. */
#define TDM_LINE_J1 3u

/* config::framing */
/* E1 with common channel signalling: timeslot 16 is a payload slot. */
#define TDM_FRAMING_CCS 1u
/* E1 with channel associated signalling in timeslot 16. */
#define TDM_FRAMING_CAS 2u
/* T1 extended superframe. */
#define TDM_FRAMING_ESF 3u
/* T1 superframe (D4). */
#define TDM_FRAMING_D4 4u

/* config::code */
/* Alternate mark inversion. */
#define TDM_CODE_AMI 1u
/* HDB3 (E1). */
#define TDM_CODE_HDB3 2u
/* B8ZS (T1). */
#define TDM_CODE_B8ZS 3u

/* config::law */
/* A-law. */
#define TDM_LAW_A 1u
/* Mu-law. */
#define TDM_LAW_MU 2u

/* config::clock */
/* The card's own oscillator. */
#define TDM_CLOCK_INTERNAL 1u
/* Recovered from this line. */
#define TDM_CLOCK_RECOVERED 2u

/* config::flag */
/* CRC-4 multiframe (E1) or CRC-6 (ESF). */
#define TDM_LINE_FLAG_CRC 1u
/* The line is up: it sends framing. Without it, it sends AIS. */
#define TDM_LINE_FLAG_ENABLED 2u

/* control */
/* Microseconds of real time in a tick of line time (8 frames) that runs in real time. */
#define TDM_REAL_TIME_TICK_US 1000u
/* The longest tick that a pair may be given: a thousandth of real time. */
#define TDM_MAX_TICK_US 0xf4240u
/* Subscribers that a lock-step clock may be told to wait for: all those of two spans. */
#define TDM_MAX_LOCK_STEP 64u

/* control::destroy */
/* Also while somebody has one of the spans open: for them the card is gone. */
#define TDM_DESTROY_FORCE 1u

/* text */
/* Bytes of a text field. */
#define TDM_TEXT_BYTES 64u

/* ioctl */
/* The ioctl type of all requests. */
#define TDM_IOCTL_TYPE 225u
/* Claims slots: claim::Claim. */
#define TDM_IOCTL_CLAIM 0xc058e103u
/* Releases a claim: claim::Release. */
#define TDM_IOCTL_RELEASE 0x4008e104u
/* Sets the idle code of claimed slots: claim::SetIdle. */
#define TDM_IOCTL_SET_IDLE 0x4010e105u
/* Subscribes an eventfd: wake::Subscribe. */
#define TDM_IOCTL_SUBSCRIBE 0xc018e106u
/* Ends a subscription: wake::Unsubscribe. */
#define TDM_IOCTL_UNSUBSCRIBE 0x4008e107u
/* Queues timed line commands: command::Batch. */
#define TDM_IOCTL_COMMAND 0xc0c8e108u
/* Configures the line: config::LineConfig. */
#define TDM_IOCTL_CONFIGURE 0x4008e109u
/* Tells a lock-step clock what was consumed: wake::Consumed. */
#define TDM_IOCTL_CONSUMED 0x4010e10au
/* On /dev/tdm/ctl: creates two software spans: control::CreatePair. */
#define TDM_IOCTL_CREATE_PAIR 0xc010e120u
/* On /dev/tdm/ctl: destroys them: control::DestroyPair. */
#define TDM_IOCTL_DESTROY_PAIR 0x4008e121u
/* On /dev/tdm/ctl: takes a claim away from its holder: control::Revoke. */
#define TDM_IOCTL_REVOKE 0x4008e122u
/* The mapping offset of the status region. */
#define TDM_MAP_STATUS 0ull
/* The mapping offset of the receive region. */
#define TDM_MAP_RECEIVE 0x100000000ull
/* The mapping offset of the sent region. */
#define TDM_MAP_SENT 0x200000000ull

/* message */
/* The largest message in bytes, header included. */
#define TDM_MESSAGE_MAX_BYTES 512u
/* The most descriptors beside a message. */
#define TDM_MESSAGE_MAX_FDS 4u

/* message::kind */
/* Describe the span with the number in Describe::index. ENOENT beyond the last. */
#define TDM_MESSAGE_DESCRIBE 1u
/* Open the span of that name. The answer brings the status, receive and sent regions. */
#define TDM_MESSAGE_OPEN 2u
/* claim::Claim. The answer brings the transmit region for the purpose TRANSMIT. */
#define TDM_MESSAGE_CLAIM 3u
/* claim::Release. */
#define TDM_MESSAGE_RELEASE 4u
/* claim::SetIdle. */
#define TDM_MESSAGE_SET_IDLE 5u
/* wake::Subscribe. */
#define TDM_MESSAGE_SUBSCRIBE 6u
/* wake::Unsubscribe. */
#define TDM_MESSAGE_UNSUBSCRIBE 7u
/* command::Batch. */
#define TDM_MESSAGE_COMMAND 8u
/* config::LineConfig. */
#define TDM_MESSAGE_CONFIGURE 9u

/* event::Kind */
/* The alarms changed; value: the new set, and 32 bits up the old one. */
#define TDM_EVENT_ALARMS 1u
/* A hole in line time that begins at the event's frame; value: frames lost. */
#define TDM_EVENT_GAP 2u
/* A new epoch began at the event's frame; value: its number. */
#define TDM_EVENT_EPOCH 3u
/* Received ABCD bits of the slot changed; value: the new ones. */
#define TDM_EVENT_ABCD 4u
/* The line configuration changed; value: packed as in the status region. */
#define TDM_EVENT_CONFIG 5u
/* The slot's claim ended; value: the claim's number. */
#define TDM_EVENT_CLAIM_ENDED 6u
/* A timed line command came after its frame; value: frames late. */
#define TDM_EVENT_COMMAND_LATE 7u
/* A controlled slip; value: 1 one frame repeated, 2 one frame dropped. */
#define TDM_EVENT_SLIP 8u
/* The span is going away. */
#define TDM_EVENT_GONE 9u

/* What does not change while the region exists. */
struct tdm_head {
	/* MAGIC. */
	uint64_t magic;
	/* ABI_VERSION. */
	uint64_t abi_version;
	/* Bits of feature. */
	uint64_t features;
	/* Number of slots: 32. */
	uint64_t slots;
	/* Frames of one ring, R. */
	uint64_t ring_frames;
	/* Bytes from one ring to the next. */
	uint64_t ring_stride;
	/* Frames of one row: 8. */
	uint64_t row_frames;
	/* Skew between neighbouring slots in frames: 64. */
	uint64_t skew_frames;
	/* Bytes of the status region. */
	uint64_t status_bytes;
	/* Byte offset of the event ring in the status region. */
	uint64_t event_offset;
	/* Entries of the event ring, a power of two. */
	uint64_t event_capacity;
	/* Frames that a writer keeps clear of tx_taken. */
	uint64_t tx_lead;
	/* The largest number of frames between two publications of the positions. */
	uint64_t tick_frames;
	/* Spans with the same number share one clock. */
	uint64_t clock_domain;
	/* The span's number at its server, for display. */
	uint64_t span_index;
	/* The span's name, NUL-padded UTF-8 in the order of bytes in memory. */
	uint64_t name[8];
	/* Zero. */
	uint64_t reserved[9];
};

/* The positions, under a sequence count; see position. */
struct tdm_clock {
	/* The sequence count: odd while the block is being written. */
	uint64_t sequence;
	/* Counts reconfigurations and restarts; readers drop what they had when it changes. */
	uint64_t epoch;
	/* The first frame of this epoch. */
	uint64_t epoch_frame;
	/* Below this, everything has been received. */
	uint64_t rx_frame;
	/* Below this, everything to transmit is beyond recall. */
	uint64_t tx_taken;
	/* CLOCK_MONOTONIC of the last tick, in nanoseconds. */
	uint64_t tick_ns;
	/* The line clock's measured deviation from CLOCK_MONOTONIC in parts per billion, two's complement; 0 while unknown. */
	uint64_t rate_ppb;
	/* Zero. */
	uint64_t reserved;
};

/* The line's present state. */
struct tdm_line {
	/* Alarms present, bits of event::alarm. */
	uint64_t alarms;
	/* The configuration in force, packed by config::LineConfig::pack. */
	uint64_t config;
	/* Slots that carry payload under this configuration, bit c for slot c. */
	uint64_t usable_slots;
	/* The frame at which the present second of second_causes began. */
	uint64_t second_frame;
	/* Causes of errored seconds seen in the last whole second, bits of event::cause. */
	uint64_t second_causes;
	/* Zero. */
	uint64_t reserved[3];
};

/* Monotonic counters since the span was created. */
struct tdm_counters {
	/* Ticks served. */
	uint64_t ticks;
	/* Ticks that came late enough to lose frames. */
	uint64_t missed_ticks;
	/* Holes in line time. */
	uint64_t gaps;
	/* Frames lost in those holes. */
	uint64_t gap_frames;
	/* Frames repeated because the far clock was slower. */
	uint64_t slips_repeated;
	/* Frames dropped because the far clock was faster. */
	uint64_t slips_dropped;
	/* Line code violations (E1: HDB3 bipolar violations). */
	uint64_t code_violations;
	/* Errored frame alignment words. */
	uint64_t fas_errors;
	/* Errored CRC-4 blocks. */
	uint64_t crc_errors;
	/* CRC-4 errors that the far end reported by its E bits. */
	uint64_t e_bit_errors;
	/* Timed line commands applied at their frame. */
	uint64_t commands_applied;
	/* Timed line commands that came after their frame and were applied at once. */
	uint64_t commands_late;
	/* Timed line commands refused because the queue was full. */
	uint64_t commands_refused;
	/* Events published. */
	uint64_t events;
	/* Wake-ups that could not be delivered. */
	uint64_t wakeups_lost;
	/* Zero. */
	uint64_t reserved[17];
};

/* One slot's state. */
struct tdm_slot_status {
	/* The claim that holds the slot, 0 for none. */
	uint64_t claim;
	/* The idle code that is sent where nobody writes (low byte). */
	uint64_t idle;
	/* Received ABCD bits (low four, A highest) and, 32 bits up, those sent. */
	uint64_t abcd;
	/* Frames sent from the claim's ring since the claim began. */
	uint64_t taken;
};

/* The fixed part of the status region; the event ring follows at Head::event_offset. */
struct tdm_status_page {
	/* Constant facts. */
	struct tdm_head head;
	/* Positions. */
	struct tdm_clock clock;
	/* Line state. */
	struct tdm_line line;
	/* Counters. */
	struct tdm_counters counters;
	/* Zero: keeps the next block on a boundary of 256 bytes. */
	uint64_t reserved[16];
	/* Slots. */
	struct tdm_slot_status slot[32];
};

/* One entry of the ring as it stands in memory. */
struct tdm_event_entry {
	/* 2 i + 1 while event i is being written here, 2 i + 2 when it is complete, 0 before the first. */
	uint64_t tag;
	/* The frame at which it happened. */
	uint64_t frame;
	/* The kind's number; 32 bits up: 0 for the span, slot + 1 for a slot. */
	uint64_t kind;
	/* The kind's value. */
	uint64_t value;
};

/* The argument of CLAIM, and its answer. */
struct tdm_claim {
	/* In: slots, bit c for slot c. Out, on EBUSY: those that are held. */
	uint32_t slots;
	/* In: one of purpose. */
	uint32_t purpose;
	/* In: the slot to connect to, for a cross-connect; else 0. */
	uint32_t peer;
	/* Out: the claim's number, never 0. */
	uint32_t id;
	/* Out: bytes of the transmit region: one stride a slot, ascending. */
	uint64_t bytes;
	/* In: who claims, for EBUSY's message to others. Out, on EBUSY: who holds. */
	uint8_t holder[64];
};

/* The argument of RELEASE. */
struct tdm_release {
	/* The claim's number. */
	uint32_t id;
	/* Zero. */
	uint32_t reserved;
};

/* The argument of SET_IDLE: the code that a claimed slot sends where its holder wrote nothing. The kernel side leaves it in
 * rows that it takes from now on; what stands in the ring now is the holder's to replace. */
struct tdm_set_idle {
	/* The claim that holds the slots. */
	uint32_t id;
	/* Slots of that claim. */
	uint32_t slots;
	/* The idle code in the low byte. */
	uint32_t code;
	/* Zero. */
	uint32_t reserved;
};

/* The argument of SUBSCRIBE, and its answer.
 * 
 * The subscriber is signalled at ticks at which rx_frame passes a frame n with n mod period == phase. On an emulated
 * span the eventfd travels beside the message, in lock-step followed by a second one: the subscriber stores the position in
 * the word that the answer brings as a memfd of one page, then signals the second eventfd. */
struct tdm_subscribe {
	/* In: wanted period in frames. Out: the granted one, a multiple of the tick. */
	uint32_t period;
	/* In: wanted phase in frames. Out: the granted one, a multiple of the tick below the period. */
	uint32_t phase;
	/* In: bits of flag. */
	uint32_t flags;
	/* In, on a kernel node: the eventfd. On an emulated span: -1. */
	int32_t eventfd;
	/* Out: the subscription's number, never 0. */
	uint32_t id;
	/* Zero. */
	uint32_t reserved;
};

/* The argument of UNSUBSCRIBE. */
struct tdm_unsubscribe {
	/* The subscription's number. */
	uint32_t id;
	/* Zero. */
	uint32_t reserved;
};

/* The argument of CONSUMED, on a kernel node in the place of an emulated span's page and second eventfd: a lock-step clock goes on
 * in this call, if nobody else holds it. */
struct tdm_consumed {
	/* The subscription's number. */
	uint32_t id;
	/* Zero. */
	uint32_t reserved;
	/* The frame below which its subscriber has consumed everything. */
	uint64_t frame;
};

/* The argument of CREATE_PAIR, and its answer: two software spans whose lines are joined. */
struct tdm_create_pair {
	/* In: real time of a tick in microseconds, from REAL_TIME_TICK_US to MAX_TICK_US; 0 in lock-step. */
	uint32_t tick_us;
	/* In: 0 for a clock of its own; else the number of lock-step subscribers, on both spans together, with which line time
	 * begins to pass in lock-step. */
	uint32_t lock_step;
	/* Out: the number of the first span, N of /dev/tdm/spanN. */
	uint32_t first;
	/* Out: the number of the second. */
	uint32_t second;
};

/* The argument of DESTROY_PAIR. */
struct tdm_destroy_pair {
	/* The number of either span of the pair. */
	uint32_t span;
	/* Bits of destroy. */
	uint32_t flags;
};

/* The argument of REVOKE: takes a claim away from its holder, on any span of the module. */
struct tdm_revoke {
	/* The span's number. */
	uint32_t span;
	/* The claim's number. */
	uint32_t claim;
};

/* One command. */
struct tdm_command {
	/* The frame at which it is applied; one that was taken already is applied at once and counted late. */
	uint64_t frame;
	/* The slot. */
	uint32_t slot;
	/* One of kind. */
	uint32_t kind;
	/* The value. */
	uint32_t value;
	/* Zero. */
	uint32_t reserved;
};

/* The argument of COMMAND: up to BATCH commands of one claim, accepted in order. */
struct tdm_batch {
	/* The claim that holds the slots. */
	uint32_t id;
	/* In: how many are given. Out: how many were accepted; fewer with ENOSPC when the queue is full. */
	uint32_t count;
	/* The commands. */
	struct tdm_command commands[8];
};

/* How a line is run. Zero means "not configured" in every field. */
struct tdm_line_config {
	/* One of line. */
	uint8_t line;
	/* One of framing. */
	uint8_t framing;
	/* One of code. */
	uint8_t code;
	/* One of law. */
	uint8_t law;
	/* One of clock. */
	uint8_t clock;
	/* Bits of flag. */
	uint8_t flags;
	/* Line build-out (T1), 0 to 7; 0 for E1. */
	uint8_t build_out;
	/* Zero. */
	uint8_t reserved;
};

/* Before every request and answer. */
struct tdm_message_header {
	/* One of kind. */
	uint32_t kind;
	/* Chosen by the client, returned by the server. */
	uint32_t tag;
	/* In an answer: 0, or an errno. In a request: 0. */
	int32_t status;
	/* Bytes that follow. */
	uint32_t len;
};

/* The argument of DESCRIBE, and its answer. */
struct tdm_describe {
	/* In: which span, from 0. */
	uint32_t index;
	/* Out: zero. */
	uint32_t reserved;
	/* Out: the span's clock domain. */
	uint64_t clock_domain;
	/* Out: the span's configuration, packed. */
	uint64_t config;
	/* Out: alarms present. */
	uint64_t alarms;
	/* Out: the span's name. */
	uint8_t name[64];
};

/* The argument of OPEN, and its answer. */
struct tdm_open {
	/* In: the client's status::ABI_VERSION. Out: the server's. */
	uint64_t abi_version;
	/* Out: bytes of the status region. */
	uint64_t status_bytes;
	/* Out: bytes of the receive region, and of the sent region. */
	uint64_t ring_bytes;
	/* In: the span's name. */
	uint8_t name[64];
};

/* The byte, in a slot's ring, of a frame: the ring holds ring_frames frames. */
#define TDM_RING_OFFSET(frame, slot, ring_frames) \
	(((uint64_t)(frame) + TDM_SKEW_FRAMES * (uint64_t)(slot)) & ((uint64_t)(ring_frames) - 1))

/* The mapping offset of a claim's transmit region. */
#define TDM_MAP_TRANSMIT(claim) (((uint64_t)3 << 32) | ((uint64_t)(claim) << 40))

#endif /* TDM_ABI_H */
