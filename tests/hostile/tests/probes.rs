//! Every probe of `usher doctor --limits`, stopped by the limit or rule that it names. After each, an honest skill on the
//! same host is answered.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use usher_host::{CompileCommand, LimitHit, Limits};
use usher_probes::{Runner, Stop, all};

/// The probes run in so many lanes, each a host of its own.
const LANES: usize = 4;

fn compile() -> CompileCommand {
    CompileCommand { program: PathBuf::from(env!("CARGO_BIN_EXE_compile-child")), args: Vec::new() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_probe_is_stopped_by_what_it_names() {
    let lanes: Vec<_> = (0..LANES)
        .map(|lane| {
            tokio::spawn(async move {
                let runner = Runner::start(compile(), Limits::default()).await.expect("the host starts");
                let mut free = Vec::new();
                for probe in all().iter().skip(lane).step_by(LANES) {
                    let report = runner.run(probe).await.expect("the probe runs");
                    println!("{:26} {:22} {:8} µs  {}", report.probe, report.guard, report.took_us, report.seen);
                    if !report.stopped {
                        free.push(report);
                    }
                }
                free
            })
        })
        .collect();
    let mut free = Vec::new();
    for lane in lanes {
        free.extend(lane.await.expect("the lane ends"));
    }
    assert!(free.is_empty(), "not stopped: {free:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_that_nothing_stops_is_reported_as_such() {
    let runner = Runner::start(compile(), Limits::default()).await.expect("the host starts");
    let probes = all();
    let probe = |name: &str| *probes.iter().find(|probe| probe.name == name).expect("the probe is there");
    // Stopped, and not by what had to stop it; let through; and taken although it had to be refused.
    let fuel = Stop::Turn(LimitHit::Fuel);
    let cases = [("memory-growth", fuel, true), ("log-line", fuel, false), ("trap", Stop::Refused(""), true)];
    for (name, stop, ended) in cases {
        let mut probe = probe(name);
        probe.stop = stop;
        let report = runner.run(&probe).await.expect("the probe runs");
        assert!(!report.stopped && report.ended == ended, "{report:?}");
        assert!(!report.seen.is_empty(), "{report:?}");
    }
}

#[test]
fn every_limit_has_a_probe() {
    let limits = serde_json::to_value(Limits::default()).expect("limits are data");
    let keys: BTreeSet<&str> = limits.as_object().expect("with keys").keys().map(String::as_str).collect();
    let probes = all();
    let guards: BTreeSet<&str> = probes.iter().map(|probe| probe.guard).collect();
    let without: Vec<_> = keys.difference(&guards).collect();
    assert!(without.is_empty(), "{without:?}");
    let names: BTreeSet<&str> = probes.iter().map(|probe| probe.name).collect();
    assert_eq!(names.len(), probes.len(), "each has a name of its own");
}
