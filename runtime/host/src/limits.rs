//! What one call may use. The operator may change every number; a plugin none.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasmtime::{ResourceLimiter, Result};

/// Limits of one call of a component, and of what a component file may hold.
///
/// A limit that is reached ends the call (memory, stack, processor time) or is answered with a value that
/// the plugin can go on from (host calls, log lines). None of them ends the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Limits {
    /// Largest component file, bytes.
    pub component_bytes: u64,
    /// Linear memory of one call, bytes, all memories together.
    pub memory_bytes: usize,
    /// Table elements of one call, all tables together.
    pub table_elements: usize,
    /// Core instances of one call.
    pub instances: usize,
    /// Linear memories of one call.
    pub memories: usize,
    /// Tables of one call.
    pub tables: usize,
    /// Resource handles of one call.
    pub handles: usize,
    /// Bytes that one host call, or one result, may bring out of the component.
    pub lift_bytes: usize,
    /// Bytes that all host calls of one call may bring out together.
    pub lift_bytes_total: usize,
    /// Host calls of one call, of every kind.
    pub host_calls: u32,
    /// Tool calls of one turn.
    pub tool_calls: u32,
    /// Fuel of one call: deterministic, so that the same call costs the same everywhere.
    pub fuel: u64,
    /// Wall time of a skill's turn, milliseconds.
    pub turn_ms: u64,
    /// Wall time of one tool call, milliseconds.
    pub tool_ms: u64,
    /// Wall time of one HTTP request of a connector, milliseconds.
    pub http_ms: u64,
    /// HTTP requests of one tool call.
    pub http_requests: u32,
    /// Largest HTTP request body, bytes.
    pub http_body_out_bytes: usize,
    /// Largest HTTP response body, bytes.
    pub http_body_in_bytes: usize,
    /// Most headers in one direction.
    pub http_headers: usize,
    /// Bytes of all headers in one direction.
    pub http_header_bytes: usize,
    /// Log lines of one call; one more says that the rest was left out.
    pub log_lines: u32,
    /// Bytes of one log line.
    pub log_line_bytes: usize,
    /// Calls of components that run at the same time, over all conversations.
    pub concurrent_calls: usize,
    /// Wall and processor time of compiling one component, seconds.
    pub compile_seconds: u64,
    /// Address space of the compiling process, bytes.
    pub compile_memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            component_bytes: 16 << 20,
            memory_bytes: 64 << 20,
            table_elements: 20_000,
            instances: 32,
            memories: 8,
            tables: 16,
            handles: 256,
            lift_bytes: 2 << 20,
            lift_bytes_total: 8 << 20,
            host_calls: 2_000,
            tool_calls: 32,
            // About a third of a second of pure computing on a server of 2026.
            fuel: 1_000_000_000,
            turn_ms: 10_000,
            tool_ms: 8_000,
            http_ms: 5_000,
            http_requests: 8,
            http_body_out_bytes: 256 << 10,
            http_body_in_bytes: 1 << 20,
            http_headers: 64,
            http_header_bytes: 16 << 10,
            log_lines: 64,
            log_line_bytes: 1 << 10,
            concurrent_calls: 256,
            compile_seconds: 60,
            compile_memory_bytes: 3 << 30,
        }
    }
}

impl Limits {
    pub(crate) fn turn(&self) -> Duration {
        Duration::from_millis(self.turn_ms)
    }

    pub(crate) fn tool(&self) -> Duration {
        Duration::from_millis(self.tool_ms)
    }

    pub(crate) fn http(&self) -> Duration {
        Duration::from_millis(self.http_ms)
    }
}

/// Sums memories and tables over a whole store. Wasmtime's own `StoreLimits` counts each memory and each
/// table for itself, so that fifty memories of 16 MiB pass a limit of 64 MiB.
#[derive(Debug)]
pub(crate) struct Limiter {
    limits: Limits,
    memory: usize,
    elements: usize,
    /// The limit that refused something, for the record.
    pub(crate) hit: Option<LimitHit>,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { limits: *limits, memory: 0, elements: 0, hit: None }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let sum = self.memory.saturating_add(desired.saturating_sub(current));
        if sum > self.limits.memory_bytes {
            self.hit = Some(LimitHit::Memory);
            return Ok(false);
        }
        self.memory = sum;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let sum = self.elements.saturating_add(desired.saturating_sub(current));
        if sum > self.limits.table_elements {
            self.hit = Some(LimitHit::TableElements);
            return Ok(false);
        }
        self.elements = sum;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.limits.instances
    }

    fn tables(&self) -> usize {
        self.limits.tables
    }

    fn memories(&self) -> usize {
        self.limits.memories
    }
}

/// Which limit a call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LimitHit {
    /// Linear memory.
    Memory,
    /// Table elements.
    TableElements,
    /// Fuel: computing.
    Fuel,
    /// The native stack: recursion.
    Stack,
    /// Wall time.
    Time,
    /// Bytes brought out of the component at once, or in all.
    LiftedBytes,
    /// Host calls.
    HostCalls,
    /// Core instances, memories, tables or handles.
    Instances,
}

/// What one call has used of its counted budgets.
#[derive(Debug)]
pub(crate) struct Budget {
    host_calls_left: u32,
    lift_left: usize,
    log_left: u32,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { host_calls_left: limits.host_calls, lift_left: limits.lift_bytes_total, log_left: limits.log_lines }
    }

    /// Takes one host call that brought out `bytes`.
    pub(crate) fn host_call(&mut self, bytes: usize) -> Result<(), LimitHit> {
        self.host_calls_left = self.host_calls_left.checked_sub(1).ok_or(LimitHit::HostCalls)?;
        self.lift_left = self.lift_left.checked_sub(bytes).ok_or(LimitHit::LiftedBytes)?;
        Ok(())
    }

    /// Takes what a host call hands over.
    pub(crate) fn answer(&mut self, bytes: usize) -> Result<(), LimitHit> {
        self.lift_left = self.lift_left.checked_sub(bytes).ok_or(LimitHit::LiftedBytes)?;
        Ok(())
    }

    /// Takes one log line; `None` where none is left, `Some(true)` for the last.
    pub(crate) fn log_line(&mut self) -> Option<bool> {
        self.log_left = self.log_left.checked_sub(1)?;
        Some(self.log_left == 0)
    }
}
