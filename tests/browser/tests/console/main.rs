//! The console in Debian's Chromium, with the real server behind it.

#![allow(clippy::unwrap_used)] // All of it is test code: a failed step fails the test.

mod accounts;
mod channels;
mod conversations;
mod first_run;
mod frame;
mod hostile;
mod knowledge;
mod pages;
mod preview;
mod review;
mod roles;
mod settings;
mod signing_in;
mod skills;
