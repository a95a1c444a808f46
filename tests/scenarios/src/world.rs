//! A server process and what stands around it.

use crate::configuration::{POSTMARK_PASSWORD, POSTMARK_USER};
use crate::shopper::Shopper;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use usher_compiled::Compiled;
use usher_probes::Signer;
use usher_standins::{CURRENCY, DemoCustomer, DemoSituation, LOYALTY_PROGRAM, Standins, StandinsConfig};

const SHOPIFY_HOST: &str = "lumen-demo.myshopify.com";
const LOOP_HOST: &str = "api.loopreturns.com";
const SMILE_HOST: &str = "api.smile.io";
const RECHARGE_HOST: &str = "api.rechargeapps.com";
/// How long a server may take to answer its health check after its start, on a busy machine.
const START: Duration = Duration::from_secs(60);

/// The server's binary, built beside this test.
pub fn product_binary() -> PathBuf {
    let mut path = std::env::current_exe().expect("a test has a path");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    let binary = path.join("usher");
    assert!(binary.exists(), "{} is not there: run `make test`, which builds it first", binary.display());
    binary
}

/// The folder with the built plugins.
pub fn components() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins");
    assert!(
        folder.join("order-tracking.wasm").exists(),
        "{} has no plugins: run `make test`, which builds them first",
        folder.display()
    );
    folder
}

/// The operators beside `admin`, each with a token in the file `NAME.token` of the data folder.
pub const OPERATORS: [&str; 2] = ["first", "second"];

/// A running server with its surroundings. All of it ends when dropped.
pub struct World {
    /// The providers.
    pub standins: Standins,
    /// Where the server is.
    pub url: String,
    /// The server's data folder; the plugin folder is `plugins` in it.
    pub data: TempDir,
    /// Who signs plugins; the server trusts it for everything, unless the scenario has a policy of its own.
    pub signer: Signer,
    pub(crate) settings: StandinsConfig,
    server: Option<Child>,
    pub(crate) client: reqwest::Client,
}

impl World {
    /// Starts everything, connects the integrations and gives the shop two articles.
    pub async fn start() -> Self {
        let world = Self::without_integrations().await;
        world.connect().await;
        world.write_articles().await;
        world
    }

    /// The same, with a provider that never throttles: for measuring what is ours.
    pub async fn start_unthrottled() -> Self {
        let world = Self::unthrottled().await;
        world.connect().await;
        world.write_articles().await;
        world
    }

    /// With a provider that never throttles, nothing connected and no articles.
    pub async fn unthrottled() -> Self {
        Self::with(Self::unthrottled_settings()).await
    }

    /// With all four channels open: what customers write to the stand-ins of Twilio, WhatsApp and Postmark is brought to
    /// this server. Nothing is connected, and there are no articles.
    pub async fn with_channels(settings: StandinsConfig) -> Self {
        let world = Self::set(settings, true, |trusting| trusting).await;
        let webhook = |path: &str| format!("{}/api/v1/channels/{path}", world.url);
        let standins = &world.standins;
        standins.twilio.texts.send_webhooks_to(&webhook("sms/webhook")).expect("an address");
        standins.whatsapp.chats.send_webhooks_to(&webhook("whatsapp/webhook")).expect("an address");
        let postmark = webhook("email/postmark");
        standins.mails.bring_as_postmark(&postmark, POSTMARK_USER, POSTMARK_PASSWORD).expect("an address");
        world
    }

    /// Stand-ins of the shop's systems that never throttle.
    pub fn unthrottled_settings() -> StandinsConfig {
        let mut settings = StandinsConfig::default();
        settings.shopify.bucket = 1e12;
        settings.shopify.restore_rate = 1e12;
        settings.recharge.bucket = u32::MAX;
        settings.smile.per_second = usize::MAX;
        settings.zendesk.per_minute = usize::MAX;
        settings.zendesk.changes_of_a_ticket = usize::MAX;
        settings.gorgias.bucket = u32::MAX;
        settings
    }

    /// The same with nothing connected and no articles.
    pub async fn without_integrations() -> Self {
        Self::with(StandinsConfig::default()).await
    }

    /// The same with a trust policy of the scenario's own, made of the one that trusts [`World::signer`] for everything.
    pub async fn with_policy(policy: impl FnOnce(String) -> String) -> Self {
        Self::set(StandinsConfig::default(), false, policy).await
    }

    async fn with(settings: StandinsConfig) -> Self {
        Self::set(settings, false, |trusting| trusting).await
    }

