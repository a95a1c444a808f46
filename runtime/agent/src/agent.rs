//! The agent: takes messages in, sees to it that each is answered once, and tells those who listen.

use crate::brain::Brain;
use crate::conversation::{Identity, Message, Owner};
use crate::ids::{ConversationId, MessageId, SessionId};
use crate::knowledge::{Article, Knowledge};
use crate::store::{Accepted, Incoming, Store, StoreError};
use crate::texts::Language;
use crate::tools::Tools;
use crate::turn;
use arc_swap::ArcSwap;
use dashmap::DashMap;
use futures_util::FutureExt as _;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use usher_host::Host;
use usher_manifest::PluginId;

/// The shop, as the assistant speaks of it.
#[derive(Clone, Debug)]
pub struct ShopProfile {
    /// Its name.
    pub name: String,
    /// BCP 47: spoken where the customer's language isn't known.
    pub locale: String,
    /// The languages that it answers in.
    pub languages: Vec<Language>,
    /// IANA name.
    pub time_zone: String,
    /// `neutral`, `professional`, `friendly` or `playful`.
    pub voice: String,
    /// Hosts that a reply may link to, beside addresses that a tool returned.
    pub link_hosts: BTreeSet<String>,
}

/// What the customer is told where the assistant has no answer.
#[derive(Clone, Debug, Default)]
pub struct CustomMessage {
    /// By language (BCP 47, primary part); a language that isn't there gets the runtime's own text.
    pub text: BTreeMap<String, String>,
    /// Label and address: help centre, contact form.
    pub links: Vec<(String, String)>,
}

/// How the agent behaves.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// The shop.
    pub shop: ShopProfile,
    /// Where the assistant has no answer.
    pub handoff: CustomMessage,
    /// The skill that is asked where no skill fits.
    pub fallback_skill: Option<PluginId>,
    /// The operator's settings for skills.
    pub skill_settings: BTreeMap<PluginId, BTreeMap<String, String>>,
}

/// What happens in a conversation, for those who watch it.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A message was stored; its number. What it says is read from the store.
    Stored {
        /// The number of the latest message.
        seq: u64,
    },
    /// The assistant works on an answer, or has stopped.
    Typing {
        /// Which of the two.
        on: bool,
    },
    /// The owner changed.
    Owner(Owner),
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) host: Host,
    pub(crate) knowledge: Arc<Knowledge>,
    pub(crate) config: AgentConfig,
    pub(crate) brain: ArcSwap<Brain>,
    events: DashMap<ConversationId, broadcast::Sender<Event>>,
}

/// The agent. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Agent {
    inner: Arc<Inner>,
}

/// How long a turn waits before it is tried again where the store failed.
const RETRY: Duration = Duration::from_secs(2);
/// How often a turn that is under way says so.
const TYPING: Duration = Duration::from_secs(3);
/// How often an answer is offered to a failing store before its turn is given back.
const STORE_TRIES: u32 = 30;

