// SPDX-License-Identifier: MIT OR Apache-2.0
//! One call from the first digit to the closed record, watched on all sides.

mod watch;

use crate::clock::{MILLISECOND, now_ns};
use crate::config::LINE;
use crate::ear::Ear;
use crate::exchange::{Script, What as Far};
use crate::level::{bar, dbm0};
use crate::measure;
use crate::phone::What as Near;
use crate::report::{Call, Direction, Setup, Waited, Worker};
use crate::stage::{Counters, Stage};
use crate::steps::Steps;
use crate::stream::{Earpiece, Mouth, PACKET, PACKET_NS, assemble};
use anyhow::{Context, Result};
use std::sync::Arc;
use std::time::Duration;
use tdm::Slot;
use watch::Watch;

/// From the INVITE to the answer at most.
const ANSWER_NS: u64 = 20_000 * MILLISECOND;
/// What the phone listens on after its own speech: the far end began its own a little later.
const TAIL_NS: u64 = 1_500 * MILLISECOND;
/// From hanging up to the end on both sides at most.
const CLEAR_NS: u64 = 10_000 * MILLISECOND;
/// Octets that a meter shows the level of: 100 ms.
const METER: usize = 800;

/// What is called, and what is said.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What the far end does, and says.
    pub(crate) far: Script,
    /// What the phone says.
    pub(crate) speech: Arc<[u8]>,
}

/// What has happened in a call so far.
#[derive(Default)]
struct Progress {
    invited: Option<u64>,
    ringing: Option<u64>,
    answered: Option<u64>,
    hang_up_at: Option<u64>,
    slot: Option<u8>,
    ended: Option<String>,
    /// Frames of speech that the far end was late with.
    over: Option<u64>,
    ear: Option<Ear>,
    mouth: Option<Mouth>,
}

/// Makes the call and measures it.
pub(crate) fn play(stage: &mut Stage, steps: &mut Steps, plan: &Plan) -> Result<Call> {
    let begin = now_ns();
    let (before, cpu) = (stage.counters()?, stage.cpu()?);
    let earpiece = Earpiece::start(&stage.phone.media)?;
    let mut progress = Progress::default();
    let mut watch = Watch::default();
    stage.phone.call(&plan.far.number)?;
    let talked = talk(stage, steps, plan, &earpiece, &mut progress, &mut watch);
    let Progress { ear, mouth, .. } = &mut progress;
    let (ear, mouth) = (ear.take(), mouth.take());
    let spoken = mouth.map(Mouth::stop).transpose()?;
    talked?;

    let mut not_idle = watch::idle(stage, steps, &plan.far.number)?;
    let after = stage.counters()?;
    let [pbxd, emulator, own] = stage.cpu()?;
    let [pbxd, emulator, own] = [
        pbxd.since(cpu[0]),
        emulator.since(cpu[1]),
        own.since(cpu[2]),
    ];
    let end = now_ns();
    let (ear, spoken) = (
        ear.context("no B channel was seen")?,
        spoken.context("the phone said nothing")?,
    );
    // Idle is heard once more before the ear closes.
    std::thread::sleep(Duration::from_millis(300));
    let heard = ear.close()?;
    for (track, name) in [(&heard.received, "receives"), (&heard.sent, "sends")] {
        if !track.ends_idle(METER) {
            not_idle.push(format!(
                "the far exchange's channel {name} something other than idle code after the call"
            ));
        }
    }
    let came = assemble(&earpiece.stop()?);

    let delta = |name: &str| after.get(name) - before.get(name).min(after.get(name));
    let sip_to_pri = Direction {
        packets: delta("media.from_rtp.packets"),
        packets_lost: delta("media.from_rtp.lost_packets"),
        octets: delta("media.from_rtp.octets"),
        copied_octets: delta("media.from_rtp.copied_octets"),
        late_frames: delta("media.from_rtp.late_frames") + heard.received.lost,
        ..measure::to_line(&plan.speech, &spoken.sent_ns, &heard)
    };
    let pri_to_sip = Direction {
        packets: came.packets.len() as u64,
        packets_lost: came.lost,
        octets: delta("media.to_rtp.octets"),
        copied_octets: delta("media.to_rtp.copied_octets"),
        late_frames: progress.over.unwrap_or(0),
        ..measure::to_phone(&plan.far.speech, &heard, &came)
    };
    let slot = progress.slot.context("no B channel was seen")?;
    Ok(Call {
        number: plan.far.number.clone(),
        channel: format!("{LINE}/{slot}"),
        setup: setup(&progress, &plan.far)?,
        sip_to_pri,
        pri_to_sip,
        worker: worker(&after),
        cpu_ms: ms(pbxd.ran),
        waited: Waited {
            pbxd_ms: ms(pbxd.waited),
            emulator_ms: ms(emulator.waited),
            demo_ms: ms(own.waited),
        },
        seconds: (end - begin) as f64 / 1e9,
        not_idle,
    })
}

