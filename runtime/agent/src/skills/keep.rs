//! Keeps the board true: gathers what it depends on, and makes it anew with every change.

mod occasions;

use super::board::Board;
use super::health::{Checked, Checks, Health};
use super::request::SkillRequest;
use super::setup::{Hub, SkillSetup};
use super::state::{Circumstances, Connection, ConnectorNow, Standing, Switch, missing, state};
use crate::CatalogState;
use crate::store::{Result, Store};
use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::watch;
use usher_host::{Action, Entry, Generation, Host, ProvidedBy};
use usher_manifest::{PluginId, SkillManifest};

/// What holds until an operator decides otherwise: from the configuration.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// The customer hub.
    pub hub: Hub,
    /// Settings of skills.
    pub settings: BTreeMap<PluginId, BTreeMap<String, String>>,
}

/// What others keep, and skills depend on.
pub struct Surroundings {
    /// Topics on which there is an article.
    pub topics: watch::Receiver<BTreeSet<String>>,
    /// The catalogue.
    pub catalog: watch::Receiver<CatalogState>,
}

/// What operators decided, as it is stored.
#[derive(Clone, Default)]
struct Decided {
    setups: BTreeMap<PluginId, SkillSetup>,
    new_skills: Switch,
    hub: Option<Hub>,
    requests: BTreeMap<PluginId, Arc<SkillRequest>>,
}

/// The skills of a running agent.
pub struct Skills {
    store: Arc<dyn Store>,
    host: Host,
    defaults: Defaults,
    surroundings: Surroundings,
    decided: ArcSwap<Decided>,
    /// Held while something is decided, so that what is stored and what holds stay the same.
    deciding: tokio::sync::Mutex<()>,
    checks: Checks,
    board: ArcSwap<Board>,
    making: Mutex<()>,
    changed: watch::Sender<u64>,
}