    async fn set(settings: StandinsConfig, channels: bool, policy: impl FnOnce(String) -> String) -> Self {
        // The HTTP client of this process; another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let standins = Standins::start(settings.clone()).await.expect("the stand-ins start");
        let data = TempDir::new().expect("a folder");
        let plugins = data.path().join("plugins");
        std::fs::create_dir(&plugins).expect("a folder");
        let signer = Signer::new().expect("a key");
        private(&data.path().join("trust.toml"), &policy(signer.policy_text()));
        for entry in std::fs::read_dir(components()).expect("the plugins are there").flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "wasm") {
                let component = std::fs::read(entry.path()).expect("a plugin can be read");
                let name = entry.file_name().into_string().expect("a plain name");
                signer.put(&plugins, &name, &component).expect("a plugin can be copied");
            }
        }
        let folder = data.path().to_owned();
        let lent = tokio::task::spawn_blocking(move || Compiled::lent(&product_binary(), &folder));
        let mut compiled = lent.await.expect("no panic").expect("the binary is there");
        let port = free_port();
        let mut world = Self {
            url: format!("http://127.0.0.1:{port}"),
            standins,
            data,
            signer,
            settings,
            server: None,
            client: reqwest::Client::builder().no_proxy().build().expect("a client"),
        };
        world.write_config(port, channels);
        world.start_server().await;
        compiled.keep(world.data.path());
        world
    }

    /// Starts the server process and waits until it answers.
    pub async fn start_server(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.data.path().join("log"))
            .expect("a file can be written");
        let child = Command::new(product_binary())
            .args(["serve", "--config"])
            .arg(self.data.path().join("usher.toml"))
            .stdout(log.try_clone().expect("a handle"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        self.server = Some(child);
        let started = Instant::now();
        loop {
            let answer = self.client.get(format!("{}/health", self.url)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let ended = self.server.as_mut().and_then(|server| server.try_wait().ok().flatten());
            assert!(ended.is_none(), "the server ended: {ended:?}\n{}", self.log());
            assert!(started.elapsed() < START, "the server doesn't answer\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends the server as a loss of power would.
    pub async fn kill_server(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().await.expect("the server can be killed");
        }
    }

    /// Changes the configuration and starts the server anew.
    pub async fn configure(&mut self, change: impl FnOnce(&mut toml::Table)) {
        let file = self.data.path().join("usher.toml");
        let text = std::fs::read_to_string(&file).expect("the configuration");
        let mut table = text.parse().expect("the configuration is a table");
        change(&mut table);
        std::fs::write(file, table.to_string()).expect("a file can be written");
        self.kill_server().await;
        self.start_server().await;
    }

    /// Runs `usher` as this operator at a terminal of this machine: what it printed, and whether it went well.
    pub fn usher(&self, operator: &str, args: &[&str]) -> (bool, String) {
        let output = std::process::Command::new(product_binary())
            .args(args)
            .env("USHER_URL", &self.url)
            .env("USHER_TOKEN", std::fs::read_to_string(self.token_file(operator)).expect("the operator's token"))
            .stdin(std::process::Stdio::null())
            .output()
            .expect("usher starts");
        let text = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
        (output.status.success(), text)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("log")).unwrap_or_default()
    }

    /// A request of the operator `admin`; the answer must be a success.
    pub async fn operator(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.operates("admin", method, path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    /// A request of an operator: `admin`, or one of [`OPERATORS`]; status and body of the answer.
    pub async fn operates(&self, name: &str, method: reqwest::Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let token = std::fs::read_to_string(self.token_file(name)).expect("the operator's token");
        let mut request = self.client.request(method, format!("{}/api/v1/{path}", self.url)).bearer_auth(token.trim());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("the server answers");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a text");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// The file that holds an operator's token.
    pub fn token_file(&self, name: &str) -> PathBuf {
        let file = if name == "admin" { "admin-token".to_owned() } else { format!("{name}.token") };
        self.data.path().join(file)
    }

    /// Puts a component into the plugin folder, signed.
    pub fn drop_in(&self, name: &str, component: &[u8]) {
        self.signer.put(&self.data.path().join("plugins"), name, component).expect("a file can be written");
    }

    /// Puts a component into the plugin folder, with no signature.
    pub fn drop_in_unsigned(&self, name: &str, component: &[u8]) {
        let folder = self.data.path().join("plugins");
        let _ = std::fs::remove_file(folder.join(format!("{name}.minisig")));
        std::fs::write(folder.join(format!(".{name}")), component).expect("a file can be written");
        std::fs::rename(folder.join(format!(".{name}")), folder.join(name)).expect("a file can be moved");
    }

    /// Waits until a release of a plugin is in a state, and returns it.
    pub async fn release(&self, plugin: &str, state: &str) -> Value {
        let started = Instant::now();
        loop {
            let all = self.operator(reqwest::Method::GET, &format!("releases?state={state}"), None).await;
            let found = all["releases"].as_array().and_then(|all| all.iter().find(|one| one["plugin"] == plugin));
            if let Some(found) = found {
                return found.clone();
            }
            assert!(started.elapsed() < START, "{plugin} isn't {state}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Connects the integrations by the API, and makes sure that all are well.
    pub async fn connect(&self) {
        let loop_key = self.settings.loop_returns.keys.first().map(|(key, _)| key.clone()).unwrap_or_default();
        let recharge_token = self.settings.recharge.tokens.first().map(|(token, _)| token.clone()).unwrap_or_default();
        for (connector, integration) in [
            (
                "shopify",
                json!({
                    "settings": { "shop": SHOPIFY_HOST },
                    "stand_ins": { SHOPIFY_HOST: self.standins.shopify.url().trim_end_matches('/') },
                    "secrets": { "access-token": self.settings.shopify.token },
                }),
            ),
            (
                "loop",
                json!({
                    "stand_ins": { LOOP_HOST: self.standins.loop_returns.url().trim_end_matches('/') },
                    "secrets": { "api-key": loop_key },
                }),
            ),
            (
                "smile",
                json!({
                    "settings": { "program-name": LOYALTY_PROGRAM, "currency": CURRENCY },
                    "stand_ins": { SMILE_HOST: self.standins.smile.url().trim_end_matches('/') },
                    "secrets": { "api-key": self.settings.smile.key },
                }),
            ),
            (
                "recharge",
                json!({
                    "stand_ins": { RECHARGE_HOST: self.standins.recharge.url().trim_end_matches('/') },
                    "secrets": { "access-token": recharge_token },
                }),
            ),
        ] {
            self.operator(reqwest::Method::PUT, &format!("integrations/{connector}"), Some(integration)).await;
            let check = self.operator(reqwest::Method::POST, &format!("integrations/{connector}/check"), None).await;
            assert_eq!(check["ok"], true, "{connector}: {check}");
        }
    }

    /// The shop's two articles, and the one on changing orders.
    pub async fn write_articles(&self) {
        self.write_order_changes().await;
        self.article(
            "returns",
            "returns",
            "Returns",
            "You can send back any lamp within 30 days of delivery, unused and in its box. Returns are free within the \
             EU. The money is back on your account within 10 days of the parcel's arrival.",
            &["What is your return policy?", "How long do I have to return something?"],
        )
        .await;
        self.article(
            "shipping",
            "shipping",
            "Shipping",
            "We send within the EU. Orders over 50 EUR are sent free of charge; below that shipping costs 4.90 EUR.",
            &["How much is shipping?", "Do you deliver to Austria?"],
        )
        .await;
    }

    /// An article on changing orders, which skills that change them need.
    pub async fn write_order_changes(&self) {
        self.article(
            "changing-orders",
            "order-changes",
            "Changing an order",
            "An order can be changed or cancelled until we begin to pack it.",
            &["Until when can an order be cancelled?"],
        )
        .await;
    }

    /// Puts an article into the knowledge base.
    pub async fn article(&self, id: &str, topic: &str, title: &str, body: &str, questions: &[&str]) {
        let article =
            json!({ "title": title, "topic": topic, "questions": questions, "format": "markdown", "body": body });
        self.operator(reqwest::Method::PUT, &format!("articles/{id}"), Some(article)).await;
    }

    /// The id of the shop's site.
    pub fn site(&self) -> &str {
        &self.settings.storefront.site_id
    }

    /// A visitor of the shop.
    pub async fn shopper(&self) -> Shopper {
        Shopper::open(&self.url, self.site()).await
    }

    /// The demo customer in this situation.
    pub fn customer(&self, situation: DemoSituation) -> DemoCustomer {
        self.standins.read(|shop| shop.demo_customer(situation)).expect("every situation has a customer")
    }

    /// What the shop's backend signs for a customer of its own.
    pub async fn identity_token(&self, customer: &DemoCustomer) -> String {
        let url =
            format!("{}/session-token?customer={}", self.standins.storefront.url().trim_end_matches('/'), customer.id);
        let answer: Value = self.client.get(url).send().await.expect("the shop answers").json().await.expect("a token");
        answer["token"].as_str().expect("a token").to_owned()
    }

    /// A visitor who is signed in as this customer.
    pub async fn signed_in(&self, situation: DemoSituation) -> Shopper {
        let shopper = self.shopper().await;
        let token = self.identity_token(&self.customer(situation)).await;
        shopper.identify(&token).await;
        shopper
    }

    /// The records of a shopper's turns.
    pub async fn turns(&self, shopper: &Shopper) -> Vec<Value> {
        let answer =
            self.operator(reqwest::Method::GET, &format!("conversations/{}/turns", shopper.conversation), None).await;
        answer["turns"].as_array().cloned().unwrap_or_default()
    }
}

/// Writes a file that only its owner can read.
pub(crate) fn private(path: &Path, content: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, content).expect("a file can be written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a mode can be set");
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
