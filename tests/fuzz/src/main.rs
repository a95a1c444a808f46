//! `usher-fuzz`: a campaign from the command line. It ends with 1 where something happened that must not.

use clap::Parser;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use usher_fuzz::{Plan, Progress, run};

/// A process that makes no progress for so long is stuck.
const STUCK: Duration = Duration::from_secs(300);

/// Random components and random calls against the real host.
#[derive(Parser)]
struct Options {
    /// Everything random follows from it; without it, one is made up and printed.
    #[arg(long)]
    seed: Option<u64>,
    /// How many calls of random components.
    #[arg(long, default_value_t = 100_000)]
    invocations: u64,
    /// How many of them for each component.
    #[arg(long, default_value_t = 200)]
    each: u64,
    /// Stop after so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// Only the component of this number, as a failure names it.
    #[arg(long)]
    only: Option<u64>,
    /// Where the components lie while they are tried, and one that fails stays.
    #[arg(long, default_value = "target/fuzz")]
    folder: PathBuf,
    /// Built plugins, to be damaged.
    #[arg(long, default_value = "target/plugins")]
    plugins: PathBuf,
}

fn main() -> ExitCode {
    // The host starts this program again to compile: then its arguments are numbers.
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first.parse::<u64>().is_ok()) {
        return usher_host::compile_main(&args);
    }
    match fuzz(Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("usher-fuzz: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn fuzz(options: Options) -> anyhow::Result<bool> {
    let made_up = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_micros() as u64;
    let seed = options.seed.unwrap_or(made_up % 1_000_000_000);
    let folder = options.folder.join(format!("seed-{seed}"));
    println!("seed {seed}: {} invocations; the components that run are in {}", options.invocations, folder.display());
    let plan = Plan {
        seed,
        invocations: options.invocations,
        each: options.each,
        time: options.seconds.map(Duration::from_secs),
        only: options.only,
        folder,
        plugins: options.plugins,
        compile: std::env::current_exe()?,
    };
    let progress = Arc::new(Progress::default());
    let watched = progress.clone();
    std::thread::spawn(move || show(&watched, seed));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let ended = runtime.block_on(run(&plan, &progress));
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    match ended {
        Ok(report) => {
            println!("{report}seed {seed}: nothing happened that must not");
            Ok(true)
        }
        Err(failure) => {
            println!("{}", failure.report);
            println!("seed {seed}: FAILED: {}", failure.problem);
            if let Some((number, file)) = &failure.component {
                println!("the component is number {number}, kept as {}", file.display());
                println!("again: usher-fuzz --seed {seed} --each {} --only {number}", options.each);
            }
            Ok(false)
        }
    }
}

/// Says how far it is: on a terminal each second, elsewhere every five.
fn show(progress: &Progress, seed: u64) {
    let (started, terminal) = (Instant::now(), std::io::stderr().is_terminal());
    let (mut last, mut moved) = (0, Instant::now());
    loop {
        std::thread::sleep(Duration::from_secs(if terminal { 1 } else { 5 }));
        let (calls, components) =
            (progress.invocations.load(Ordering::Relaxed), progress.components.load(Ordering::Relaxed));
        let begin = if terminal { "\r" } else { "" };
        let end = if terminal { "  " } else { "\n" };
        let took = started.elapsed().as_secs();
        eprint!("{begin}{took:>4} s  {calls:>8} calls of {components} components{end}");
        let _ = std::io::stderr().flush();
        if calls + components != last {
            (last, moved) = (calls + components, Instant::now());
        } else if moved.elapsed() > STUCK {
            println!("seed {seed}: FAILED: no call has ended for {} s", STUCK.as_secs());
            std::process::exit(1);
        }
    }
}
