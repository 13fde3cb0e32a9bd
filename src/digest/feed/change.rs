//! What happened to a job, in words: the prefix of a title and a sentence of the content.

use chrono::DateTime;

use crate::model::{Closing, EventKind, JobEvent};

use super::super::clean::short_line;
use super::super::when::Now;

/// What changed is told in up to this many characters.
const LONGEST_CHANGE: usize = 400;

/// The material fields as the history names them, and as titles do.
const FIELDS: [(&str, &str); 6] = [
    ("title", "title"),
    ("pay", "pay"),
    ("place", "place"),
    ("work mode", "work mode"),
    ("closes", "closing date"),
    ("employment type", "employment type"),
];

/// Tells whether an event is news to people who know the job already.
pub(super) fn is_news(kind: EventKind) -> bool {
    matches!(kind, EventKind::Updated | EventKind::Reopened | EventKind::Reposted)
}

/// Gives what stands before a title: `Pay and closing date changed: `.
pub(super) fn prefix(event: &JobEvent) -> String {
    match event.kind {
        EventKind::Reopened => "Open again: ".to_owned(),
        EventKind::Reposted => "Advertised again: ".to_owned(),
        _ => match joined(&changed_fields(event.detail.as_deref().unwrap_or_default())) {
            Some(fields) => format!("{fields} changed: "),
            None => "Changed: ".to_owned(),
        },
    }
}

/// Says what happened, in a sentence.
pub(super) fn sentence(event: &JobEvent, now: Now) -> String {
    let day = now.day(now.day_of(event.at));
    match event.kind {
        EventKind::Reopened => format!("Open again since {day}."),
        EventKind::Reposted => format!("Advertised again on {day}."),
        _ => {
            let detail = event.detail.as_deref().map(|detail| short_line(&with_days(detail, now), LONGEST_CHANGE));
            match detail.filter(|detail| !detail.is_empty()) {
                Some(detail) => format!("Changed on {day}: {detail}"),
                None => format!("Changed on {day}."),
            }
        }
    }
}

/// Finds the fields that a change names: `pay: not stated → $28/hour; closes: …`.
fn changed_fields(detail: &str) -> Vec<&'static str> {
    let named = detail.split("; ").filter(|part| part.contains(" → ")).filter_map(|part| part.split_once(": "));
    let words = named.filter_map(|(name, _)| FIELDS.iter().find(|(field, _)| *field == name)).map(|(_, word)| *word);
    let mut fields = Vec::new();
    for word in words {
        if !fields.contains(&word) {
            fields.push(word);
        }
    }
    fields
}

/// Joins words as the beginning of a sentence.
fn joined(words: &[&str]) -> Option<String> {
    let (last, others) = words.split_last()?;
    let joined = if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
    let mut letters = joined.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

/// Writes the closings of a change as people write them.
fn with_days(detail: &str, now: Now) -> String {
    let word = |word: &str| {
        let (bare, end) = word.strip_suffix(';').map_or((word, ""), |bare| (bare, ";"));
        let closing = if let Ok(time) = DateTime::parse_from_rfc3339(bare) {
            Some(Closing { date: time.date_naive(), instant: time.to_utc(), time: Some(time) })
        } else {
            let date = bare.parse().ok().filter(|_| bare.len() == "2026-12-04".len());
            date.map(|date| Closing { date, instant: now.instant, time: None })
        };
        closing.map_or_else(|| word.to_owned(), |closing| format!("{}{end}", now.closing(&closing)))
    };
    detail.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    fn event(kind: EventKind, detail: Option<&str>) -> JobEvent {
        let at = sample::time("2026-11-23T10:00:00Z");
        let job = sample::job("1", "Coder", "Mercy Health").id;
        JobEvent { id: 7, job, kind, posting: None, at, detail: detail.map(str::to_owned) }
    }

    #[test]
    fn a_change_names_its_fields_in_the_title_and_tells_them_in_the_content() {
        let detail = "pay: not stated → $28/hour; closes: 2026-12-01 → 2026-12-04T23:59:59-05:00";
        let change = event(EventKind::Updated, Some(detail));
        assert_eq!(prefix(&change), "Pay and closing date changed: ");
        assert_eq!(
            sentence(&change, sample::now()),
            "Changed on November 23: pay: not stated → $28/hour; closes: Tuesday, December 1 → Friday, December 4, \
             11:59 p.m. Eastern"
        );
    }

    #[test]
    fn a_change_without_known_words_is_a_change_all_the_same() {
        assert_eq!(prefix(&event(EventKind::Updated, None)), "Changed: ");
        assert_eq!(prefix(&event(EventKind::Updated, Some("shoe size: 9 → 10"))), "Changed: ");
        assert_eq!(sentence(&event(EventKind::Updated, Some(" \u{0} ")), sample::now()), "Changed on November 23.");
        assert_eq!(prefix(&event(EventKind::Reopened, None)), "Open again: ");
        assert_eq!(sentence(&event(EventKind::Reposted, None), sample::now()), "Advertised again on November 23.");
    }
}
