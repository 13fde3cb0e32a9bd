//! Hands mails to a server by SMTP (RFC 5321), in our own words and not a library's: what the caller
//! lives by is whether a failure came before or after the mail's end was written, and that only the
//! one who writes it can tell.

mod body;
mod reply;
mod sender;
mod session;
mod tls;
#[cfg(test)]
mod tls_tests;
mod transaction;
mod wire;

pub use sender::Sender;
