//! The widget in Debian's Chromium, against a scripted server.

mod cards;
mod consent;
mod looks;
mod opening;
mod pages;
mod people;
mod resolved;
mod safety;
mod signing_in;
mod talking;
mod trouble;
