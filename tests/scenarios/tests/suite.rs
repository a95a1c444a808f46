//! The scenarios in plain files: see `suite/README.md`.

/// A part of a file's name or a scenario's: only those run.
const ONLY: &str = "SCENARIO";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_goes_as_written() {
    let only = std::env::var(ONLY).unwrap_or_default();
    let report = usher_scenarios::suite::run(&usher_scenarios::suite::folder(), &only).await;
    let report = report.unwrap_or_else(|why| panic!("the scenarios can't be read:\n{why}"));
    for (skill, ran) in &report.ran {
        println!("{skill}: {ran} scenarios");
    }
    for known in &report.not_yet {
        println!("not yet: {known}");
    }
    let (failed, ran) = (report.failures.len(), report.ran.values().sum::<usize>());
    assert!(ran > 0, "no scenario has «{only}» in its name or its file's");
    assert!(failed == 0, "{failed} of {ran} scenarios failed:\n\n{}\n", report.failures.join("\n\n"));
}
