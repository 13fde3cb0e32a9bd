//! Closing dates as a calendar (iCalendar, RFC 5545).

use chrono::NaiveDate;

use super::{FeedRequest, Prepared, prepare};

/// Octets of a line without its break (RFC 5545 section 3.1).
const LONGEST_LINE: usize = 75;

/// Writes the closing dates of a feed's jobs as all-day events. Jobs without one are left out.
#[must_use]
pub fn ics(feed: &FeedRequest<'_>) -> String {
    let (head, items) = prepare(feed);
    let mut calendar = Calendar(String::with_capacity(items.len() * 512 + 512));
    calendar.line("BEGIN:VCALENDAR");
    calendar.line("VERSION:2.0");
    calendar.line("PRODID:-//jobrounds//closing dates//EN");
    calendar.line("CALSCALE:GREGORIAN");
    calendar.line("METHOD:PUBLISH");
    calendar.text("NAME", &head.title);
    calendar.text("X-WR-CALNAME", &head.title);
    calendar.line("REFRESH-INTERVAL;VALUE=DURATION:PT6H");
    calendar.line("X-PUBLISHED-TTL:PT6H");
    let mut is_empty = true;
    for item in &items {
        if let Some(closing) = item.job.valid_through {
            event(&mut calendar, item, closing.date);
            is_empty = false;
        }
    }
    if is_empty {
        calendar.lines(&ZONE_OF_NOTHING);
    }
    calendar.line("END:VCALENDAR");
    calendar.0
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

fn event(calendar: &mut Calendar, item: &Prepared<'_>, closes: NaiveDate) {
    let entry = &item.entry;
    let uid = item.guid.trim_start_matches("tag:jobrounds,2026:").replace('/', "-");
    calendar.line("BEGIN:VEVENT");
    calendar.line(&format!("UID:{uid}@jobrounds"));
    calendar.line(&format!("DTSTAMP:{}", item.updated.format("%Y%m%dT%H%M%SZ")));
    calendar.line(&format!("DTSTART;VALUE=DATE:{}", closes.format("%Y%m%d")));
    let next_day = closes.succ_opt().unwrap_or(closes);
    calendar.line(&format!("DTEND;VALUE=DATE:{}", next_day.format("%Y%m%d")));
    calendar.text("SUMMARY", &format!("Closes: {}", item.title));
    let closing = entry.closes.as_deref().unwrap_or_default();
    let mut description = format!("Closes {closing}\nPay: {}", entry.pay);
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
    calendar.text("DESCRIPTION", &description);
    calendar.text("LOCATION", &entry.place);
    if let Some(url) = &entry.url {
        calendar.line(&format!("URL:{url}"));
    }
    calendar.line("TRANSP:TRANSPARENT");
    calendar.line("END:VEVENT");
}

/// A calendar that grows by content lines.
struct Calendar(String);

impl Calendar {
    fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.line(line);
        }
    }

    /// Adds a property of type TEXT, escaped (RFC 5545 section 3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                _ => line.push(c),
            }
        }
        self.line(&line);
    }

    /// Adds a content line, folded between characters.
    fn line(&mut self, line: &str) {
        let mut column = 0;
        for c in line.chars() {
            if column + c.len_utf8() > LONGEST_LINE {
                self.0.push_str("\r\n ");
                column = 1;
            }
            self.0.push(c);
            column += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    #[test]
    fn lines_are_folded_between_characters_and_unfold_to_what_was_said() {
        let mut calendar = Calendar(String::new());
        let said = format!("a;b,c\\d\n{}", "é👩‍⚕".repeat(60));
        calendar.text("SUMMARY", &said);
        assert!(calendar.0.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        let unfolded = calendar.0.replace("\r\n ", "");
        assert_eq!(unfolded.trim_end(), format!("SUMMARY:a\\;b\\,c\\\\d\\n{}", "é👩‍⚕".repeat(60)));
    }

    #[test]
    fn a_closing_date_is_an_all_day_event_with_a_lasting_uid() {
        let mut job = sample::job("1", "Coder", "Mercy Health");
        job.valid_through = Some(sample::closing("2026-12-04T23:59:59-05:00"));
        let boards = sample::boards();
        let written = ics(&sample::feed(&boards, [&job].into_iter()));
        assert!(written.contains("DTSTART;VALUE=DATE:20261204\r\nDTEND;VALUE=DATE:20261205\r\n"), "{written}");
        assert!(written.contains(&format!("UID:job-{}@jobrounds\r\n", job.id)));
    }

    #[test]
    fn a_calendar_without_events_is_still_one() {
        let boards = sample::boards();
        let written = ics(&sample::feed(&boards, std::iter::empty()));
        assert!(written.contains("BEGIN:VTIMEZONE") && !written.contains("VEVENT"));
    }
}
