//! The text part of a digest, made by hand for a terminal: 72 columns, addresses whole and on lines
//! of their own. Also the words that both parts share.

use super::board_line::BoardLine;
use super::clean::short_line;
use super::columns::Text;
use super::compose::{Digest, DigestPart, DigestSection, Item};
use super::entry::Entry;

/// Lines of a job stand behind this, below its number.
const INDENT: &str = "    ";
/// Columns that a job's number takes.
const NUMBERED: usize = 4;

/// One job as lines: the pieces between which a digest puts its number and what it alone says.
#[derive(Debug)]
pub(super) struct EntryText {
    /// The title; the first line lacks its four columns for the number.
    pub title: String,
    /// Employer and place.
    pub head: String,
    /// Everything else.
    pub tail: String,
    /// All of it in one line, with the address below; the first line lacks its two columns.
    pub brief: String,
    /// The address's own line.
    pub address: String,
}

/// Writes a digest as text.
pub(super) fn mail_text(digest: &Digest) -> String {
    let mut text = Text(String::with_capacity(16_384));
    text.wrapped("", &digest.heading.to_uppercase());
    text.wrapped("", &digest.period);
    if let Some(too_old) = &digest.too_old {
        text.wrapped("", too_old);
    }
    if let [part] = digest.parts.as_slice()
        && part.name.is_none()
        && !part.filters.is_empty()
    {
        text.wrapped("", &format!("Filters: {}", part.filters));
    }
    for nothing in nothing(digest) {
        text.blank();
        text.wrapped("", &nothing);
    }
    let mut number = 0;
    for part in &digest.parts {
        write_part(&mut text, part, &mut number);
    }
    for line in leftover(digest) {
        text.blank();
        text.wrapped("", &line);
    }
    footer(&mut text, digest);
    text.0
}

/// Says that there is nothing, and how sure that is; nothing when there is something.
pub(super) fn nothing(digest: &Digest) -> Vec<String> {
    if !digest.is_empty() {
        return Vec::new();
    }
    let mut said = vec![nothing_words(digest)];
    if digest.heartbeat {
        said.push("You chose to hear from us also when there is nothing new.".to_owned());
    }
    said
}

fn nothing_words(digest: &Digest) -> String {
    let what = match digest.quiet.len() {
        0 if digest.parts.iter().all(|part| part.filters.is_empty()) => "Nothing new.",
        0 | 1 => "Nothing new for your search.",
        _ => "Nothing new for your searches.",
    };
    let all_read = digest.outages.iter().all(|outage| outage.was_read);
    let read = digest.read.join(", ");
    match (digest.read.is_empty(), all_read) {
        (true, false) => "Nothing new was seen, but no board could be read, so there may well be new jobs.".to_owned(),
        (true, true) => format!("{what} No board has been asked."),
        (false, true) if digest.outages.is_empty() => format!("{what} Every board could be read: {read}."),
        (false, true) => {
            format!("{what} Every board could be read: {read}. Not every one seems up to date; see below.")
        }
        (false, false) => format!("{what} Boards read: {read}. Not every board could be read; see below."),
    }
}

/// Says of which searches there is nothing to tell, and of which nothing could be told.
pub(super) fn leftover(digest: &Digest) -> Vec<String> {
    let mut said = Vec::new();
    if !digest.quiet.is_empty() && !digest.is_empty() {
        said.push(format!("Nothing new for: {}.", digest.quiet.join("; ")));
    }
    match digest.searches_without_room() {
        0 => {}
        1 => said.push("1 more of your searches found jobs; they follow in your next mail.".to_owned()),
        n => said.push(format!("{n} more of your searches found jobs; they follow in your next mail.")),
    }
    said
}

/// Says that jobs did not fit.
pub(super) fn held_words(count: usize) -> String {
    match count {
        1 => "1 more follows in your next mail.".to_owned(),
        n => format!("{n} more follow in your next mail."),
    }
}

/// Explains what is not the boards' own words.
pub(super) fn explained(digest: &Digest) -> Vec<&'static str> {
    let mut said = Vec::new();
    if digest.told_in_full().any(|job| job.entry.pay_derived.is_some()) {
        said.push(
            "\"About ... a year\" is our arithmetic, by the rule in parentheses: 2,080\u{a0}h is 40 hours in 52 weeks. \
             Everything else about pay is as the boards state it.",
        );
    }
    if digest.told_in_full().any(|job| job.entry.pay_standing.is_some()) {
        said.push(
            "\"Median\" is that of all wages of the job's occupation in the area that is named (Bureau of Labor \
             Statistics, Occupational Employment and Wage Statistics).",
        );
    }
    said
}

