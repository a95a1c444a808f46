//! A host with a plugin folder of its own.

use crate::fixture::Fixture;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use usher_host::skill::{Assurance, Author, Channel, Customer, Focus, Input, Message, Turn};
use usher_host::{
    CompileCommand, Generation, Handled, Host, HostConfig, Integration, Limits, RuntimeTool, ToolRegistry, TurnContext,
};
use usher_manifest::{InterfaceName, PluginId};

/// A running host.
pub struct Stage {
    /// The host.
    pub host: Host,
    folder: TempDir,
}

#[allow(clippy::expect_used, reason = "a stage that can't be set is the test's own fault")]
impl Stage {
    /// A host with these limits and runtime tools, and nothing in its folder. `compile` is the path of the compiling
    /// process (`env!("CARGO_BIN_EXE_compile-child")`).
    ///
    /// # Panics
    /// Where the host can't be started.
    pub async fn set(compile: &str, limits: Limits, tools: HashMap<InterfaceName, Arc<dyn RuntimeTool>>) -> Self {
        let folder = TempDir::new().expect("a folder");
        let host = Host::start(HostConfig {
            folder: folder.path().to_owned(),
            limits,
            registry: ToolRegistry::shipped().expect("the registry is valid"),
            compile: CompileCommand { program: PathBuf::from(compile), args: Vec::new() },
            tools,
        })
        .await
        .expect("the host starts");
        Self { host, folder }
    }

    /// Puts a file into the folder and waits for the generation that comes of it.
    ///
    /// # Panics
    /// Where none comes within 30 seconds.
    pub async fn drop_in(&self, name: &str, bytes: &[u8]) -> Arc<Generation> {
        let mut changes = self.host.changes();
        changes.mark_unchanged();
        let hidden = self.folder.path().join(format!(".{name}"));
        std::fs::write(&hidden, bytes).expect("the file can be written");
        std::fs::rename(&hidden, self.folder.path().join(name)).expect("the file can be moved");
        let wait = tokio::time::timeout(Duration::from_secs(30), changes.changed()).await;
        wait.expect("a generation within 30 seconds").expect("the host lives");
        self.host.generation()
    }

    /// Takes a file out of the folder and waits for the generation that comes of it.
    ///
    /// # Panics
    /// Where none comes within 30 seconds.
    pub async fn take_out(&self, name: &str) -> Arc<Generation> {
        let mut changes = self.host.changes();
        changes.mark_unchanged();
        std::fs::remove_file(self.folder.path().join(name)).expect("the file is there");
        let wait = tokio::time::timeout(Duration::from_secs(30), changes.changed()).await;
        wait.expect("a generation within 30 seconds").expect("the host lives");
        self.host.generation()
    }

    /// Loads a fixture; it must not be refused.
    ///
    /// # Panics
    /// Where it is refused.
    pub async fn load(&self, fixture: &Fixture) -> PluginId {
        let id = fixture.manifest.as_ref().expect("a manifest").id().clone();
        let generation = self.drop_in(&format!("{id}.wasm"), &fixture.bytes()).await;
        assert_eq!(generation.refused, Vec::new());
        id
    }

    /// Connects a connector without settings, its only host stood in for by `stand_in`.
    ///
    /// # Panics
    /// Where it can't be connected.
    pub async fn connect(&self, connector: &PluginId, stand_in: Option<&str>) {
        let stand_ins = stand_in.map(|url| ("api.provider.example".to_owned(), url.to_owned())).into_iter().collect();
        let integration = Integration { stand_ins, ..integration(connector) };
        self.host.connect(integration).await.expect("the integration can be connected");
    }

    /// Asks a skill.
    pub async fn ask(&self, skill: &PluginId, context: TurnContext) -> Handled {
        self.host.handle(&self.host.generation(), skill, turn("attack"), context).await
    }
}

/// An integration with nothing filled in.
#[must_use]
pub fn integration(connector: &PluginId) -> Integration {
    Integration {
        connector: connector.clone(),
        settings: BTreeMap::new(),
        hosts: BTreeSet::new(),
        stand_ins: BTreeMap::new(),
        secrets: BTreeMap::new(),
        preferred_for: BTreeSet::new(),
    }
}

/// A turn with one message before it.
#[must_use]
pub fn turn(text: &str) -> Turn {
    Turn {
        input: Input::Text(text.to_owned()),
        history: vec![Message {
            author: Author::Customer,
            text: "hello".into(),
            sent_at: "2026-11-21T10:00:00Z".into(),
        }],
        channel: Channel::Webchat,
        customer: Customer { assurance: Assurance::Authenticated, first_name: Some("Ana".into()) },
        focus: Focus { order_name: None, product_id: None },
        locale: "en".into(),
        time_zone: "Europe/Berlin".into(),
        now: "2026-11-21T10:00:05Z".into(),
        page_url: None,
    }
}

/// A context with this assurance and a customer where it is authenticated.
#[must_use]
pub fn context(assurance: Assurance) -> TurnContext {
    let customer = (assurance == Assurance::Authenticated).then(|| {
        Arc::new(usher_host::Customer {
            id: Some("7001".into()),
            email: Some("ana@example.net".into()),
            phone: None,
            first_name: Some("Ana".into()),
        })
    });
    TurnContext {
        conversation: "c".into(),
        locale: "en".into(),
        assurance,
        customer,
        memory: BTreeMap::new(),
        settings: Arc::new(BTreeMap::new()),
    }
}
