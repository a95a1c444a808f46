//! A running `usher demo`: the real server, the real plugins, the demo's shop.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};
use usher_compiled::Compiled;

/// How long it may take to start on a busy machine; the first of all starts compiles the plugins.
const START: Duration = Duration::from_secs(120);

/// The demo's process and addresses; ended when dropped.
pub struct Demo {
    /// The shop's first page.
    pub shop: String,
    /// Where the shop's mails arrive.
    pub mailbox: String,
    /// The customers' own pages.
    pub hub: String,
    /// The workspace of people in support.
    pub desk: String,
    /// The server's origin.
    pub usher: String,
    /// The operator's token.
    pub token: String,
    /// Another operator's: a colleague.
    pub colleague: String,
    _process: Child,
    data: tempfile::TempDir,
}

/// The demo's site.
pub const SITE: &str = "lumen";

impl Demo {
    /// Starts it on free ports, with a data folder of its own and the plugins that `make` has built.
    ///
    /// # Panics
    /// If the binary or the plugins aren't built, or it doesn't start.
    pub async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins");
        assert!(
            plugins.join("order-tracking.wasm").exists(),
            "the plugins aren't built: run `make test`, which builds them first"
        );
        let binary = binary();
        let (server, folder) = (binary.clone(), data.path().to_owned());
        let lent = tokio::task::spawn_blocking(move || Compiled::lent(&server, &folder));
        let mut compiled = lent.await.unwrap().unwrap();
        let mut process = Command::new(binary)
            .args(["demo", "--port", "0", "--data-dir"])
            .arg(data.path())
            .arg("--plugins")
            .arg(plugins)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("the demo doesn't start: {error}"));
        let Some(stdout) = process.stdout.take() else { unreachable!("stdout is piped") };
        let mut lines = BufReader::new(stdout).lines();
        let (mut shop, mut mailbox, mut hub, mut desk) = (None, None, None, None);
        let told = async {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut words = line.split_whitespace();
                match words.next() {
                    Some("shop") => shop = words.next().map(str::to_owned),
                    Some("mailbox") => mailbox = words.next().map(str::to_owned),
                    Some("account") => hub = words.next().map(str::to_owned),
                    Some("support") => desk = words.next().map(str::to_owned),
                    Some("Ctrl-C") => return,
                    _ => {}
                }
            }
        };
        timeout(START, told).await.unwrap_or_else(|_| panic!("the demo didn't say within {START:?} that it is open"));
        compiled.keep(data.path());
        // What it logs from now on is read and dropped, or it would stop at a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (Some(shop), Some(mailbox), Some(hub), Some(desk)) = (shop, mailbox, hub, desk) else {
            panic!("the demo ended without saying where its shop is")
        };
        let usher = desk.trim_end_matches("/desk").to_owned();
        let secret = |file: &str| std::fs::read_to_string(data.path().join(file)).unwrap().trim().to_owned();
        let (token, colleague) = (secret("admin-token"), secret("demo-operator"));
        Self { shop, mailbox, hub, desk, usher, token, colleague, _process: process, data }
    }
}

impl Demo {
    /// What makes the owner's account, as long as there is none.
    ///
    /// # Panics
    /// If there is an account already.
    pub fn setup_token(&self) -> String {
        std::fs::read_to_string(self.data.path().join("setup-token")).unwrap().trim().to_owned()
    }
}

/// The server's binary, built beside this test.
fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().find(|folder| folder.join("usher").is_file());
    folder
        .unwrap_or_else(|| panic!("the binary `usher` isn't built: run `make test`, which builds it first"))
        .join("usher")
}