/// Lists where a reader can go, in words.
pub(super) fn links(digest: &Digest) -> Vec<(&'static str, &str)> {
    let links = &digest.links;
    let named = [
        ("All jobs", &digest.browse),
        ("Your feed", &links.feed_url),
        ("Change your searches", &links.preferences_url),
        ("Unsubscribe", &links.unsubscribe_url),
        ("Unsubscribe by mail", if links.unsubscribe_url.is_none() { &links.unsubscribe_mailto } else { &None }),
    ];
    named.into_iter().filter_map(|(words, link)| link.as_deref().map(|link| (words, link))).collect()
}

fn write_part(text: &mut Text, part: &DigestPart, number: &mut usize) {
    if let Some(name) = &part.name {
        text.blank();
        text.rule('=');
        text.wrapped("", &name.to_uppercase());
        text.wrapped("", &part.filters);
        text.rule('=');
    }
    for section in &part.sections {
        write_section(text, section, part, number);
    }
    if let Some(closed) = &part.closed {
        section_head(text, "Closed since you looked", closed.jobs.len(), part.name.is_some());
        text.blank();
        for job in &closed.named {
            text.hanging("  - ", INDENT, job);
        }
        match closed.jobs.len() - closed.named.len() {
            0 => {}
            more => text.wrapped(INDENT, &format!("and {more} more")),
        }
    }
    for (at, note) in part.notes.iter().enumerate() {
        if at == 0 {
            text.blank();
        }
        text.wrapped("", note);
    }
}

/// Writes a section's heading, less loud below the heading of a part.
fn section_head(text: &mut Text, title: &str, total: usize, is_below_part: bool) {
    text.blank();
    text.wrapped("", &format!("{title} ({total})"));
    text.rule(if is_below_part { '-' } else { '=' });
}

fn write_section(text: &mut Text, section: &DigestSection, part: &DigestPart, number: &mut usize) {
    section_head(text, &section.title, section.total, part.name.is_some());
    for item in &section.items {
        text.blank();
        *number += 1;
        write_item(text, item, *number);
    }
    if !section.briefs.is_empty() {
        text.blank();
        if !section.items.is_empty() {
            text.own_line("", "In short:");
        }
        for item in &section.briefs {
            text.raw("- ");
            text.raw(&item.job.text.brief);
            for words in item.changes.iter().chain(&item.why) {
                text.wrapped("  ", words);
            }
            text.raw(&item.job.text.address);
        }
    }
    if !section.held.is_empty() {
        text.blank();
        let now = if part.more_url.is_some() { " See them now:" } else { "" };
        text.wrapped("", &format!("{}{now}", held_words(section.held.len())));
        if let Some(more) = &part.more_url {
            text.own_line("", more);
        }
    }
}

fn write_item(text: &mut Text, item: &Item, number: usize) {
    let job = &item.job.text;
    text.raw(&format!("{number:>2}. "));
    text.raw(&job.title);
    text.raw(&job.head);
    if let Some(changes) = &item.changes {
        text.hanging("    Changed: ", "             ", changes);
    }
    if let Some(why) = &item.why {
        text.wrapped(INDENT, &format!("May match: {why}."));
    }
    text.raw(&job.tail);
}

/// Writes a job's pieces.
pub(super) fn entry_text(entry: &Entry) -> EntryText {
    let [mut title, mut head, mut brief, mut address] = [const { String::new() }; 4].map(Text);
    title.flow(NUMBERED, INDENT, &entry.title);
    if let Some(employer) = employer_words(entry, usize::MAX) {
        head.wrapped(INDENT, &employer);
    }
    head.wrapped(INDENT, &place_and_type(entry));
    let (words, beside) = brief_words(entry);
    brief.flow(2, "  ", &format!("{words}{beside}"));
    if let Some(url) = &entry.url {
        address.own_line("  ", url);
    }
    EntryText { title: title.0, head: head.0, tail: tail(entry), brief: brief.0, address: address.0 }
}

fn tail(entry: &Entry) -> String {
    let mut text = Text::default();
    text.hanging("    Pay: ", "         ", &pay_words(entry));
    if let Some(closes) = closes_words(entry) {
        text.wrapped(INDENT, &format!("Closes {closes}"));
    }
    if let Some(asks) = &entry.asks {
        text.wrapped(INDENT, asks);
    }
    if let Some(open_to) = &entry.open_to {
        text.wrapped(INDENT, &format!("Open to {open_to}"));
    }
    if let Some(url) = &entry.url {
        text.own_line(INDENT, url);
    }
    if let Some(doubt) = &entry.doubt {
        text.wrapped(INDENT, doubt);
    }
    for paragraph in &entry.excerpt {
        text.blank();
        text.wrapped(INDENT, paragraph);
    }
    text.blank();
    for note in &entry.notes {
        text.wrapped(INDENT, note);
    }
    provenance(&mut text, entry);
    text.0
}

