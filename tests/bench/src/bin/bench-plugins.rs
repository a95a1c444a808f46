//! What it costs to bring a plugin, and to start with many. In one run: the steps from a component's bytes to what can be
//! called, the way of a file from the plugin folder to live, and a start with a thousand skills whose machine code is in
//! the compile cache; the last beside wasmtime alone, which reads the same machine code from plain files, trusts it, and
//! checks and remembers nothing.
//!
//! The skills have about 25 KB, their functions do a little work, and no two have the same bytes.
//!
//! `cargo run --release -p usher-bench --bin bench-plugins [SKILLS] [ROUNDS]`

#![allow(clippy::expect_used, reason = "a benchmark that can't go on says why and ends")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use usher_bench::{figure, figure_below};
use usher_host::{
    CompileCache, CompileCommand, Compiler, Digest, Host, HostConfig, Limits, Vault, engine_config, inspect,
};
use usher_hostile::{Fixture, Made as _, Signer, outcome, skill_manifest, with_section};
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

/// The aims: a file of 25 KB is live, and a thousand skills are.
const PUBLISH_MS: f64 = 300.0;
const START_MS: f64 = 2_000.0;
/// A text in the data of each, in place of which its number is written.
const MARK: &str = "skill-number-000000";

/// A skill of about 25 KB but for its manifest: ninety functions that loop, branch, read, write and call each other, and
/// some kilobytes of text.
fn skill() -> Vec<u8> {
    let functions: String = (0..90)
        .map(|number: u32| {
            let (place, turn, before) = (65_536 + number * 16, number % 31, number.saturating_sub(1));
            format!(
                "(func $f{number} (export \"f{number}\") (param $a i32) (param $b i32) (result i32)
                   (local $sum i32) (local $at i32)
                   (local.set $sum (i32.add (local.get $a) (i32.const {number})))
                   (block $done (loop $next
                     (br_if $done (i32.ge_u (local.get $at) (local.get $b)))
                     (local.set $sum (i32.xor
                       (i32.mul (local.get $sum) (i32.const 16777619))
                       (i32.load8_u (i32.add (local.get $a) (local.get $at)))))
                     (if (i32.and (local.get $sum) (i32.const 1))
                       (then (i32.store offset={place} (local.get $at) (local.get $sum)))
                       (else (local.set $sum (i32.rotl (local.get $sum) (i32.const {turn})))))
                     (local.set $at (i32.add (local.get $at) (i32.const 1)))
                     (br $next)))
                   (if (i32.gt_s (local.get $sum) (i32.const 1000))
                     (then (local.set $sum (call $f{before} (local.get $sum) (i32.shr_u (local.get $b) (i32.const 1))))))
                   (local.get $sum))"
            )
        })
        .collect();
    let text = "An ordinary sentence, as skills have them in their data. ".repeat(110);
    let fields = format!("{functions} (data (i32.const 8192) \"{MARK} {text}\")");
    Fixture { manifest: None, ..Fixture::skill("numbered", &[], &[], &fields, outcome::DECLINE) }.bytes()
}

/// So many skills, no two the same. Their ids are far from each other, for a plugin whose id is nearly another's waits
/// for a person.
fn skills(from: usize, count: usize) -> Vec<Vec<u8>> {
    let base = skill();
    let mark = base.windows(MARK.len()).position(|text| text == MARK.as_bytes()).expect("the mark is in the data");
    (from..from + count)
        .map(|number| {
            let mut bytes = base.clone();
            bytes[mark..mark + MARK.len()].copy_from_slice(format!("skill-number-{number:06}").as_bytes());
            let id = &Digest::of(&number.to_le_bytes()).to_string()[7..19];
            let manifest = skill_manifest(&format!("skill-{id}"), &[]).to_section().expect("the manifest fits");
            with_section(bytes, "usher:manifest", &manifest)
        })
        .collect()
}

/// Memory of this process that is in use, MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("resident memory is told");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn command() -> CompileCommand {
    CompileCommand { program: std::env::current_exe().expect("this program"), args: vec!["compile-component".into()] }
}

fn engine() -> Engine {
    Engine::new(&engine_config()).expect("the engine starts")
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "compile-component") {
        return usher_host::compile_main(&args[1..]);
    }
    let number = |index: usize, default: usize| args.get(index).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    let (count, rounds) = (number(0, 1_000).max(1), number(1, 20).max(1));
    let home = std::env::temp_dir().join(format!("usher-bench-plugins-{}", std::process::id()));
    std::fs::create_dir_all(&home).expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    runtime.block_on(async {
        steps(&home.join("steps"), rounds).await;
        publish(&home.join("publish"), rounds).await;
        start(&home.join("start"), count).await;
    });
    drop(std::fs::remove_dir_all(&home));
    ExitCode::SUCCESS
}

