//! A host of its own for probes, and what it takes to call plugins on it.

use crate::error::Error;
use crate::fixture::{Fixture, outcome};
use crate::signer::Signer;
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use usher_host::skill::{Assurance, Author, Channel, Customer, Focus, Input, Message, Turn};
use usher_host::{
    CompileCommand, Generation, Host, HostConfig, Integration, Limits, RuntimeCall, RuntimeTool, Subject, ToolError,
    TurnContext, Value,
};
use usher_manifest::PluginId;

/// The host may take so much longer than a file's compiling to take notice of it.
const NOTICE_SECONDS: u64 = 30;

/// A host with a plugin folder of its own, which goes with it. Its `knowledge.search` never answers.
pub(crate) struct Lab {
    pub(crate) host: Host,
    pub(crate) limits: Limits,
    pub(crate) waiting: Arc<Waiting>,
    signer: Signer,
    folder: PathBuf,
    _home: TempDir,
}

impl Lab {
    pub(crate) async fn open(compile: &CompileCommand, limits: Limits) -> Result<Self, Error> {
        let home = TempDir::new().map_err(|source| Error::Io { what: "a temporary folder", source })?;
        let waiting = Arc::new(Waiting::default());
        let knowledge = "usher:tools/knowledge".parse().map_err(|_| Error::Fixture("a tool's name is wrong".into()))?;
        let signer = Signer::new()?;
        let tools = HashMap::from([(knowledge, waiting.clone() as Arc<dyn RuntimeTool>)]);
        let config = HostConfig { tools, ..signer.host(home.path(), limits, compile.clone())? };
        let folder = config.folder.clone();
        let host = Host::start(config).await?;
        Ok(Self { host, limits, waiting, signer, folder, _home: home })
    }

    /// Puts a component into the folder and waits for the generation that comes of it.
    pub(crate) async fn put(&self, name: &str, bytes: &[u8]) -> Result<Arc<Generation>, Error> {
        let io = |source| Error::Io { what: "the temporary folder", source };
        let mut changes = self.host.changes();
        changes.mark_unchanged();
        self.signer.put(&self.folder, name, bytes).map_err(io)?;
        let seconds = NOTICE_SECONDS + self.limits.compile_seconds;
        match tokio::time::timeout(Duration::from_secs(seconds), changes.changed()).await {
            Ok(Ok(())) => Ok(self.host.generation()),
            _ => Err(Error::Unnoticed(seconds)),
        }
    }
}

/// A tool that never answers, and counts who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Waiting {
    /// The most that waited at the same time.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl RuntimeTool for Waiting {
    async fn call(&self, _: RuntimeCall<'_>) -> Result<Value, ToolError> {
        struct Leave<'a>(&'a AtomicUsize);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        let _leave = Leave(&self.now);
        self.most.fetch_max(now, Ordering::SeqCst);
        std::future::pending().await
    }
}

/// A skill that does no harm: it says that all is well.
#[must_use]
pub fn honest() -> Fixture {
    let body = outcome::reply("(i32.const 512)", "(i32.const 11)");
    Fixture::skill("honest", &[], &[], "(data (i32.const 512) \"all is well\")", &body)
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

/// A context with this assurance, and a customer where it is authenticated.
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
        subject: Subject::Session("s".into()),
        agreed: None,
    }
}
