//! Lets it happen.

use super::helpdesk::{CONNECTOR, Helpdesk};
use super::invariants;
use super::step::{CUSTOMERS, Step};
use crate::shop::{ADA, BEN, Customer, Shop, typed};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use usher_agent::conversation::{Body, Owner};
use usher_agent::desk::{DeskError, HandTo, NewReply, Ticket};
use usher_agent::handoff::{HandoffMethod, HandoffSettings};
use usher_agent::ids::ConversationId;
use usher_agent::store::{Incoming, Store as _};
use usher_host::skill::Channel;

/// A script as it is played.
pub(super) struct Play<'a> {
    pub(super) shop: &'a Shop,
    pub(super) customers: Vec<Customer<'a>>,
    pub(super) helpdesk: Helpdesk,
    /// What was taken, by the name of its sender.
    pub(super) taken: Mutex<BTreeSet<(ConversationId, String)>>,
    names: AtomicU64,
}

const PATIENCE: Duration = Duration::from_secs(20);

impl<'a> Play<'a> {
    /// Plays a script, and says what came of it: the changes of all tickets, by kind.
    pub(super) async fn script(script: &[Step]) -> Result<Vec<String>, String> {
        let shop = Shop::open().await;
        shop.set(|settings| settings.ask_rating = true).await;
        let mut customers = Vec::new();
        for at in 0..CUSTOMERS {
            let channel = if at == 1 { Channel::Sms } else { Channel::Webchat };
            customers.push(shop.customer_on(channel).await);
        }
        let (helpdesk, taken, names) = Default::default();
        let play = Play { shop: &shop, customers, helpdesk, taken, names };
        for (number, step) in script.iter().enumerate() {
            let before = invariants::Before::read(&play).await;
            let during = format!("step {number}, {step:?}");
            play.step(step).await.map_err(|error| format!("{during}: {error}"))?;
            play.settled().await.map_err(|error| format!("{during}: {error}"))?;
            invariants::hold(&play, before, step).await.map_err(|error| format!("{during}: {error}"))?;
        }
        play.helpdesk.file(&shop, super::step::Fault::None).await?;
        invariants::hold_at_the_end(&play).await?;
        Ok(play.changes().await)
    }

    async fn changes(&self) -> Vec<String> {
        let mut kinds = Vec::new();
        for customer in &self.customers {
            for ticket in customer.tickets().await {
                for what in self.shop.history(ticket.id).await {
                    let what = serde_json::to_value(what).unwrap();
                    let to = what["to"].as_str().map(|to| format!(" {to}")).unwrap_or_default();
                    kinds.push(format!("{}{to}", what["kind"].as_str().unwrap()));
                }
            }
        }
        kinds
    }

    async fn step(&self, step: &Step) -> Result<(), String> {
        match step {
            Step::Both(one, other) => {
                let (one, other) = tokio::join!(self.alone(one), self.alone(other));
                one.and(other)
            }
            Step::WriteAndEnd { at } => {
                let customer = &self.customers[*at];
                let incoming = self.incoming(customer, typed("Anybody?"));
                self.note_taken(customer, &incoming.client_id);
                self.shop.store().accept(incoming).await.map_err(|error| error.to_string())?;
                self.shop.restart().await;
                Ok(())
            }
            Step::Restart => {
                self.shop.restart().await;
                Ok(())
            }
            step => self.alone(step).await,
        }
    }

