//! All four channels against a real server process, with stand-ins for their providers: the same conversations on each
//! (`same`, and how each looks there in `rendering`), what goes wrong on either side (`faults`; who writes is in
//! `customers`, what came of it in `verdict`), and many customers at once (`burst`).

mod burst;
mod customers;
mod faults;
mod rendering;
mod same;
mod verdict;
