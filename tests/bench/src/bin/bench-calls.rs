//! What the host adds to a call of a component. In one run and by turns, so that a busy machine hurts all alike: a skill
//! called by wasmtime alone, with typed bindings and nothing else, and the same skill called by the host; each without
//! and with a tool call that a second, fresh connector instance answers. The host's calls have all of their rules:
//! limits, the gate, records.
//!
//! Each instance writes to some of its memory first, as one made by a compiler does: those are page faults.
//!
//! `cargo run --release -p usher-bench --bin bench-calls [ROUNDS] [CALLS] [KIB WRITTEN]`

#![allow(clippy::expect_used, reason = "a benchmark that can't go on says why and ends")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use usher_host::skill::Assurance;
use usher_host::{CallResult, CompileCommand, Host, Limits};

use usher_hostile::{Fixture, Made as _, Signer, context, integration, outcome};
use usher_manifest::PluginId;
use wasmtime::component::{Component, ComponentExportIndex, HasSelf, InstancePre, Linker};
use wasmtime::{Engine, Store};

mod bindings {
    wasmtime::component::bindgen!({
        path: ["../../wit/tools", "../../wit/skill"],
        inline: "
            package usher:bench;
            world asking { import usher:tools/orders@0.1.0; export usher:skill/handler@0.1.0; }
        ",
        world: "usher:bench/asking",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

use bindings::usher::skill::types as skill;
use bindings::usher::tools::orders::{self, Order};
use bindings::usher::tools::types::ToolError;
use bindings::{Asking, AskingPre};

const RECENT: &str = "usher:tools/orders@0.1.0#recent";

/// Replies with a line of text.
fn plain(kib: usize) -> Fixture {
    let reply = outcome::reply("(i32.const 512)", "(i32.const 40)");
    Fixture::skill("plain", &[], &[], TEXT, &format!("{} {reply}", write(kib)))
}

fn write(kib: usize) -> String {
    format!("(memory.fill (i32.const 1048576) (i32.const 1) (i32.const {}))", kib << 10)
}

/// Asks for an order first.
fn asking(kib: usize) -> Fixture {
    let import = r#"(import "usher:tools/orders@0.1.0" "recent" (func $recent (param i32 i32)))"#;
    let reply = outcome::reply("(i32.const 512)", "(i32.const 40)");
    Fixture::skill(
        "asking",
        &["usher:tools/orders@0.1.0"],
        &["usher:tools/orders.recent"],
        &format!("{import} {TEXT}"),
        &format!(
            "{} (call $recent (i32.const 3) (i32.const 2048))
             (if (i32.load8_u (i32.const 2048)) (then (unreachable))) {reply}",
            write(kib)
        ),
    )
}

const TEXT: &str = r#"(data (i32.const 512) "Your order #1001 is on its way to Berlin.")"#;

/// Answers with one order of one line and one shipment, as a shop has it.
fn connector(kib: usize) -> Fixture {
    let mut data = String::new();
    let mut texts = 16_384;
    let mut text = |at: usize, text: &str| {
        data += &format!(
            "(data (i32.const {texts}) \"{text}\") (data (i32.const {at}) \"{}\")",
            bytes(&[texts, text.len()])
        );
        texts += text.len();
    };
    // The order at 8448, its line at 9216, its shipment at 9472: by the canonical layout of those records.
    for (offset, value) in [
        (0, "gid://shop/Order/5001"),
        (12, "7001"),
        (32, "#1001"),
        (40, "2026-11-18T10:00:00Z"),
        (72, "EUR"),
        (204, "https://shop.example/orders/5001"),
        (216, "2026-11-21T10:00:05Z"),
        (768, "Blue shirt"),
        (780, "M"),
        (792, "SHIRT-BLUE-M"),
        (832, "EUR"),
        (1032, "Parcel Express"),
        (1044, "PX123456789"),
        (1056, "https://track.example/PX123456789"),
    ] {
        text(8448 + offset, value);
    }
    let ones = [8448 + 8, 8448 + 200, 8448 + 776, 8448 + 788, 8448 + 1028, 8448 + 1040, 8448 + 1052];
    let ones: String = ones.map(|at| format!("(data (i32.const {at}) \"\\01\")")).concat();
    let (order, line, shipment) = (bytes(&[8448, 1]), bytes(&[8448 + 768, 1]), bytes(&[8448 + 1024, 1]));
    let fields = format!(
        "{data} {ones} (data (i32.const 8196) \"{order}\") (data (i32.const {}) \"{line}{shipment}\")
         (data (i32.const {}) \"\\50\\09\") (data (i32.const {}) \"\\01\")",
        8448 + 104,
        8448 + 64,
        8448 + 812,
    );
    let functions = format!(
        r#"(func (export "usher:tools/orders@0.1.0#get") (param i32 i32) (result i32) (unreachable))
           (func (export "{RECENT}") (param i32) (result i32) {} (i32.const 8192))"#,
        write(kib)
    );
    Fixture::connector("shop", &[], &["usher:tools/orders"], &fields, &functions)
}

fn bytes(words: &[usize]) -> String {
    words.iter().flat_map(|word| (*word as u32).to_le_bytes()).map(|byte| format!("\\{byte:02x}")).collect()
}

/// Wasmtime alone, with the engine's settings that the host has.
#[derive(Clone)]
struct Bare {
    engine: Engine,
    plain: AskingPre<Caller>,
    asking: AskingPre<Caller>,
    connector: InstancePre<()>,
    recent: ComponentExportIndex,
}

/// What a bare skill's instance lives on.
struct Caller(Bare);

impl orders::Host for Caller {
    async fn get(&mut self, _: String) -> wasmtime::Result<Result<Order, ToolError>> {
        Ok(Err(ToolError::NotFound))
    }

    async fn recent(&mut self, limit: u32) -> wasmtime::Result<Result<Vec<Order>, ToolError>> {
        let mut store = self.0.store(());
        let instance = self.0.connector.instantiate_async(&mut store).await?;
        let recent = instance.get_typed_func::<(u32,), (Result<Vec<Order>, ToolError>,)>(&mut store, self.0.recent)?;
        recent.call_async(&mut store, (limit,)).await.map(|(orders,)| orders)
    }
}

impl Bare {
    fn new(kib: usize) -> Self {
        let engine = Engine::new(&usher_host::engine_config()).expect("the engine starts");
        let load =
            |fixture: &Fixture| Component::from_binary(&engine, &fixture.bytes()).expect("the component compiles");
        let mut linker = Linker::new(&engine);
        orders::add_to_linker::<_, HasSelf<_>>(&mut linker, |caller: &mut Caller| caller)
            .expect("orders can be linked");
        let pre = |fixture: &Fixture| {
            AskingPre::new(linker.instantiate_pre(&load(fixture)).expect("the skill links")).expect("the skill fits")
        };
        let shop = load(&connector(kib));
        let orders = shop.get_export_index(None, "usher:tools/orders@0.1.0").expect("orders are there");
        Self {
            plain: pre(&plain(kib)),
            asking: pre(&asking(kib)),
            recent: shop.get_export_index(Some(&orders), "recent").expect("recent is there"),
            connector: Linker::new(&engine).instantiate_pre(&shop).expect("the connector links"),
            engine,
        }
    }

    /// Fuel and epochs must be set, for the engine counts them.
    fn store<T>(&self, data: T) -> Store<T>
    where
        T: Send + 'static,
    {
        let mut store = Store::new(&self.engine, data);
        store.set_fuel(Limits::default().fuel).expect("the engine counts fuel");
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }

    async fn handle(&self, pre: &AskingPre<Caller>, turn: &skill::Turn) {
        let mut store = self.store(Caller(self.clone()));
        let bindings: Asking = pre.instantiate_async(&mut store).await.expect("the skill is instantiated");
        let outcome = bindings.usher_skill_handler().call_handle(&mut store, turn).await.expect("the skill answers");
        assert!(matches!(outcome, skill::Outcome::Reply(_)));
    }
}

/// The same turn that the host's calls have, in these bindings' types.
fn turn() -> skill::Turn {
    let turn = usher_hostile::turn("where is my order?");
    skill::Turn {
        input: skill::Input::Text("where is my order?".into()),
        history: turn
            .history
            .into_iter()
            .map(|message| skill::Message {
                author: skill::Author::Customer,
                text: message.text,
                sent_at: message.sent_at,
            })
            .collect(),
        channel: skill::Channel::Webchat,
        customer: skill::Customer { assurance: skill::Assurance::Authenticated, first_name: turn.customer.first_name },
        focus: skill::Focus { order_name: None, product_id: None },
        locale: turn.locale,
        time_zone: turn.time_zone,
        now: turn.now,
        page_url: None,
    }
}

async fn host(folder: &std::path::Path, kib: usize) -> Host {
    let signer = Signer::new().expect("a key");
    let compile = CompileCommand {
        program: std::env::current_exe().expect("this program"),
        args: vec!["compile-component".into()],
    };
    let config = signer.host(folder, Limits::default(), compile).expect("the registry is valid");
    std::fs::create_dir_all(&config.folder).expect("a folder");
    for fixture in [plain(kib), asking(kib), connector(kib)] {
        let id = fixture.id().file_stem();
        signer.put(&config.folder, &format!("{id}.wasm"), &fixture.bytes()).expect("the component can be written");
    }
    let host = Host::start(config).await.expect("the host starts");
    let shop: PluginId = "shop".parse().expect("an id");
    host.connect(integration(&shop)).await.expect("the connector is connected");
    host
}

async fn ask(host: &Host, id: &PluginId, calls: usize) {
    let handled = host
        .handle(&host.generation(), id, usher_hostile::turn("where is my order?"), context(Assurance::Authenticated))
        .await;
    assert!(handled.outcome.is_ok() && handled.calls.len() == calls, "{handled:?}");
    assert!(handled.calls.iter().all(|call| call.result == CallResult::Ok), "{handled:?}");
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "compile-component") {
        return usher_host::compile_main(&args[1..]);
    }
    let number = |index: usize, default| args.get(index).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    let (rounds, calls, kib) = (number(0, 40), number(1, 100), number(2, 64).min(1024));
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    // As a task, for that is where the server's calls begin.
    runtime.block_on(async { tokio::spawn(run(rounds, calls, kib)).await }).expect("the benchmark ends");
    ExitCode::SUCCESS
}

/// Turns in so many lanes for so long; how many it were in all.
async fn crowd<F>(lanes: usize, time: Duration, call: impl Fn() -> F + Clone + Send + 'static) -> usize
where
    F: Future<Output = ()> + Send + 'static,
{
    let end = Instant::now() + time;
    let lanes: Vec<_> = (0..lanes)
        .map(|_| {
            let call = call.clone();
            tokio::spawn(async move {
                let mut turns = 0;
                while Instant::now() < end {
                    call().await;
                    turns += 1;
                }
                turns
            })
        })
        .collect();
    let mut turns = 0;
    for lane in lanes {
        turns += lane.await.expect("the lane ends");
    }
    turns
}

async fn run(rounds: usize, calls: usize, kib: usize) {
    let bare = Bare::new(kib);
    let ended = Arc::new(AtomicBool::new(false));
    let (ticking, engine) = (ended.clone(), bare.engine.clone());
    let ticker = std::thread::spawn(move || {
        while !ticking.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(10));
            engine.increment_epoch();
        }
    });
    let folder = std::env::temp_dir().join(format!("usher-bench-calls-{}", std::process::id()));
    let host = host(&folder, kib).await;
    let (plain, asking): (PluginId, PluginId) = ("plain".parse().expect("an id"), "asking".parse().expect("an id"));

    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for round in 0..=rounds {
        macro_rules! measure {
            ($name:expr, $call:expr) => {
                for _ in 0..calls {
                    let started = Instant::now();
                    $call;
                    // The first round warms up.
                    if round > 0 {
                        times.entry($name).or_default().push(started.elapsed());
                    }
                }
            };
        }
        measure!("a", bare.handle(&bare.plain, &turn()).await);
        measure!("c", ask(&host, &plain, 0).await);
        measure!("b", bare.handle(&bare.asking, &turn()).await);
        measure!("d", ask(&host, &asking, 1).await);
    }
    println!("{rounds} rounds of {calls} calls each, by turns; each instance writes {kib} KiB; microseconds");
    println!("{:<58} {:>8} {:>8} {:>8}", "a skill's turn, fresh instances", "median", "p90", "p99");
    let mut medians = BTreeMap::new();
    for (name, what) in [
        ("a", "a  wasmtime alone, typed, no tool call"),
        ("b", "b  wasmtime alone, typed, one call of a second instance"),
        ("c", "c  host, no tool call"),
        ("d", "d  host, one tool call through the gate to a connector"),
    ] {
        let times = times.get_mut(name).expect("measured");
        times.sort();
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6;
        medians.insert(name, at(0.5));
        println!("{what:<58} {:>8.1} {:>8.1} {:>8.1}", at(0.5), at(0.9), at(0.99));
    }
    println!(
        "c / a = {:.2}    d / b = {:.2}    d - c = {:.1}    b - a = {:.1}",
        medians["c"] / medians["a"],
        medians["d"] / medians["b"],
        medians["d"] - medians["c"],
        medians["b"] - medians["a"]
    );
    // The same with as many turns at a time as there are workers.
    let lanes = tokio::runtime::Handle::current().metrics().num_workers();
    let (mut alone, mut hosted) = (0, 0);
    let (slice, slices) = (Duration::from_millis(250), 8);
    for _ in 0..slices {
        let (bare, host, asking) = (bare.clone(), host.clone(), asking.clone());
        alone += crowd(lanes, slice, move || {
            let bare = bare.clone();
            async move { bare.handle(&bare.asking, &turn()).await }
        })
        .await;
        hosted += crowd(lanes, slice, move || {
            let (host, asking) = (host.clone(), asking.clone());
            async move { ask(&host, &asking, 1).await }
        })
        .await;
    }
    let a_second = |turns: usize| turns as f64 / (slice * slices).as_secs_f64();
    println!(
        "{lanes} at a time: b {:.0} turns/s, d {:.0} turns/s, b / d = {:.2}",
        a_second(alone),
        a_second(hosted),
        a_second(alone) / a_second(hosted)
    );
    ended.store(true, Ordering::Relaxed);
    drop(ticker.join());
    drop(std::fs::remove_dir_all(&folder));
}
