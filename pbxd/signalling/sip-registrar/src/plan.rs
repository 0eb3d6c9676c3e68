// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a request would do to an address's bindings, worked out before anything is done.

use core::time::Duration;
use std::sync::Arc;

use sip_msg::Uri;

use crate::binding::Binding;
use crate::config::{Config, Overflow};
use crate::output::Cause;
use crate::register::{ContactSet, OfferedContact, Register};

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    TooBrief,
    OutOfOrder,
    FirstHop,
    SeveralWithFlow,
    TooMany,
}

/// One step of the plan.
#[derive(Debug)]
pub(crate) enum Step {
    /// Add, or put in the place of the binding of the same id.
    Put(Box<Binding>, Cause),
    /// Take away.
    Remove(u64, Cause),
}

/// What is to be done, and whether outbound is in use.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) outbound: bool,
}

struct Draft {
    binding: Binding,
    /// Not yet in the table.
    new: bool,
    cause: Option<Cause>,
}

impl Draft {
    fn is_gone(&self) -> bool {
        self.cause.is_some_and(|c| !c.is_active())
    }
}

/// Works out a request against the bindings there are. `next_id` gives ids to new ones.
pub(crate) fn plan(
    config: &Config,
    now: Duration,
    request: &Register,
    present: &[Arc<Binding>],
    next_id: &mut u64,
) -> Result<Plan, Refusal> {
    let mut drafts: Vec<Draft> = present
        .iter()
        .map(|binding| Draft {
            binding: Binding::clone(binding),
            new: false,
            cause: None,
        })
        .collect();
    let mut outbound = false;
    match &request.contacts {
        ContactSet::Query => {}
        ContactSet::All => {
            for draft in &mut drafts {
                in_order(request, &draft.binding)?;
                draft.cause = Some(Cause::Unregistered);
            }
        }
        ContactSet::Listed(contacts) => {
            for contact in contacts {
                let with_flow = is_outbound(request, contact)?;
                outbound |= with_flow;
                // One request comes over one flow, and that is one contact's.
                if with_flow && registering(request, contacts) > 1 {
                    return Err(Refusal::SeveralWithFlow);
                }
                one(
                    config,
                    now,
                    request,
                    contact,
                    with_flow,
                    &mut drafts,
                    next_id,
                )?;
            }
        }
    }
    make_room(config, &mut drafts)?;
    Ok(Plan {
        steps: steps(drafts),
        outbound,
    })
}

/// A request may change a binding made under its Call-ID only if it is younger.
fn in_order(request: &Register, binding: &Binding) -> Result<(), Refusal> {
    if *binding.call_id == *request.call_id && request.cseq <= binding.cseq {
        return Err(Refusal::OutOfOrder);
    }
    Ok(())
}

/// How many contacts a request registers, rather than takes away.
fn registering(request: &Register, contacts: &[OfferedContact]) -> usize {
    contacts
        .iter()
        .filter(|c| c.expires.or(request.expires) != Some(0))
        .count()
}

/// Whether a contact is registered with its flow (RFC 5626).
fn is_outbound(request: &Register, contact: &OfferedContact) -> Result<bool, Refusal> {
    if contact.reg_id.is_none() || contact.instance.is_none() || !request.supports("outbound") {
        return Ok(false);
    }
    if request.first_hop_keeps_flows() {
        return Ok(true);
    }
    // Directly over a flow that nobody keeps: an ordinary registration will do.
    if request.direct && request.path.is_empty() {
        return Ok(false);
    }
    Err(Refusal::FirstHop)
}

fn lifetime(
    config: &Config,
    request: &Register,
    contact: &OfferedContact,
) -> Result<Duration, Refusal> {
    let asked = contact.expires.or(request.expires);
    let Some(asked) = asked.map(|s| Duration::from_secs(s.into())) else {
        return Ok(config.default_expires);
    };
    if asked.is_zero() {
        return Ok(asked);
    }
    if asked < config.min_expires {
        return Err(Refusal::TooBrief);
    }
    Ok(asked.min(config.max_expires))
}