impl Agent {
    /// Starts an agent over a host and a store. `tools` are those that the host was given, so that both look into
    /// the same knowledge.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn start(
        store: Arc<dyn Store>,
        host: Host,
        tools: &Tools,
        config: AgentConfig,
    ) -> Result<Self, StoreError> {
        tools.attach(&host);
        let knowledge = tools.knowledge();
        index(&knowledge, store.articles().await?).await;
        let brain = Brain::learn(&host.generation()).await;
        let inner = Arc::new(Inner {
            store,
            host,
            knowledge,
            config,
            brain: ArcSwap::from_pointee(brain),
            events: DashMap::new(),
        });
        tokio::spawn(keep_learning(Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// Answers what was cut off when the process last ended.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn resume(&self) -> Result<usize, StoreError> {
        let waiting = self.inner.store.waiting().await?;
        let count = waiting.len();
        waiting.into_iter().for_each(|id| self.wake(id));
        Ok(count)
    }

    /// Takes a message in: when this returns, it will be answered, whatever happens to the process.
    ///
    /// # Errors
    /// Where it could not be stored; then it was not taken.
    pub async fn receive(&self, incoming: Incoming) -> Result<Accepted, StoreError> {
        let id = incoming.conversation;
        let accepted = self.inner.store.accept(incoming).await?;
        if !accepted.duplicate {
            self.inner.tell(id, Event::Stored { seq: accepted.message.seq });
        }
        if accepted.turn_waits {
            self.wake(id);
        }
        Ok(accepted)
    }

    /// Signs a customer in, and answers what waited for it.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn sign_in(&self, session: SessionId, identity: Identity) -> Result<(), StoreError> {
        let waiting = self.inner.store.set_identity(session, Some(identity)).await?;
        waiting.into_iter().for_each(|id| self.wake(id));
        Ok(())
    }

    /// Signs a customer out.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn sign_out(&self, session: SessionId) -> Result<(), StoreError> {
        self.inner.store.set_identity(session, None).await.map(drop)
    }

    /// Changes who may write to the customer.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn set_owner(&self, id: ConversationId, owner: Owner) -> Result<Owner, StoreError> {
        let before = self.inner.store.set_owner(id, owner).await?;
        if before != owner {
            self.inner.tell(id, Event::Owner(owner));
        }
        Ok(before)
    }

    /// What happens in a conversation from now on. A listener that falls behind reads the store.
    #[must_use]
    pub fn events(&self, id: ConversationId) -> broadcast::Receiver<Event> {
        self.inner.events.entry(id).or_insert_with(|| broadcast::channel(64).0).subscribe()
    }

    /// Adds or replaces an article; the next search finds it.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn put_article(&self, article: Article) -> Result<(), StoreError> {
        self.inner.store.put_article(article.clone()).await?;
        index(&self.inner.knowledge, vec![article]).await;
        Ok(())
    }

    /// Removes an article; the next search doesn't find it.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn remove_article(&self, id: &str) -> Result<bool, StoreError> {
        let removed = self.inner.store.remove_article(id).await?;
        let (knowledge, id) = (self.inner.knowledge.clone(), id.to_owned());
        indexed(tokio::task::spawn_blocking(move || knowledge.remove(&id)).await);
        Ok(removed)
    }

    /// The shop's customer of a verified address.
    pub async fn customer_by_email(&self, email: &str) -> Option<usher_host::Customer> {
        crate::tools::lookup(&self.inner.host, crate::tools::CustomerKey::Email(email)).await
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.inner.host
    }

    /// The knowledge base.
    #[must_use]
    pub fn knowledge(&self) -> &Arc<Knowledge> {
        &self.inner.knowledge
    }

    /// How the agent behaves.
    #[must_use]
    pub fn config(&self) -> &AgentConfig {
        &self.inner.config
    }

    /// Sees to it that a conversation's waiting messages are answered. One worker at a time gets to claim a turn;
    /// a second one finds nothing to do, and the first looks again when it is done.
    fn wake(&self, id: ConversationId) {
        let inner = self.inner.clone();
        tokio::spawn(async move {
            loop {
                match inner.store.begin_turn(id).await {
                    Ok(Some(claimed)) => {
                        if !inner.answer(claimed).await {
                            tokio::time::sleep(RETRY).await;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!(conversation = %id, %error, "a waiting message could not be read");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        });
    }
}

impl Inner {
    /// Runs one turn and stores what it changed; false where it could not be stored and must be tried again.
    async fn answer(self: &Arc<Self>, claimed: crate::store::ClaimedTurn) -> bool {
        let (id, message) = (claimed.conversation.id, claimed.message.id);
        let mut run = std::pin::pin!(AssertUnwindSafe(turn::run(self, claimed)).catch_unwind());
        // Those who watch take an old sign of typing for a broken line, so it is given again and again.
        let mut typing = tokio::time::interval(TYPING);
        let finished = loop {
            tokio::select! {
                finished = &mut run => break finished,
                _ = typing.tick() => self.tell(id, Event::Typing { on: true }),
            }
        };
        let finished = match finished {
            Ok(finished) => finished,
            Err(_) => {
                tracing::error!(conversation = %id, "a turn ended the runtime's own code; it is tried again");
                self.give_back(id, message).await;
                return false;
            }
        };
        let mut stored = self.store.finish_turn(finished.clone()).await;
        // The claim is still ours then: the answer is stored as it is, and no tool is called a second time.
        for _ in 0..STORE_TRIES {
            match &stored {
                Err(error @ (StoreError::Full(_) | StoreError::Engine(_))) => {
                    tracing::error!(conversation = %id, %error, "an answer could not be stored; it is tried again");
                    tokio::time::sleep(RETRY).await;
                    stored = self.store.finish_turn(finished.clone()).await;
                }
                _ => break,
            }
        }
        self.tell(id, Event::Typing { on: false });
        match stored {
            Ok(replies) => {
                if let Some(Message { seq, .. }) = replies.last() {
                    self.tell(id, Event::Stored { seq: *seq });
                }
                true
            }
            // A person has taken over, or another worker: not ours to answer.
            Err(StoreError::NotOwner | StoreError::ClaimLost) => true,
            Err(error) => {
                tracing::error!(conversation = %id, %error, "an answer could not be stored; the turn runs again");
                self.give_back(id, message).await;
                false
            }
        }
    }

    async fn give_back(&self, id: ConversationId, message: MessageId) {
        if let Err(error) = self.store.abandon_turn(id, message).await {
            tracing::error!(conversation = %id, %error, "a turn could not be given back");
        }
    }

    fn tell(&self, id: ConversationId, event: Event) {
        let heard = self.events.get(&id).is_some_and(|sender| sender.send(event).is_ok());
        if !heard {
            self.events.remove_if(&id, |_, sender| sender.receiver_count() == 0);
        }
    }
}

/// Puts articles into the index, off the threads that answer.
async fn index(knowledge: &Arc<Knowledge>, articles: Vec<Article>) {
    let knowledge = knowledge.clone();
    indexed(tokio::task::spawn_blocking(move || knowledge.replace_all(&articles)).await);
}

fn indexed<T>(done: Result<T, tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(%error, "the articles could not be indexed; the next change of one mends it");
    }
}

/// Learns anew when skills come, change or go, off the threads that answer.
async fn keep_learning(inner: std::sync::Weak<Inner>) {
    let Some(mut changes) = inner.upgrade().map(|inner| inner.host.changes()) else { return };
    loop {
        let Some(strong) = inner.upgrade() else { return };
        let generation = strong.host.generation();
        if !strong.brain.load().knows(&generation) {
            strong.brain.store(Arc::new(Brain::learn(&generation).await));
            tracing::info!(
                generation = generation.number,
                skills = generation.skills.len(),
                "the router knows all skills"
            );
        }
        drop(strong);
        if changes.changed().await.is_err() {
            return;
        }
    }
}
