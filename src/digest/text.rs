//! The text part of a digest, made by hand for a terminal: 74 columns, addresses whole and on lines
//! of their own.

use super::compose::{Also, Digest, DigestSection, Item};
use super::entry::{BoardLine, Entry};

/// Columns of the text.
const WIDTH: usize = 74;

/// Writes a digest as text.
pub(super) fn mail_text(digest: &Digest) -> String {
    let mut text = Text(String::with_capacity(4_096));
    text.wrapped("", &digest.heading.to_uppercase());
    text.wrapped("", &period(digest));
    if !digest.filters.is_empty() {
        text.wrapped("", &format!("Filters: {}", digest.filters));
    }
    if digest.is_empty() {
        nothing_new(&mut text, digest);
    }
    let mut number = 0;
    for part in &digest.sections {
        section(&mut text, part, digest, &mut number);
    }
    footer(&mut text, digest);
    text.0
}

/// Writes `What came in since Tuesday, November 17, as of Tuesday, November 24, 2026.`
pub(super) fn period(digest: &Digest) -> String {
    match &digest.since {
        Some(since) => format!("What is new since {since}, as of {}.", digest.written),
        None => format!("As of {}.", digest.written),
    }
}

/// Says that there is nothing, and how sure that is.
pub(super) fn nothing_words(digest: &Digest) -> String {
    let what = if digest.filters.is_empty() { "Nothing new." } else { "Nothing new for these filters." };
    let all_read = digest.outages.iter().all(|outage| outage.was_read);
    match (digest.read.is_empty(), all_read) {
        (true, false) => "Nothing new was seen, but no board could be read, so there may well be new jobs.".to_owned(),
        (true, true) => format!("{what} No board has been asked."),
        (false, true) if digest.outages.is_empty() => {
            format!("{what} Every board could be read: {}.", digest.read.join(", "))
        }
        (false, true) => {
            format!(
                "{what} Every board could be read: {}. Not every one seems up to date; see below.",
                digest.read.join(", ")
            )
        }
        (false, false) => {
            format!("{what} Boards read: {}. Not every board could be read; see below.", digest.read.join(", "))
        }
    }
}

fn nothing_new(text: &mut Text, digest: &Digest) {
    text.blank();
    text.wrapped("", &nothing_words(digest));
}

fn section(text: &mut Text, section: &DigestSection, digest: &Digest, number: &mut usize) {
    text.blank();
    text.wrapped("", &format!("{} ({})", section.title, section.total));
    text.rule('=');
    for item in &section.items {
        text.blank();
        match item {
            Item::Job(job) => {
                *number += 1;
                entry(text, job, *number);
            }
            Item::Also(others) => also(text, others),
        }
    }
    if section.left_out > 0 {
        text.blank();
        text.wrapped("", &section.left_out_words());
        if let Some(browse) = &digest.browse {
            text.own_line("", browse);
        }
    }
}

fn entry(text: &mut Text, entry: &Entry, number: usize) {
    text.hanging(&format!("{number:>2}. "), "    ", &entry.title);
    if let Some(employer) = &entry.employer {
        text.wrapped("    ", employer);
    }
    text.wrapped("    ", &place_and_type(entry));
    text.hanging("    Pay: ", "         ", &pay_words(entry));
    if let Some(closes) = &entry.closes {
        text.wrapped("    ", &format!("Closes {closes}"));
    }
    if let Some(open_to) = &entry.open_to {
        text.wrapped("    ", &format!("Open to {open_to}"));
    }
    if let Some(url) = &entry.url {
        text.own_line("    ", url);
    }
    for paragraph in &entry.excerpt {
        text.blank();
        text.wrapped("    ", paragraph);
    }
    text.blank();
    for note in entry.notes.iter().chain(&entry.why.as_ref().map(|why| format!("Why it is here: {why}."))) {
        text.wrapped("    ", note);
    }
    provenance(text, entry);
}

/// Writes where the job stands, with the addresses that are not given above.
fn provenance(text: &mut Text, entry: &Entry) {
    let posted = entry.posted.as_ref().map_or(String::new(), |posted| format!("Posted {posted}. "));
    let mut boards = entry.boards.iter();
    match boards.next() {
        Some(BoardLine { name, retrieved: Some(retrieved), .. }) => {
            text.wrapped("    ", &format!("{posted}Source: {name}, retrieved {retrieved}."));
        }
        Some(first) => text.wrapped("    ", &format!("{posted}On {}.", board_words(first))),
        None => text.wrapped("    ", posted.trim_end()),
    }
    board_link(text, entry.boards.first(), entry);
    for board in boards {
        text.wrapped("    ", &format!("Also on {}.", board_words(board)));
        board_link(text, Some(board), entry);
    }
    text.wrapped("    ", &format!("Job {}", entry.id));
}

