//! Wires the parts together and runs them: store, host, agent, outbox, HTTP.

use crate::api::{self, Server, ServerParts};
use crate::channels::{self, Providers};
use crate::config::{Config, Secret};
use crate::identity::Passwords;
use crate::integrations;
use crate::keys;
use crate::library::Library;
use crate::limits::SHRINK_EVERY;
use crate::listen;
use crate::measure::MeasuredStore;
use crate::metrics::Metrics;
use crate::outbox::Outbox;
use crate::retention;
use crate::seal::SealingKey;
use crate::sources::Sources;
use crate::webhook_sender::WebhookSender;
use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use url::Url;
use usher_agent::handoff::{CustomMessage, HandoffSettings};
use usher_agent::sign_in::SignInSettings;
use usher_agent::skills::Hub;
use usher_agent::store::Store;
use usher_agent::texts::Language;
use usher_agent::{Agent, AgentConfig, Clock, ShopProfile, Tools};
use usher_documents::{ReadCommand, Reader};
use usher_host::{CompileCommand, Error, Host, HostConfig, Ledger, State, ToolRegistry, Web};
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

/// The argument by which this program becomes the process that compiles one component.
pub const COMPILE: &str = "compile-component";

/// The argument by which this program becomes the process that reads one file.
pub const READ: &str = "read-document";

/// The argument by which this program becomes the process that runs hostile components against the limits.
pub const PROBE: &str = "probe-limits";

/// The folder for the plugins' bytes and what was compiled of them, in the data folder.
const HOST_DATA: &str = "host";
/// How often the store forgets what has expired.
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// How often it is looked which conversations have fallen silent.
const SILENCE_EVERY: Duration = Duration::from_secs(60);
/// How often the audit is signed.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(3600);
/// How often it is looked what is due at the desk.
const DESK_EVERY: Duration = Duration::from_secs(1);
/// How often figures and the search of conversations follow what happened.
const FIGURES_EVERY: Duration = Duration::from_secs(1);
/// Deliveries and turns that are under way at the end have this long.
const END: Duration = Duration::from_secs(10);

/// What a server may be given other than its configuration.
#[derive(Clone)]
pub struct Options {
    /// The `usher` program, which compiles components in a process of its own.
    pub program: PathBuf,
    /// Tells the time.
    pub clock: Clock,
}

impl Options {
    /// The program that runs now, by the machine's clock.
    ///
    /// # Errors
    /// Where the system doesn't tell.
    pub fn of_this_program() -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("the path of this program is not known")?;
        Ok(Self { program, clock: Arc::new(Timestamp::now) })
    }
}

