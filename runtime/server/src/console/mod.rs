//! The console: the pages of operators and reviewers at `/console`.
//!
//! A request is matched with the table of pages (`pages`), which says who may see the page and which routes of the API
//! it reads. These are asked in process (`data`), with the rights of whoever looks: the console can do and show nothing
//! that the API wouldn't. The answers are put into the page's template (`template`, with the functions and filters of
//! `words` and `address`, and charts drawn by `chart`). Files are built into the binary (`files`). What a page changes,
//! its form changes through the API from the browser.

mod address;
mod browsers;
pub(crate) mod chart;
mod data;
mod files;
pub(crate) mod page;
mod pages;
mod template;
pub(crate) mod trace;
mod words;
mod zones;

pub(crate) use template::Templates;
