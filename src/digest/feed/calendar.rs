//! Closing dates as a calendar (iCalendar, RFC 5545; RFC 7986 for what is said of the whole).
//!
//! There is no `METHOD`: the calendar is subscribed to, nobody is invited (RFC 5546 would ask for an
//! organizer), and without it `DTSTAMP` is when the event was last revised, not when it was written.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};

use crate::model::Closing;

use super::super::clean::short_line;
use super::content_lines::ContentLines;
use super::prepare::{FeedHead, Prepared, closed_early};

/// Writes the closing dates of jobs: a day where the job closes with it, else the moment.
pub(super) fn write(head: &FeedHead, items: &[Prepared<'_>]) -> String {
    let mut calendar = ContentLines::with_capacity(items.len() * 768 + 512);
    calendar.lines(&["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//jobrounds//closing dates//EN", "CALSCALE:GREGORIAN"]);
    calendar.text("NAME", &head.title);
    calendar.text("X-WR-CALNAME", &head.title);
    calendar.text("DESCRIPTION", &head.description);
    if let Some(address) = &head.self_url {
        calendar.line(&format!("SOURCE;VALUE=URI:{address}"));
    }
    calendar.line(&format!("URL:{}", head.home_url));
    if !items.is_empty() {
        calendar.line(&format!("LAST-MODIFIED:{}", utc(head.changed)));
    }
    calendar.lines(&["REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"]);
    let mut is_empty = true;
    for item in items {
        if let Some(span) = item.job.valid_through.as_ref().and_then(span) {
            event(&mut calendar, item, span);
            is_empty = false;
        }
    }
    if is_empty {
        calendar.lines(&ZONE_OF_NOTHING);
    }
    calendar.line("END:VCALENDAR");
    calendar.into_text()
}

/// A calendar must hold at least one component (RFC 5545 section 3.6); this one shows nothing.
const ZONE_OF_NOTHING: [&str; 8] = [
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
];

/// Where a closing stands in a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    /// On a day of the board's zone, to whose end one can apply.
    Day(NaiveDate),
    /// At a moment within a day.
    Moment(DateTime<Utc>),
}

/// Finds where a closing stands: 11:59 p.m. and midnight are the end of a day, and people look for
/// them on that day in whatever zone they are. `None` for years that iCalendar cannot write.
fn span(closing: &Closing) -> Option<Span> {
    let span = match closing.time {
        None => Span::Day(closing.date),
        Some(time) if time.time() == NaiveTime::MIN => Span::Day(time.date_naive().pred_opt()?),
        Some(time) if (time.hour(), time.minute()) == (23, 59) => Span::Day(time.date_naive()),
        Some(time) => Span::Moment(time.to_utc()),
    };
    let year = match span {
        Span::Day(day) => day.year(),
        Span::Moment(moment) => moment.year(),
    };
    (1..9999).contains(&year).then_some(span)
}

fn utc(moment: DateTime<Utc>) -> String {
    moment.format("%Y%m%dT%H%M%SZ").to_string()
}

fn event(calendar: &mut ContentLines, item: &Prepared<'_>, span: Span) {
    let entry = &item.entry;
    let is_closed = closed_early(item.job);
    let uid = item.guid.trim_start_matches("tag:jobrounds,2026:").replace('/', "-");
    calendar.line("BEGIN:VEVENT");
    calendar.line(&format!("UID:{uid}@jobrounds"));
    calendar.line(&format!("DTSTAMP:{}", utc(item.updated)));
    calendar.line(&format!("CREATED:{}", utc(item.published)));
    calendar.line(&format!("LAST-MODIFIED:{}", utc(item.updated)));
    calendar.line(&format!("SEQUENCE:{}", item.revision.min(u64::from(u32::MAX >> 1))));
    match span {
        Span::Day(day) => {
            calendar.line(&format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
            let next_day = day.succ_opt().unwrap_or(day);
            calendar.line(&format!("DTEND;VALUE=DATE:{}", next_day.format("%Y%m%d")));
        }
        // In UTC, which every calendar shows in its reader's zone; without an end it has no length.
        Span::Moment(moment) => calendar.line(&format!("DTSTART:{}", utc(moment))),
    }
    calendar.text("SUMMARY", &format!("{}: {}", if is_closed { "Closed early" } else { "Closes" }, item.title));
    calendar.text("DESCRIPTION", &description(item, is_closed));
    if entry.place != "Place not stated" {
        calendar.text("LOCATION", &entry.place);
    }
    if let Some(url) = &entry.url {
        calendar.line(&format!("URL:{url}"));
    }
    calendar.line(if is_closed { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    calendar.line("TRANSP:TRANSPARENT");
    calendar.line("END:VEVENT");
}

fn description(item: &Prepared<'_>, is_closed: bool) -> String {
    let entry = &item.entry;
    let closing = entry.closes.as_deref().unwrap_or_default();
    let mut description = if is_closed {
        let reason = item.job.closed_reason.as_deref().map(|reason| short_line(reason, 200)).unwrap_or_default();
        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!("Closed before its date{why}\nThe date was {closing}")
    } else {
        format!("Closes {closing}")
    };
    description.push_str("\nPay: ");
    description.push_str(entry.pay.strip_prefix("pay ").unwrap_or(&entry.pay));
    for line in entry.pay_derived.iter().chain(&entry.url) {
        description.push('\n');
        description.push_str(line);
    }
    for board in entry.boards.iter().skip(1) {
        let link = board.url.as_ref().map_or_else(String::new, |url| format!(": {url}"));
        description.push_str("\nAlso on ");
        description.push_str(&board.name);
        description.push_str(&link);
    }
    description
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    fn at(text: &str) -> Option<Span> {
        span(&sample::closing(text))
    }

    #[test]
    fn the_end_of_a_day_is_that_day_and_another_time_is_a_moment() {
        let day = |day| Some(Span::Day(NaiveDate::from_ymd_opt(2026, 12, day).unwrap()));
        assert_eq!(span(&sample::closing_day(2026, 12, 4)), day(4));
        assert_eq!(at("2026-12-04T23:59:59-05:00"), day(4));
        assert_eq!(at("2026-12-04T23:59:00-10:00"), day(4));
        assert_eq!(at("2026-12-05T00:00:00-06:00"), day(4), "midnight ends the day before");
        assert_eq!(at("2026-12-04T17:00:00-08:00"), Some(Span::Moment(sample::time("2026-12-05T01:00:00Z"))));
    }
}
