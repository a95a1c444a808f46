//! Publishers' signatures and the trust policy, from outside: signatures are made here by a second implementation of
//! minisign's format, and by minisign itself.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "these are tests")]

mod candidate;
mod decision;
mod judgement;
mod policy;
mod secret_key;
mod signature;
mod signer;