fn board_link(text: &mut Text, board: Option<&BoardLine>, entry: &Entry) {
    if let Some(url) = board.and_then(|board| board.url.as_ref()).filter(|url| Some(*url) != entry.url.as_ref()) {
        text.own_line("    ", url);
    }
}

fn board_words(board: &BoardLine) -> String {
    match &board.retrieved {
        Some(retrieved) => format!("{} (source: {}, retrieved {retrieved})", board.name, board.name),
        None => format!("{} (confirmed {})", board.name, board.confirmed),
    }
}

/// Joins place and employment type.
pub(super) fn place_and_type(entry: &Entry) -> String {
    entry.employment.as_ref().map_or_else(|| entry.place.clone(), |kind| format!("{}; {kind}", entry.place))
}

fn pay_words(entry: &Entry) -> String {
    if entry.pay == "pay not stated" {
        return "not stated".to_owned();
    }
    let derived = entry.pay_derived.as_ref().map_or(String::new(), |derived| format!("; {derived}"));
    let note = entry.pay_note.as_ref().map_or(String::new(), |note| format!(" [{note}]"));
    format!("{}{derived}{note}", entry.pay)
}

fn also(text: &mut Text, also: &Also) {
    text.wrapped("    ", &format!("Also at {}:", also.employer));
    for job in &also.jobs {
        text.hanging("    - ", "      ", &job.title);
        if let Some(url) = &job.url {
            text.own_line("      ", url);
        }
    }
    if also.unnamed > 0 {
        text.wrapped("    ", &format!("and {} more", also.unnamed));
    }
}

fn footer(text: &mut Text, digest: &Digest) {
    text.blank();
    text.rule('-');
    for outage in &digest.outages {
        text.wrapped("", &outage.says);
        if let Some(remedy) = &outage.remedy {
            text.wrapped("  ", &format!("What helps: {remedy}"));
        }
    }
    if !digest.outages.is_empty() {
        text.blank();
    }
    if digest.has_derived_pay() {
        text.wrapped("", DERIVED_WORDS);
    }
    if let Some(browse) = &digest.browse {
        text.wrapped("", "All jobs:");
        text.own_line("", browse);
    }
    text.wrapped("", &format!("Sent by {}.", digest.site));
    if let Some(address) = &digest.postal_address {
        text.wrapped("", address);
    }
}

/// Explains the derived figures.
pub(super) const DERIVED_WORDS: &str = "\"About ... a year\" is our arithmetic, by the rule in parentheses: \
    2,080 h is 40 hours in 52 weeks. Everything else about pay is as the boards state it.";

/// Text that grows by whole lines.
struct Text(String);

impl Text {
    /// Adds a blank line, never two.
    fn blank(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    fn rule(&mut self, with: char) {
        self.0.extend(std::iter::repeat_n(with, WIDTH));
        self.0.push('\n');
    }

    /// Adds a line that must not be broken.
    fn own_line(&mut self, indent: &str, whole: &str) {
        self.0.push_str(indent);
        self.0.push_str(whole);
        self.0.push('\n');
    }

    fn wrapped(&mut self, indent: &str, words: &str) {
        self.hanging(indent, indent, words);
    }

    /// Adds words, the first line behind `first`, further ones behind `further`.
    fn hanging(&mut self, first: &str, further: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        self.0.push_str(first);
        let mut column = first.chars().count();
        let mut at_start = true;
        for word in words.split(' ') {
            let width = word.chars().count();
            if !at_start && column + 1 + width > WIDTH {
                self.0.push('\n');
                self.0.push_str(further);
                column = further.chars().count();
                at_start = true;
            }
            if !at_start {
                self.0.push(' ');
                column += 1;
            }
            self.0.push_str(word);
            column += width;
            at_start = false;
        }
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Section, SectionKind, compose, sample};

    #[test]
    fn no_line_is_wider_than_a_terminal_but_addresses_stay_whole() {
        let mut job = sample::job("1", &"Coder ".repeat(40), "Mercy Health");
        let long = format!("https://jobs.example/{}", "x".repeat(120));
        job.url = Some(long.clone());
        job.description_text = Some("Words and words and words. ".repeat(40));
        let text = mail_text(&compose(&sample::request(vec![Section { kind: SectionKind::New, jobs: vec![&job] }])));
        assert!(text.lines().any(|line| line.trim() == long));
        for line in text.lines().filter(|line| !line.contains("://")) {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        assert!(!text.contains(" \n") && !text.contains("\n\n\n"));
    }

    #[test]
    fn an_empty_digest_says_what_was_read() {
        let text = mail_text(&compose(&sample::request(Vec::new())));
        assert!(text.contains("Nothing new for these filters. Every board could be read:"), "{text}");
    }
}
