// SPDX-License-Identifier: MIT OR Apache-2.0
//! What one m= line of the far end means.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Connection, Media, Session};

use crate::{Codec, Direction, EventSet, PacketTime, Refusal, limits};

/// The far end's audio stream, as far as it concerns us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// Index of the m= line.
    pub(crate) line: usize,
    /// Payload types of codecs that we know, in the far end's order.
    pub(crate) codecs: Vec<(u8, Codec)>,
    /// Payload type and events of telephone-event at 8 kHz.
    pub(crate) event: Option<(u8, EventSet)>,
    /// Where it receives RTP; `None` while it holds by address.
    pub(crate) rtp: Option<SocketAddr>,
    /// Where it receives RTCP; `None` while it holds by address or has no port for it.
    pub(crate) rtcp: Option<SocketAddr>,
    /// `a=ptime` in milliseconds.
    pub(crate) ptime: Option<u32>,
    /// `a=maxptime` in milliseconds.
    pub(crate) maxptime: Option<u32>,
    /// Which way it lets media flow, seen from it, hold by address included.
    pub(crate) direction: Direction,
}

/// Reads m= line `line` as an audio stream over RTP/AVP.
pub(crate) fn read(session: &Session, line: usize, ours: IpAddr) -> Result<Stream, Refusal> {
    let media = session.medias.get(line).ok_or(Refusal::NoAudio)?;
    if !media.media.eq_ignore_ascii_case("audio") {
        let t38 = media.media.eq_ignore_ascii_case("image")
            && media.proto.eq_ignore_ascii_case("udptl")
            && media.port != 0;
        return Err(if t38 { Refusal::T38 } else { Refusal::NoAudio });
    }
    if media.port == 0 {
        return Err(Refusal::NoAudio);
    }
    if !media.proto.eq_ignore_ascii_case("RTP/AVP") {
        return Err(Refusal::Transport {
            transport: media.proto.clone(),
        });
    }
    let (codecs, event) = formats(media);
    if codecs.is_empty() {
        return Err(Refusal::NoCommonCodec {
            offered: media.fmt.clone(),
        });
    }
    let maxptime = number(media, "maxptime");
    if let Some(max) = maxptime.filter(|max| *max < 10) {
        return Err(Refusal::PacketTime { max });
    }
    let address = address(session, media, ours)?;
    let written = direction(session, media);
    let held = address.is_unspecified();
    Ok(Stream {
        line,
        codecs,
        event,
        rtp: (!held).then(|| SocketAddr::new(address, media.port)),
        rtcp: if held { None } else { rtcp(media, address) },
        ptime: number(media, "ptime"),
        maxptime,
        direction: if held {
            Direction::new(written.sends(), false)
        } else {
            written
        },
    })
}

impl Stream {
    /// The packet time to send to this stream.
    pub(crate) fn packet_time(&self, own: PacketTime) -> PacketTime {
        // `read` has refused a maxptime under 10 ms, so there always is one.
        PacketTime::to_send(own, self.ptime, self.maxptime).unwrap_or(own)
    }
}

type Formats = (Vec<(u8, Codec)>, Option<(u8, EventSet)>);

fn formats(media: &Media) -> Formats {
    let mut codecs: Vec<(u8, Codec)> = Vec::new();
    let mut event = None;
    for format in media.fmt.split_ascii_whitespace().take(limits::FORMATS) {
        let Some(pt) = format.parse::<u8>().ok().filter(|pt| *pt < 128) else {
            continue;
        };
        match mapping(media, pt) {
            Some(Mapping::Codec(codec)) if !codecs.iter().any(|(p, _)| *p == pt) => {
                codecs.push((pt, codec));
            }
            Some(Mapping::Event) if event.is_none() => {
                let events = events(media, pt);
                event = events.has_keypad().then_some((pt, events));
            }
            _ => {}
        }
    }
    (codecs, event)
}