/// A running server.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where browsers reach it.
    pub public_url: Url,
    /// The conversation engine.
    pub agent: Agent,
    /// The page that makes the owner's account, while there is no account.
    pub setup_page: Option<String>,
    /// The file that holds the operator's token; none where the configuration names another place.
    pub admin_token_file: Option<PathBuf>,
    /// The database, so that whoever closes the server closes it as the last one.
    database: Arc<dyn Ledger>,
    closing: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Takes no more requests, lets those that are open end for at most ten seconds, and stops. The database is closed
    /// when this returns, unless something goes on for longer than that.
    pub async fn close(mut self) {
        self.closing.send_replace(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(listen::DRAIN + END, ended).await.is_err() {
            tracing::warn!("some work was still under way; it is taken up at the next start");
        }
        sign_audit(&**self.agent.store()).await;
        let Self { agent, database, tasks, .. } = self;
        drop((agent, tasks));
        // Who has a handle still (a turn, the router that learns) ends soon.
        let let_go = async {
            while Arc::strong_count(&database) > 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(END, let_go).await.is_err() {
            tracing::warn!("something still has the database open");
        }
        // Waits until all is on the disk; it can't fail but by a panic, which is told of already.
        let _ = tokio::task::spawn_blocking(move || drop(database)).await;
    }
}

/// Starts a server.
///
/// # Errors
/// What keeps it from starting, and how to mend it.
pub async fn start(config: Config, options: Options) -> anyhow::Result<Running> {
    // A second call finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    keys::data_dir(&config.data_dir)?;
    let (admin_token, admin_token_file) = match &config.admin_token {
        Some(token) => (token.clone(), None),
        None => {
            let file = config.data_dir.join("admin-token");
            (keys::key_file(&file)?, Some(file))
        }
    };
    let sealing_key = match &config.sealing_key {
        Some(key) => key.clone(),
        None => keys::key_file(&config.data_dir.join(keys::SEALING_KEY))?,
    };
    let audit_keys = keys::audit_keys(&config.data_dir, &sealing_key)?;
    let sealing_key = SealingKey::from_text(sealing_key.reveal())?;
    let pepper = keys::key_file(&config.data_dir.join(keys::PASSWORD_KEY))?;
    let passwords = tokio::task::spawn_blocking(move || Passwords::new(pepper)).await??;

    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("can't listen on {}; choose another `listen`, or stop what listens there", config.listen)
    })?;
    let address = listener.local_addr()?;
    let public_url = match &config.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{address}"))?,
    };

    let metrics = Arc::new(Metrics::default());
    let (store, ledger) = open_store(&config.data_dir, audit_keys, metrics.clone()).await?;
    let setup_page = api::first_token(&*store, &config)
        .await?
        .map(|token| format!("{}/console/setup#token={}", public_url.as_str().trim_end_matches('/'), token.reveal()));
    if let Some(page) = &setup_page {
        tracing::warn!(page, "there is no account yet: open this page to make the owner's");
    }
    let sources = Sources::of(&store.articles().await?);
    let tools = Tools::new();
    let host = start_host(&config, ledger.clone(), &tools, &options).await?;
    restore_integrations(&*store, &host, &sealing_key).await?;
    let agent = Agent::start(store.clone(), host.clone(), &tools, agent_config(&config, options.clock.clone())).await?;
    let waiting = agent.resume().await?;
    if waiting > 0 {
        tracing::info!(conversations = waiting, "answering what was cut off");
    }

    let thread_key = keys::key_file(&config.data_dir.join(keys::THREAD_KEY))?;
    let providers = Providers::new(&config, &public_url, &thread_key)?;
    let (closing, closed) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let outbox = Outbox::new(
        store.clone(),
        providers.mail.clone(),
        metrics.clone(),
        agent.desk().clone(),
        options.clock.clone(),
        config.shop.name.clone(),
    );
    tasks.spawn(outbox.run(closed.clone()));
    let sender = WebhookSender::new(agent.clone(), sealing_key.clone(), options.clock.clone())?;
    tasks.spawn(sender.run(closed.clone()));
    let command = ReadCommand { program: options.program.clone(), args: vec![OsString::from(READ)] };
    let reader = Reader::new(command, usher_documents::Limits::default());
    let library = Library::new(agent.clone(), sources.clone(), reader, Web::new()?);
    library.resume().await?;
    tasks.spawn(library.clone().keep_up(closed.clone()));
    tasks.spawn(library.clone().keep_live(closed.clone()));
    tasks.spawn(library.clone().keep_current(closed.clone()));
    let connections = config.limits.connections;
    let imap = config.channels.email.as_ref().and_then(|email| email.imap.clone());
    let lmtp = config.channels.email.as_ref().and_then(|email| email.lmtp.clone());
    let server = Server::new(ServerParts {
        config,
        public_url: public_url.clone(),
        agent: agent.clone(),
        host,
        metrics,
        sealing_key,
        sources,
        library: library.clone(),
        passwords,
        admin_token,
        closing: closed.clone(),
        providers,
        program: options.program,
    });
    tasks.spawn(channels::keep_sending(server.clone(), closed.clone()));
    tasks.spawn(channels::keep_catching_up(server.clone(), closed.clone()));
    if let Some(mailbox) = imap {
        tasks.spawn(channels::watch_mailbox(server.clone(), mailbox, closed.clone()));
    }
    if let Some(address) = lmtp {
        let listening = channels::listen_for_mail(server.clone(), address, closed.clone()).await;
        tasks.spawn(listening.context("channels.email.lmtp")?);
    }
    tasks.spawn(keep_house(server.clone(), closed.clone()));
    tasks.spawn(keep_desk(server.clone(), closed.clone()));
    tasks.spawn(keep_figures(server.clone(), closed.clone()));
    tasks.spawn(crate::api::keep_trying(server.clone(), closed.clone()));
    tasks.spawn(listen::serve(listener, api::router(server), connections, closed));
    tracing::info!(%address, %public_url, "listening");
    Ok(Running { address, public_url, agent, setup_page, admin_token_file, database: ledger, closing, tasks })
}

