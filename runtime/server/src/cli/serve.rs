//! `usher serve`.

use super::ConfigFile;
use crate::config::{self, Log, LogFormat};
use crate::run::{self, Options};
use anyhow::Context;
use clap::Args;
use std::io::IsTerminal;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    file: ConfigFile,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = config::load(&self.file.config)?;
        start_logging(&config.log)?;
        runtime()?.block_on(async {
            let running = run::start(config, Options::of_this_program()?).await?;
            if let Some(file) = &running.admin_token_file {
                tracing::info!(file = %file.display(), "the operator's token is in this file");
            }
            asked_to_stop().await?;
            tracing::info!("stopping");
            running.close().await;
            Ok(())
        })
    }
}

/// The runtime that everything works on.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime can't be started")
}

/// Logs to standard error, as configured.
pub(super) fn start_logging(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter).context("`log.filter` can't be read")?;
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => logging.try_init(),
        LogFormat::Json => logging.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging can't be started: {error}"))
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("signals can't be heard")?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("signals can't be heard"),
    }
}