fn one(
    config: &Config,
    now: Duration,
    request: &Register,
    contact: &OfferedContact,
    with_flow: bool,
    drafts: &mut Vec<Draft>,
    next_id: &mut u64,
) -> Result<(), Refusal> {
    let lifetime = lifetime(config, request, contact)?;
    let instance = contact.instance.as_deref();
    let text = contact.uri.to_string();
    let found = drafts.iter().position(|draft| {
        let there = &draft.binding;
        if draft.is_gone() {
            return false;
        }
        if with_flow {
            there.instance.as_deref() == instance && there.reg_id == contact.reg_id
        } else {
            there.reg_id.is_none() && same_uri(&there.uri, &text, &contact.uri)
        }
    });
    if let Some(draft) = found.and_then(|at| drafts.get(at)) {
        // The same contact twice in one request: the last one holds.
        if draft.cause.is_none() {
            in_order(request, &draft.binding)?;
        }
    }
    if lifetime.is_zero() {
        if let Some(draft) = found.and_then(|at| drafts.get_mut(at)) {
            draft.cause = Some(Cause::Unregistered);
        }
        return Ok(());
    }
    if config.replace_same_instance && !with_flow && instance.is_some() {
        for (at, draft) in drafts.iter_mut().enumerate() {
            let there = &draft.binding;
            let ghost = Some(at) != found
                && draft.cause.is_none()
                && there.reg_id.is_none()
                && there.instance.as_deref() == instance
                && !is_named(request, there);
            if ghost {
                in_order(request, there)?;
                draft.cause = Some(Cause::Replaced);
            }
        }
    }
    let old = found.and_then(|at| drafts.get(at));
    let new = old.is_none_or(|d| d.new);
    let id = match old {
        Some(draft) => draft.binding.id,
        None => {
            *next_id = next_id.saturating_add(1);
            *next_id
        }
    };
    let binding = Binding {
        id,
        aor: request.aor.clone(),
        uri: text.into(),
        instance: instance.map(Into::into),
        reg_id: contact.reg_id.filter(|_| with_flow),
        q: contact.q,
        params: contact.params.as_str().into(),
        path: request.path.iter().map(|hop| hop.as_str().into()).collect(),
        call_id: request.call_id.as_str().into(),
        cseq: request.cseq,
        user_agent: request.user_agent.as_str().into(),
        created: old.map_or(now, |d| d.binding.created),
        refreshed: now,
        expires: now.saturating_add(lifetime),
        flow: request.flow,
    };
    let draft = Draft {
        binding,
        new,
        cause: Some(if new {
            Cause::Created
        } else {
            Cause::Refreshed
        }),
    };
    match found.and_then(|at| drafts.get_mut(at)) {
        Some(place) => *place = draft,
        None => drafts.push(draft),
    }
    Ok(())
}

/// Whether the request speaks of a binding itself.
fn is_named(request: &Register, binding: &Binding) -> bool {
    match &request.contacts {
        ContactSet::Listed(contacts) => contacts
            .iter()
            .any(|c| same_uri(&binding.uri, &c.uri.to_string(), &c.uri)),
        ContactSet::Query | ContactSet::All => false,
    }
}

fn same_uri(stored: &str, text: &str, uri: &Uri) -> bool {
    stored == text || Uri::parse(stored).is_ok_and(|stored| stored.equivalent(uri))
}

/// Keeps an address within its bound.
fn make_room(config: &Config, drafts: &mut [Draft]) -> Result<(), Refusal> {
    let limit = config.limits.contacts_per_aor;
    loop {
        let staying = drafts.iter().filter(|d| !d.is_gone()).count();
        let grows = drafts.iter().any(|d| d.new && !d.is_gone());
        // A table restored under a smaller limit may be refreshed, but not grow.
        if staying <= limit || !grows {
            return Ok(());
        }
        let oldest = drafts
            .iter_mut()
            .filter(|d| d.cause.is_none())
            .min_by_key(|d| (d.binding.refreshed, d.binding.id));
        match (config.overflow, oldest) {
            (Overflow::ReplaceOldest, Some(draft)) => draft.cause = Some(Cause::Replaced),
            _ => return Err(Refusal::TooMany),
        }
    }
}

/// Removals first, so that a full table has room for what takes their place.
fn steps(drafts: Vec<Draft>) -> Vec<Step> {
    let (gone, staying): (Vec<Draft>, Vec<Draft>) = drafts
        .into_iter()
        .filter(|draft| draft.cause.is_some())
        .partition(Draft::is_gone);
    let removals = gone
        .into_iter()
        .filter(|draft| !draft.new)
        .filter_map(|draft| Some(Step::Remove(draft.binding.id, draft.cause?)));
    let puts = staying
        .into_iter()
        .filter_map(|draft| Some(Step::Put(Box::new(draft.binding), draft.cause?)));
    removals.chain(puts).collect()
}