/// Writes where the job stands, with the addresses that are not given above.
fn provenance(text: &mut Text, entry: &Entry) {
    let posted = entry.posted.as_ref().map_or(String::new(), |posted| format!("Posted {posted}. "));
    let mut boards = entry.boards.iter();
    match boards.next() {
        Some(BoardLine { name, retrieved: Some(retrieved), .. }) => {
            text.wrapped(INDENT, &format!("{posted}Source: {name}, retrieved {retrieved}."));
        }
        Some(first) => text.wrapped(INDENT, &format!("{posted}On {}.", board_words(first))),
        None => text.wrapped(INDENT, posted.trim_end()),
    }
    board_link(text, entry.boards.first(), entry);
    for board in boards {
        text.wrapped(INDENT, &format!("Also on {}.", board_words(board)));
        board_link(text, Some(board), entry);
    }
    text.wrapped(INDENT, &format!("Job {}", entry.id));
}

fn board_link(text: &mut Text, board: Option<&BoardLine>, entry: &Entry) {
    if let Some(url) = board.and_then(|board| board.url.as_ref()).filter(|url| Some(*url) != entry.url.as_ref()) {
        text.own_line(INDENT, url);
    }
}

fn board_words(board: &BoardLine) -> String {
    match &board.retrieved {
        Some(retrieved) => format!("{} (source: {}, retrieved {retrieved})", board.name, board.name),
        None => format!("{} ({})", board.name, board.seen),
    }
}

/// Joins place and employment type.
pub(super) fn place_and_type(entry: &Entry) -> String {
    entry.employment.as_ref().map_or_else(|| entry.place.clone(), |kind| format!("{}; {kind}", entry.place))
}

/// Names the employer, and says when it is an agency.
pub(super) fn employer_words(entry: &Entry, longest: usize) -> Option<String> {
    let name = short_line(entry.employer.as_ref()?, longest);
    Some(if entry.is_agency { format!("{name} (staffing agency)") } else { name })
}

/// Gives a job's title, and what else one line says of it beside.
pub(super) fn brief_words(entry: &Entry) -> (String, String) {
    let place = (entry.place != "Place not stated").then(|| short_line(&entry.place, 60));
    let pay = (entry.pay != "pay not stated").then(|| short_line(&entry.pay, 40));
    let closes = entry.closes.as_ref().filter(|_| entry.closes_soon).map(|closes| format!("closes {closes}"));
    let mut beside = String::new();
    for words in [employer_words(entry, 60), place, pay, closes].into_iter().flatten() {
        beside.push_str(", ");
        beside.push_str(&words);
    }
    (short_line(&entry.title, 110), beside)
}

/// Says when a job closes and how far off that is.
pub(super) fn closes_words(entry: &Entry) -> Option<String> {
    let closes = entry.closes.as_ref()?;
    Some(entry.closes_in.as_ref().map_or_else(|| closes.clone(), |within| format!("{closes}, {within}")))
}

fn pay_words(entry: &Entry) -> String {
    if entry.pay == "pay not stated" {
        return "not stated".to_owned();
    }
    let standing = entry.pay_standing.as_ref().map_or(String::new(), |standing| format!(", {standing}"));
    let derived = entry.pay_derived.as_ref().map_or(String::new(), |derived| format!("; {derived}"));
    let note = entry.pay_note.as_ref().map_or(String::new(), |note| format!(" [{note}]"));
    format!("{}{standing}{derived}{note}", entry.pay)
}

fn footer(text: &mut Text, digest: &Digest) {
    text.blank();
    text.rule('-');
    for outage in &*digest.outages {
        text.wrapped("", &outage.says);
        if let Some(remedy) = &outage.remedy {
            text.wrapped("  ", &format!("What helps: {remedy}"));
        }
    }
    if !digest.outages.is_empty() {
        text.blank();
    }
    for words in explained(digest) {
        text.wrapped("", words);
        text.blank();
    }
    for (words, link) in links(digest) {
        text.wrapped("", &format!("{words}:"));
        text.own_line("  ", link);
    }
    text.blank();
    if let Some(because) = &digest.because {
        text.wrapped("", because);
    }
    text.wrapped("", &format!("Sent by {}.", digest.site));
    if let Some(address) = &digest.postal_address {
        text.wrapped("", address);
    }
}
