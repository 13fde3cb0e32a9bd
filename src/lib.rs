//! jobrounds makes the rounds of health information management job boards, keeps what it finds in
//! SQLite, and sends digests of what is new.
//!
//! The folder list is the pipeline, in the order a posting travels:
//!
//! ```text
//!             model            nouns; imports nothing, does no I/O
//!               ▲
//!           reference          places and wages, compiled in
//!               ▲
//!             board            what config/boards/*.toml means
//!               ▲
//!  fetch  mailbox  parse  normalize  coding  dedupe  store  matching  digest  deliver  dns  report     stages: never import each other
//!               ▲
//!           pipeline           the only module that knows the order; telemetry beside it
//!               ▲
//!     schedule  web  demo       entry points
//!               ▲
//!            config            composes every module's own `Settings`
//!               ▲
//!              cli → main      the only place for anyhow, stdout, exit codes
//! ```

// In reading order.
pub mod model;

pub mod reference;

pub mod board;

pub mod fetch;
pub mod mailbox;
pub mod parse;

pub mod normalize;

pub mod coding;

pub mod dedupe;

pub mod store;

pub mod matching;

pub mod digest;

pub mod deliver;

pub mod dns;

pub mod report;

pub mod telemetry;

pub mod pipeline;

pub mod schedule;

pub mod web;

pub mod demo;

pub mod config;

pub mod cli;
