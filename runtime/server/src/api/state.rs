//! What all requests share.

use super::changes::Topic;
use super::operators::Operators;
use super::scenarios::Trials;
use super::under_way::UnderWay;
use crate::channels::webchat::Look;
use crate::channels::{Healths, Providers};
use crate::config::{Config, Site};
use crate::console::Templates;
use crate::hub::HubLinks;
use crate::identity::Passwords;
use crate::library::Library;
use crate::limits::Gate;
use crate::metrics::Metrics;
use crate::problem::{Answer, Problem};
use crate::seal::SealingKey;
use crate::sources::Sources;
use crate::widget::Seen;
use axum::Router;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{broadcast, watch};
use url::Url;
use usher_agent::Agent;
use usher_agent::accounts::Role;
use usher_agent::desk::Desk;
use usher_agent::handoff::HandoffSettings;
use usher_agent::ids::SessionId;
use usher_agent::store::Store;
use usher_host::Host;
use utoipa::openapi::OpenApi;

/// So many components may be on their way in at once: each is held in memory as a whole.
const UPLOADS: usize = 4;

/// Bodies of mails that are read at once, each of up to some 40 MB.
const BIG_BODIES: usize = 8;

/// What a server is made of.
pub(crate) struct ServerParts {
    /// The checked configuration.
    pub(crate) config: Config,
    /// Where browsers reach it.
    pub(crate) public_url: Url,
    /// The conversation engine.
    pub(crate) agent: Agent,
    /// The plugins.
    pub(crate) host: Host,
    /// Counted.
    pub(crate) metrics: Arc<Metrics>,
    /// Seals the integrations' secrets.
    pub(crate) sealing_key: SealingKey,
    /// Names the sources of answers.
    pub(crate) sources: Sources,
    /// The articles' way in.
    pub(crate) library: Library,
    /// Hashes the passwords of accounts.
    pub(crate) passwords: Passwords,
    /// The token of the operator `admin`; the others' are in the configuration.
    pub(crate) admin_token: crate::config::Secret,
    /// Turns true when the server goes down: streams end then.
    pub(crate) closing: watch::Receiver<bool>,
    /// Who carries messages.
    pub(crate) providers: Providers,
    /// The `usher` program, for what runs in a process of its own.
    pub(crate) program: PathBuf,
}

/// A running server, as its handlers see it.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    parts: ServerParts,
    operators: Operators,
    gate: Gate,
    openapi: OpenApi,
    streams: Mutex<HashMap<Follows, usize>>,
    changing: tokio::sync::Mutex<()>,
    uploads: tokio::sync::Semaphore,
    big_bodies: tokio::sync::Semaphore,
    ended: broadcast::Sender<SessionId>,
    trials: Trials,
    templates: Templates,
    widget_seen: Seen,
    /// The routes without the layers around them, for the console; none before the start and after the end.
    api: Mutex<Option<Router>>,
    changes: broadcast::Sender<Topic>,
    /// Names of accounts whose rights may have changed.
    rights: broadcast::Sender<String>,
    previewed: AtomicBool,
    under_way: UnderWay,
    channel_health: Healths,
}

/// What messages of one conversation are rendered by.
pub(crate) struct Looking<'a> {
    config: &'a Config,
    site: Option<&'a Site>,
    locale: String,
    skill_names: BTreeMap<String, String>,
    sources: &'a Sources,
    handoff: Arc<HandoffSettings>,
    hub: HubLinks,
}

impl Looking<'_> {
    pub(crate) fn look(&self) -> Look<'_> {
        Look {
            config: self.config,
            site: self.site,
            locale: &self.locale,
            skill_names: &self.skill_names,
            sources: self.sources,
            ways: &self.handoff.message.links,
            hub: &self.hub,
        }
    }
}

impl Server {
    /// Puts it together.
    pub(crate) fn new(parts: ServerParts) -> Self {
        let operators = Operators::new(&parts.admin_token, &parts.config.operators);
        let gate = Gate::new(&parts.config.limits);
        Self(Arc::new(Inner {
            parts,
            operators,
            gate,
            openapi: super::openapi(),
            streams: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            uploads: tokio::sync::Semaphore::new(UPLOADS),
            big_bodies: tokio::sync::Semaphore::new(BIG_BODIES),
            ended: broadcast::channel(256).0,
            trials: Trials::default(),
            templates: Templates::new(),
            widget_seen: Seen::default(),
            api: Mutex::default(),
            changes: broadcast::channel(256).0,
            rights: broadcast::channel(256).0,
            previewed: AtomicBool::default(),
            under_way: UnderWay::default(),
            channel_health: Healths::default(),
        }))
    }

