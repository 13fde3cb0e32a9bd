//! Whether an engine is the one that a board runs on, judged by its first answer.

use super::health::Conclusion;
use crate::fetch::FetchError;

/// What trying one engine came to.
pub(super) enum Attempt {
    /// It is this engine.
    Answered(Conclusion),
    /// It is not; what was seen instead.
    NotThis(String),
    /// No engine can be tried: it is the host that answers so.
    Final(Conclusion),
}

impl Attempt {
    /// Judges a failed first request.
    pub(super) fn of_first_failure(error: &FetchError) -> Self {
        let why = format!("failed to {error}");
        match error {
            FetchError::Moved { to, .. } => Self::Final(Conclusion::Moved { to: home(to) }),
            FetchError::RobotsDisallowed { .. } => Self::Final(Conclusion::Walled { why }),
            _ => match error.status() {
                Some(410) => Self::Final(Conclusion::Gone { why }),
                Some(401) => {
                    let remedy = Some(
                        "check the board's `email` and `api_key`; USAJOBS: developer.usajobs.gov/apirequest".into(),
                    );
                    Self::Final(Conclusion::Failed { why, remedy })
                }
                Some(403) => Self::Final(Conclusion::Walled { why }),
                // The address is not there: perhaps another engine's is.
                Some(404 | 405 | 400) => Self::NotThis(why),
                None if error.is_outage_like() => Self::Final(Conclusion::Unreachable { why }),
                _ => Self::Final(Conclusion::Failed { why, remedy: None }),
            },
        }
    }
}

/// Gives the origin of an address: a board's new home, without the path that was asked for.
fn home(to: &str) -> String {
    let origin = url::Url::parse(to).and_then(|url| url.join("/"));
    origin.map_or_else(|_| to.to_owned(), |origin| origin.to_string())
}
