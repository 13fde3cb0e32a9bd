//! What the words near a link say: which line is the employer's, which the place, which a date.
//! A line that could be several things is left out: unknown beats wrong.

use std::sync::LazyLock;

use regex::Regex;

use super::super::bti::is_state;
use crate::model::{RawPlace, RawPosting, RawSalary};

/// A longer text is no title.
pub(super) const LONGEST_TITLE: usize = 250;
/// A longer line is no name and no place.
const LONGEST_NAME: usize = 100;
/// A teaser is at least this long.
const SHORTEST_TEASER: usize = 60;
/// A teaser is kept this far.
const LONGEST_TEASER: usize = 2_000;

/// Words of links and buttons that name nothing.
const GENERIC: [&str; 34] = [
    "",
    "apply",
    "apply now",
    "apply here",
    "click here",
    "details",
    "full description",
    "here",
    "job details",
    "learn more",
    "link",
    "more",
    "more details",
    "more info",
    "new",
    "new!",
    "read more",
    "save",
    "save job",
    "see details",
    "see full job description",
    "see job",
    "see more",
    "see the job",
    "share",
    "view",
    "view and apply",
    "view details",
    "view full job",
    "view job",
    "view job details",
    "view job posting",
    "view posting",
    "view this job",
];
/// Words of links that belong to the mail, not to a posting.
const FURNITURE: [&str; 42] = [
    "unsubscribe",
    "opt out",
    "opt-out",
    "preference",
    "log in",
    "login",
    "sign in",
    "sign up",
    "privacy",
    "terms of",
    "in browser",
    "in your browser",
    "view online",
    "this email",
    "this e-mail",
    "manage your",
    "manage alert",
    "edit alert",
    "edit your",
    "update your",
    "my alert",
    "job alert",
    "job agent",
    "all jobs",
    "more jobs",
    "similar jobs",
    "matching jobs",
    "search jobs",
    "browse jobs",
    "post a job",
    "your resume",
    "upload resume",
    "contact us",
    "facebook",
    "twitter",
    "linkedin",
    "instagram",
    "youtube",
    "advertise",
    "stop receiving",
    "your account",
    "your password",
];

static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\b(?:https?://|www\.|mailto:)\S*").ok());
static LABEL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*([A-Za-z][A-Za-z /-]{2,24}?)\s*:\s*(.*)$").ok());
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let text = r"(?i)^(?:posted\s*(?:on|:)?\s*)?(?:(?:\d+\+?|an?)\s+(?:minute|hour|day|week|month)s?\s+ago|today|yesterday|just posted|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:,?\s+\d{4})?|\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{4})$";
    Regex::new(text).ok()
});
static BULLET: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:[-*•·>►▪+]+|\d{1,3}[.)])\s+").ok());