impl Skills {
    /// Reads what was decided, makes the first board, and keeps it from then on for as long as somebody has it.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn start(
        store: Arc<dyn Store>,
        host: Host,
        defaults: Defaults,
        surroundings: Surroundings,
    ) -> Result<Arc<Self>> {
        let decided = Decided {
            setups: store.skill_setups().await?.into_iter().map(|setup| (setup.skill.clone(), setup)).collect(),
            new_skills: store.new_skills().await?,
            hub: store.hub().await?,
            requests: by_id(store.skill_requests().await?),
        };
        let empty = Board {
            generation: 0,
            skills: BTreeMap::new(),
            coming: BTreeMap::new(),
            hub: Hub::default(),
            circumstances: Circumstances::default(),
        };
        let skills = Arc::new(Self {
            store,
            host,
            defaults,
            surroundings,
            decided: ArcSwap::from_pointee(decided),
            deciding: tokio::sync::Mutex::default(),
            checks: Checks::default(),
            board: ArcSwap::from_pointee(empty),
            making: Mutex::default(),
            changed: watch::channel(0).0,
        });
        skills.make();
        skills.note_deliveries().await;
        tokio::spawn(occasions::keep_making(Arc::downgrade(&skills)));
        tokio::spawn(occasions::keep_checking(Arc::downgrade(&skills)));
        Ok(skills)
    }

    /// All skills as they stand.
    #[must_use]
    pub fn board(&self) -> Arc<Board> {
        let board = self.board.load_full();
        // A generation was published that hasn't been noticed yet.
        if board.generation < self.host.generation().number { self.make() } else { board }
    }

    /// Tells of every change of the board, by a number that counts them.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// What is known of an integration's health; none where it isn't connected, or wasn't asked yet.
    #[must_use]
    pub fn health(&self, connector: &PluginId) -> Option<Health> {
        self.checks.health(connector)
    }

    /// Asks an integration whether it is well, and keeps the answer; none where it isn't connected.
    pub async fn check(&self, connector: &PluginId) -> Option<Health> {
        let asked = Instant::now();
        self.checks.take_up(&self.host.generation());
        let turn = self.checks.turn(connector)?;
        let _turn = turn.lock().await;
        if let Some(known) = self.checks.known_since(connector, asked) {
            return Some(known);
        }
        let checked = Checked::of(self.host.generation().integrations.get(connector)?);
        let begun = Instant::now();
        let answer = self.host.check(connector).await;
        let health = self.checks.note(connector, checked, begun, answer);
        self.make();
        Some(health)
    }

    /// A call of this integration failed: whether it is well is asked soon.
    pub fn suspect(&self, connector: &PluginId) {
        self.checks.suspect(connector);
    }

    /// How new skills begin.
    #[must_use]
    pub fn new_skills(&self) -> Switch {
        self.decided.load().new_skills
    }

    /// What was decided about a skill.
    #[must_use]
    pub fn setup(&self, skill: &PluginId) -> SkillSetup {
        let decided = self.decided.load();
        decided.setups.get(skill).cloned().unwrap_or_else(|| SkillSetup::new(skill.clone(), decided.new_skills))
    }

    /// All skills that were asked for, delivered ones too.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<SkillRequest>> {
        self.decided.load().requests.values().cloned().collect()
    }

    /// Decides about a skill; it holds for the next message. The entry says who did it.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn decide(
        &self,
        skill: &PluginId,
        change: impl FnOnce(&mut SkillSetup) + Send,
        entry: Entry,
    ) -> Result<()> {
        let _one = self.deciding.lock().await;
        let mut setup = self.setup(skill);
        change(&mut setup);
        setup.updated_at = Timestamp::now();
        self.store.put_skill_setups(vec![setup.clone()], entry).await?;
        self.change(|decided| {
            decided.setups.insert(skill.clone(), setup);
        });
        Ok(())
    }

    /// Decides how skills begin that come from now on; those that are there stay as they are.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn decide_new(&self, switch: Switch, entry: Entry) -> Result<()> {
        let _one = self.deciding.lock().await;
        let now = Timestamp::now();
        let present: Vec<SkillSetup> = self.board().skills.keys().map(|skill| self.setup(skill)).collect();
        let present: Vec<_> = present.into_iter().map(|setup| SkillSetup { updated_at: now, ..setup }).collect();
        self.store.put_new_skills(switch, present.clone(), entry).await?;
        self.change(|decided| {
            decided.new_skills = switch;
            decided.setups.extend(present.into_iter().map(|setup| (setup.skill.clone(), setup)));
        });
        Ok(())
    }

    /// Switches the hub, or changes its addresses.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn switch_hub(&self, hub: Hub, entry: Entry) -> Result<()> {
        let _one = self.deciding.lock().await;
        self.store.put_hub(hub.clone(), entry).await?;
        self.change(|decided| decided.hub = Some(hub));
        Ok(())
    }

    /// Asks for a skill, or changes what was asked for.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn ask_for(&self, request: SkillRequest, entry: Entry) -> Result<()> {
        {
            let _one = self.deciding.lock().await;
            self.put_request(request, entry).await?;
        }
        self.note_deliveries().await;
        Ok(())
    }

    /// Takes a request back; false where there was none.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn withdraw(&self, id: &PluginId, entry: Entry) -> Result<bool> {
        let _one = self.deciding.lock().await;
        let removed = self.store.remove_skill_request(id, entry).await?;
        self.change(|decided| {
            decided.requests.remove(id);
        });
        Ok(removed)
    }

    async fn put_request(&self, request: SkillRequest, entry: Entry) -> Result<()> {
        self.store.put_skill_request(request.clone(), entry).await?;
        self.change(|decided| {
            decided.requests.insert(request.id.clone(), Arc::new(request));
        });
        Ok(())
    }

    /// Notes which of the skills that were asked for are there now.
    async fn note_deliveries(&self) {
        let _one = self.deciding.lock().await;
        let generation = self.host.generation();
        let requests = self.requests();
        let open = requests.iter().filter(|request| request.delivered_at.is_none());
        for request in open.filter(|request| generation.skills.contains_key(&request.id)) {
            let digest = generation.skills.get(&request.id).map(|skill| skill.sheet.digest);
            let entry = Entry::new("runtime", Action::SkillRequestDelivered, &request.id, json!({ "digest": digest }));
            let delivered = SkillRequest { delivered_at: Some(Timestamp::now()), ..(**request).clone() };
            match self.put_request(delivered, entry).await {
                Ok(()) => tracing::info!(skill = %request.id, "a skill that was asked for is there"),
                // The next change of the plugins tries it again.
                Err(error) => tracing::error!(skill = %request.id, %error, "a delivered request could not be noted"),
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut Decided)) {
        let mut decided = Decided::clone(&self.decided.load());
        change(&mut decided);
        self.decided.store(Arc::new(decided));
        self.make();
    }

    /// Makes the board anew, and tells where it differs.
    fn make(&self) -> Arc<Board> {
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = self.host.generation();
        self.checks.take_up(&generation);
        let board = Arc::new(self.board_of(&generation));
        let before = self.board.swap(board.clone());
        if before != board {
            occasions::tell(&before, &board);
            self.changed.send_modify(|number| *number += 1);
        }
        board
    }

    fn board_of(&self, generation: &Generation) -> Board {
        let decided = self.decided.load();
        let hub = decided.hub.clone().unwrap_or_else(|| self.defaults.hub.clone());
        let circumstances = self.circumstances(generation, hub.on);
        let standing = |manifest: &SkillManifest| {
            let setup = decided.setups.get(&manifest.id);
            let mut settings = self.defaults.settings.get(&manifest.id).cloned().unwrap_or_default();
            settings.extend(setup.map(|setup| setup.settings.clone()).unwrap_or_default());
            let missing = missing(manifest, &circumstances, &settings);
            let channels = setup.and_then(|setup| setup.channels.clone());
            Standing {
                state: state(&missing, setup.map_or(decided.new_skills, |setup| setup.switch)),
                missing,
                channels: channels.unwrap_or_else(|| manifest.channels.iter().copied().collect()),
                settings,
            }
        };
        let skills = generation.skills.iter().map(|(id, skill)| (id.clone(), standing(&skill.manifest))).collect();
        let coming = decided.requests.iter().filter(|(id, _)| !generation.skills.contains_key(*id));
        let coming = coming.map(|(id, request)| (id.clone(), request.clone())).collect();
        Board { generation: generation.number, skills, coming, hub, circumstances }
    }

    fn circumstances(&self, generation: &Generation, hub: bool) -> Circumstances {
        let mut connectors = BTreeMap::new();
        for (id, connector) in &generation.connectors {
            let connection = match (generation.integrations.get(id), generation.broken.get(id)) {
                (Some(connected), _) => {
                    Connection::Connected { failing: self.checks.failing(id, Checked::of(connected)) }
                }
                (None, Some(problem)) => Connection::Misfit(problem.clone()),
                (None, None) => Connection::None,
            };
            let provides = connector.manifest.provides.iter().map(|interface| interface.without_version());
            connectors.insert(id.clone(), ConnectorNow { provides: provides.collect(), connection });
        }
        let (mut own, mut answers) = (BTreeSet::new(), BTreeMap::new());
        let needed = generation.skills.values().flat_map(|skill| &skill.manifest.prerequisites.integrations);
        let feed = super::state::CATALOG_FEED.parse().ok();
        for interface in needed.cloned().chain(feed).map(|interface| interface.without_version()) {
            if self.host.registry().provided_by(&interface) == ProvidedBy::Runtime {
                own.insert(interface);
            } else if let Some(source) = generation.source_of(&interface) {
                answers.insert(interface, source.connector);
            }
        }
        let topics = self.surroundings.topics.borrow().clone();
        let products = {
            let catalog = self.surroundings.catalog.borrow();
            catalog.filled && catalog.products > 0
        };
        Circumstances { own, connectors, answers, hub, topics, products }
    }
}

fn by_id(requests: Vec<SkillRequest>) -> BTreeMap<PluginId, Arc<SkillRequest>> {
    requests.into_iter().map(|request| (request.id.clone(), Arc::new(request))).collect()
}
