//! A host with a plugin folder of its own.

use crate::made::Made as _;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use usher_host::{
    CompileCommand, Generation, Handled, Host, HostConfig, Integration, Limits, RuntimeTool, TurnContext,
};
use usher_manifest::{InterfaceName, PluginId};
use usher_probes::{Fixture, HOST, Signer, integration, turn};

/// A running host.
pub struct Stage {
    /// The host.
    pub host: Host,
    /// Who signs what is dropped in; the host trusts it for everything.
    pub signer: Signer,
    /// What the host was started with.
    pub config: HostConfig,
    /// Everything of it lies here.
    pub home: TempDir,
}

#[allow(clippy::expect_used, reason = "a stage that can't be set is the test's own fault")]
impl Stage {
    /// A host with these limits and runtime tools, and nothing in its folder. `compile` is the path of the compiling
    /// process (`env!("CARGO_BIN_EXE_compile-child")`).
    ///
    /// # Panics
    /// Where the host can't be started.
    pub async fn set(compile: &str, limits: Limits, tools: HashMap<InterfaceName, Arc<dyn RuntimeTool>>) -> Self {
        Self::with(compile, limits, |config| config.tools = tools).await
    }

    /// A host whose configuration is changed before it starts.
    ///
    /// # Panics
    /// Where the host can't be started.
    pub async fn with(compile: &str, limits: Limits, change: impl FnOnce(&mut HostConfig)) -> Self {
        let home = TempDir::new().expect("a folder");
        let signer = Signer::new().expect("a key");
        let compile = CompileCommand { program: PathBuf::from(compile), args: Vec::new() };
        let mut config = signer.host(home.path(), limits, compile).expect("the registry is valid");
        change(&mut config);
        let host = Host::start(config.clone()).await.expect("the host starts");
        Self { host, signer, config, home }
    }

    /// Ends the host and starts another one on the same folders and ledger.
    ///
    /// # Panics
    /// Where it can't be started.
    pub async fn restart(self) -> Self {
        let Self { host, signer, config, home } = self;
        drop(host);
        let host = Host::start(config.clone()).await.expect("the host starts");
        Self { host, signer, config, home }
    }

    /// Puts a file into the folder and waits for the generation that comes of it.
    ///
    /// # Panics
    /// Where none comes within 30 seconds.
    pub async fn drop_in(&self, name: &str, bytes: &[u8]) -> Arc<Generation> {
        let mut changes = self.host.changes();
        changes.mark_unchanged();
        self.signer.put(&self.config.folder, name, bytes).expect("the file can be written");
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
        std::fs::remove_file(self.config.folder.join(name)).expect("the file is there");
        let wait = tokio::time::timeout(Duration::from_secs(30), changes.changed()).await;
        wait.expect("a generation within 30 seconds").expect("the host lives");
        self.host.generation()
    }

    /// Loads a fixture; it must not be refused.
    ///
    /// # Panics
    /// Where it is refused.
    pub async fn load(&self, fixture: &Fixture) -> PluginId {
        let id = fixture.id();
        let generation = self.drop_in(&format!("{id}.wasm"), &fixture.bytes()).await;
        assert_eq!(generation.refused, Vec::new());
        id
    }

    /// Connects a connector without settings, its only host stood in for by `stand_in`.
    ///
    /// # Panics
    /// Where it can't be connected.
    pub async fn connect(&self, connector: &PluginId, stand_in: Option<&str>) {
        let stand_ins = stand_in.map(|url| (HOST.to_owned(), url.to_owned())).into_iter().collect();
        let integration = Integration { stand_ins, ..integration(connector) };
        self.host.connect(integration).await.expect("the integration can be connected");
    }

    /// Asks a skill.
    pub async fn ask(&self, skill: &PluginId, context: TurnContext) -> Handled {
        self.host.handle(&self.host.generation(), skill, turn("attack"), context).await
    }
}
