//! Encodes mails and hands them over: to a mail server, or into a folder. The only place that knows
//! the mail library, which encodes; the words spoken with a server are our own.
//!
//! Encoding adds nothing of its own: the same [`Message`](crate::model::Message) gives the same bytes
//! every time, so a mail that is handed over twice is recognised by its receiver as one. What became
//! of a mail is told exactly ([`Handed`]); nothing here tries again.

mod address;
mod directory;
mod error;
mod mime;
mod parcel;
mod settings;
mod smtp;
mod subject;
mod transport;

pub use directory::{write, write_bytes};
pub use error::DeliverError;
pub use mime::encode;
pub use parcel::{Handed, Parcel, Refusal};
pub use settings::{Encryption, Limits, Server, ServerError, Settings, SmtpSettings};
pub use smtp::Sender;
pub use transport::Transport;
