//! A mail on its way: what can become of it, and the written rule by which it is tried again.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::subscription::{MailAddress, SubscriberId};

/// Names a mail in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailId(pub i64);

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// What is new for somebody's saved searches.
    Digest,
    /// Asks whether somebody wants mail at all.
    Confirmation,
}

impl MailKind {
    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Confirmation => "confirmation",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        if word == "confirmation" { Self::Confirmation } else { Self::Digest }
    }
}

/// Where a mail is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Waits for its first or next attempt.
    Queued,
    /// An attempt has begun.
    Sending,
    /// The server may have it: its answer was lost. The same bytes are sent again.
    Unknown,
    /// A person holds it back, or must say whether it is sent again.
    Held,
    /// The server has it.
    Sent,
    /// The server refused it for good.
    Refused,
    /// Five days were not enough.
    Expired,
    /// The process died in three attempts.
    Quarantined,
    /// Its reader does not want it any more.
    Cancelled,
}

impl MailState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Held,
        Self::Sent,
        Self::Refused,
        Self::Expired,
        Self::Quarantined,
        Self::Cancelled,
    ];

    /// Gives the word that stands in JSON and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Held => "held",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Quarantined => "quarantined",
            Self::Cancelled => "cancelled",
        }
    }

    /// Tells whether nothing more happens to it.
    #[must_use]
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Sent | Self::Refused | Self::Expired | Self::Quarantined | Self::Cancelled)
    }

    /// Reads the word back; an unknown one is held, so that nothing is sent by mistake.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Held)
    }
}

/// A mail that is about to be handed over: everything about it is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Its number.
    pub id: MailId,
    /// Its `Message-ID`, without angle brackets.
    pub message_id: String,
    /// By which a bounce finds it.
    pub token: String,
    /// To whom.
    pub to: MailAddress,
    /// The mail, byte for byte.
    pub bytes: Vec<u8>,
    /// How many attempts were made, this one included.
    pub attempts: u32,
    /// When the first attempt was made.
    pub first_attempt: DateTime<Utc>,
}

/// What came of an attempt to hand a mail over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The server has it.
    Accepted {
        /// Its answer.
        reply: String,
    },
    /// Not now (4xx).
    Deferred {
        /// The server's answer.
        reply: String,
    },
    /// This recipient never (5xx).
    RecipientRefused {
        /// The server's answer.
        reply: String,
    },
    /// This mail never (5xx).
    MessageRefused {
        /// The server's answer.
        reply: String,
    },
    /// The server is not there, or takes nothing at all; nothing was handed over.
    ServerAway {
        /// Why.
        why: String,
    },
    /// Its answer was lost: it may have the mail.
    Unknown {
        /// Why.
        why: String,
    },
}

impl SendOutcome {
    /// Gives what the server said, or why it said nothing.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Accepted { reply }
            | Self::Deferred { reply }
            | Self::RecipientRefused { reply }
            | Self::MessageRefused { reply } => reply,
            Self::ServerAway { why } | Self::Unknown { why } => why,
        }
    }
}

/// What is done where a server's answer was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnknown {
    /// The same bytes are sent again: better twice the same than never.
    #[default]
    Resend,
    /// A person decides.
    Hold,
}

/// One line of the outbox, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct MailRecord {
    /// Its number.
    pub id: MailId,
    /// Whose it is; `None` where that person was erased.
    pub subscriber: Option<SubscriberId>,
    /// What it is for.
    pub kind: MailKind,
    /// Its slot: the moment for which it was made.
    pub slot: DateTime<Utc>,
    /// Its `Message-ID`.
    pub message_id: String,
    /// Where it is.
    pub state: MailState,
    /// How many attempts were made.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What the server said last.
    pub reply: Option<String>,
    /// How many jobs it tells.
    pub jobs: u32,
}

/// How the mail server does, and whether mail leaves at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailStanding {
    /// Since when mail is paused, and why.
    pub paused: Option<(DateTime<Utc>, String)>,
    /// Until when the server is left alone, and why.
    pub server_away: Option<(DateTime<Utc>, String)>,
}

/// A mail that could not be delivered for so long is given up (RFC 5321 section 4.5.4.1: at least 4 to
/// 5 days).
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(5);
/// So many deaths of the process in a mail's attempts put it into quarantine.
pub const MOST_DEATHS: u32 = 3;
/// So many refusals end a mail of which an earlier attempt may have arrived.
pub const REFUSALS_IN_DOUBT: u32 = 3;
/// The first wait and the longest; between them each is twice the one before, as Postfix does it
/// (`minimal_backoff_time`, `maximal_backoff_time`).
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(4);
/// How long a server that takes nothing is left alone: the first wait and the longest.
const FIRST_REST: TimeDelta = TimeDelta::minutes(1);
const LONGEST_REST: TimeDelta = TimeDelta::minutes(30);

/// Gives how long to wait after that many attempts: 5 minutes, doubled each time up to 4 hours, up to a
/// fifth longer by the seed, so that mails that failed together do not return together.
#[must_use]
pub fn wait_after(attempts: u32, seed: i64) -> TimeDelta {
    stretched(FIRST_WAIT, LONGEST_WAIT, attempts, seed)
}

/// Gives how long to leave a server alone that has failed that many times in a row.
#[must_use]
pub fn rest_after(failures: u32, seed: i64) -> TimeDelta {
    stretched(FIRST_REST, LONGEST_REST, failures, seed)
}

fn stretched(first: TimeDelta, longest: TimeDelta, times: u32, seed: i64) -> TimeDelta {
    let doubled = first * 2_i32.saturating_pow(times.saturating_sub(1).min(20));
    let wait = doubled.min(longest);
    let spread = i32::from(blake3::hash(&seed.to_le_bytes()).as_bytes()[0]);
    (wait + wait * spread / (5 * 256)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_five_minutes_to_four_hours_and_do_not_align() {
        for seed in 0..50 {
            let minutes: Vec<i64> = (1..=9).map(|attempts| wait_after(attempts, seed).num_minutes()).collect();
            assert!(minutes.windows(2).all(|pair| pair[0] <= pair[1]), "{minutes:?}");
            assert!((5..=6).contains(&minutes[0]) && minutes[8] == 240, "{minutes:?}");
        }
        let waits: std::collections::BTreeSet<_> = (0..50).map(|seed| wait_after(3, seed)).collect();
        assert!(waits.len() > 20);
        assert!(rest_after(1, 1) >= FIRST_REST && rest_after(99, 1) == LONGEST_REST);
    }

    #[test]
    fn states_are_read_back() {
        assert!(MailState::ALL.into_iter().all(|state| MailState::from_word(state.as_str()) == state));
        assert_eq!(MailState::from_word("?"), MailState::Held);
    }
}
