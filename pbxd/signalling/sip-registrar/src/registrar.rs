// SPDX-License-Identifier: MIT OR Apache-2.0
//! The registrar.

use core::time::Duration;
use std::collections::VecDeque;
use std::sync::Arc;

use sip_msg::Header;

use crate::aor::Aor;
use crate::binding::Binding;
use crate::config::Config;
use crate::counters::Counters;
use crate::error::ConfigError;
use crate::output::{Cause, Change, Event, Output};
use crate::plan::{Plan, Refusal, Step, plan};
use crate::register::{ContactSet, Register};
use crate::reply::Reply;
use crate::table::Table;

/// Option tags that we have.
const SUPPORTED: [&str; 3] = ["path", "outbound", "gruu"];
/// Contacts that one call of `handle_timeout` lets expire; the next call goes on.
const EXPIRED_AT_ONCE: usize = 10_000;

/// A registrar and its table. See the crate's documentation for how to drive it.
#[derive(Debug)]
pub struct Registrar {
    pub(crate) config: Config,
    pub(crate) table: Table,
    pub(crate) next_id: u64,
    outputs: VecDeque<Output>,
    pub(crate) counters: Counters,
}

impl Registrar {
    /// A registrar with an empty table.
    ///
    /// # Errors
    /// [`ConfigError`] naming what is wrong.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            config,
            table: Table::default(),
            next_id: 0,
            outputs: VecDeque::new(),
            counters: Counters::default(),
        })
    }

    /// Puts another configuration in force. What is registered stays.
    ///
    /// # Errors
    /// [`ConfigError`], and the old configuration stays in force.
    pub fn reconfigure(&mut self, config: Config) -> Result<(), ConfigError> {
        config.check()?;
        self.config = config;
        Ok(())
    }

    /// Serves a request: changes the table as it asks, or not at all.
    pub fn register(&mut self, now: Duration, request: &Register) -> Reply {
        if self.outputs.len() >= self.config.limits.outputs {
            self.counters.congested += 1;
            return Reply::new(503, "Service Unavailable").with(Header::RetryAfter, 5);
        }
        let missing: Vec<&str> = request
            .require
            .iter()
            .map(String::as_str)
            .filter(|tag| !SUPPORTED.iter().any(|s| s.eq_ignore_ascii_case(tag)))
            .collect();
        if !missing.is_empty() {
            self.counters.bad_extension += 1;
            return Reply::new(420, "Bad Extension").with(Header::Unsupported, missing.join(", "));
        }
        self.expire_of(now, &request.aor);
        let present: Vec<Arc<Binding>> = self.table.of(&request.aor).cloned().collect();
        let mut next_id = self.next_id;
        let plan = match plan(&self.config, now, request, &present, &mut next_id) {
            Ok(plan) => plan,
            Err(refusal) => return self.refuse(refusal),
        };
        if self.table.len() + growth(&plan, &present) > self.config.limits.contacts {
            self.counters.table_full += 1;
            return Reply::new(503, "Service Unavailable").with(Header::RetryAfter, 60);
        }
        self.next_id = next_id;
        for step in plan.steps {
            match step {
                Step::Remove(id, cause) => self.remove_one(id, cause),
                Step::Put(binding, cause) => self.put(Arc::new(*binding), cause),
            }
        }
        self.counters.served += 1;
        if request.contacts == ContactSet::Query {
            self.counters.queries += 1;
        }
        self.ok(now, request, plan.outbound)
    }

    fn refuse(&mut self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::TooBrief => {
                self.counters.too_brief += 1;
                Reply::new(423, "Interval Too Brief")
                    .with(Header::MinExpires, self.config.min_expires.as_secs())
            }
            Refusal::OutOfOrder => {
                self.counters.out_of_order += 1;
                Reply::new(500, "CSeq Out Of Order")
            }
            Refusal::FirstHop => {
                self.counters.first_hop_lacks_outbound += 1;
                Reply::new(439, "First Hop Lacks Outbound Support")
            }
            Refusal::SeveralWithFlow => {
                self.counters.several_with_flow += 1;
                Reply::new(400, "reg-id With Several Contacts")
            }
            Refusal::TooMany => {
                self.counters.too_many_contacts += 1;
                Reply::new(403, "Too Many Contacts")
            }
        }
    }

    fn ok(&self, now: Duration, request: &Register, outbound: bool) -> Reply {
        let mut reply = Reply::new(200, "OK");
        let gruu = request.supports("gruu");
        for binding in self.table.of(&request.aor) {
            reply.push("Contact", contact(now, binding, gruu));
        }
        for hop in &request.path {
            reply.push("Path", hop.clone());
        }
        for hop in &self.config.service_route {
            reply.push("Service-Route", hop.clone());
        }
        reply.push("Supported", SUPPORTED.join(", "));
        if outbound {
            reply.push("Require", "outbound".to_string());
            if let Some(timer) = self.config.flow_timer {
                reply.push("Flow-Timer", timer.as_secs().to_string());
            }
        }
        reply
    }

    /// Takes away one contact, by the operator's wish. `false` if there is none of that id.
    pub fn remove(&mut self, id: u64) -> bool {
        let there = self.table.get(id).is_some();
        self.remove_one(id, Cause::Deactivated);
        there
    }

    /// Takes away all contacts of an address, by the operator's wish; gives how many.
    pub fn remove_all(&mut self, aor: &Aor) -> usize {
        let ids: Vec<u64> = self.table.of(aor).map(|b| b.id).collect();
        for id in &ids {
            self.remove_one(*id, Cause::Deactivated);
        }
        ids.len()
    }

    /// A connection is closed: the contacts that came over it cannot be reached any more.
    /// Gives how many went.
    pub fn flow_lost(&mut self, connection: u64) -> usize {
        let ids = self.table.on_connection(connection);
        for id in &ids {
            self.remove_one(*id, Cause::FlowLost);
        }
        ids.len()
    }

    /// When [`Registrar::handle_timeout`] wants to be called, if at all.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.table.next_expiry()
    }

    /// Lets contacts expire whose time has come, up to a bound: call it again while
    /// [`Registrar::poll_timeout`] is not after `now`.
    pub fn handle_timeout(&mut self, now: Duration) {
        for _ in 0..EXPIRED_AT_ONCE {
            match self.table.due(now) {
                Some(id) => self.remove_one(id, Cause::Expired),
                None => return,
            }
        }
    }

    /// The next output, until there is none.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Outputs not yet taken.
    pub fn pending_outputs(&self) -> usize {
        self.outputs.len()
    }

    /// What was seen so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Contacts there are.
    pub fn contacts(&self) -> usize {
        self.table.len()
    }

    /// Addresses of record that have a contact.
    pub fn addresses(&self) -> usize {
        self.table.addresses()
    }

    /// Every contact, in the order of ids: what storage should hold once all outputs are
    /// taken.
    pub fn bindings(&self) -> impl Iterator<Item = &Arc<Binding>> {
        self.table.all()
    }

    /// The contacts of one address, expired ones included that nobody has taken away yet.
    pub fn bindings_of(&self, aor: &Aor) -> impl Iterator<Item = &Arc<Binding>> {
        self.table.of(aor)
    }

    pub(crate) fn push_output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    fn expire_of(&mut self, now: Duration, aor: &Aor) {
        let due: Vec<u64> = self
            .table
            .of(aor)
            .filter(|b| b.expires <= now)
            .map(|b| b.id)
            .collect();
        for id in due {
            self.remove_one(id, Cause::Expired);
        }
    }

    fn put(&mut self, binding: Arc<Binding>, cause: Cause) {
        match cause {
            Cause::Created => self.counters.created += 1,
            _ => self.counters.refreshed += 1,
        }
        self.table.put(binding.clone());
        self.tell(Change::Put(binding.clone()), binding, cause);
    }

    fn remove_one(&mut self, id: u64, cause: Cause) {
        let Some(binding) = self.table.remove(id) else {
            return;
        };
        let counters = &mut self.counters;
        *match cause {
            Cause::Unregistered => &mut counters.unregistered,
            Cause::Replaced => &mut counters.replaced,
            Cause::Deactivated => &mut counters.deactivated,
            Cause::FlowLost => &mut counters.flows_lost,
            Cause::Expired | Cause::Created | Cause::Refreshed => &mut counters.expired,
        } += 1;
        self.tell(Change::Delete { id }, binding, cause);
    }

    fn tell(&mut self, change: Change, binding: Arc<Binding>, cause: Cause) {
        let event = Event {
            aor: binding.aor.clone(),
            remaining: self.table.count(&binding.aor),
            binding,
            cause,
        };
        self.outputs.push_back(Output { change, event });
    }
}