/// One database: what the agent stores in it is counted, what the host writes down isn't.
async fn open_store(
    data_dir: &Path,
    keys: AuditKeys,
    metrics: Arc<Metrics>,
) -> anyhow::Result<(Arc<dyn Store>, Arc<dyn Ledger>)> {
    let file = data_dir.join("usher.db");
    let options =
        SqliteOptions { checkpoints: Some(data_dir.join(keys::AUDIT_CHECKPOINTS)), ..SqliteOptions::default() };
    let store = tokio::task::spawn_blocking(move || SqliteStore::open(file, options, &keys)).await??;
    let store = Arc::new(store);
    Ok((Arc::new(MeasuredStore::new(Arc::clone(&store), metrics)), store))
}

async fn start_host(
    config: &Config,
    ledger: Arc<dyn Ledger>,
    tools: &Tools,
    options: &Options,
) -> anyhow::Result<Host> {
    let started = Host::start(HostConfig {
        folder: config.plugins.clone(),
        data: config.data_dir.join(HOST_DATA),
        limits: config.limits.plugin,
        allowance: config.limits.allowance,
        registry: ToolRegistry::shipped()?,
        policy: config.trust.clone(),
        ledger,
        compile: CompileCommand { program: options.program.clone(), args: vec![OsString::from(COMPILE)] },
        tools: tools.by_interface(),
    })
    .await;
    let host = match started {
        // There the error's own advice would be of no use: no file is named whose `sequence` could be raised.
        Err(Error::OldPolicy { before, .. }) if config.trust.sequence() == 0 => bail!(
            "a trust policy with sequence {before} was in force before, and none is now; name it again with \
             `plugins.trust`, or name a new one with a higher sequence"
        ),
        started => started.context("the plugins can't be started")?,
    };
    let generation = host.generation();
    let waiting: Vec<_> = generation.releases.values().filter(|release| release.state == State::Pending).collect();
    for release in &waiting {
        tracing::warn!(plugin = %release.plugin, digest = %release.digest, reason = release.reason, "a plugin waits");
    }
    if !waiting.is_empty() {
        tracing::warn!(
            waiting = waiting.len(),
            "plugins wait for a person: `usher plugins show ID` says what each may do, `usher plugins approve ID \
             --reason …` lets it serve"
        );
    }
    Ok(host)
}

async fn restore_integrations(store: &dyn Store, host: &Host, key: &SealingKey) -> anyhow::Result<()> {
    let mut restored = Vec::new();
    for stored in store.integrations().await? {
        match integrations::open(&stored, key) {
            Ok(integration) => restored.push(integration),
            // The others work; this one is listed as not connected until its secrets are entered again.
            Err(error) => tracing::error!(connector = %stored.connector, %error, "an integration stays unconnected"),
        }
    }
    host.restore(restored).await;
    Ok(())
}

