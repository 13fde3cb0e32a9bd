//! Criteria as the command that asks for them: what is printed under a table must find what the
//! table counts, word for word.

use chrono::Duration;

use crate::model::{Criteria, KnownField, StatusFilter};

/// Writes the search whose total is the number of jobs that match for sure: it leaves out what may
/// match, so that nothing else is counted.
#[must_use]
pub fn exact_search(criteria: &Criteria) -> String {
    let asked = criteria.asked_fields();
    let wanted = |field: &KnownField| asked.contains(field) || criteria.known.contains(field);
    let known: Vec<KnownField> = KnownField::ALL.into_iter().filter(wanted).collect();
    let all = !asked.is_empty() && known.iter().all(|field| asked.contains(field));
    let fields = known.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(",");
    let mut words = words(criteria);
    match (known.is_empty(), all) {
        (true, _) => {}
        (false, true) => words.extend(["--known".to_owned(), "all".to_owned()]),
        (false, false) => words.extend(["--known".to_owned(), fields]),
    }
    let line: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let dashed = dashed_query(criteria).map_or_else(String::new, |query| format!(" -- {}", quoted(query)));
    format!("{}{dashed}", ["jobrounds search".to_owned()].into_iter().chain(line).collect::<Vec<_>>().join(" "))
}

/// Gives words that a shell would take for flags, which therefore stand at the end.
fn dashed_query(criteria: &Criteria) -> Option<&str> {
    let is_dashed = |text: &&str| text.starts_with("--") || text.trim_start_matches('-').len() <= 1;
    criteria.query_text.as_deref().filter(|text| text.starts_with('-')).filter(is_dashed)
}

/// Gives the arguments of everything but `--known`, order and page, which change no total.
fn words(criteria: &Criteria) -> Vec<String> {
    let mut words = Words(Vec::new());
    if dashed_query(criteria).is_none() {
        words.0.extend(criteria.query_text.clone().filter(|text| !text.trim().is_empty()));
    }
    words.each("--board", criteria.boards.iter().map(ToString::to_string));
    words.each("--employer", criteria.employers.iter().cloned());
    words.each("--not-employer", criteria.not_employers.iter().cloned());
    words.each("--state", criteria.states.iter().cloned());
    words.switch("--remote", criteria.remote);
    let types = criteria.employment_types.iter().map(|kind| kind.as_str().to_lowercase().replace('_', "-"));
    words.each("--employment-type", types);
    let floor = criteria.pay_at_least;
    words.each("--pay-at-least", floor.map(|pay| format!("{}/{}", pay.amount, pay.unit.as_str().to_lowercase())));
    words.each("--posted-within", criteria.posted_within.map(length));
    words.each("--closing-within", criteria.closing_within.map(length));
    words.each("--open-to", criteria.open_to.iter().cloned());
    words.codes(criteria);
    let near = criteria.near.as_ref();
    words.each("--near", near.map(|near| near.label.clone()));
    words.each("--within", near.map(|near| near.miles.to_string()));
    words.each("--status", status(criteria.status).map(str::to_owned));
    words.0
}

struct Words(Vec<String>);

impl Words {
    fn each(&mut self, flag: &str, values: impl IntoIterator<Item = String>) {
        for value in values {
            // A value that looks like a flag is joined to its own.
            if value.starts_with('-') {
                self.0.push(format!("{flag}={value}"));
            } else {
                self.0.extend([flag.to_owned(), value]);
            }
        }
    }

    fn switch(&mut self, flag: &str, on: bool) {
        self.0.extend(on.then(|| flag.to_owned()));
    }

    fn codes(&mut self, criteria: &Criteria) {
        let lists = [
            ("--role", &criteria.roles),
            ("--soc", &criteria.socs),
            ("--credential", &criteria.credentials),
            ("--setting", &criteria.settings),
            ("--level", &criteria.levels),
            ("--shift", &criteria.shifts),
            ("--education", &criteria.educations),
            ("--coding-system", &criteria.coding_systems),
            ("--software", &criteria.software),
            ("--specialty", &criteria.specialties),
            ("--benefit", &criteria.benefits),
        ];
        for (flag, values) in lists {
            self.each(flag, values.iter().cloned());
        }
        self.switch("--credential-required", criteria.credential_required);
        self.switch("--entry-level", criteria.entry_level);
        let figures = [
            ("--experience-at-most", criteria.experience_at_most),
            ("--hours-at-least", criteria.hours_at_least),
            ("--hours-at-most", criteria.hours_at_most),
        ];
        for (flag, figure) in figures {
            self.each(flag, figure.map(|figure| figure.to_string()));
        }
        self.switch("--direct", criteria.direct);
        self.switch("--no-warnings", criteria.no_warnings);
    }
}

