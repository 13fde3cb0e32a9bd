//! What an enhanced status code (RFC 3463) or a server's words say of an address.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::words;
use crate::model::BounceKind;

/// An enhanced status code: class, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(pub(super) u16, pub(super) u16, pub(super) u16);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

type Pattern = LazyLock<Option<Regex>>;

/// A code that stands at the beginning, as in the field `Status`.
static LEADING: Pattern = LazyLock::new(|| Regex::new(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})(?:[^\d.]|\.?$)").ok());
/// A code that a reply of three digits or a sign announces; a version or an address has none.
static ANNOUNCED: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)(?:\b[245]\d\d[ \-]{1,2}[#\[(]?|[#\[(]|\bstatus:? ?|\berror:? ?|\bcode:? ?|;\s?)([245])\.(\d{1,3})\.(\d{1,3})(?:[^\d.]|\.?(?:\s|$))").ok()
});
/// A reply of three digits (RFC 5321 section 4.2) that puts the sender off.
static PUT_OFF: Pattern =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d.\-])(?:421|45\d|47\d)(?:[ \-][^\d]|[ \-]4\.|:)").ok());

/// Reads the value of the field `Status`, which may go on in words.
pub(super) fn leading(text: &str) -> Option<Code> {
    LEADING.as_ref()?.captures(text).and_then(|found| code(&found))
}

/// Finds the code in a server's words.
pub(super) fn announced(text: &str) -> Option<Code> {
    ANNOUNCED.as_ref()?.captures(text).and_then(|found| code(&found))
}

fn code(found: &Captures<'_>) -> Option<Code> {
    let number = |at: usize| found.get(at)?.as_str().parse().ok();
    Some(Code(number(1)?, number(2)?, number(3)?))
}

/// Judges a failure by its code and by what the server said.
///
/// Hard are the codes by which RFC 3463 (sections 3.2 and 3.3; 5.1.10 is RFC 7505's) says that there is
/// no such mailbox or host, or that the mailbox is closed: 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10, 5.2.1. Not
/// hard are, though they begin with 5:
///
/// - 5.1.4 (ambiguous), 5.1.7 and 5.1.8 (of the sender): the address may be right;
/// - 5.2.2 (full), 5.2.3 (too long), 5.3, 5.5, 5.6, 5.7 (policy, spam): that passes, or is the mail's fault;
/// - 5.4: the way there, not its end. 5.4.4 (no route) is also what a broken resolver of one's own
///   gives, and 5.4.1 what some servers answer to anything they do not like.
///
/// Where the code says nothing ("other or undefined"), plain words decide; and words that speak of
/// something passing, or of the sender, always make it soft.
pub(super) fn judged(code: Option<Code>, said: &str) -> BounceKind {
    let said = said.to_lowercase();
    let is_passing = || words::names_something_passing(&said) || PUT_OFF.as_ref().is_none_or(|one| one.is_match(&said));
    let is_hard = match code {
        Some(Code(2, ..)) => return BounceKind::NotABounce,
        Some(Code(5, 1, 1..=3 | 6 | 10) | Code(5, 2, 1)) => true,
        None | Some(Code(5, 0 | 1 | 2 | 3 | 5, 0)) => words::says_there_is_no_such_mailbox(&said),
        Some(_) => false,
    };
    if is_hard && !is_passing() { BounceKind::Hard } else { BounceKind::Soft }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_versions_and_addresses() {
        let find = |text: &str| announced(text).map(|code| code.to_string());
        for (text, expected) in [
            ("smtp; 550 5.1.1 <a> unknown", "5.1.1"),
            ("smtp;550-5.1.10 x", "5.1.10"),
            ("sorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
            ("550 [5.7.1] no", "5.7.1"),
            ("smtp; 5.1.2 - bad host", "5.1.2"),
            ("#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", "5.1.1"),
            ("452 4.2.2 full", "4.2.2"),
        ] {
            assert_eq!(find(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["MS Exchange version 5.5.2653.12", "host 5.1.1.7 said no", "sendmail 5.1.1", "550 unknown", "6.1.1"]
        {
            assert_eq!(find(text), None, "{text}");
        }
        assert_eq!(leading(" 5.0.0 (recipient reached disk quota)"), Some(Code(5, 0, 0)));
        assert_eq!((leading("553 too long"), leading("5.1.1.4")), (None, None));
    }

    #[test]
    fn only_what_says_that_nobody_is_there_is_hard() {
        use BounceKind::{Hard, NotABounce, Soft};
        for (code, said, expected) in [
            (Some(Code(5, 1, 1)), "", Hard),
            (Some(Code(5, 1, 2)), "", Hard),
            (Some(Code(5, 1, 10)), "null mx", Hard),
            (Some(Code(5, 2, 1)), "mailbox disabled", Hard),
            (Some(Code(5, 2, 1)), "receiving mail at a rate that prevents more", Soft),
            (Some(Code(5, 1, 1)), "mailbox is over quota", Soft),
            (Some(Code(5, 1, 1)), "450 4.1.1 user unknown, try again", Soft),
            (Some(Code(4, 1, 1)), "user unknown", Soft),
            (Some(Code(5, 2, 2)), "full", Soft),
            (Some(Code(5, 1, 0)), "sender address rejected: user unknown", Soft),
            (Some(Code(5, 7, 1)), "user unknown", Soft),
            (Some(Code(5, 4, 4)), "host not found", Soft),
            (Some(Code(5, 0, 0)), "550 user unknown", Hard),
            (Some(Code(5, 0, 0)), "550 no", Soft),
            (None, "550 no such user here", Hard),
            (None, "451 no such user here", Soft),
            (None, "", Soft),
            (Some(Code(2, 0, 0)), "", NotABounce),
        ] {
            assert_eq!(judged(code, said), expected, "{code:?} {said}");
        }
    }
}
