//! The agent: takes messages in, sees to it that each is answered once, and tells those who listen.

use crate::brain::Brain;
use crate::conversation::{Body, Identity, Message, Owner};
use crate::handoff::HandoffSettings;
use crate::ids::{ConversationId, MessageId, SessionId};
use crate::knowledge::{Article, Knowledge, KnowledgeChange};
use crate::settings::Settings;
use crate::skills::{Defaults, Hub, SkillRequest, Skills, Surroundings};
use crate::store::{Accepted, Incoming, Store, StoreError};
use crate::texts::Language;
use crate::tools::{Catalog, CatalogFetch, CatalogState, Tools};
use crate::turn::{self, Occasion};
use arc_swap::ArcSwap;
use dashmap::DashMap;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use usher_host::skill::Author;
use usher_host::{Entry, Host};
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
    /// What a greeting is answered with, by language; a language that isn't there gets the runtime's own text.
    pub greeting: BTreeMap<String, String>,
    /// Hosts that a reply may link to, beside addresses that a tool returned.
    pub link_hosts: BTreeSet<String>,
}

/// Tells the time; a test may set its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How the agent behaves.
#[derive(Clone)]
pub struct AgentConfig {
    /// The shop.
    pub shop: ShopProfile,
    /// How conversations are handed over, until an operator changes it.
    pub handoff: HandoffSettings,
    /// The skill that is asked where no skill fits.
    pub fallback_skill: Option<PluginId>,
    /// The operator's settings for skills, until others are filled in.
    pub skill_settings: BTreeMap<PluginId, BTreeMap<String, String>>,
    /// The customer hub, until it is switched.
    pub hub: Hub,
    /// Tells the time.
    pub clock: Clock,
}

/// What happens in a conversation, for those who watch it.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A message was stored; its number. What it says is read from the store.
    Stored {
        /// The number of the latest message.
        seq: u64,
    },
    /// An answer is being made or written, or no more.
    Typing {
        /// Which of the two.
        on: bool,
        /// Who does it.
        who: Author,
    },
    /// The owner changed.
    Owner(Owner),
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) host: Host,
    pub(crate) knowledge: Arc<Knowledge>,
    pub(crate) config: AgentConfig,
    /// Held while articles change, so that what is stored and what is searched stay the same.
    articles: tokio::sync::Mutex<()>,
    catalog: Arc<Catalog>,
    pub(crate) skills: Arc<Skills>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) brain: ArcSwap<Brain>,
    /// Told of every newly trained brain.
    pub(crate) learnt: watch::Sender<()>,
    events: DashMap<ConversationId, broadcast::Sender<Event>>,
}

/// The agent. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Agent {
    inner: Arc<Inner>,
}

