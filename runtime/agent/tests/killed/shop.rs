//! A shop with one skill, a connected helpdesk and two people in support: what each process starts over the same folder.

use crate::killing::Start;
use crate::outside::{Mail, Told, Wire};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use usher_agent::handoff::HandoffSettings;
use usher_agent::store::{DeliveryContent, Store as _};
use usher_agent::texts::LANGUAGES;
use usher_agent::{Agent, AgentConfig, Clock, ShopProfile, Tools};
use usher_host::{
    Allowance, CompileCommand, Host, HostConfig, Integration, Limits, SecretValue, ToolRegistry, TrustPolicy,
};
use usher_manifest::Kind;
use usher_probes::{Declaration, Fixture, Signer, outcome};
use usher_standins::ZendeskConfig;
use usher_store::{AuditKeys, SqliteOptions, SqliteStore};

/// The connector of the helpdesk.
pub(crate) const ZENDESK: &str = "zendesk";
/// What the skill answers, whatever it is asked.
pub(crate) const ANSWER: &str = "That is the plan.";

const SKILL: &str = "general";
const ACCOUNT: &str = "lumen.zendesk.com";
const POLICY: &str = "trust.toml";
/// How often it is looked what is due.
const TICK: Duration = Duration::from_millis(20);

/// Fills a folder with what every process starts with.
pub(crate) fn furnish(home: &Path) {
    let connector = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins").join(format!("{ZENDESK}.wasm"));
    let Ok(connector) = std::fs::read(&connector) else {
        panic!("{} is not there: run `make test`, which builds it first", connector.display())
    };
    let signer = Signer::new().unwrap();
    std::fs::write(home.join(POLICY), signer.policy_text()).unwrap();
    let folder = home.join("folder");
    std::fs::create_dir(&folder).unwrap();
    signer.put(&folder, "zendesk.wasm", &connector).unwrap();
    signer.put(&folder, "general.wasm", &skill().component().unwrap()).unwrap();
}

/// A skill that gives one answer.
fn skill() -> Fixture {
    let toml = format!(
        "id = \"{SKILL}\"\nname = \"Plans\"\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = \"Answers.\"\n\
         when-to-use = [\"The customer asks for the plan.\"]\nhow-to-respond = \"Briefly.\"\n\
         channels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]\n[examples]\nen = [\"what is the plan\", \
         \"please tell me the plan\", \"the plan now\", \"can you tell me the plan\", \"I want to know the plan\"]\n"
    );
    let body = outcome::reply("(i32.const 512)", &format!("(i32.const {})", ANSWER.len()));
    Fixture {
        manifest: Some(Declaration { kind: Kind::Skill, toml }),
        ..Fixture::skill(SKILL, &[], &[], &format!("(data (i32.const 512) \"{ANSWER}\")"), &body)
    }
}

pub(crate) fn open(start: &Start) -> SqliteStore {
    SqliteStore::open(start.database(), SqliteOptions::default(), &AuditKeys::new([1; 32], [2; 32])).unwrap()
}

/// A running process.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) agent: Agent,
    pub(crate) store: Arc<SqliteStore>,
    /// Minutes by which the clock is ahead.
    ahead: Arc<AtomicI64>,
}

impl Shop {
    /// Starts as the server does, with a clock that is ahead by so many minutes.
    pub(crate) async fn start(start: &Start, store: Arc<SqliteStore>, minutes: i64) -> Self {
        let ahead = Arc::new(AtomicI64::new(minutes));
        let clock: Clock = {
            let ahead = ahead.clone();
            Arc::new(move || Timestamp::now() + SignedDuration::from_mins(ahead.load(Ordering::Relaxed)))
        };
        let tools = Tools::new();
        let host = Host::start(HostConfig {
            folder: start.home.join("folder"),
            data: start.home.join("data"),
            limits: Limits::default(),
            allowance: Allowance { skill_calls_per_hour: u32::MAX, traps: u32::MAX, ..Allowance::default() },
            registry: ToolRegistry::shipped().unwrap(),
            policy: TrustPolicy::from_toml(&std::fs::read_to_string(start.home.join(POLICY)).unwrap()).unwrap(),
            ledger: store.clone(),
            compile: CompileCommand {
                program: PathBuf::from(env!("CARGO_BIN_EXE_agent-compile-child")),
                args: Vec::new(),
            },
            tools: tools.by_interface(),
        });
        let host = host.await.unwrap();
        host.restore(vec![integration(start)]).await;
        let config = AgentConfig {
            shop: ShopProfile {
                name: "Northwind".into(),
                locale: "en".into(),
                languages: LANGUAGES.to_vec(),
                time_zone: "Europe/Berlin".into(),
                voice: usher_agent::voice::Voice::Friendly,
                greeting: BTreeMap::new(),
                link_hosts: BTreeSet::new(),
            },
            sign_in: usher_agent::sign_in::SignInSettings::default(),
            handoff: HandoffSettings { mail_replies: true, ..HandoffSettings::default() },
            fallback_skill: Some(SKILL.parse().unwrap()),
            skill_settings: BTreeMap::new(),
            hub: usher_agent::skills::Hub::default(),
            clock,
        };
        let agent = Agent::start(store.clone(), host, &tools, config).await.unwrap();
        Self { agent, store, ahead }
    }

    /// Goes on with what was cut off, and does from then on what is due: timers, and mails.
    pub(crate) async fn resume(&self, start: &Start) {
        self.agent.resume().await.unwrap();
        let (shop, wire) = (self.clone(), Wire::open(start.outside).await);
        tokio::spawn(async move {
            loop {
                shop.agent.desk().tick(shop.now()).await.unwrap();
                shop.mail(&wire).await;
                tokio::time::sleep(TICK).await;
            }
        });
    }

    /// Sends what is due, as the server does: what isn't known to have arrived is sent again under its name.
    async fn mail(&self, wire: &Wire) {
        for delivery in self.store.due(self.now(), 100).await.unwrap() {
            let DeliveryContent::Email { subject, text, .. } = delivery.content;
            let mail = Mail { to: delivery.to, subject, text };
            wire.tell(&Told::Mail { id: delivery.id.to_string(), mail }).await;
            self.store.delivered(delivery.id).await.unwrap();
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.agent.config().clock)()
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, minutes: i64) {
        self.ahead.fetch_add(minutes, Ordering::Relaxed);
    }
}

fn integration(start: &Start) -> Integration {
    let zendesk = ZendeskConfig::default();
    Integration {
        connector: ZENDESK.parse().unwrap(),
        settings: [("account".to_owned(), ACCOUNT.to_owned()), ("email".to_owned(), zendesk.email)].into(),
        hosts: BTreeSet::new(),
        stand_ins: [(ACCOUNT.to_owned(), start.zendesk.clone())].into(),
        secrets: [("api-token".to_owned(), SecretValue::new(zendesk.token))].into(),
        preferred_for: BTreeSet::new(),
    }
}
