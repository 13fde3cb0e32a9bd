//! What the name system says of a domain's mail: a small client for `TXT` and `MX`, and readers of the
//! records by which receivers judge a sender (SPF, DKIM, DMARC).
//!
//! Only `doctor` asks. So little is needed that a resolver library, with a dozen packages of its own,
//! would be the greater risk: a question to the system's own resolvers over UDP, over TCP where the
//! answer is cut short, and answers that are believed only where they answer it (RFC 5452).

mod dkim;
mod dmarc;
mod resolv_conf;
mod resolver;
mod spf;
mod tags;
mod wire;

pub use dkim::{DkimKey, dkim_key};
pub use dmarc::{DmarcAction, DmarcPolicy, dmarc_policy, organizational_domain};
pub use resolver::{DnsError, LookUp, Resolver};
pub use spf::{SpfOthers, SpfPolicy, spf_policy};
pub use wire::{Found, Mx};
