//! `usher doctor`: whether this machine can run the server, and whether it keeps hostile plugins within their limits.

use super::serve::runtime;
use crate::config::{self, Config};
use crate::run::{COMPILE, Options};
use clap::Args;
use serde::Serialize;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use usher_host::{CompileCommand, Limits};
use usher_probes::{Report, Runner, all};

/// What is looked at where nothing else is named.
const DEFAULT_CONFIG: &str = "usher.toml";

#[derive(Args)]
#[command(after_help = "\
Without --limits it looks at the configuration, the data folder and its keys, the plugin folder and the time zone,
and compiles and runs a small component. It changes nothing.

With --limits it runs components that attack the server, one after the other, in hosts of its own with temporary
folders, and prints which limit or rule stopped each. A running server isn't touched. It takes about half a minute.

Exit codes:
  0  all is well
  1  something is wrong, or a limit doesn't hold on this machine")]
pub(super) struct Doctor {
    /// The configuration file; `usher.toml` where there is one, else the defaults.
    #[arg(long, env = "USHER_CONFIG")]
    config: Option<PathBuf>,
    /// Run hostile components and print which limit stopped each.
    #[arg(long)]
    limits: bool,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let file = self.config.or_else(|| Some(PathBuf::from(DEFAULT_CONFIG)).filter(|file| file.exists()));
        let program = Options::of_this_program()?.program;
        let compile = CompileCommand { program, args: vec![OsString::from(COMPILE)] };
        let well = if self.limits {
            let limits = match &file {
                Some(file) => config::load(file)?.limits.plugin,
                None => Limits::default(),
            };
            runtime()?.block_on(probe(compile, limits, self.json))?
        } else {
            runtime()?.block_on(look(file.as_deref(), compile, self.json))?
        };
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// What was found, or what is wrong and how to mend it.
    finding: String,
}

/// What `--json` prints without `--limits`.
#[derive(Serialize)]
struct Health<'a> {
    ok: bool,
    checks: &'a [Check],
}

/// What `--json` prints with `--limits`.
#[derive(Serialize)]
struct Limited<'a> {
    ok: bool,
    /// The operator's own limits, which the probes were made for.
    limits: Limits,
    probes: &'a [Report],
}

fn check(name: &'static str, found: Result<String, String>) -> Check {
    let ok = found.is_ok();
    Check { name, ok, finding: found.unwrap_or_else(|wrong| wrong) }
}

async fn look(file: Option<&Path>, compile: CompileCommand, json: bool) -> anyhow::Result<bool> {
    let config = file.map(|file| config::load(file).map_err(|error| error.to_string()));
    let mut checks = vec![check("configuration", configuration(file, config.as_ref()))];
    let config = config.and_then(Result::ok);
    if let Some(config) = &config {
        checks.push(check("data folder", data_folder(&config.data_dir)));
        checks.push(check("keys", keys(&config.data_dir)));
        checks.push(check("plugin folder", plugin_folder(&config.plugins)));
    }
    let zone = config.as_ref().map_or("UTC", |config| config.shop.time_zone.as_str());
    checks.push(check("time zone", time_zone(zone)));
    let limits = config.as_ref().map_or_else(Limits::default, |config| config.limits.plugin);
    checks.push(check("plugins", component(compile, limits).await));
    let ok = checks.iter().all(|check| check.ok);
    if json {
        println!("{}", serde_json::to_string_pretty(&Health { ok, checks: &checks })?);
    } else {
        for Check { name, ok, finding } in &checks {
            println!(
                "{:5}  {name:13}  {}",
                if *ok { "ok" } else { "WRONG" },
                finding.replace('\n', "\n                      ")
            );
        }
        println!("\n`usher doctor --limits` runs hostile components and shows which limit stops each.");
    }
    Ok(ok)
}

fn configuration(file: Option<&Path>, config: Option<&Result<Config, String>>) -> Result<String, String> {
    match (file, config) {
        (Some(file), Some(Ok(_))) => Ok(format!("`{}` is good", file.display())),
        (_, Some(Err(error))) => Err(error.clone()),
        _ => Ok(format!("there is no `{DEFAULT_CONFIG}` here, so the defaults are looked at; name one with --config")),
    }
}