fn status(status: StatusFilter) -> Option<&'static str> {
    match status {
        StatusFilter::Open => None,
        StatusFilter::Closed => Some("closed"),
        StatusFilter::All => Some("all"),
    }
}

fn length(length: Duration) -> String {
    match length.num_minutes() {
        minutes if minutes % 1440 == 0 => format!("{}d", minutes / 1440),
        minutes if minutes % 60 == 0 => format!("{}h", minutes / 60),
        minutes => format!("{minutes}m"),
    }
}

/// Quotes a word for a POSIX shell where it needs it. A control character has no place in a line
/// that people copy into one.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=%+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let word: String = word.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Splits a command at the blanks that stand outside single quotes; a flag stays with its value.
#[must_use]
pub fn command_parts(text: &str) -> Vec<String> {
    let (mut quoted, mut escaped) = (false, false);
    let words = text.split(|letter: char| {
        let blank = letter == ' ' && !quoted && !escaped;
        quoted ^= letter == '\'' && !escaped;
        escaped = letter == '\\' && !quoted && !escaped;
        blank
    });
    let mut parts: Vec<String> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        match parts.last_mut().filter(|last| last.starts_with("--") && !last.contains(' ') && !word.starts_with("--")) {
            Some(flag) => *flag = format!("{flag} {word}"),
            None => parts.push(word.to_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BoardId, PayFloor, PayUnit};

    #[test]
    fn a_search_leaves_out_what_may_match() {
        assert_eq!(exact_search(&Criteria::default()), "jobrounds search");
        let criteria = Criteria {
            query_text: Some("coder's -travel".into()),
            boards: vec![BoardId::new("ahima").unwrap()],
            states: vec!["OH".into(), "KY".into()],
            pay_at_least: Some(PayFloor { amount: 25.5, unit: PayUnit::Hour }),
            posted_within: Some(Duration::hours(36)),
            status: StatusFilter::All,
            ..Criteria::default()
        };
        assert_eq!(
            exact_search(&criteria),
            "jobrounds search 'coder'\\''s -travel' --board ahima --state OH --state KY --pay-at-least 25.5/hour \
             --posted-within 36h --status all --known all"
        );
    }

    #[test]
    fn a_flag_stays_with_its_value_and_quoted_words_together() {
        let command = "jobrounds search 'it'\\''s two' --remote --employer 'a b' --known all";
        let parts = ["jobrounds", "search", "'it'\\''s two'", "--remote", "--employer 'a b'", "--known all"];
        assert_eq!(command_parts(command), parts);
    }

    #[test]
    fn fields_that_are_asked_for_by_name_are_named() {
        let known = vec![KnownField::Pay];
        assert_eq!(
            exact_search(&Criteria { known: known.clone(), ..Criteria::default() }),
            "jobrounds search --known pay"
        );
        let remote = Criteria { known, remote: true, ..Criteria::default() };
        assert_eq!(exact_search(&remote), "jobrounds search --remote --known pay,work-mode");
    }

    #[test]
    fn words_that_look_like_flags_are_kept_from_being_taken_for_them() {
        let of = |text: &str| exact_search(&Criteria { query_text: Some(text.into()), ..Criteria::default() });
        assert_eq!(of("-travel coder"), "jobrounds search '-travel coder'");
        assert_eq!(of("--x"), "jobrounds search -- --x");
        assert_eq!(of("-q"), "jobrounds search -- -q");
        let employer = Criteria { employers: vec!["-A; rm".into()], ..Criteria::default() };
        assert_eq!(exact_search(&employer), "jobrounds search '--employer=-A; rm' --known all");
    }
}
