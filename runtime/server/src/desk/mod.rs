//! The workspace of people in support: one page at `/desk` and the modules that it is made of. All that it shows it
//! reads from the API, with the token of whoever signs in there; the page itself holds nothing.

pub(crate) mod page;
