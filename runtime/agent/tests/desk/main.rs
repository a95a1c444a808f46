//! The desk over the real store: what people, customers and time do to tickets, each by itself and all of it at once.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod automatic;
mod coming_back;
mod feedback;
mod mail;
mod model;
mod picking;
mod routing;
mod shop;
mod silence;
mod staff;
mod talking;
