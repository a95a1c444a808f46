//! What happens between a skill's tool call and a connector: whose data is asked for, when the connector is not asked at
//! all, and what a connector that fails does to the skill.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

use async_trait::async_trait;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::Notify;
use usher_host::skill::{Assurance, Outcome};
use usher_host::{
    CallFailure, CallResult, Customer, DenialReason, Handled, Integration, Limits, RuntimeCall, RuntimeTool, ToolCall,
    ToolError, TurnContext, Value,
};
use usher_hostile::{Answer, Capture, Fixture, Made as _, Seen, Stage, context, integration, outcome};
use usher_manifest::PluginId;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

/// Asks its provider by POST, with the argument as the body and the customer that it was told of in three headers.
/// Beneath, what a connector's functions answer: at 8192 the result, whose ok case is all zeros.
const CONNECTOR: &str = r#"
    (import "usher:connector/caller@0.1.0" "customer" (func $customer (param i32)))
    (import "usher:connector/clock@0.1.0" "sleep" (func $sleep (param i32)))
    (import "usher:connector/http@0.1.0" "send" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (data (i32.const 256) "https://api.provider.example/get")
    (data (i32.const 320) "https://api.provider.example/recent")
    (data (i32.const 384) "https://api.provider.example/eligibility")
    (data (i32.const 448) "x-idx-emailx-phone")
    (data (i32.const 480) "try later")
    (func $header (param $at i32) (param $name i32) (param $len i32) (param $value i32)
      (i32.store (local.get $at) (local.get $name))
      (i32.store offset=4 (local.get $at) (local.get $len))
      (i64.store offset=8 (local.get $at) (i64.load (local.get $value))))
    (func $ask (param $url i32) (param $url_len i32) (param $body i32) (param $body_len i32) (result i32)
      (call $customer (i32.const 512))
      (call $header (i32.const 560) (i32.const 448) (i32.const 4) (i32.const 520))
      (call $header (i32.const 576) (i32.const 452) (i32.const 7) (i32.const 532))
      (call $header (i32.const 592) (i32.const 459) (i32.const 7) (i32.const 544))
      (call $send (i32.const 1) (local.get $url) (local.get $url_len) (i32.const 560) (i32.const 3)
        (i32.const 1) (local.get $body) (local.get $body_len) (i32.const 640))
      (if (result i32) (i32.load8_u (i32.const 640)) (then (i32.const 0)) (else (i32.load16_u (i32.const 644)))))
    ;; 200 is ok, 404 not found, all else unavailable; the error stands at `offset` of the result.
    (func $answer (param $status i32) (param $offset i32) (result i32)
      (if (i32.eq (local.get $status) (i32.const 200)) (then (return (i32.const 8192))))
      (i32.store8 (i32.const 8192) (i32.const 1))
      (if (i32.eq (local.get $status) (i32.const 404))
        (then (call $error (local.get $offset) (i32.const 1)))
        (else (call $error (local.get $offset) (i32.const 3))))
      (i32.const 8192))
    (func $error (param $offset i32) (param $case i32)
      (local $at i32)
      (local.set $at (i32.add (i32.const 8192) (local.get $offset)))
      (i32.store8 (i32.const 8192) (i32.const 1))
      (i32.store8 (local.get $at) (local.get $case))
      (i32.store offset=4 (local.get $at) (i32.const 480))
      (i32.store offset=8 (local.get $at) (i32.const 9)))"#;

/// `recent` misbehaves in the way that its limit says.
const ORDERS: &str = r#"
    ;; What is there is the caller's: the owner is a copy of the customer that it was told of.
    (func (export "usher:tools/orders@0.1.0#get") (param i32 i32) (result i32)
      (local $status i32)
      (local.set $status (call $ask (i32.const 256) (i32.const 32) (local.get 0) (local.get 1)))
      (if (i32.eq (local.get $status) (i32.const 200))
        (then (memory.copy (i32.const 8208) (i32.const 516) (i32.const 24))))
      (call $answer (local.get $status) (i32.const 8)))
    (func (export "usher:tools/orders@0.1.0#recent") (param $limit i32) (result i32)
      (if (i32.eq (local.get $limit) (i32.const 102)) (then (unreachable)))
      (if (i32.eq (local.get $limit) (i32.const 103)) (then (loop (br 0))))
      ;; One order whose id has three million characters.
      (if (i32.eq (local.get $limit) (i32.const 104))
        (then
          (drop (memory.grow (i32.const 64)))
          (i32.store (i32.const 8196) (i32.const 16384))
          (i32.store (i32.const 8200) (i32.const 1))
          (i32.store (i32.const 16384) (i32.const 2097152))
          (i32.store (i32.const 16388) (i32.const 3000000))
          (return (i32.const 8192))))
      ;; A list that isn't there.
      (if (i32.eq (local.get $limit) (i32.const 105))
        (then
          (i32.store (i32.const 8196) (i32.const -16))
          (i32.store (i32.const 8200) (i32.const 1))
          (return (i32.const 8192))))
      (if (i32.eq (local.get $limit) (i32.const 106))
        (then (call $error (i32.const 4) (i32.const 2)) (return (i32.const 8192))))
      ;; A refusal in the runtime's own words: not granted.
      (if (i32.eq (local.get $limit) (i32.const 107))
        (then
          (call $error (i32.const 4) (i32.const 0))
          (i32.store8 (i32.const 8200) (i32.const 0))
          (i32.store (i32.const 8204) (i32.const 480))
          (i32.store (i32.const 8208) (i32.const 9))
          (return (i32.const 8192))))
      (if (i32.eq (local.get $limit) (i32.const 108)) (then (call $sleep (i32.const 60000))))
      (call $answer (call $ask (i32.const 320) (i32.const 35) (i32.const 0) (i32.const 0)) (i32.const 4)))"#;

const RETURNS: &str = r#"
    (func (export "usher:tools/returns@0.1.0#eligibility") (param i32 i32) (result i32)
      (call $answer (call $ask (i32.const 384) (i32.const 40) (local.get 0) (local.get 1)) (i32.const 4)))
    (func (export "usher:tools/returns@0.1.0#list-open") (result i32) (unreachable))
    (func (export "usher:tools/returns@0.1.0#portal-url") (param i32 i32 i32 i32 i32 i32) (result i32) (unreachable))"#;

const CONNECTOR_IMPORTS: [&str; 3] =
    ["usher:connector/caller@0.1.0", "usher:connector/clock@0.1.0", "usher:connector/http@0.1.0"];

fn orders(id: &str) -> Fixture {
    Fixture::connector(id, &CONNECTOR_IMPORTS, &["usher:tools/orders"], CONNECTOR, ORDERS)
}

fn returns(id: &str) -> Fixture {
    Fixture::connector(id, &CONNECTOR_IMPORTS, &["usher:tools/returns"], CONNECTOR, RETURNS)
}

/// One step of a skill: a tool call, of which the skill notes a dot where it was answered, and else the number of the
/// error's case. Its reply is those notes.
enum Step {
    Recent(u32),
    Get(&'static str),
    Eligibility(&'static str),
    Search,
}

const DENIED: char = '0';
const NOT_FOUND: char = '1';
const INVALID: char = '2';
const UNAVAILABLE: char = '3';
const TOO_LARGE: char = '4';

fn skill(id: &str, steps: &[Step]) -> Fixture {
    let mut fields = String::from(
        r#"(import "usher:tools/orders@0.1.0" "recent" (func $recent (param i32 i32)))
           (import "usher:tools/orders@0.1.0" "get" (func $get (param i32 i32 i32)))
           (import "usher:tools/returns@0.1.0" "eligibility" (func $eligibility (param i32 i32 i32)))
           (import "usher:tools/knowledge@0.1.0" "search" (func $search (param i32 i32 i32 i32 i32 i32 i32)))
           (global $notes (mut i32) (i32.const 512))
           (func $note (param $offset i32)
             (i32.store8 (global.get $notes)
               (if (result i32) (i32.load8_u (i32.const 2048))
                 (then (i32.add (i32.const 48) (i32.load8_u (i32.add (i32.const 2048) (local.get $offset)))))
                 (else (i32.const 46))))
             (global.set $notes (i32.add (global.get $notes) (i32.const 1))))"#,
    );
    let mut body = String::new();
    for (index, step) in steps.iter().enumerate() {
        let at = 4096 + index * 64;
        let mut named = |function: &str, name: &str| {
            fields += &format!("(data (i32.const {at}) \"{name}\")");
            format!("(call ${function} (i32.const {at}) (i32.const {}) (i32.const 2048))", name.len())
        };
        let (call, offset) = match step {
            Step::Recent(limit) => (format!("(call $recent (i32.const {limit}) (i32.const 2048))"), 4),
            Step::Get(name) => (named("get", name), 8),
            Step::Eligibility(name) => (named("eligibility", name), 4),
            Step::Search => {
                let zeros = "(i32.const 0) ".repeat(6);
                (format!("(call $search {zeros} (i32.const 2048))"), 4)
            }
        };
        body += &format!("{call} (call $note (i32.const {offset}))");
    }
    body += &outcome::reply("(i32.const 512)", "(i32.sub (global.get $notes) (i32.const 512))");
    let imports = ["usher:tools/orders@0.1.0", "usher:tools/returns@0.1.0", "usher:tools/knowledge@0.1.0"];
    let tools = [
        "usher:tools/orders.recent",
        "usher:tools/orders.get",
        "usher:tools/returns.eligibility",
        "usher:tools/knowledge.search",
    ];
    Fixture::skill(id, &imports, &tools, &fields, &body)
}

fn notes(handled: &Handled) -> &str {
    match &handled.outcome {
        Ok(Outcome::Reply(reply)) => &reply.text,
        other => panic!("the skill didn't go on: {other:?}"),
    }
}

fn results(handled: &Handled) -> Vec<CallResult> {
    handled.calls.iter().map(|call| call.result.clone()).collect()
}

fn provider(call: &ToolCall) -> Option<&str> {
    call.provider.as_ref().map(PluginId::as_str)
}

/// Answers with no passages, once it is told to: so a test can act in the middle of a turn.
#[derive(Default)]
struct Pause {
    reached: Notify,
    go_on: Notify,
}

#[async_trait]
impl RuntimeTool for Pause {
    async fn call(&self, _: RuntimeCall<'_>) -> Result<Value, ToolError> {
        self.reached.notify_one();
        self.go_on.notified().await;
        Ok(Value::List(Vec::new()))
    }
}

/// The runtime's own code at its worst.
struct Panicking;

#[async_trait]
impl RuntimeTool for Panicking {
    async fn call(&self, _: RuntimeCall<'_>) -> Result<Value, ToolError> {
        panic!("as planned")
    }
}

/// A shop that has order 1001, and a returns provider that takes anything back; both ask servers of their own.
struct Shop {
    stage: Stage,
    pause: Arc<Pause>,
    orders: PluginId,
    returns: PluginId,
    shop: Capture,
    returner: Capture,
}

impl Shop {
    async fn open(limits: Limits) -> Self {
        let pause = Arc::new(Pause::default());
        let tool: Arc<dyn RuntimeTool> = pause.clone();
        let tools = HashMap::from([("usher:tools/knowledge".parse().unwrap(), tool)]);
        let stage = Stage::set(COMPILE, limits, tools).await;
        let shop = Capture::start(|seen| match (seen.target(), seen.body.trim().trim_start_matches('#')) {
            ("/recent", _) | ("/get", "1001") => Answer::http(200, "", ""),
            _ => Answer::http(404, "", ""),
        })
        .await;
        let returner = Capture::start(|_| Answer::http(200, "", "")).await;
        let (orders, returns) = (stage.load(&orders("shop")).await, stage.load(&returns("returner")).await);
        stage.connect(&orders, Some(&shop.url)).await;
        stage.connect(&returns, Some(&returner.url)).await;
        Self { stage, pause, orders, returns, shop, returner }
    }

    /// What comes of a skill with these steps in a signed-in customer's turn.
    async fn run(&self, steps: &[Step]) -> Handled {
        self.run_for(steps, context(Assurance::Authenticated)).await
    }

    async fn run_for(&self, steps: &[Step], context: TurnContext) -> Handled {
        let skill = self.stage.load(&skill("asking", steps)).await;
        let handled = self.stage.ask(&skill, context).await;
        self.stage.take_out("asking.wasm").await;
        handled
    }
}

fn asked(capture: &Capture) -> Vec<String> {
    capture.take().iter().map(|seen| format!("{} {}", seen.target(), seen.body)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connector_is_told_the_turns_customer_and_nothing_that_the_skill_says() {
    let shop = Shop::open(Limits::default()).await;
    let identity = |seen: &Seen| ["x-id", "x-email", "x-phone"].map(|name| seen.header(name).concat());
    let handled = shop.run(&[Step::Recent(1), Step::Get("7002 ben@example.net")]).await;
    assert_eq!(notes(&handled), format!(".{NOT_FOUND}"));
    let seen = shop.shop.take();
    assert_eq!(seen.len(), 2);
    for seen in &seen {
        assert_eq!(identity(seen), ["7001", "ana@example.net", ""]);
    }
    // Another turn, another customer; nothing is left of the first.
    let other = Customer { phone: Some("+491701234567".into()), ..Customer::default() };
    let other = TurnContext { customer: Some(Arc::new(other)), ..context(Assurance::Authenticated) };
    shop.run_for(&[Step::Recent(1)], other).await;
    assert_eq!(shop.shop.take().iter().map(identity).collect::<Vec<_>>(), [["", "", "+491701234567"]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_at_the_same_time_never_share_a_customer() {
    let shop = Shop::open(Limits::default()).await;
    let skill = shop.stage.load(&skill("asking", &[Step::Recent(1), Step::Get("1001"), Step::Recent(2)])).await;
    let turns = (0..64).map(|number: u32| {
        let customer = Customer {
            id: Some(number.to_string()),
            email: Some(format!("{number}@example.net")),
            ..Customer::default()
        };
        let context = TurnContext { customer: Some(Arc::new(customer)), ..context(Assurance::Authenticated) };
        let (host, skill) = (shop.stage.host.clone(), skill.clone());
        tokio::spawn(async move { host.handle(&host.generation(), &skill, usher_hostile::turn("mine"), context).await })
    });
    for turn in turns.collect::<Vec<_>>() {
        assert_eq!(notes(&turn.await.unwrap()), "...");
    }
    let mut asked: HashMap<String, usize> = HashMap::new();
    for seen in shop.shop.take() {
        let id = seen.header("x-id").concat();
        assert_eq!(seen.header("x-email"), [format!("{id}@example.net")]);
        *asked.entry(id).or_default() += 1;
    }
    assert_eq!(asked.len(), 64);
    assert!(asked.values().all(|times| *times == 3), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_customer_no_connector_is_reached() {
    let shop = Shop::open(Limits::default()).await;
    for assurance in [Assurance::Anonymous, Assurance::Identified] {
        let steps = [Step::Recent(1), Step::Get("1001"), Step::Eligibility("1001")];
        let handled = shop.run_for(&steps, context(assurance)).await;
        assert_eq!(notes(&handled), [DENIED; 3].iter().collect::<String>());
        assert_eq!(results(&handled), [const { CallResult::Denied(DenialReason::SignInRequired) }; 3]);
        assert!(handled.calls.iter().all(|call| call.provider.is_none()));
    }
    assert_eq!((shop.shop.connections(), shop.returner.connections()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_must_be_the_customers_before_anyone_is_asked_about_it() {
    let shop = Shop::open(Limits::default()).await;
    let handled = shop.run(&[Step::Eligibility("2002")]).await;
    assert_eq!(notes(&handled), NOT_FOUND.to_string());
    assert_eq!(results(&handled), [CallResult::NotFound]);
    assert_eq!(asked(&shop.shop), ["/get 2002"]);
    assert_eq!(shop.returner.connections(), 0);

    // The customer's own: found out once a turn, by whatever of the contract's spellings it is called.
    let steps = [Step::Eligibility("1001"), Step::Eligibility("#1001"), Step::Eligibility("1001")];
    let handled = shop.run(&steps).await;
    assert_eq!(notes(&handled), "...");
    assert_eq!(asked(&shop.shop), ["/get 1001"]);
    assert_eq!(asked(&shop.returner), ["/eligibility 1001", "/eligibility #1001", "/eligibility 1001"]);
    assert_eq!(handled.calls.len(), 3, "the check itself is no call of the skill's");

    // A name that only looks the same is another name; and the next turn asks again.
    let handled =
        shop.run(&[Step::Eligibility("#1001"), Step::Eligibility("##1001"), Step::Eligibility(" 1001")]).await;
    assert_eq!(notes(&handled), "...");
    assert_eq!(asked(&shop.shop), ["/get #1001", "/get ##1001", "/get  1001"]);
    let _ = shop.returner.take();

    // Nobody can tell: nobody is asked.
    shop.stage.host.disconnect(&shop.orders).await;
    let handled = shop.run(&[Step::Eligibility("1001")]).await;
    assert_eq!((notes(&handled), results(&handled)), (UNAVAILABLE.to_string().as_str(), vec![CallResult::Unavailable]));
    assert_eq!(asked(&shop.returner), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_that_fails_is_a_value_and_the_skill_goes_on() {
    let shop = Shop::open(Limits { tool_ms: 2_000, fuel: 50_000_000, ..Limits::default() }).await;
    for (limit, case, result, why) in [
        (102, UNAVAILABLE, CallResult::Unavailable, "the plugin failed: wasm trap"),
        (103, UNAVAILABLE, CallResult::Unavailable, "limit of Fuel"),
        (104, TOO_LARGE, CallResult::TooLarge, ""),
        (105, UNAVAILABLE, CallResult::Unavailable, "the plugin failed"),
        (106, INVALID, CallResult::Invalid, "try later"),
        // Only the gate says that something isn't granted.
        (107, DENIED, CallResult::Denied(DenialReason::Policy), "refused by the provider"),
        (108, UNAVAILABLE, CallResult::Unavailable, "limit of Time"),
    ] {
        let handled = shop.run(&[Step::Recent(limit), Step::Recent(1)]).await;
        assert_eq!(notes(&handled), format!("{case}."), "{limit}: {handled:?}");
        assert_eq!(results(&handled), [result, CallResult::Ok], "{limit}");
        assert!(handled.calls[0].note.as_deref().unwrap_or_default().contains(why), "{limit}: {handled:?}");
        assert_eq!(provider(&handled.calls[0]), Some("shop"), "{limit}");
    }
    assert_eq!(asked(&shop.shop).len(), 7, "each went on with the call that was answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_leaves_its_record() {
    let shop = Shop::open(Limits::default()).await;
    let handled = shop
        .run(&[Step::Recent(1), Step::Recent(1), Step::Recent(2), Step::Get("2002"), Step::Eligibility("1001")])
        .await;
    let generation = shop.stage.host.generation();
    let digest = |id: &PluginId| Some(generation.connectors[id].sheet.digest);
    let [one, same, other, missing, returned] = handled.calls.as_slice() else { panic!("{handled:?}") };
    assert_eq!(one.function.to_string(), "usher:tools/orders.recent");
    assert_eq!((provider(one), one.provider_digest), (Some("shop"), digest(&shop.orders)));
    assert_eq!((provider(returned), returned.provider_digest), (Some("returner"), digest(&shop.returns)));
    assert_eq!(
        handled.calls.iter().map(|call| call.result.clone()).collect::<Vec<_>>(),
        [CallResult::Ok, CallResult::Ok, CallResult::Ok, CallResult::NotFound, CallResult::Ok]
    );
    // Digests: the same for the same, and only for that.
    assert_eq!((one.arguments, one.answer), (same.arguments, same.answer));
    assert_ne!(one.arguments, other.arguments);
    assert_eq!(one.answer, other.answer);
    assert_ne!(one.answer, missing.answer);
    assert!(handled.calls.windows(2).all(|pair| pair[0].started_at <= pair[1].started_at));
    // What was said stands in no record.
    assert!(!format!("{:?}", handled.calls).contains("2002"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_runs_on_the_generation_that_it_began_with() {
    let shop = Shop::open(Limits::default()).await;
    let skill = shop.stage.load(&skill("asking", &[Step::Recent(1), Step::Search, Step::Recent(1)])).await;
    let before = shop.stage.host.generation();
    // Another version of the connector, which asks for something else.
    let newer = orders("shop");
    let newer = Fixture { module: newer.module.replace(".example/recent", ".example/newest"), ..newer };
    let turn = shop.stage.ask(&skill, context(Assurance::Authenticated));
    let change = async {
        shop.pause.reached.notified().await;
        shop.stage.drop_in("shop.wasm", &newer.bytes()).await;
        shop.stage.take_out("returner.wasm").await;
        shop.stage.take_out("asking.wasm").await;
        shop.pause.go_on.notify_one();
    };
    let (handled, ()) = tokio::join!(turn, change);
    assert_eq!(notes(&handled), "...");
    assert_eq!(asked(&shop.shop), ["/recent ", "/recent "]);
    let digest = before.connectors[&shop.orders].sheet.digest;
    assert_eq!([0, 2].map(|index| handled.calls[index].provider_digest), [Some(digest); 2]);

    let after = shop.stage.host.generation();
    assert!(after.number > before.number && !after.skills.contains_key(&skill));
    assert_ne!(after.connectors[&shop.orders].sheet.digest, digest);
    let handled = shop.run(&[Step::Recent(1)]).await;
    assert_eq!(handled.calls[0].provider_digest, Some(after.connectors[&shop.orders].sheet.digest));
    assert_eq!(asked(&shop.shop), ["/newest "]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnected_integration_is_unavailable_from_the_next_turn_on() {
    let shop = Shop::open(Limits::default()).await;
    let skill = shop.stage.load(&skill("asking", &[Step::Recent(1), Step::Search, Step::Recent(1)])).await;
    let turn = shop.stage.ask(&skill, context(Assurance::Authenticated));
    let change = async {
        shop.pause.reached.notified().await;
        shop.stage.host.disconnect(&shop.orders).await;
        shop.pause.go_on.notify_one();
    };
    let (handled, ()) = tokio::join!(turn, change);
    assert_eq!(notes(&handled), "...");
    assert_eq!(asked(&shop.shop).len(), 2);
    shop.pause.go_on.notify_one();
    let handled = shop.stage.ask(&skill, context(Assurance::Authenticated)).await;
    assert_eq!(notes(&handled), format!("{UNAVAILABLE}.{UNAVAILABLE}"));
    assert_eq!(handled.calls[0].note.as_deref(), Some("no connected integration provides usher:tools/orders"));
    assert_eq!(asked(&shop.shop), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_connectors_the_one_that_was_picked_is_asked() {
    let shop = Shop::open(Limits::default()).await;
    let other = Capture::start(|_| Answer::http(200, "", "")).await;
    let second = shop.stage.load(&orders("zweiter")).await;
    let connect = async |connector: &PluginId, url: &str, preferred: &[&str]| {
        let integration = Integration {
            stand_ins: [("api.provider.example".to_owned(), url.to_owned())].into(),
            preferred_for: preferred.iter().map(|interface| interface.parse().unwrap()).collect::<BTreeSet<_>>(),
            ..integration(connector)
        };
        shop.stage.host.connect(integration).await.unwrap();
    };
    let answering = async || {
        let handled = shop.run(&[Step::Recent(1)]).await;
        assert_eq!(notes(&handled), ".");
        provider(&handled.calls[0]).unwrap().to_owned()
    };
    // By id, where the operator has picked none.
    connect(&second, &other.url, &[]).await;
    assert_eq!(answering().await, "shop");
    connect(&second, &other.url, &["usher:tools/orders"]).await;
    assert_eq!(answering().await, "zweiter");
    // Picked for something else.
    connect(&second, &other.url, &["usher:tools/returns"]).await;
    assert_eq!(answering().await, "shop");
    connect(&second, &other.url, &["usher:tools/orders"]).await;
    shop.stage.host.disconnect(&second).await;
    assert_eq!(answering().await, "shop");
    assert_eq!(asked(&other), ["/recent "]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_of_the_runtime_ends_one_turn() {
    let tools: HashMap<_, Arc<dyn RuntimeTool>> =
        HashMap::from([("usher:tools/knowledge".parse().unwrap(), Arc::new(Panicking) as Arc<dyn RuntimeTool>)]);
    // One place for calls, so that one that isn't given back would be seen.
    let stage = Stage::set(COMPILE, Limits { concurrent_calls: 1, ..Limits::default() }, tools).await;
    let searching = stage.load(&skill("searching", &[Step::Search])).await;
    let asking = stage.load(&skill("asking", &[Step::Recent(1)])).await;
    for _ in 0..3 {
        let handled = stage.ask(&searching, context(Assurance::Anonymous)).await;
        assert!(matches!(handled.outcome, Err(CallFailure::Runtime(_))), "{handled:?}");
        assert_eq!(notes(&stage.ask(&asking, context(Assurance::Authenticated)).await), UNAVAILABLE.to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_nobody_waits_for_any_more_ends_and_gives_back_its_place() {
    let pause = Arc::new(Pause::default());
    let tools: HashMap<_, Arc<dyn RuntimeTool>> =
        HashMap::from([("usher:tools/knowledge".parse().unwrap(), pause.clone() as Arc<dyn RuntimeTool>)]);
    let stage = Stage::set(COMPILE, Limits { concurrent_calls: 1, ..Limits::default() }, tools).await;
    let searching = stage.load(&skill("searching", &[Step::Search])).await;
    let asking = stage.load(&skill("asking", &[Step::Recent(1)])).await;
    {
        let turn = stage.ask(&searching, context(Assurance::Anonymous));
        tokio::select! {
            handled = turn => panic!("nobody told it to go on: {handled:?}"),
            () = pause.reached.notified() => {}
        }
    }
    assert_eq!(notes(&stage.ask(&asking, context(Assurance::Authenticated)).await), UNAVAILABLE.to_string());
}