    async fn alone(&self, step: &Step) -> Result<(), String> {
        let desk = self.shop.desk();
        let ticket = async |at: &usize| self.customers[*at].tickets().await.pop();
        let done = match step {
            Step::Write { at, text, twice } => {
                return self.write(&self.customers[*at], typed(text), *twice).await;
            }
            Step::Press { at, place } => {
                let customer = &self.customers[*at];
                let messages = customer.messages().await;
                let button = messages.iter().rev().find_map(|message| match &message.body {
                    Body::Rating { .. } => message.body.pressed(*place),
                    Body::Handoff { .. } => message.body.pressed(0),
                    _ => None,
                });
                return match button {
                    Some(button) => self.write(customer, button, false).await,
                    None => Ok(()),
                };
            }
            Step::Pass { minutes } => {
                self.shop.pass(SignedDuration::from_mins(*minutes));
                for person in [ADA, BEN] {
                    desk.seen(person).await.map_err(|error| error.to_string())?;
                }
                desk.tick(self.shop.now()).await
            }
            Step::Method { connector: chosen } => {
                let connector = HandoffMethod::Connector { connector: CONNECTOR.parse().unwrap() };
                let method = if *chosen { connector } else { HandoffMethod::BuiltIn };
                let settings = HandoffSettings { method, ..HandoffSettings::default() };
                self.shop.agent().settings().put(settings, "operator:test").await.unwrap();
                Ok(())
            }
            Step::File { fault } => return self.helpdesk.file(self.shop, *fault).await,
            Step::Availability { who, availability } => {
                desk.set_availability(who, *availability, None, who).await.map(drop)
            }
            Step::ShiftEnd { who } => desk.shift_end(who, HandTo::Team, who).await.map(drop),
            Step::TakeOver { at, by } => desk.take_over(self.customers[*at].conversation, by).await.map(drop),
            Step::Relay { at, times } => {
                let Some(ticket) = ticket(at).await else { return Ok(()) };
                return self.relay(&ticket, *times).await;
            }
            Step::Reply { at, by, then, careful, twice } => {
                let Some(ticket) = ticket(at).await else { return Ok(()) };
                let seen = self.customers[*at].last().await.seq;
                let client_id = self.name("reply");
                let text = format!("({client_id})");
                let reply = NewReply { text, client_id, seen_seq: careful.then_some(seen), then: *then };
                return self.reply(&ticket, by, reply, *twice).await;
            }
            Step::Note { at, by } => match ticket(at).await {
                Some(ticket) => desk.note(ticket.id, by, "@ben, see above").await.map(drop),
                None => Ok(()),
            },
            Step::Claim { at, by } => match ticket(at).await {
                Some(ticket) => desk.claim(ticket.id, by).await.map(drop),
                None => Ok(()),
            },
            Step::State { at, by, state } => match ticket(at).await {
                Some(ticket) => desk.set_state(ticket.id, *state, by).await.map(drop),
                None => Ok(()),
            },
            Step::HandBack { at, by } => match ticket(at).await {
                Some(ticket) => desk.hand_back(ticket.id, by).await.map(drop),
                None => Ok(()),
            },
            Step::Assign { at, by, to } => match ticket(at).await {
                Some(ticket) => desk.assign(ticket.id, *to, None, by).await.map(drop),
                None => Ok(()),
            },
            Step::Snooze { at, by, minutes } => match ticket(at).await {
                Some(ticket) => {
                    let until = minutes.map(|minutes| self.shop.now() + SignedDuration::from_mins(minutes));
                    desk.snooze(ticket.id, until, by).await.map(drop)
                }
                None => Ok(()),
            },
            Step::Merge { at, into, by } => match (ticket(at).await, ticket(into).await) {
                (Some(from), Some(into)) => desk.merge(from.id, into.id, by).await.map(drop),
                _ => Ok(()),
            },
            Step::WriteAndEnd { .. } | Step::Restart | Step::Both(..) => unreachable!("not side by side"),
        };
        refused_at_most(done)
    }

    fn name(&self, kind: &str) -> String {
        format!("{kind}-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    fn incoming(&self, customer: &Customer<'_>, body: Body) -> Incoming {
        Incoming { conversation: customer.conversation, client_id: self.name("written"), body, page_url: None }
    }

    fn note_taken(&self, customer: &Customer<'_>, name: &str) {
        self.taken.lock().unwrap().insert((customer.conversation, name.to_owned()));
    }

    async fn write(&self, customer: &Customer<'_>, body: Body, twice: bool) -> Result<(), String> {
        let incoming = self.incoming(customer, body);
        self.note_taken(customer, &incoming.client_id);
        let agent = self.shop.agent();
        if twice {
            let (one, other) = tokio::join!(agent.receive(incoming.clone()), agent.receive(incoming));
            one.and(other).map(drop).map_err(|error| error.to_string())
        } else {
            agent.receive(incoming).await.map(drop).map_err(|error| error.to_string())
        }
    }

    async fn reply(&self, ticket: &Ticket, by: &str, reply: NewReply, twice: bool) -> Result<(), String> {
        let desk = self.shop.desk();
        let name = reply.client_id.clone();
        let first = desk.reply(ticket.id, by, reply.clone()).await;
        let second = if twice { Some(desk.reply(ticket.id, by, reply).await) } else { None };
        for sent in [Some(first), second].into_iter().flatten() {
            if sent.is_ok() {
                self.taken.lock().unwrap().insert((ticket.conversation, name.clone()));
            }
            refused_at_most(sent.map(drop))?;
        }
        Ok(())
    }

    async fn relay(&self, ticket: &Ticket, times: usize) -> Result<(), String> {
        let name = self.name("remote");
        for _ in 0..times {
            if self.helpdesk.answer(self.shop, ticket, &name, &format!("({name})")).await? {
                let name = format!("helpdesk:{CONNECTOR}:{name}");
                self.taken.lock().unwrap().insert((ticket.conversation, name));
            }
        }
        Ok(())
    }

    /// Waits until the assistant has answered what waits for it, and the desk knows what was written to people.
    async fn settled(&self) -> Result<(), String> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let store = self.shop.store();
            let waiting = store.waiting().await.unwrap();
            let mut unknown = store.unknown_messages().await.unwrap();
            for customer in &self.customers {
                if customer.owner().await == Owner::Assistant {
                    unknown.retain(|id| *id != customer.conversation);
                }
            }
            if waiting.is_empty() && unknown.is_empty() {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                return Err(format!("{waiting:?} wait for an answer, and the desk doesn't know of {unknown:?}"));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// A person may be refused, and is told why. The store never says so.
fn refused_at_most(done: Result<(), DeskError>) -> Result<(), String> {
    match done {
        Err(DeskError::Store(error)) => Err(format!("the store said: {error}")),
        _ => Ok(()),
    }
}