fn data_folder(folder: &Path) -> Result<String, String> {
    let shown = folder.display();
    let metadata = match std::fs::metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(format!("`{shown}` is made at the first start"));
        }
        Err(error) => return Err(format!("`{shown}`: {error}")),
    };
    if !metadata.is_dir() {
        return Err(format!("`{shown}` is no folder; name another `data-dir`"));
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("others may look into `{shown}` (mode {mode:03o}); run `chmod 700 {shown}`"));
    }
    if mode & 0o700 != 0o700 {
        return Err(format!("its owner can't use `{shown}` (mode {mode:03o}); run `chmod 700 {shown}`"));
    }
    Ok(format!("`{shown}` is private"))
}

/// The key files of the data folder: those of the server itself, and the host's one level below.
fn keys(folder: &Path) -> Result<String, String> {
    let (mut found, mut open) = (0, Vec::new());
    for folder in [folder.to_owned(), folder.join("host")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_key = name.to_str().is_some_and(|name| name.ends_with("key") || name.ends_with("token"));
            let Ok(metadata) = entry.metadata() else { continue };
            if !is_key || !metadata.is_file() {
                continue;
            }
            found += 1;
            let mode = metadata.mode() & 0o777;
            if mode & 0o077 != 0 {
                let path = entry.path();
                let path = path.display();
                open.push(format!(
                    "others can read `{path}` (mode {mode:03o}); run `chmod 600 {path}` and renew what is in it"
                ));
            }
        }
    }
    match (open.as_slice(), found) {
        ([], 0) => Ok("are made at the first start".into()),
        ([], found) => Ok(format!("{found}, each private")),
        _ => Err(open.join("\n")),
    }
}

fn plugin_folder(folder: &Path) -> Result<String, String> {
    let shown = folder.display();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(format!("`{shown}` is made at the first start"));
        }
        Err(error) => return Err(format!("`{shown}` can't be read: {error}")),
    };
    let mode = std::fs::metadata(folder).map_err(|error| format!("`{shown}`: {error}"))?.mode() & 0o777;
    if mode & 0o002 != 0 {
        return Err(format!("anyone may put files into `{shown}` (mode {mode:03o}); run `chmod o-w {shown}`"));
    }
    let mut components = 0;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            std::fs::File::open(&path).map_err(|error| format!("`{}` can't be read: {error}", path.display()))?;
            components += 1;
        }
    }
    Ok(format!("`{shown}` has {components} components"))
}

fn time_zone(name: &str) -> Result<String, String> {
    let zone = jiff::tz::TimeZone::get(name).map_err(|_| {
        format!("this machine doesn't know `{name}`; install the system's time zones (`tzdata`), or correct `shop.time-zone`")
    })?;
    let now = jiff::Timestamp::now().to_zoned(zone);
    Ok(format!("{name}, where it is {}", now.strftime("%Y-%m-%d %H:%M")))
}

/// Compiles a component in a process of its own and runs it.
async fn component(compile: CompileCommand, limits: Limits) -> Result<String, String> {
    let runner = Runner::start(compile, limits).await.map_err(|error| error.to_string())?;
    let took = runner.canary().await.map_err(|instead| format!("an honest component was run, and {instead}"))?;
    Ok(format!("a component was compiled, signed, loaded and answered in {} µs", took.as_micros()))
}

/// Runs every probe under the limits on standard input, as JSON; writes how many there are, and a report a line.
pub(super) fn report() -> anyhow::Result<()> {
    let limits: Limits = serde_json::from_reader(std::io::stdin().lock())?;
    let program = Options::of_this_program()?.program;
    let compile = CompileCommand { program, args: vec![OsString::from(COMPILE)] };
    runtime()?.block_on(async {
        let mut out = std::io::stdout().lock();
        let probes = all();
        writeln!(out, "{}", serde_json::json!({ "of": probes.len() }))?;
        out.flush()?;
        let runner = Runner::start(compile, limits).await?;
        for probe in &probes {
            writeln!(out, "{}", serde_json::to_string(&runner.run(probe).await?)?)?;
            out.flush()?;
        }
        Ok(())
    })
}