fn agent_config(config: &Config, clock: Clock) -> AgentConfig {
    let hosts: BTreeSet<String> =
        config.sites.iter().flat_map(|site| &site.link_hosts).map(ToString::to_string).collect();
    let links = config.handoff.links.iter().map(|link| (link.label.clone(), link.url.to_string()));
    AgentConfig {
        shop: ShopProfile {
            name: config.shop.name.clone(),
            locale: config.shop.locale.clone(),
            languages: config.shop.languages.iter().filter_map(|tag| Language::of(tag)).collect(),
            time_zone: config.shop.time_zone.clone(),
            voice: config.shop.voice,
            greeting: config.shop.greeting.clone(),
            link_hosts: hosts,
        },
        sign_in: SignInSettings {
            mail: config.mail.is_some(),
            lasts: SignedDuration::from_hours(i64::from(config.limits.signed_in_hours)),
            codes_per_hour: config.limits.codes_per_hour,
        },
        handoff: HandoffSettings {
            method: config.handoff.method.clone(),
            message: CustomMessage { text: config.handoff.message.clone(), links: links.collect() },
            ..HandoffSettings::default()
        },
        fallback_skill: Some(config.fallback_skill.clone()),
        skill_settings: config.skill_settings.clone(),
        hub: Hub {
            on: config.shop.hub_on,
            addresses: config.shop.hub.iter().map(|(section, url)| (section.clone(), url.to_string())).collect(),
        },
        clock,
    }
}

/// Signs what is new in the audit.
async fn sign_audit(store: &dyn Store) {
    if let Err(error) = store.checkpoint().await {
        tracing::error!(%error, "the audit could not be signed");
    }
}

/// Counts as resolved what was answered completely, and followed by silence.
async fn assume_resolved(server: &Server) {
    let now = server.now();
    let until = now.checked_sub(server.config().assumed_after).unwrap_or(now);
    match server.store().assume_resolved(until, now).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "conversations count as resolved, since nobody wrote any more"),
        Err(error) => tracing::warn!(%error, "resolved conversations could not be counted"),
    }
}

/// Forgets what has expired, in the store and in memory, and signs the audit: at once, and every hour.
async fn keep_house(server: Server, mut closing: watch::Receiver<bool>) {
    let mut checkpoint = tokio::time::interval(CHECKPOINT_EVERY);
    let mut shrink = tokio::time::interval(SHRINK_EVERY);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    let mut silence = tokio::time::interval(SILENCE_EVERY);
    loop {
        tokio::select! {
            _ = shrink.tick() => server.gate().shrink(),
            _ = checkpoint.tick() => sign_audit(&**server.store()).await,
            _ = sweep.tick() => {
                if let Err(error) = server.store().sweep(server.now()).await {
                    tracing::warn!(%error, "what has expired could not be forgotten");
                }
                retention::apply(&server).await;
            }
            _ = silence.tick() => assume_resolved(&server).await,
            () = listen::closed(&mut closing) => {
                server.set_api(None);
                return;
            }
        }
    }
}

/// Does what is due at the desk.
async fn keep_desk(server: Server, mut closing: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(DESK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {
                if let Err(error) = server.desk().tick(server.now()).await {
                    tracing::warn!(%error, "what is due at the desk could not be done; it is tried again");
                }
            }
            () = listen::closed(&mut closing) => return,
        }
    }
}

/// Counts what happened in conversations, and takes in what was said in them.
async fn keep_figures(server: Server, mut closing: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(FIGURES_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {
                if let Err(error) = follow(&server, &closing).await {
                    tracing::warn!(%error, "figures could not be brought up to date; it is tried again");
                }
            }
            () = listen::closed(&mut closing) => return,
        }
    }
}

/// Follows what changed in conversations to its end.
async fn follow(server: &Server, closing: &watch::Receiver<bool>) -> usher_agent::store::Result<()> {
    let store = server.store();
    let abandoned = server.now().checked_sub(server.config().assumed_after).unwrap_or_default();
    while !*closing.borrow() && store.insight().follow(abandoned).await?.behind {}
    while !*closing.borrow() && store.search().follow().await?.behind {}
    Ok(())
}

/// Reads the operator's token of a server that runs with this configuration.
///
/// # Errors
/// Where there is none that can be read.
pub fn admin_token(config: &Config) -> anyhow::Result<Secret> {
    match &config.admin_token {
        Some(token) => Ok(token.clone()),
        None => Ok(keys::key_file(&config.data_dir.join("admin-token"))?),
    }
}
