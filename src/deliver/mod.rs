//! Encodes mails and hands them over. The only place that knows the mail library.
//!
//! Encoding adds nothing of its own: the same [`Message`](crate::model::Message) gives the same bytes
//! every time, so a mail that is handed over twice is recognised by its receiver as one.

mod directory;
mod error;
mod mime;
mod transport;

pub use directory::write;
pub use error::DeliverError;
pub use mime::encode;
pub use transport::{Delivered, Transport};
