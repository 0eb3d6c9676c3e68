// SPDX-License-Identifier: MIT OR Apache-2.0
//! All transactions of an endpoint, and how messages find theirs.

use std::collections::BTreeMap;

use sip_msg::{Mandatory, Message, Method};

use super::machine::Transaction;
use super::{Kind, TransactionId};

/// What identifies the server transaction of a request (RFC 3261, matching requests to
/// server transactions): the branch, the sender and the method; for a sender that puts
/// no branch of RFC 3261 into its Via, what RFC 2543 had. `method` stands in for the
/// request's own, so that an ACK or a CANCEL finds its INVITE.
pub(crate) fn server_key(message: &Message, head: &Mandatory, method: &Method) -> String {
    let method = if *method == Method::Ack {
        &Method::Invite
    } else {
        method
    };
    match head.via.transaction_branch() {
        Some(branch) => {
            let host = head.via.host.to_string().to_ascii_lowercase();
            let port = head.via.port.unwrap_or(5060);
            format!("{branch}\n{host}\n{port}\n{method}")
        }
        None => format!(
            "\n{}\n{}\n{}\n{}\n{}\n{method}",
            message.request_uri_text().unwrap_or_default(),
            head.from.tag().unwrap_or_default(),
            head.call_id,
            head.cseq.number,
            message
                .list(sip_msg::Header::Via)
                .first()
                .map(String::as_str)
                .unwrap_or_default(),
        ),
    }
}

/// What the copies of a request that came over several paths have in common.
pub(crate) fn merge_key(head: &Mandatory) -> String {
    format!(
        "{}\n{}\n{}",
        head.call_id,
        head.from.tag().unwrap_or_default(),
        head.cseq
    )
}

#[derive(Debug, Default)]
pub(crate) struct Transactions {
    next: u64,
    all: BTreeMap<TransactionId, (Transaction, Keys)>,
    clients: BTreeMap<String, TransactionId>,
    servers: BTreeMap<String, TransactionId>,
    merges: BTreeMap<String, TransactionId>,
}

/// Under which names a transaction is found.
#[derive(Debug)]
struct Keys {
    main: String,
    merge: Option<String>,
}

/// A CANCEL has its INVITE's branch and is a transaction of its own.
fn client_key(branch: &str, method: &Method) -> String {
    format!("{branch}\n{method}")
}

impl Transactions {
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    fn insert(&mut self, transaction: Transaction, keys: Keys) -> TransactionId {
        self.next += 1;
        let id = TransactionId(self.next);
        match transaction.kind {
            Kind::ClientInvite | Kind::ClientOther => {
                self.clients.insert(keys.main.clone(), id);
            }
            Kind::ServerInvite | Kind::ServerOther => {
                self.servers.insert(keys.main.clone(), id);
                if let Some(merge) = &keys.merge {
                    self.merges.entry(merge.clone()).or_insert(id);
                }
            }
        }
        self.all.insert(id, (transaction, keys));
        id
    }

    pub(crate) fn insert_client(
        &mut self,
        transaction: Transaction,
        branch: &str,
        method: &Method,
    ) -> TransactionId {
        let main = client_key(branch, method);
        self.insert(transaction, Keys { main, merge: None })
    }

    pub(crate) fn insert_server(
        &mut self,
        transaction: Transaction,
        key: String,
        merge: Option<String>,
    ) -> TransactionId {
        self.insert(transaction, Keys { main: key, merge })
    }

    pub(crate) fn get(&self, id: TransactionId) -> Option<&Transaction> {
        self.all.get(&id).map(|(t, _)| t)
    }

    pub(crate) fn get_mut(&mut self, id: TransactionId) -> Option<&mut Transaction> {
        self.all.get_mut(&id).map(|(t, _)| t)
    }

    pub(crate) fn client(&self, branch: &str, method: &Method) -> Option<TransactionId> {
        self.clients.get(&client_key(branch, method)).copied()
    }

    pub(crate) fn server(&self, key: &str) -> Option<TransactionId> {
        self.servers.get(key).copied()
    }

    /// Whether a request with the same Call-ID, From tag and CSeq is being served.
    pub(crate) fn is_merged(&self, key: &str) -> bool {
        self.merges.contains_key(key)
    }

    pub(crate) fn remove(&mut self, id: TransactionId) {
        let Some((transaction, keys)) = self.all.remove(&id) else {
            return;
        };
        match transaction.kind {
            Kind::ClientInvite | Kind::ClientOther => {
                self.clients.remove(&keys.main);
            }
            Kind::ServerInvite | Kind::ServerOther => {
                self.servers.remove(&keys.main);
                if let Some(merge) = keys.merge {
                    if self.merges.get(&merge) == Some(&id) {
                        self.merges.remove(&merge);
                    }
                }
            }
        }
    }
}