/// From bytes to what can be called, step by step.
async fn steps(home: &Path, rounds: usize) {
    let (engine, limits) = (engine(), Limits::default());
    let vault = Vault::open(&home.join("vault")).expect("the vault opens");
    let cache = CompileCache::open(&home.join("compiled"), &engine).expect("the cache opens");
    let compiler = Compiler::new(command()).cached(cache);
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let (mut size, mut code_size) = (0, 0);
    for component in skills(0, rounds) {
        let mut last = Instant::now();
        let mut lap = |what: &'static str| {
            times.entry(what).or_default().push(ms(last.elapsed()));
            last = Instant::now();
        };
        inspect(&component, &limits).expect("it is a plugin");
        lap("a  inspect");
        let digest = vault.put(&component).expect("the vault keeps it");
        lap("b  keep in the vault");
        let cold = compiler.compile(&component, &limits).await.expect("it compiles");
        lap("c  compile in a process, keep the code");
        let component = vault.get(digest).expect("the vault has it");
        lap("d  take out of the vault");
        let code = compiler.compile(&component, &limits).await.expect("the cache has it");
        lap("e  take the code out of the cache");
        let loaded = code.component(&engine).expect("it is a component");
        lap("f  take the code over");
        bare_link(&engine, &loaded);
        lap("g  link, nothing imported");
        assert_eq!(cold.bytes(), code.bytes());
        (size, code_size) = (component.len(), code.bytes().len());
    }
    println!("one skill of {size} bytes, {code_size} bytes of machine code; median of {rounds}, milliseconds");
    let mut sums = (0.0, 0.0);
    for (what, times) in times {
        let time = median(times);
        figure(what, time, None);
        sums.0 += if what.starts_with(['a', 'b', 'c', 'f', 'g']) { time } else { 0.0 };
        sums.1 += if what.starts_with(['a', 'd', 'e', 'f', 'g']) { time } else { 0.0 };
    }
    figure("new:            a + b + c + f + g", sums.0, None);
    figure("at a new start: a + d + e + f + g", sums.1, None);
}

/// From a file in the plugin folder to live, through all of the host.
async fn publish(home: &Path, rounds: usize) {
    let signer = Signer::new().expect("a key");
    let config = signer.host(home, Limits::default(), command()).expect("the registry is valid");
    std::fs::create_dir_all(&config.folder).expect("a folder");
    let host = Host::start(config.clone()).await.expect("the host starts");
    let mut times = Vec::new();
    for (number, component) in skills(0, rounds).iter().enumerate() {
        let mut changes = host.changes();
        changes.mark_unchanged();
        let started = Instant::now();
        signer.put(&config.folder, &format!("{number}.wasm"), component).expect("the file can be written");
        changes.changed().await.expect("the host lives");
        times.push(ms(started.elapsed()));
        let generation = host.generation();
        assert_eq!(generation.skills.len(), number + 1, "{:?}", generation.refused);
    }
    println!("\nfrom a signed file in the folder to live, all in; median of {rounds}, milliseconds");
    // The folder is watched: a file is read when it has not changed for 120 ms.
    figure_below("new file to live", median(times), PUBLISH_MS);
}

/// A start with many, and wasmtime alone with the same.
async fn start(home: &Path, count: usize) {
    let signer = Signer::new().expect("a key");
    let config = signer.host(home, Limits::default(), command()).expect("the registry is valid");
    std::fs::create_dir_all(&config.folder).expect("a folder");
    let plain = home.join("plain");
    std::fs::create_dir_all(&plain).expect("a folder");
    let compiling = Instant::now();
    {
        let engine = engine();
        let cache = CompileCache::open(&config.data.join("compiled"), &engine).expect("the cache opens");
        let compiler = Compiler::new(command()).cached(cache);
        for (number, component) in skills(0, count).iter().enumerate() {
            let code = compiler.compile(component, &config.limits).await.expect("it compiles");
            std::fs::write(plain.join(number.to_string()), code.bytes()).expect("the code can be written");
            signer.put(&config.folder, &format!("{number}.wasm"), component).expect("the file can be written");
        }
    }
    println!(
        "\n{count} skills, compiled one after the other in {:.1} s; milliseconds",
        compiling.elapsed().as_secs_f64()
    );
    println!("resident memory is what the start added, MiB; it is counted anew for each");
    let first = host(&config, count, "host, cache warm, never seen before").await;
    let again = host(&config, count, "host, cache warm, restart").await;
    figure_below("the slower of the two", first.max(again), START_MS);
    let bare = bare(&plain, count);
    figure("restart / wasmtime alone", again / bare, None);
}

async fn host(config: &HostConfig, count: usize, what: &str) -> f64 {
    let (before, started) = (resident(), Instant::now());
    let host = Host::start(config.clone()).await.expect("the host starts");
    let time = ms(started.elapsed());
    assert_eq!(host.generation().skills.len(), count, "{:?}", host.generation().refused.first());
    figure(what, time, None);
    figure("  resident memory", resident() - before, None);
    time
}

/// Reads machine code that nobody has checked, takes it over and links it, one after the other as wasmtime does it.
fn bare(plain: &Path, count: usize) -> f64 {
    let engine = engine();
    let (before, started) = (resident(), Instant::now());
    let loaded: Vec<_> = (0..count)
        .map(|number| {
            let code = std::fs::read(plain.join(number.to_string())).expect("the code can be read");
            // SAFETY: this process wrote these files a moment ago, with code that wasmtime made.
            #[allow(unsafe_code)]
            let component = unsafe { Component::deserialize(&engine, &code) };
            bare_link(&engine, &component.expect("it is a component"))
        })
        .collect();
    let time = ms(started.elapsed());
    figure("wasmtime alone, from plain files, one thread", time, None);
    figure("  resident memory", resident() - before, None);
    drop(loaded);
    time
}

fn bare_link(engine: &Engine, component: &Component) -> InstancePre<()> {
    Linker::new(engine).instantiate_pre(component).expect("it imports nothing")
}
