//! The workspace of people in support in Debian's Chromium, with the real server behind it.

mod channels;
mod finding;
mod keyboard;
mod looks;
mod signing_in;
mod working;
