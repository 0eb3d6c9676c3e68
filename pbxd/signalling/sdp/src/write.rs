// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our own descriptions.

use sdp_types::{Attribute, Connection, Media, Origin, Session, Time};

use crate::{Codec, Direction, LocalAudio, PacketTime};

/// The m= line of our stream, before it is written.
pub(crate) struct Stream<'a> {
    pub(crate) codecs: &'a [(u8, Codec)],
    pub(crate) event: Option<u8>,
    pub(crate) packet_time: PacketTime,
    pub(crate) direction: Direction,
}

pub(crate) fn session(local: &LocalAudio, id: u64, version: u64, medias: Vec<Media>) -> Session {
    let mut session = Session::new(Origin::with_ip_addr(id, version, local.address), "-");
    session.connection = Some(Connection::from_ip_addr(local.address));
    session.times = vec![Time::new(0, 0)];
    session.medias = medias;
    session
}

pub(crate) fn audio(local: &LocalAudio, stream: &Stream<'_>) -> Media {
    let types = stream.codecs.iter().map(|(pt, _)| *pt).chain(stream.event);
    let fmt: Vec<String> = types.map(|pt| pt.to_string()).collect();
    let mut media = line("audio", local.port, "RTP/AVP", &fmt.join(" "));
    let mut add = |name: &str, value: String| {
        media.attributes.push(Attribute::with_value(name, value));
    };
    for (pt, codec) in stream.codecs {
        add("rtpmap", format!("{pt} {codec}/8000"));
    }
    if let Some(pt) = stream.event {
        add("rtpmap", format!("{pt} telephone-event/8000"));
        add("fmtp", format!("{pt} 0-15"));
    }
    add("ptime", stream.packet_time.millis().to_string());
    add("maxptime", PacketTime::MAX.millis().to_string());
    media
        .attributes
        .push(Attribute::new(stream.direction.name()));
    media
}

/// The m= line that rejects, or keeps rejected, another one.
pub(crate) fn rejected(other: &Media) -> Media {
    line(&other.media, 0, &other.proto, &other.fmt)
}

fn line(media: &str, port: u16, proto: &str, fmt: &str) -> Media {
    Media {
        media: media.to_owned(),
        port,
        num_ports: None,
        proto: proto.to_owned(),
        fmt: fmt.to_owned(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}
