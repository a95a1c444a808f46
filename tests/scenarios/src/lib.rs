//! The product from outside. A [`World`] is a server process of its own with a data folder of its own, the plugins as
//! `make plugins` built them, and stand-ins for the providers in this process; a [`Shopper`] talks to it by the HTTP API,
//! as the widget does.

pub mod burst;
mod configuration;
mod helpdesk;
mod shopper;
pub mod suite;
mod world;

pub use configuration::ADDRESS;
pub use helpdesk::Helpdesk;
pub use shopper::{Answer, Shopper};
pub use world::{OPERATORS, World, components, product_binary};