/// Runs every probe; a line each as it ends.
async fn probe(compile: CompileCommand, limits: Limits, json: bool) -> anyhow::Result<bool> {
    let probes = all();
    let width = |of: fn(&usher_probes::Probe) -> &str| probes.iter().map(|probe| of(probe).len()).max().unwrap_or(0);
    let (name, what, guard) = (width(|probe| probe.name), width(|probe| probe.what), width(|probe| probe.guard));
    let mut out = std::io::stdout().lock();
    if !json {
        writeln!(out, "{:name$}  {:what$}  {:guard$}  {:>10}", "PROBE", "TRIES", "STOPPED BY", "TOOK")?;
    }
    let runner = Runner::start(compile, limits).await?;
    let mut reports = Vec::new();
    for probe in &probes {
        let report = runner.run(probe).await?;
        if !json {
            let took = format!("{}.{} ms", report.took_us / 1000, report.took_us % 1000 / 100);
            let verdict = match (report.stopped, report.ended) {
                (true, _) => "ok",
                (false, true) => "OTHERWISE",
                (false, false) => "NOT STOPPED",
            };
            let star = if report.tightened { "*" } else { " " };
            writeln!(
                out,
                "{:name$}  {:what$}  {:guard$}{star} {took:>10}  {verdict}",
                report.probe, report.what, report.guard
            )?;
            if !report.stopped {
                writeln!(out, "    instead: {}", super::terminal::plain_line(&report.seen))?;
            }
            out.flush()?;
        }
        reports.push(report);
    }
    let otherwise = reports.iter().filter(|report| !report.stopped && report.ended).count();
    let free = reports.iter().filter(|report| !report.ended).count();
    let ok = otherwise + free == 0;
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&Limited { ok, limits, probes: &reports })?)?;
        return Ok(ok);
    }
    writeln!(
        out,
        "\n* under a smaller limit than yours, so as not to wait for it: what counts is that the limit holds"
    )?;
    let all = reports.len();
    match (otherwise, free) {
        (0, 0) => writeln!(out, "All {all} probes were stopped by the limit or rule that they name.")?,
        (_, 0) => writeln!(
            out,
            "All {all} probes were stopped, {otherwise} of them by something else: a limit can't be reached where another \
             one comes first."
        )?,
        _ => writeln!(out, "{free} of {all} probes were NOT STOPPED: don't run plugins of strangers on this machine.")?,
    }
    Ok(ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("changed");
    }

    #[test]
    fn what_others_can_read_or_change_is_named_with_the_way_to_mend_it() {
        let home = tempfile::tempdir().expect("a folder");
        let data = home.path().join("data");
        assert!(data_folder(&data).is_ok_and(|found| found.contains("first start")));
        assert!(plugin_folder(&data).is_ok_and(|found| found.contains("first start")));
        std::fs::create_dir_all(data.join("host")).expect("made");
        mode(&data, 0o750);
        assert!(data_folder(&data).is_err_and(|wrong| wrong.contains("chmod 700")));
        mode(&data, 0o700);
        assert!(data_folder(&data).is_ok());

        assert!(keys(&data).is_ok_and(|found| found.contains("first start")));
        for name in ["sealing-key", "admin-token", "host/key"] {
            let key = data.join(name);
            std::fs::write(&key, "k").expect("written");
            mode(&key, 0o640);
            let wrong = keys(&data).expect_err("others can read it");
            assert!(wrong.contains(name) && wrong.contains("chmod 600"), "{wrong}");
            mode(&key, 0o600);
        }
        assert_eq!(keys(&data).as_deref(), Ok("3, each private"));

        std::fs::write(home.path().join("a.wasm"), "").expect("written");
        mode(home.path(), 0o755);
        assert!(plugin_folder(home.path()).is_ok_and(|found| found.ends_with("has 1 components")));
        mode(home.path(), 0o777);
        assert!(plugin_folder(home.path()).is_err_and(|wrong| wrong.contains("chmod o-w")));
    }

    #[test]
    fn a_time_zone_must_be_known_to_the_machine() {
        assert!(time_zone("Europe/Berlin").is_ok_and(|found| found.starts_with("Europe/Berlin")));
        assert!(time_zone("Europe/Atlantis").is_err_and(|wrong| wrong.contains("tzdata")));
    }
}