/// By how many contacts a plan makes the table larger.
fn growth(plan: &Plan, present: &[Arc<Binding>]) -> usize {
    let is_there = |id: u64| present.iter().any(|b| b.id == id);
    let added = plan.steps.iter().filter(|s| match s {
        Step::Put(binding, _) => !is_there(binding.id),
        Step::Remove(..) => false,
    });
    let removed = plan.steps.iter().filter(|s| matches!(s, Step::Remove(..)));
    added.count().saturating_sub(removed.count())
}

/// A Contact value of a response.
fn contact(now: Duration, binding: &Binding, gruu: bool) -> String {
    let left = binding.expires.saturating_sub(now);
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    let mut text = format!("<{}>", binding.uri);
    if binding.q < 1_000 {
        text += &format!(";q=0.{:03}", binding.q);
    }
    if let Some(instance) = &binding.instance {
        text += &format!(";+sip.instance={}", sip_msg::quote(instance));
    }
    if let Some(reg_id) = binding.reg_id {
        text += &format!(";reg-id={reg_id}");
    }
    if let Some(gruu) = binding.pub_gruu().filter(|_| gruu) {
        text += &format!(";pub-gruu={}", sip_msg::quote(&gruu));
    }
    text += &binding.params;
    text + &format!(";expires={seconds}")
}