    /// Waits for a place among those whose bodies are large.
    pub(super) async fn big_body(&self) -> Answer<tokio::sync::SemaphorePermit<'_>> {
        self.0.big_bodies.acquire().await.map_err(|error| Problem::internal(&error))
    }

    /// Who carries messages.
    pub(crate) fn providers(&self) -> &Providers {
        &self.0.parts.providers
    }

    /// Whether they can be reached.
    pub(crate) fn channel_health(&self) -> &Healths {
        &self.0.channel_health
    }

    /// Where the chat's script was loaded.
    pub(crate) fn widget_seen(&self) -> &Seen {
        &self.0.widget_seen
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.parts.config
    }

    pub(crate) fn public_url(&self) -> &Url {
        &self.0.parts.public_url
    }

    pub(crate) fn agent(&self) -> &Agent {
        &self.0.parts.agent
    }

    pub(crate) fn desk(&self) -> &Arc<Desk> {
        self.agent().desk()
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        self.agent().store()
    }

    pub(crate) fn host(&self) -> &Host {
        &self.0.parts.host
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.parts.metrics
    }

    pub(crate) fn sealing_key(&self) -> &SealingKey {
        &self.0.parts.sealing_key
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.agent().config().clock)()
    }

    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.parts.closing.clone()
    }

    /// Releases that are tried.
    pub(super) fn trials(&self) -> &Trials {
        &self.0.trials
    }

    /// The console's templates.
    pub(crate) fn templates(&self) -> &Templates {
        &self.0.templates
    }

    /// The routes of the API, to be asked in process.
    pub(crate) fn api(&self) -> Option<Router> {
        self.0.api.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets them. They hold this server, so that they have to be taken away at its end.
    pub(crate) fn set_api(&self, api: Option<Router>) {
        *self.0.api.lock().unwrap_or_else(PoisonError::into_inner) = api;
    }

    /// What goes on in the background after a request began it.
    pub(super) fn under_way(&self) -> &UnderWay {
        &self.0.under_way
    }

    /// The program that this is.
    pub(super) fn program(&self) -> &Path {
        &self.0.parts.program
    }

    /// Who wants to know of what was changed.
    pub(super) fn changes(&self) -> &broadcast::Sender<Topic> {
        &self.0.changes
    }

    pub(super) fn openapi(&self) -> &OpenApi {
        &self.0.openapi
    }

    /// Ends a session: its token is worth nothing from now on, and its streams end.
    pub(super) async fn end_session(&self, session: SessionId) -> usher_agent::store::Result<()> {
        self.agent().sign_out(session).await?;
        self.store().extend_session(session, self.now()).await?;
        // Nobody may be listening.
        let _ = self.0.ended.send(session);
        Ok(())
    }

    /// A session has ended in the store: its streams end.
    pub(super) fn session_ended(&self, session: SessionId) {
        // Nobody may be listening.
        let _ = self.0.ended.send(session);
    }

    /// Sessions that are ended from now on.
    pub(super) fn ended(&self) -> broadcast::Receiver<SessionId> {
        self.0.ended.subscribe()
    }

    /// Held while integrations change, so that what is live and what is stored stay the same.
    pub(super) async fn one_change_at_a_time(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.changing.lock().await
    }

    pub(super) fn library(&self) -> &Library {
        &self.0.parts.library
    }

    pub(super) fn sources(&self) -> &Sources {
        &self.0.parts.sources
    }

    /// What the messages of a conversation are rendered by.
    pub(crate) fn looking(&self, site: &str, locale: Option<String>) -> Looking<'_> {
        let config = self.config();
        let skills = self.host().generation();
        let names = skills.skills.iter().map(|(id, skill)| (id.to_string(), skill.manifest.name.clone()));
        Looking {
            config,
            site: config.site(site),
            locale: locale.unwrap_or_else(|| config.shop.locale.clone()),
            skill_names: names.collect(),
            sources: self.sources(),
            handoff: self.agent().settings().handoff(),
            hub: self.hub_links(),
        }
    }

    /// The customer hub as it is switched now.
    pub(super) fn hub_links(&self) -> HubLinks {
        HubLinks { hub: self.agent().skills().board().hub.clone(), public_url: self.public_url().clone() }
    }

    /// The name and role of the configured operator whose token this is.
    pub(super) fn operator(&self, token: &str) -> Option<(&str, Role)> {
        self.0.operators.holder(token)
    }

    /// Whether the configuration names an operator like this.
    pub(super) fn is_configured(&self, name: &str) -> bool {
        self.0.operators.knows(name)
    }

    /// The operators of the configuration.
    pub(super) fn configured(&self) -> impl Iterator<Item = (&str, Role)> {
        self.0.operators.all()
    }

    pub(super) fn passwords(&self) -> &Passwords {
        &self.0.parts.passwords
    }

    /// Tells streams that an account's sessions, tokens or role may have changed.
    pub(super) fn rights_changed(&self, account: &str) {
        // Nobody may be listening.
        let _ = self.0.rights.send(account.to_owned());
    }

    /// Notes that somebody tried a message.
    pub(super) fn note_preview(&self) {
        self.0.previewed.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has tried a message since the start.
    pub(super) fn previewed(&self) -> bool {
        self.0.previewed.load(Ordering::Relaxed)
    }

    /// Accounts whose rights may have changed.
    pub(super) fn rights(&self) -> broadcast::Receiver<String> {
        self.0.rights.subscribe()
    }

    /// A place for one more component that is sent here; none where as many as may be in memory at once already are.
    pub(super) fn upload_place(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.0.uploads.try_acquire().ok()
    }

    /// A place for one more event stream of a session or an operator; none where they have as many as they may.
    pub(super) fn stream_place(&self, who: Follows) -> Option<StreamPlace> {
        let mut streams = self.0.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let open = streams.entry(who.clone()).or_default();
        if *open >= self.config().limits.streams_per_session {
            return None;
        }
        *open += 1;
        drop(streams);
        self.metrics().streams.inc();
        Some(StreamPlace { server: self.clone(), who })
    }
}

/// Who follows an event stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Follows {
    /// A visitor.
    Session(SessionId),
    /// An operator, by name.
    Operator(String),
}

/// Held by an event stream for as long as it lives.
pub(super) struct StreamPlace {
    server: Server,
    who: Follows,
}

impl StreamPlace {
    /// It is the last one of whoever follows it.
    pub(super) fn is_last(&self) -> bool {
        let streams = self.server.0.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.get(&self.who).is_none_or(|open| *open <= 1)
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut streams = self.server.0.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = streams.get_mut(&self.who) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&self.who);
            }
        }
        drop(streams);
        self.server.metrics().streams.dec();
    }
}
