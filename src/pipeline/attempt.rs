//! Whether an engine is the one that a board runs on, judged by its first answer.

use super::health::Conclusion;
use crate::fetch::FetchError;

/// What trying one engine came to.
pub(super) enum Attempt {
    /// It is this engine.
    Answered(Conclusion),
    /// It is not; what was seen instead.
    NotThis(String),
    /// The address is not there (404): perhaps another engine's is.
    NotFound(String),
    /// No engine can be tried: it is the host that answers so.
    Final(Conclusion),
}

impl Attempt {
    /// Judges a failed first request to a board that we have a key for, or none.
    pub(super) fn of_first_failure(error: &FetchError, has_key: bool) -> Self {
        let why = format!("failed to {error}");
        match error {
            FetchError::Moved { to, .. } => Self::Final(Conclusion::Moved { to: home(to) }),
            FetchError::RobotsDisallowed { .. } => Self::Final(Conclusion::Walled { why, asks_login: false }),
            FetchError::Dns { host, nonexistent: true, .. } => {
                Self::Final(Conclusion::NoHost { host: host.clone(), why })
            }
            _ => match error.status() {
                Some(410) => Self::Final(Conclusion::Gone { why }),
                Some(401) if has_key => {
                    let remedy = Some(
                        "check the board's `email` and `api_key`; USAJOBS: developer.usajobs.gov/apirequest".into(),
                    );
                    Self::Final(Conclusion::Failed { why, remedy })
                }
                Some(401) => Self::Final(Conclusion::Walled { why, asks_login: true }),
                Some(403) => Self::Final(Conclusion::Walled { why, asks_login: false }),
                Some(404) => Self::NotFound(why),
                Some(405 | 400) => Self::NotThis(why),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of_name(nonexistent: bool) -> Attempt {
        let why = "no such host is known".to_owned();
        Attempt::of_first_failure(&FetchError::Dns { host: "lakes.example".into(), nonexistent, why }, false)
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_from_a_name_system_that_fails() {
        let gone = of_name(true);
        assert!(matches!(gone, Attempt::Final(Conclusion::NoHost { ref host, .. }) if host == "lakes.example"));
        assert!(matches!(of_name(false), Attempt::Final(Conclusion::Unreachable { .. })));
    }
}
