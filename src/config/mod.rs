//! Composes every module's settings from defaults, built-in boards, files and environment.
//!
//! Nothing below imports this module: configuration points upward.

mod check;
mod environment;
mod file;
mod load;
mod secret;
mod shown;

pub use file::{BounceSettings, EXAMPLE, MailSettings, OnUnknown, RetentionSettings, TransportKind, WebSettings};
pub use load::{Config, ConfigError, Source, built_in, load};
