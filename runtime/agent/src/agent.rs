//! The agent: takes messages in, sees to it that each is answered once (`answering`), keeps the shop's articles
//! (`articles`), and tells those who listen.

mod answering;
mod articles;

use crate::brain::Brain;
use crate::channel::{Arrival, TakenIn};
use crate::conversation::{Identity, Owner};
use crate::desk::{Desk, DeskEvent};
use crate::handoff::HandoffSettings;
use crate::helpdesk::{Helpdesks, Surroundings as HelpdeskSurroundings};
use crate::ids::{ConversationId, SessionId};
use crate::knowledge::Knowledge;
use crate::settings::Settings;
use crate::sign_in::SignInSettings;
use crate::sign_in::limit::CodesSent;
use crate::skills::{Defaults, Hub, SkillRequest, Skills, Surroundings};
use crate::store::{Accepted, Incoming, Store, StoreError};
use crate::texts::Language;
use crate::tools::{Catalog, CatalogFetch, CatalogState, Tools};
use crate::voice::{Voice, VoiceSettings};
use arc_swap::ArcSwap;
use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
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
    /// How it speaks, until an operator chooses another voice.
    pub voice: Voice,
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
    /// How customers sign in where there is no page to do it on.
    pub sign_in: SignInSettings,
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
    pub(crate) codes_sent: CodesSent,
    /// Held while articles change, so that what is stored and what is searched stay the same.
    articles: tokio::sync::Mutex<()>,
    catalog: Arc<Catalog>,
    pub(crate) skills: Arc<Skills>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) helpdesks: Arc<Helpdesks>,
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

/// So long a change of skills waits for the router to know it.
const LEARNING: Duration = Duration::from_secs(20);

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
        articles::index(&knowledge, store.articles().await?, &config).await;
        let defaults = Defaults { hub: config.hub.clone(), settings: config.skill_settings.clone() };
        let surroundings = Surroundings { topics: knowledge.topics(), catalog: tools.catalog_state() };
        let skills = Skills::start(store.clone(), host.clone(), defaults, surroundings).await?;
        let voice = VoiceSettings { voice: config.shop.voice };
        let settings = Settings::start(store.clone(), config.handoff.clone(), voice).await?;
        let brain = Brain::learn(&host.generation(), &skills.board()).await;
        let inner = Arc::new_cyclic(|inner: &Weak<Inner>| {
            let (telling, waking) = (inner.clone(), inner.clone());
            let tell = move |id, event| {
                if let Some(inner) = telling.upgrade() {
                    inner.tell(id, event);
                }
            };
            let wake = move |id| {
                if let Some(inner) = waking.upgrade() {
                    inner.wake(id);
                }
            };
            let (shop, clock) = (config.shop.clone(), config.clock.clone());
            let desk = Desk::new(store.clone(), settings.clone(), shop, clock, Box::new(tell), Box::new(wake));
            let desk = Arc::new(desk);
            let helpdesks = Helpdesks::start(HelpdeskSurroundings {
                store: store.clone(),
                host: host.clone(),
                skills: skills.clone(),
                settings: settings.clone(),
                shop: config.shop.name.clone(),
                clock: config.clock.clone(),
                desk: desk.clone(),
            });
            Inner {
                store,
                host,
                knowledge,
                config,
                codes_sent: CodesSent::default(),
                articles: tokio::sync::Mutex::default(),
                catalog: tools.catalog(),
                skills,
                settings,
                desk,
                helpdesks,
                brain: ArcSwap::from_pointee(brain),
                learnt: watch::channel(()).0,
                events: DashMap::new(),
            }
        });
        tokio::spawn(keep_learning(Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// Answers what was cut off when the process last ended, and tells the desk what customers wrote meanwhile.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn resume(&self) -> Result<usize, StoreError> {
        let waiting = self.inner.store.waiting().await?;
        let count = waiting.len();
        waiting.into_iter().for_each(|id| self.inner.wake(id));
        if let Err(error) = self.inner.desk.resume().await {
            tracing::error!(%error, "what customers wrote to people could not be taken in; it is tried again");
        }
        Ok(count)
    }

    /// Takes a message in: when this returns, it will be answered, whatever happens to the process.
    ///
    /// # Errors
    /// Where it could not be stored; then it was not taken.
    pub async fn receive(&self, incoming: Incoming) -> Result<Accepted, StoreError> {
        let accepted = self.inner.store.accept(incoming).await?;
        self.accepted(&accepted).await;
        Ok(accepted)
    }

    /// Takes a message of a channel in, with its conversation where there is none yet. When this returns, it will be
    /// answered, whatever happens to the process; one that is known already is not taken again.
    ///
    /// # Errors
    /// Where it could not be stored; then it was not taken.
    pub async fn take_in(&self, arrival: Arrival) -> Result<TakenIn, StoreError> {
        let taken = self.inner.store.channels().take_in(arrival).await?;
        self.accepted(&taken.accepted).await;
        Ok(taken)
    }

    /// Tells those who listen, and has the message answered.
    async fn accepted(&self, accepted: &Accepted) {
        let id = accepted.message.conversation;
        if !accepted.duplicate {
            self.inner.tell(id, Event::Stored { seq: accepted.message.seq });
        }
        if accepted.turn_waits {
            self.inner.wake(id);
            self.inner.desk.say(DeskEvent::Conversation(id));
        } else {
            self.inner.take_in(id).await;
        }
    }

    /// Signs a customer in, and answers what waited for it.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn sign_in(&self, session: SessionId, identity: Identity) -> Result<(), StoreError> {
        let waiting = self.inner.store.set_identity(session, Some(identity)).await?;
        waiting.into_iter().for_each(|id| self.inner.wake(id));
        Ok(())
    }

    /// Signs a customer out.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn sign_out(&self, session: SessionId) -> Result<(), StoreError> {
        self.inner.store.set_identity(session, None).await.map(drop)
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

    /// Counts one more code to an address, asked for on a page; those that are asked for by writing count with it.
    ///
    /// # Errors
    /// How long to wait, where as many were sent within the hour as go to one address.
    pub fn may_send_code(&self, email: &str, now: Timestamp) -> Result<(), Duration> {
        let most = self.inner.config.sign_in.codes_per_hour;
        self.inner.codes_sent.take(email, most, now).map_err(SignedDuration::unsigned_abs)
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

    /// The desk: tickets, and the people who work on them.
    #[must_use]
    pub fn desk(&self) -> &Arc<Desk> {
        &self.inner.desk
    }

    /// The helpdesks of connectors.
    #[must_use]
    pub fn helpdesks(&self) -> &Arc<Helpdesks> {
        &self.inner.helpdesks
    }

    /// How the agent behaves.
    #[must_use]
    pub fn config(&self) -> &AgentConfig {
        &self.inner.config
    }
}

/// Learns anew when skills come, change, go or are asked for, off the threads that answer.
async fn keep_learning(inner: Weak<Inner>) {
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