/// How long a turn waits before it is tried again where the store failed.
const RETRY: Duration = Duration::from_secs(2);
/// So long a change of skills waits for the router to know it.
const LEARNING: Duration = Duration::from_secs(20);
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
        tools.attach(&host, &store);
        let knowledge = tools.knowledge();
        index(&knowledge, store.articles().await?).await;
        let defaults = Defaults { hub: config.hub.clone(), settings: config.skill_settings.clone() };
        let surroundings = Surroundings { topics: knowledge.topics(), catalog: tools.catalog_state() };
        let skills = Skills::start(store.clone(), host.clone(), defaults, surroundings).await?;
        let settings = Settings::start(store.clone(), config.handoff.clone()).await?;
        let brain = Brain::learn(&host.generation(), &skills.board()).await;
        let inner = Arc::new(Inner {
            store,
            host,
            knowledge,
            config,
            articles: tokio::sync::Mutex::default(),
            catalog: tools.catalog(),
            skills,
            settings,
            brain: ArcSwap::from_pointee(brain),
            learnt: watch::channel(()).0,
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

    /// What the catalogue holds and how its synchronising goes.
    #[must_use]
    pub fn catalog_state(&self) -> CatalogState {
        self.inner.catalog.state().borrow().clone()
    }

    /// Synchronises the catalogue at once; where a fetch is under way, again after it. False where no connected
    /// integration feeds it.
    #[must_use]
    pub fn sync_catalog(&self, kind: CatalogFetch) -> bool {
        self.inner.catalog.sync(kind)
    }

    /// Adds or replaces an article; the next search finds it.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn put_article(&self, article: Article) -> Result<(), StoreError> {
        self.change_knowledge(KnowledgeChange { articles: vec![article], ..KnowledgeChange::default() }).await
    }

    /// Changes articles as one; the next search sees all of it. Run to its end, for what is stored must be searched:
    /// a caller that may be dropped in between spawns it.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn change_knowledge(&self, change: KnowledgeChange) -> Result<(), StoreError> {
        let _change = self.inner.articles.lock().await;
        let removed = self.wholes(&change.removed).await?;
        let articles = change.articles.clone();
        self.inner.store.change_knowledge(change).await?;
        let knowledge = self.inner.knowledge.clone();
        indexed(tokio::task::spawn_blocking(move || knowledge.change_all(&removed, &articles)).await);
        Ok(())
    }

    /// Removes an article, or all of an upload; the next search doesn't find it. False where there was none.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn remove_article(&self, id: &str) -> Result<bool, StoreError> {
        let _change = self.inner.articles.lock().await;
        let parts = self.wholes(&[id.to_owned()]).await?;
        let removed = self.inner.store.remove_article(id).await?;
        self.forget(parts).await;
        Ok(removed)
    }

    /// Removes a source with all of its articles; false where there was none.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn remove_knowledge_source(&self, id: &str) -> Result<bool, StoreError> {
        let _change = self.inner.articles.lock().await;
        let parts = self.wholes(&[id.to_owned()]).await?;
        let removed = self.inner.store.remove_knowledge_source(id).await?;
        self.forget(parts).await;
        Ok(removed)
    }

    /// These ids, and those of their parts.
    async fn wholes(&self, ids: &[String]) -> Result<Vec<String>, StoreError> {
        let mut all = ids.to_vec();
        if !ids.is_empty() {
            let states = self.inner.store.article_states().await?;
            let parts =
                states.into_iter().filter(|state| state.part_of.as_ref().is_some_and(|whole| ids.contains(whole)));
            all.extend(parts.map(|state| state.id));
        }
        Ok(all)
    }

    async fn forget(&self, ids: Vec<String>) {
        let knowledge = self.inner.knowledge.clone();
        indexed(tokio::task::spawn_blocking(move || knowledge.change_all(&ids, &[])).await);
    }

    /// Asks for a skill, or changes what was asked for. When this returns, its questions are recognised.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn ask_for_skill(&self, request: SkillRequest, entry: Entry) -> Result<(), StoreError> {
        self.inner.skills.ask_for(request, entry).await?;
        self.know_all().await;
        Ok(())
    }

    /// Takes the request for a skill back; false where there was none.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn withdraw_skill_request(&self, id: &PluginId, entry: Entry) -> Result<bool, StoreError> {
        let removed = self.inner.skills.withdraw(id, entry).await?;
        self.know_all().await;
        Ok(removed)
    }

    /// Waits until the router knows the skills that there are, for a few seconds at most: it will in any case.
    async fn know_all(&self) {
        if tokio::time::timeout(LEARNING, self.inner.learnt()).await.is_err() {
            tracing::warn!("the router still learns");
        }
    }

    /// The shop's customer of a verified address.
    pub async fn customer_by_email(&self, email: &str) -> Option<usher_host::Customer> {
        crate::tools::lookup(&self.inner.host, crate::tools::CustomerKey::Email(email)).await
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
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

    /// What each skill is fit for, and what operators decide about it.
    #[must_use]
    pub fn skills(&self) -> &Arc<Skills> {
        &self.inner.skills
    }

    /// What operators set up.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.inner.settings
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
        let mut run = std::pin::pin!(
            AssertUnwindSafe(turn::run(self, claimed, Occasion { now: (self.config.clock)(), preview: false }))
                .catch_unwind()
        );
        // Those who watch take an old sign of typing for a broken line, so it is given again and again.
        let mut typing = tokio::time::interval(TYPING);
        let finished = loop {
            tokio::select! {
                finished = &mut run => break finished,
                _ = typing.tick() => self.tell(id, Event::Typing { on: true, who: Author::Assistant }),
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
        self.tell(id, Event::Typing { on: false, who: Author::Assistant });
        match stored {
            Ok(replies) => {
                if let Some(Message { seq, .. }) = replies.last() {
                    self.tell(id, Event::Stored { seq: *seq });
                }
                self.note_uses(&replies).await;
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

    /// Notes which articles were cited: the operator sees what is still of use.
    async fn note_uses(&self, replies: &[Message]) {
        let mut cited: Vec<String> = Vec::new();
        for message in replies {
            if let Body::Reply { reply, .. } = &message.body {
                // `ARTICLE#NUMBER` of a passage.
                let article = |source: &String| source.rsplit_once('#').map_or(source.clone(), |(id, _)| id.to_owned());
                cited.extend(reply.sources.iter().map(article));
            }
        }
        if cited.is_empty() {
            return;
        }
        if let Err(error) = self.store.articles_used(cited, Timestamp::now()).await {
            tracing::warn!(%error, "the use of articles could not be noted");
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

/// Learns anew when skills come, change, go or are asked for, off the threads that answer.
async fn keep_learning(inner: std::sync::Weak<Inner>) {
    let changes = inner.upgrade().map(|inner| (inner.host.changes(), inner.skills.changes()));
    let Some((mut generations, mut boards)) = changes else { return };
    loop {
        let Some(strong) = inner.upgrade() else { return };
        let (generation, board) = (strong.host.generation(), strong.skills.board());
        if !strong.brain.load().knows(&generation, &board) {
            strong.brain.store(Arc::new(Brain::learn(&generation, &board).await));
            strong.learnt.send_replace(());
            tracing::info!(
                generation = generation.number,
                skills = generation.skills.len() + board.coming.len(),
                "the router knows all skills"
            );
        }
        drop(strong);
        tokio::select! {
            changed = generations.changed() => if changed.is_err() { return },
            changed = boards.changed() => if changed.is_err() { return },
        }
    }
}
