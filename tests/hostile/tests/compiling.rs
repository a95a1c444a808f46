//! Compiling: what is asked for twice, by too many, or is made to be slow (A-10 to A-12 of the attack list).

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use usher_host::{CompileCache, CompileCommand, Compiler, Limits, Refusal, engine_config, inspect};
use usher_hostile::{Fixture, Made as _, outcome};
use wasmtime::Engine;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

fn child() -> CompileCommand {
    CompileCommand { program: COMPILE.into(), args: Vec::new() }
}

/// A compiling process made of a shell script, in which `$0` is this file and `"$@"` are the limits.
fn script(text: &str, file: &Path) -> CompileCommand {
    CompileCommand { program: "/bin/sh".into(), args: vec!["-c".into(), text.into(), file.into()] }
}

/// A component that differs from others by its id.
fn component(id: &str) -> Vec<u8> {
    Fixture::skill(id, &[], &[], "", outcome::DECLINE).bytes()
}

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_work_is_done_once_and_outlives_who_began_it() {
    let folder = folder();
    let runs = folder.path().join("runs");
    let count = || fs::read_to_string(&runs).map_or(0, |text| text.lines().count());
    let slow = script(&format!("echo run >> \"$0\"; sleep 0.5; exec '{COMPILE}' \"$@\""), &runs);
    let compiler = Arc::new(Compiler::new(slow));
    let bytes: Arc<[u8]> = component("one").into();
    let ask = || {
        let (compiler, bytes) = (compiler.clone(), bytes.clone());
        tokio::spawn(async move { compiler.compile(&bytes, &Limits::default()).await })
    };
    let answers: Vec<_> = (0..8).map(|_| ask()).collect();
    for answer in answers {
        answer.await.expect("no panic").expect("it compiles");
    }
    assert_eq!(count(), 1);

    // Who began goes away: who waits for the same takes it up.
    let began = ask();
    while count() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let waits = ask();
    tokio::time::sleep(Duration::from_millis(50)).await;
    began.abort();
    waits.await.expect("no panic").expect("it compiles");
    assert_eq!(count(), 3);

    // What can't be compiled is told to all who asked for it.
    let compiler = Arc::new(Compiler::new(script("echo run >> \"$0\"; sleep 0.5; exit 1", &runs)));
    let answers: Vec<_> = (0..4)
        .map(|_| {
            let (compiler, bytes) = (compiler.clone(), bytes.clone());
            tokio::spawn(async move { compiler.compile(&bytes, &Limits::default()).await })
        })
        .collect();
    for answer in answers {
        assert!(matches!(answer.await.expect("no panic"), Err(Refusal::Compile(_))));
    }
    assert_eq!(count(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_plugins_is_refused_and_those_that_are_known_still_start() {
    let folder = folder();
    let engine = Engine::new(&engine_config()).expect("the engine starts");
    let cache = || CompileCache::open(&folder.path().join("compiled"), &engine).expect("the cache opens");
    let (known, limits) = (component("known"), Limits::default());
    Compiler::new(child()).cached(cache()).compile(&known, &limits).await.expect("it compiles");
    let started = folder.path().join("started");
    let go = folder.path().join("started.go");
    let stuck = format!("echo run >> \"$0\"; while [ ! -e \"$0.go\" ]; do sleep 0.05; done; exec '{COMPILE}' \"$@\"");
    let stuck = script(&stuck, &started);
    let compiler = Arc::new(Compiler::new(stuck).cached(cache()));
    let flood: Vec<_> = (0..70_u8)
        .map(|number| {
            let compiler = compiler.clone();
            tokio::spawn(async move { compiler.compile(&[number; 100], &Limits::default()).await })
        })
        .collect();
    // One is compiled and 64 wait; the others are told at once.
    let end = Instant::now() + Duration::from_secs(60);
    while flood.iter().filter(|task| task.is_finished()).count() < 5 || !started.exists() {
        assert!(Instant::now() < end, "{} were refused", flood.iter().filter(|task| task.is_finished()).count());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    compiler.compile(&known, &limits).await.expect("it is in the cache");
    assert_eq!(fs::read_to_string(&started).expect("there").lines().count(), 1, "one at a time");
    let (told, waiting): (Vec<_>, Vec<_>) = flood.into_iter().partition(|task| task.is_finished());
    assert_eq!(told.len(), 5);
    for task in told {
        let refusal = task.await.expect("no panic").expect_err("it can't be compiled");
        assert_eq!(refusal, Refusal::CompileQueue { waiting: 64 });
        assert!(refusal.to_string().contains("try again"), "{refusal}");
    }
    // When the others go away there is room again.
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    for task in waiting {
        assert!(task.await.expect_err("it went away").is_cancelled());
    }
    fs::write(go, "").expect("written");
    compiler.compile(&component("next"), &limits).await.expect("it compiles");
}

/// Components inside each other, each instantiating the one within ten times.
fn bomb(depth: u32) -> String {
    let inner = if depth == 0 { String::from("(component $c)") } else { bomb(depth - 1) };
    let instances = "(instance (instantiate $c))".repeat(10);
    if depth == 0 { inner } else { format!("(component $c {inner} {instances})") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bomb_that_got_past_the_look_ends_its_own_process_only() {
    // Too many instances for the look, brought to the compiler without it: 10⁸ of them need more memory than there is.
    let instances = wat::parse_str(bomb(8)).expect("the fixture is valid");
    assert!(inspect(&instances, &Limits::default()).is_err());
    // In proportion, and still slow: many loops with many locals.
    let locals = 3_000;
    let work: String = (0..locals)
        .map(|i| format!("(local.set {i} (i32.add (local.get {i}) (local.get {})))", (i * 7) % locals))
        .collect();
    let loops = format!("{}{work}{}", "(loop ".repeat(60), " (br 0))".repeat(60));
    let function = format!("(func (local{}) {loops})", " i32".repeat(locals));
    let slow = Fixture::skill("slow", &[], &[], &function.repeat(20), outcome::DECLINE).bytes();
    assert!(inspect(&slow, &Limits::default()).is_ok());
    let compiler = Compiler::new(child());
    let little_memory = Limits { compile_memory_bytes: 512 << 20, ..Limits::default() };
    let little_time = Limits { compile_seconds: 1, ..Limits::default() };
    for (bytes, limits, words) in [(&instances, little_memory, "or 512 MiB"), (&slow, little_time, "than 1 seconds")] {
        let refusal = compiler.compile(bytes, &limits).await.expect_err("it can't be compiled");
        assert!(matches!(refusal, Refusal::Compile(_)), "{refusal}");
        assert!(refusal.to_string().contains(words), "{refusal}");
    }
    // A component that is larger than allowed isn't even read to its end.
    let small = Limits { component_bytes: 100, ..Limits::default() };
    let refusal = compiler.compile(&component("large"), &small).await.expect_err("too large");
    assert!(refusal.to_string().contains("more than 100 bytes"), "{refusal}");
    compiler.compile(&component("next"), &Limits::default()).await.expect("it compiles");
}