/// Drops addresses and folds white space. A line with a mail address is about the reader or the
/// sender, never about a posting.
pub(super) fn plain_line(text: &str) -> String {
    let bare = ADDRESS.as_ref().map_or(text.into(), |address| address.replace_all(text, " "));
    let folded = bare.replace(['<', '>'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let trimmed = folded.trim_matches(|c: char| matches!(c, '[' | ']' | '|' | '(' | ' ')).trim();
    let closed = if trimmed.contains('(') { trimmed } else { trimmed.trim_end_matches(')') };
    if closed.contains('@') { String::new() } else { closed.to_owned() }
}

/// Makes a title of a line, or `None` of a line that names nothing.
pub(super) fn title(text: &str) -> Option<String> {
    let line = plain_line(text);
    let line = BULLET.as_ref().map_or(line.as_str().into(), |bullet| bullet.replace(&line, ""));
    let line = line.trim_end_matches([':', '-', '–', '—', '»', '›', '>', '→']).trim();
    let names = line.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    (names && line.len() <= LONGEST_TITLE && !is_generic(line)).then(|| line.to_owned())
}

/// Tells whether words say nothing of what they lead to.
pub(super) fn is_generic(words: &str) -> bool {
    let words = words.to_lowercase();
    let words = words.trim_matches(|c: char| !c.is_alphanumeric() && c != '!');
    GENERIC.contains(&words)
}

/// Tells whether a link belongs to the mail itself.
pub(super) fn is_furniture(words: &str) -> bool {
    let words = words.to_lowercase();
    FURNITURE.iter().any(|part| words.contains(part))
}

/// Reads the lines that follow a title, in order.
pub(super) fn sort_in(lines: &[String], row: &mut RawPosting) {
    let mut label: Option<String> = None;
    for line in lines {
        let line = plain_line(line);
        if line.is_empty() || is_generic(&line) || is_furniture(&line) || row.title.as_deref() == Some(line.as_str()) {
            continue;
        }
        if let Some(waiting) = label.take()
            && labelled(&waiting, &line, row)
        {
            continue;
        }
        let parts = LABEL.as_ref().and_then(|pattern| pattern.captures(&line));
        if let Some(parts) = parts {
            let (name, value) = (parts[1].to_lowercase(), parts[2].trim().to_owned());
            if value.is_empty() {
                label = Some(name);
                continue;
            }
            if labelled(&name, &value, row) {
                continue;
            }
        }
        unlabelled(&line, row);
    }
}

/// Takes a value whose label says what it is.
fn labelled(name: &str, value: &str, row: &mut RawPosting) -> bool {
    let text = || Some(value.to_owned());
    let is = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if is(&["employer", "company", "organization", "organisation", "hiring agency", "agency"]) {
        row.hiring_organization = row.hiring_organization.take().or_else(text);
    } else if is(&["location", "city", "place"]) {
        set_place(value, row);
    } else if is(&["clos", "deadline", "apply by", "expir"]) {
        row.valid_through = row.valid_through.take().or_else(text);
    } else if is(&["posted", "date"]) {
        row.date_posted = row.date_posted.take().or_else(text);
    } else if is(&["salary", "pay", "compensation"]) {
        row.base_salary = row.base_salary.take().or_else(|| Some(RawSalary { text: text(), ..RawSalary::default() }));
    } else if is(&["job type", "employment", "schedule", "position type"]) {
        row.employment_type.push(value.to_owned());
    } else if is(&["remote", "work mode", "workplace"]) {
        row.work_mode.push(value.to_owned());
    } else if is(&["title", "position"]) && row.title.is_none() {
        row.title = title(value);
    } else {
        return false;
    }
    true
}

/// Takes a line by its looks.
fn unlabelled(line: &str, row: &mut RawPosting) {
    if by_looks(line, row) {
        return;
    }
    if is_teaser(line) {
        if row.description.is_none() {
            let end = line.floor_char_boundary(LONGEST_TEASER);
            row.description = Some(line[..end].to_owned());
        }
        return;
    }
    let parts: Vec<&str> =
        line.split(['|', '•', '·', '–', '—']).flat_map(|part| part.split(" - ")).map(str::trim).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if let [first, rest @ ..] = parts.as_slice()
        && !rest.is_empty()
    {
        // Of several parts only the first can be a name without a label.
        let others_known = rest.iter().filter(|part| by_looks(part, row)).count() > 0;
        if !by_looks(first, row) && others_known {
            set_employer(first, row, true);
        }
        return;
    }
    set_employer(line, row, row.job_location.is_empty());
}

/// Tells whether a line is a text about the work: longer than any name, or a sentence.
fn is_teaser(line: &str) -> bool {
    let sentence = line.ends_with(['.', '…', '!']) || line.contains(". ") || line.contains("; ");
    line.len() > LONGEST_NAME || (line.len() >= SHORTEST_TEASER && sentence)
}

/// Takes what can be told by its form: a date, pay, a work mode, an employment type, a place.
fn by_looks(text: &str, row: &mut RawPosting) -> bool {
    let text = text.trim();
    if DATE.as_ref().is_some_and(|date| date.is_match(text)) {
        let date = text.trim_start_matches("Posted on ").trim_start_matches("Posted ").trim_start_matches([':', ' ']);
        row.date_posted.get_or_insert_with(|| date.to_owned());
    } else if text.contains('$') && text.bytes().any(|b| b.is_ascii_digit()) && text.len() <= LONGEST_NAME {
        row.base_salary.get_or_insert_with(|| RawSalary { text: Some(text.to_owned()), ..RawSalary::default() });
    } else if is_employment(text) {
        row.employment_type.push(text.to_owned());
    } else if is_mode(text) {
        row.work_mode.push(text.trim_matches(['(', ')']).to_owned());
    } else if looks_like_place(text) {
        set_place(text, row);
    } else {
        return false;
    }
    true
}

fn set_employer(text: &str, row: &mut RawPosting, in_order: bool) {
    let sentence = text.ends_with(['.', '!', '?']) && text.split_whitespace().count() > 5;
    let shaped = text.len() <= LONGEST_NAME && text.chars().any(char::is_alphabetic) && !sentence;
    if shaped && in_order && row.hiring_organization.is_none() {
        row.hiring_organization = Some(text.to_owned());
    }
}

/// Sets the place; a tag such as `(remote)` after it speaks of the work mode.
fn set_place(text: &str, row: &mut RawPosting) {
    let mut text = text.trim();
    if let Some((before, tag)) = text.rsplit_once('(')
        && let Some(tag) = tag.trim_end().strip_suffix(')').filter(|tag| is_mode(tag))
    {
        row.work_mode.push(tag.trim().to_owned());
        text = before.trim();
    }
    if !text.is_empty() && row.job_location.is_empty() {
        row.job_location.push(RawPlace { text: Some(text.to_owned()), ..RawPlace::default() });
    }
}

fn is_mode(text: &str) -> bool {
    let text = text.to_lowercase();
    let text = text.trim().trim_matches(['(', ')']);
    ["remote", "fully remote", "100% remote", "hybrid", "on-site", "onsite", "on site", "telecommute", "work from home"]
        .contains(&text)
}

fn is_employment(text: &str) -> bool {
    let text = text.to_lowercase().replace('-', " ");
    ["full time", "part time", "contract", "temporary", "per diem", "prn", "internship", "full time/part time"]
        .contains(&text.trim())
}

/// Tells whether a text is `City, ST`, with a country or a postal code after it or not, a state's
/// name, or one of the words for everywhere.
fn looks_like_place(text: &str) -> bool {
    let bare = text.split_once('(').filter(|(_, tag)| is_mode(tag.trim_end_matches(')'))).map_or(text, |(b, _)| b);
    let bare = bare.trim();
    let lower = bare.to_lowercase();
    if ["multiple locations", "various locations", "nationwide", "united states", "anywhere", "remote, us", "us remote"]
        .contains(&lower.as_str())
        || (lower.starts_with("remote") && bare.len() <= 40)
    {
        return true;
    }
    let mut parts: Vec<&str> = bare.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1
        && parts
            .last()
            .is_some_and(|last| ["United States", "USA", "US", "U.S.", "United States of America"].contains(last))
    {
        parts.pop();
    }
    let state = |part: &str| {
        let name = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').trim();
        if name.len() == 2 { is_usps_code(name) } else { is_state(name) }
    };
    let city = |part: &str| {
        part.len() <= 50
            && part.starts_with(char::is_uppercase)
            && !part.contains(" - ")
            && part.chars().all(|c| c.is_alphabetic() || " .'’-/".contains(c))
    };
    match parts.as_slice() {
        [region] => region.len() > 2 && state(region) && !region.bytes().any(|b| b.is_ascii_digit()),
        [locality, region] => city(locality) && state(region),
        _ => false,
    }
}

fn is_usps_code(code: &str) -> bool {
    const CODES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM \
                         NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP";
    CODES.split(' ').any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> RawPosting {
        let mut row = RawPosting { title: Some("Coder II".into()), ..RawPosting::default() };
        sort_in(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(), &mut row);
        row
    }

    fn told(lines: &[&str]) -> (Option<String>, Option<String>) {
        let row = read(lines);
        (row.hiring_organization, row.job_location.first().and_then(|place| place.text.clone()))
    }

    #[test]
    fn employer_and_place_are_found_in_their_many_forms() {
        let both = (Some("Lakes Health".to_owned()), Some("Columbus, OH".to_owned()));
        for lines in [
            &["Lakes Health", "Columbus, OH"][..],
            &["Coder II", "Lakes Health", "Columbus, OH (hybrid)", "2 days ago", "View job"],
            &["Lakes Health - Columbus, OH"],
            &["Lakes Health | Columbus, OH | Full-Time"],
            &["Company: Lakes Health", "Location: Columbus, OH"],
            &["Employer:", "Lakes Health", "Location:", "Columbus, OH"],
            &["Location: Columbus, OH", "Employer: Lakes Health"],
        ] {
            assert_eq!(told(lines), both, "{lines:?}");
        }
    }

    #[test]
    fn what_comes_after_the_place_is_no_employer_without_a_label() {
        assert_eq!(told(&["Columbus, OH", "Next Hospital"]).0, None);
        assert_eq!(told(&["Coder, RN", "We code charts and we like it very much."]).1, None);
    }

    #[test]
    fn other_facts_are_taken_by_their_looks() {
        let row = read(&[
            "Lakes Health",
            "Reno, Nevada, United States",
            "Posted 3 days ago",
            "$24.50 - $31.75 per hour",
            "Full-Time",
            "Remote",
            "Reads charts and assigns codes for a hospital of four hundred beds, every day anew.",
            "This mail was sent to maria@students.example",
            "https://x.example/u?t=secret",
        ]);
        assert_eq!(row.date_posted.as_deref(), Some("3 days ago"));
        assert_eq!(row.base_salary.unwrap().text.as_deref(), Some("$24.50 - $31.75 per hour"));
        assert_eq!((row.employment_type, row.work_mode), (vec!["Full-Time".to_owned()], vec!["Remote".to_owned()]));
        assert!(row.description.unwrap().starts_with("Reads charts"));
    }

    #[test]
    fn nothing_of_an_address_stays_in_a_line() {
        assert_eq!(plain_line("Coder <https://a.example/?token=secret> II"), "Coder II");
        assert_eq!(plain_line("to maria@students.example"), "");
        assert_eq!(title("1. Coder II: https://a.example/x"), Some("Coder II".to_owned()));
        assert_eq!(title("View Job »"), None);
    }
}
