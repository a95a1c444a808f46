//! A short campaign with a fixed seed. `make fuzz` runs a long one.

use std::path::{Path, PathBuf};
use std::time::Duration;
use usher_fuzz::{Plan, Progress, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_components_do_no_harm() {
    let target = Path::new(env!("CARGO_BIN_EXE_usher-fuzz")).ancestors().nth(2).unwrap();
    let plan = Plan {
        seed: 20_261_121,
        invocations: 6_000,
        each: 100,
        // Enough for all of them on a machine that is not busy; a busy one does fewer.
        time: Some(Duration::from_secs(20)),
        only: None,
        folder: target.join("fuzz/short"),
        plugins: target.join("plugins"),
        compile: PathBuf::from(env!("CARGO_BIN_EXE_usher-fuzz")),
    };
    match run(&plan, &Progress::default()).await {
        Ok(report) => {
            println!("{report}");
            assert!(report.invocations > 500, "only {} invocations", report.invocations);
            // It is no test where nothing gets far: replies, limits and traps must all be among the endings.
            for wanted in ["skill: reply", "skill: limit: Fuel", "skill: trap", "connector: answers"] {
                assert!(report.endings.keys().any(|ending| ending.starts_with(wanted)), "no {wanted}:\n{report}");
            }
        }
        Err(failure) => {
            let component = failure.component.as_ref().map(|(_, file)| file.display().to_string());
            panic!("seed {}: {}\nthe component: {component:?}\n{}", plan.seed, failure.problem, failure.report)
        }
    }
}
