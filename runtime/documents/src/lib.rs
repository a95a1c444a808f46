//! Reads what an operator uploads, and pages of their site, into plain text under headings.
//!
//! A file's bytes go to a [`Reader`], which hands them to a process of its own ([`read_main`]) that has neither files
//! nor network, little memory and little time; what comes back is checked for size and is plain text. In that process
//! [`Kind`] says what the file is, by its name, its declared type and its first bytes, which must agree; `pdf`, `docx`,
//! `csv` and, for text, Markdown and HTML, the agent's own [`Document`](usher_agent::knowledge::Document) read it.
//! Text that people don't see (hidden elements, invisible ink, deleted passages) is left out everywhere.

mod child;
mod csv;
mod docx;
mod encoding;
mod front;
mod kind;
mod links;
mod pdf;
mod pdf_font;
mod pdf_page;
mod reading;
mod refusal;
mod written;

pub use child::{ReadCommand, Reader, read_main};
pub use kind::Kind;
pub use links::PageFacts;
pub use reading::{Limits, Part, Reading};
pub use refusal::Refusal;
