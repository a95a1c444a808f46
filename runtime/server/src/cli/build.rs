//! `usher build`: a plugin's crate becomes a component.

use super::inspect;
use clap::Args;
use std::path::{Path, PathBuf};
use usher_build::{BuildAllOptions, BuildOptions, Built, Consent};
use usher_host::{Limits, PermissionSheet, ToolRegistry};

#[derive(Args)]
pub(super) struct Build {
    /// The plugins' folders, each with `skill.toml` or `connector.toml`.
    #[arg(required = true)]
    dirs: Vec<PathBuf>,
    /// The file to write, for one plugin; by default `target/usher/ID.wasm` in its folder.
    #[arg(long, conflicts_with = "out_dir")]
    out: Option<PathBuf>,
    /// The folder to write `ID.wasm` of each plugin into.
    #[arg(long)]
    out_dir: Option<PathBuf>,
    /// Download a compiler for WebAssembly where none is installed.
    #[arg(long)]
    fetch_toolchain: bool,
}

impl Build {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let fetch_toolchain = if self.fetch_toolchain { Consent::Given } else { Consent::Withheld };
        let mut progress = |step| eprintln!("  {step}");
        if let ([dir], None) = (&self.dirs[..], &self.out_dir) {
            let dir = dir.clone();
            let options = BuildOptions { dir, out: self.out, fetch_toolchain, progress: &mut progress };
            let built = usher_build::build(options)?;
            print!("{}", sheet(&built.component_path)?);
            println!("\n{}", done(&built));
            println!("Put it into the plugin folder of a running server to have it loaded.");
            return Ok(());
        }
        if self.out.is_some() {
            anyhow::bail!("`--out` names one file and there are several plugins; use `--out-dir`");
        }
        let options =
            BuildAllOptions { dirs: self.dirs, out_dir: self.out_dir, fetch_toolchain, progress: &mut progress };
        for built in usher_build::build_all(options)? {
            // Read as a server would: what it would refuse isn't called built.
            sheet(&built.component_path)?;
            println!("{}", done(&built));
        }
        Ok(())
    }
}

fn done(built: &Built) -> String {
    let kib = built.bytes.div_ceil(1024);
    format!("Built {} ({kib} KiB) in {:.1} s.", built.component_path.display(), built.took.as_secs_f64())
}

fn sheet(component: &Path) -> anyhow::Result<String> {
    let limits = Limits::default();
    let inspection = usher_host::inspect(&std::fs::read(component)?, &limits)?;
    let sheet = PermissionSheet::of(&inspection, &ToolRegistry::shipped()?, &limits);
    Ok(inspect::text(&inspection, &sheet))
}
