//! A customer as the API shows them.

use serde::Serialize;
use std::collections::BTreeSet;
use usher_agent::privacy::Customer;
use utoipa::ToSchema;

/// A customer: one who proved who they are, with all their sessions, or one session of somebody who didn't.
#[derive(Serialize, ToSchema)]
#[schema(as = Customer)]
pub(in crate::api) struct CustomerView {
    /// The pseudonym by which the audit shows them: `c_…`, or `s_…` of a session.
    id: String,
    /// They proved who they are. Where they didn't, addresses and names are what somebody typed.
    proved: bool,
    /// The shop's own ids of them.
    shop_ids: BTreeSet<String>,
    /// In lower case.
    emails: BTreeSet<String>,
    /// E.164.
    phones: BTreeSet<String>,
    names: BTreeSet<String>,
    sessions: usize,
    conversations: usize,
    /// Messages in these, of everybody.
    messages: u64,
    tickets: usize,
    /// When the first session was opened (RFC 3339).
    #[schema(format = DateTime)]
    first_seen: String,
    /// When something was last said (RFC 3339).
    #[schema(format = DateTime)]
    last_seen: String,
    /// Nothing that was said, and nothing of who they are, is kept any more.
    erased: bool,
}

impl From<Customer> for CustomerView {
    fn from(customer: Customer) -> Self {
        Self {
            proved: customer.is_proved(),
            id: customer.id,
            shop_ids: customer.shop_ids,
            emails: customer.emails,
            phones: customer.phones,
            names: customer.names,
            sessions: customer.sessions.len(),
            conversations: customer.conversations.len(),
            messages: customer.messages,
            tickets: customer.tickets.len(),
            first_seen: customer.first_seen.to_string(),
            last_seen: customer.last_seen.to_string(),
            erased: customer.erased,
        }
    }
}
