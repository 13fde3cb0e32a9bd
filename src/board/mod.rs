//! What a board's TOML file means: the exact shape as written ([`BoardFile`]), the meaning once
//! presets are applied ([`Board`]), and the requests that a poll begins with.
//!
//! A board is data. Adding one is one TOML table; adding an engine or a filter is Rust.

mod builtin;
mod field_plans;
mod file;
mod mail;
mod moved;
mod plan;
mod rules;
mod schedule;
mod settle;

pub use builtin::{builtin_files, builtin_text};
pub use field_plans::{FieldSelector, HtmlPlan, JsonPlan};
pub use file::{BoardFile, HtmlRules, JsonRules, Republish, TitleSplit};
pub use mail::{AlertMails, MailRules, mail_source};
pub use rules::{FieldRule, Filter, RuleError};
pub use schedule::{Schedule, seconds};
pub use settle::{Board, BoardError, Credentials};