enum Mapping {
    Codec(Codec),
    Event,
}

/// What a payload type means: its `a=rtpmap`, else the static assignment.
fn mapping(media: &Media, pt: u8) -> Option<Mapping> {
    let Some(map) = for_payload_type(media, "rtpmap", pt) else {
        return Codec::of_static(pt).map(Mapping::Codec);
    };
    let mut parts = map.trim().split('/');
    let (name, rate, channels) = (parts.next()?, parts.next()?, parts.next());
    if rate != "8000" || channels.is_some_and(|c| c != "1") {
        return None;
    }
    if name.eq_ignore_ascii_case("telephone-event") {
        return Some(Mapping::Event);
    }
    Codec::of_name(name).map(Mapping::Codec)
}

fn events(media: &Media, pt: u8) -> EventSet {
    match for_payload_type(media, "fmtp", pt) {
        // Both `0-15` and the older `events=0-15` are seen.
        Some(list) => EventSet::parse(list.trim().strip_prefix("events=").unwrap_or(list)),
        None => EventSet::DTMF,
    }
}

/// The rest of the first attribute `name` whose value begins with this payload type.
fn for_payload_type<'a>(media: &'a Media, name: &str, pt: u8) -> Option<&'a str> {
    values(&media.attributes, name).find_map(|value| {
        let (number, rest) = value.split_once(' ')?;
        (number.parse() == Ok(pt)).then_some(rest)
    })
}

fn values<'a>(attributes: &'a [Attribute], name: &str) -> impl Iterator<Item = &'a str> {
    attributes
        .iter()
        .filter(move |a| a.attribute.eq_ignore_ascii_case(name))
        .filter_map(|a| a.value.as_deref())
}

/// The whole part of a numeric attribute; fractions are seen in the field.
fn number(media: &Media, name: &str) -> Option<u32> {
    let value = values(&media.attributes, name).next()?.trim();
    value.split('.').next()?.parse().ok()
}

fn direction(session: &Session, media: &Media) -> Direction {
    let of = |attributes: &[Attribute]| {
        attributes
            .iter()
            .find_map(|a| Direction::of_name(&a.attribute))
    };
    of(&media.attributes)
        .or_else(|| of(&session.attributes))
        .unwrap_or_default()
}

fn address(session: &Session, media: &Media, ours: IpAddr) -> Result<IpAddr, Refusal> {
    let connection = media
        .connections
        .first()
        .or(session.connection.as_ref())
        .ok_or(Refusal::NoConnection)?;
    let text = || connection.connection_address.clone();
    let address = parse(connection).ok_or_else(|| Refusal::Address { address: text() })?;
    if address.is_multicast() {
        return Err(Refusal::Address { address: text() });
    }
    // 0.0.0.0 means hold, whatever the version that is spoken otherwise.
    if address.is_ipv4() != ours.is_ipv4() && !address.is_unspecified() {
        return Err(Refusal::AddressFamily { address: text() });
    }
    Ok(address)
}

fn parse(connection: &Connection) -> Option<IpAddr> {
    connection.connection_address.parse().ok()
}

/// Where RTCP goes: `a=rtcp:port [nettype addrtype address]`, else the port after RTP's.
fn rtcp(media: &Media, rtp: IpAddr) -> Option<SocketAddr> {
    let Some(value) = values(&media.attributes, "rtcp").next() else {
        return media
            .port
            .checked_add(1)
            .map(|port| SocketAddr::new(rtp, port));
    };
    let mut parts = value.split_ascii_whitespace();
    let port = parts.next()?.parse().ok().filter(|port: &u16| *port != 0)?;
    let address = match parts.nth(2) {
        Some(text) => text.parse().ok().filter(|a: &IpAddr| {
            a.is_ipv4() == rtp.is_ipv4() && !a.is_multicast() && !a.is_unspecified()
        })?,
        None => rtp,
    };
    Some(SocketAddr::new(address, port))
}
