//! The audit apart from its tables: what a line's hash covers, what recordings are sealed with, how a checkpoint is
//! signed, and how all of it is compared again.
//!
//! A line's hash covers the hash before it, so that nothing in the middle can change alone. A checkpoint signs the hash
//! of the last line, so that who can write the database and hasn't the key can't build another chain in its place; and
//! kept elsewhere, it tells when lines were cut off the end. What may be personal is no part of a line: it is sealed
//! with its subject's own key, the line holds its hash, and forgetting the key leaves the chain as it was. Where the words of
//! a conversation are erased, the line of the erasure vouches for what stands in their place.

mod keys;
mod line;
mod note;
mod verify;

pub use keys::AuditKeys;
pub(crate) use keys::{Keys, Place, SubjectKey};
pub(crate) use line::{BEGIN, Hash, Line, digest};
pub use note::notes;
pub(crate) use note::{Checkpoint, is_signature};
pub use verify::verify_stopped;
pub(crate) use verify::{StoredWith, fold, verify};