/// The call itself, until both sides say that it is over.
fn talk(
    stage: &mut Stage,
    steps: &mut Steps,
    plan: &Plan,
    earpiece: &Earpiece,
    progress: &mut Progress,
    watch: &mut Watch,
) -> Result<()> {
    let began = now_ns();
    let mut metered = began;
    loop {
        std::thread::sleep(Duration::from_millis(5));
        stage.check()?;
        listen_around(stage, steps, plan, progress)?;
        watch.look(stage, steps, progress.slot)?;
        let now = now_ns();
        if let Some(why) = &progress.ended {
            anyhow::ensure!(
                progress.hang_up_at == Some(u64::MAX),
                "the call ended before its time: {why}\n{}",
                stage.pbxd.tail()
            );
            if progress.over.is_some() {
                return Ok(());
            }
        }
        match progress.hang_up_at {
            None if now > began + ANSWER_NS => {
                anyhow::bail!("no answer after 20 s\n{}", stage.pbxd.tail())
            }
            Some(u64::MAX) if now > began + ANSWER_NS + CLEAR_NS + speaking(plan) => {
                anyhow::bail!("the call does not end on both sides\n{}", stage.pbxd.tail());
            }
            Some(at) if now >= at && at != u64::MAX => {
                stage.phone.hang_up()?;
                progress.hang_up_at = Some(u64::MAX);
            }
            _ => {}
        }
        let interval = if steps.is_terminal() { 100 } else { 1000 };
        if let (Some(ear), true) = (
            &progress.ear,
            progress.answered.is_some() && progress.ended.is_none(),
        ) {
            if now >= metered + interval * MILLISECOND {
                metered = now;
                let there = dbm0(&ear.tail(METER));
                let here = dbm0(&earpiece.tail(METER / PACKET));
                steps.meter(&format!(
                    "exchange hears {} {there:6.1} dBm0   phone hears {} {here:6.1} dBm0",
                    bar(there),
                    bar(here)
                ));
            }
        }
    }
}

/// How long the phone's speech takes.
fn speaking(plan: &Plan) -> u64 {
    (plan.speech.len() / PACKET) as u64 * PACKET_NS
}

/// Takes what the phone and the far exchange have to tell, in the order of time.
fn listen_around(
    stage: &mut Stage,
    steps: &mut Steps,
    plan: &Plan,
    progress: &mut Progress,
) -> Result<()> {
    let mut lines: Vec<(u64, &str, String)> = Vec::new();
    while let Ok(notice) = stage.phone.notices.try_recv() {
        let at = notice.at_ns;
        let text = match notice.what {
            Near::Sent(message) => {
                if message == "INVITE" {
                    progress.invited.get_or_insert(at);
                }
                format!("{message} sent")
            }
            Near::Received(message) => {
                if message.starts_with("180") || message.starts_with("183") {
                    progress.ringing.get_or_insert(at);
                }
                if message.starts_with("200") && progress.hang_up_at.is_none() {
                    progress.answered.get_or_insert(at);
                }
                format!("{message} received")
            }
            Near::Answered(remote) => {
                progress.mouth = Some(Mouth::start(
                    &stage.phone.media,
                    remote,
                    plan.speech.clone(),
                )?);
                progress.hang_up_at = Some(at + speaking(plan) + TAIL_NS);
                format!("speaks to {remote}, A-law in packets of 20 ms")
            }
            Near::Ended(why) => {
                progress.ended = Some(why.clone());
                format!("call over: {why}")
            }
        };
        lines.push((at, "phone", text));
    }
    while let Ok(notice) = stage.exchange.notices.try_recv() {
        match notice.what {
            Far::Told => {}
            Far::Called(slot) => {
                progress.slot = Some(slot);
                let slot = Slot::new(slot).context("a B channel beyond 31")?;
                progress.ear = Some(Ear::open(&stage.span, slot));
            }
            Far::Over(late) => progress.over = Some(late),
        }
        lines.push((notice.at_ns, "exchange", notice.text));
    }
    lines.sort_by_key(|(at, ..)| *at);
    for (at, who, text) in lines {
        steps.at(at, who, text);
    }
    Ok(())
}

fn setup(progress: &Progress, far: &Script) -> Result<Setup> {
    let invited = progress.invited.context("no INVITE was seen")?;
    let since = |at: Option<u64>, what: &str| {
        at.map(|at| at.saturating_sub(invited) as f64 / 1e6)
            .with_context(|| format!("no {what} was seen"))
    };
    Ok(Setup {
        ringing_ms: since(progress.ringing, "180 or 183")?,
        answered_ms: since(progress.answered, "200")?,
        far_ringing_ms: ms(far.alert),
        far_answered_ms: ms(far.answer),
    })
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn worker(counters: &Counters) -> Worker {
    let us = |name: &str| counters.get(&format!("media.worker0.latency_{name}_ns")) as f64 / 1e3;
    Worker {
        p50_us: us("p50"),
        p99_us: us("p99"),
        p999_us: us("p999"),
        max_us: us("max"),
    }
}
