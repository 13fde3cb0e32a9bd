//! Persons named in a text, with their addresses and numbers: kept for the job seeker, and taken out
//! of whatever is published.

use std::ops::Range;

use super::super::reading::{Reading, Sentence};
use super::contact_shape::{addresses, numbers};
use super::found::Found;
use super::person::{lone_name, names};
use crate::model::Contact;

/// What stands in the text of one person, by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// `name`, `email` or `phone`.
    pub(super) kind: &'static str,
    /// Where it stands in the original text.
    pub(super) place: Range<usize>,
}

/// Finds persons, addresses and numbers, in order.
pub(super) fn spots(reading: &Reading<'_>, found: &Found, employer: &str) -> Vec<Spot> {
    let text = reading.original;
    let reach = Reach { mails: addresses(text), phones: numbers(text) };
    if reach.mails.is_empty() && reach.phones.is_empty() && found.persons.is_empty() {
        return Vec::new();
    }
    let squeezed: String = employer.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let mut spots = Vec::new();
    for (index, sentence) in reading.sentences.iter().enumerate() {
        let persons = persons(reading, found, &reach, index);
        // The line for accommodations belongs to the house, not to a person.
        if reach.is_in(sentence) && !(persons.is_empty() && is_institutional(reading, found, index, sentence)) {
            let personal = inside(&reach.mails, sentence)
                .iter()
                .filter(|place| text.get((*place).clone()).is_some_and(|mail| !is_function(mail, &squeezed)));
            spots.extend(personal.map(|place| Spot { kind: "email", place: place.clone() }));
            let phones = inside(&reach.phones, sentence).iter();
            spots.extend(phones.map(|place| Spot { kind: "phone", place: place.clone() }));
        }
        spots.extend(persons.into_iter().map(|place| Spot { kind: "name", place }));
    }
    spots.sort_by_key(|spot| spot.place.start);
    spots
}

/// Every address and number of a text, in order.
struct Reach {
    mails: Vec<Range<usize>>,
    phones: Vec<Range<usize>>,
}

impl Reach {
    fn is_in(&self, sentence: &Sentence) -> bool {
        !inside(&self.mails, sentence).is_empty() || !inside(&self.phones, sentence).is_empty()
    }
}

/// Names the persons of one sentence; a line that is a name alone counts beside an address or number.
fn persons(reading: &Reading<'_>, found: &Found, reach: &Reach, index: usize) -> Vec<Range<usize>> {
    let at = |index: usize| reading.sentences.get(index);
    let Some(sentence) = at(index) else { return Vec::new() };
    let reachable = reach.is_in(sentence);
    if reachable || any_in(&found.persons, &sentence.folded) {
        let persons = names(reading.original, &sentence.original, reachable);
        if !persons.is_empty() {
            return persons;
        }
    }
    let around = [index.checked_sub(1), Some(index), Some(index + 1), Some(index + 2)];
    let beside = around.into_iter().flatten().filter_map(at).any(|other| reach.is_in(other));
    if beside { lone_name(reading.original, &sentence.original).into_iter().collect() } else { Vec::new() }
}

/// Gives the places that lie in a sentence.
fn inside<'a>(places: &'a [Range<usize>], sentence: &Sentence) -> &'a [Range<usize>] {
    let from = places.partition_point(|place| place.start < sentence.original.start);
    let to = places.partition_point(|place| place.start < sentence.original.end);
    places.get(from..to).unwrap_or_default()
}

/// Tells whether one of these ordered places lies in a range.
fn any_in(places: &[usize], range: &Range<usize>) -> bool {
    let first = places.partition_point(|place| *place < range.start);
    places.get(first).is_some_and(|place| *place < range.end)
}

/// Gives each person's words once.
pub(super) fn contacts(reading: &Reading<'_>, spots: &[Spot]) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = Vec::new();
    for spot in spots {
        let words = reading.original.get(spot.place.clone()).unwrap_or_default();
        if !words.is_empty() && !contacts.iter().any(|known| known.words == words) {
            contacts.push(Contact { kind: spot.kind.to_owned(), words: words.to_owned() });
        }
    }
    contacts
}

/// A mailbox of a function, not of a person: `careers@`, `hr.mercy@`, `mercyclinic@`.
fn is_function(mail: &str, employer: &str) -> bool {
    const FUNCTIONS: [&str; 28] = [
        "search",
        "inquir",
        "vacanc",
        "librar",
        "hiring",
        "career",
        "jobs",
        "recruit",
        "talent",
        "resume",
        "employment",
        "apply",
        "office",
        "info",
        "billing",
        "records",
        "clinic",
        "contact",
        "admin",
        "human",
        "staffing",
        "support",
        "hello",
        "team",
        "application",
        "accommodation",
        "manager",
        "desk",
    ];
    let local = mail.split('@').next().unwrap_or_default().to_ascii_lowercase();
    local.split(|c: char| !c.is_ascii_alphabetic()).filter(|token| !token.is_empty()).all(|token| {
        matches!(token, "hr" | "him" | "job" | "eeo" | "ta" | "roi")
            || FUNCTIONS.iter().any(|function| token.starts_with(function))
            || ["search", "careers", "jobs", "inquiries", "recruiting"].iter().any(|end| token.ends_with(end))
            || (token.len() >= 5 && employer.contains(token))
    })
}

/// Words of lines that are an institution's, not a person's.
pub(super) const INSTITUTIONAL: [&str; 18] = [
    "phone number is",
    "telephone number is",
    "front desk",
    "call center",
    "accommodation",
    "accommodations",
    "eeo",
    "equal opportunity",
    "equal employment",
    "main number",
    "main line",
    "switchboard",
    "general line",
    "hotline",
    "help desk",
    "applicant support",
    "toll free",
    "disability",
];

/// A line is told by its own words, a short one also by those of the line before.
fn is_institutional(reading: &Reading<'_>, found: &Found, index: usize, sentence: &Sentence) -> bool {
    let before = index.checked_sub(1).and_then(|before| reading.sentences.get(before));
    any_in(&found.institutions, &sentence.folded)
        || (sentence.folded.len() < 60 && before.is_some_and(|before| any_in(&found.institutions, &before.folded)))
}

/// Takes persons out of a text: the names, addresses and numbers that are given, and everything else
/// that has the shape of an address or a number.
#[must_use]
pub fn without_contacts(text: &str, contacts: &[Contact]) -> String {
    let mut places: Vec<(Range<usize>, &str)> = Vec::new();
    places.extend(addresses(text).into_iter().map(|place| (place, "[address removed]")));
    places.extend(numbers(text).into_iter().map(|place| (place, "[number removed]")));
    for contact in contacts.iter().filter(|contact| !contact.words.trim().is_empty()) {
        let instead = match contact.kind.as_str() {
            "email" => "[address removed]",
            "phone" => "[number removed]",
            _ => "[name removed]",
        };
        places.extend(whole(text, contact.words.trim()).map(|place| (place, instead)));
    }
    places.sort_by(|(a, _), (b, _)| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for (place, instead) in places {
        if place.start >= at {
            kept.push_str(text.get(at..place.start).unwrap_or_default());
            kept.push_str(instead);
        }
        at = at.max(place.end);
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    kept
}

/// Finds words that are not part of longer ones.
fn whole<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    text.match_indices(words).map(|(at, found)| at..at + found.len()).filter(move |place| {
        let before = text.get(..place.start).and_then(|head| head.chars().next_back());
        let after = text.get(place.end..).and_then(|tail| tail.chars().next());
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        edge(before) && edge(after)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::codes;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        codes("", text).contacts.into_iter().map(|contact| contact.words).collect()
    }

    #[test]
    fn persons_are_found_with_their_addresses() {
        let cases: [(&str, &[&str]); 14] = [
            ("Contact Jane Doe at jane@example.org.", &["Jane Doe", "jane@example.org"]),
            (
                "Please call our HIM Director, Maria T. Lopez-Ruiz, at (614) 555-0100.",
                &["Maria T. Lopez-Ruiz", "(614) 555-0100"],
            ),
            ("Recruiter: Dr. Sean O'Brien\nPhone: 614.555.0100 x12", &["Sean O'Brien", "614.555.0100 x12"]),
            ("Hiring Manager: Ann Lee", &["Ann Lee"]),
            ("Call Brenda at 614-555-0100", &["Brenda", "614-555-0100"]),
            ("Jane Doe, RHIA\nHIM Manager\njane@example.org", &["Jane Doe", "jane@example.org"]),
            ("Questions? Jane Doe (jane@example.org)", &["Jane Doe", "jane@example.org"]),
            ("Send your resume to Jane Doe, jane@example.org", &["Jane Doe", "jane@example.org"]),
            ("For a reasonable accommodation call 800-555-0100.", &[]),
            ("Contact Human Resources at Mercy Hospital", &[]),
            ("Contact Talent Acquisition at 614-555-0100", &["614-555-0100"]),
            ("Visit us in Cedar Rapids, IA or call 319-555-0100", &["319-555-0100"]),
            ("Medical Coder at Mercy Hospital. Monday to Friday", &[]),
            ("The Coding Manager is a Certified Professional", &[]),
        ];
        let wrong: Vec<_> = cases.iter().map(|(t, e)| (t, e, found(t))).filter(|(_, e, g)| *e != g).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn persons_are_taken_out_and_so_is_all_of_their_shape() {
        let one = |kind: &str, words: &str| Contact { kind: kind.to_owned(), words: words.to_owned() };
        let contacts = [one("name", "Jane Doe"), one("email", "jane@example.org"), one("phone", "555-0100")];
        assert_eq!(
            without_contacts(
                "Jane Doe (jane@example.org, 555-0100) or bob@example.org, 614-555-0100. Jane Doerr",
                &contacts
            ),
            "[name removed] ([address removed], [number removed]) or [address removed], [number removed]. Jane Doerr"
        );
        assert_eq!(without_contacts("$45,000-$65,000; 2026-11-27", &[]), "$45,000-$65,000; 2026-11-27");
    }

    proptest! {
        #[test]
        fn any_text_is_stripped_without_panic(text in "\\PC{0,80}|[A-Za-z0-9@.()+x -]{0,80}", words in "\\PC{0,6}") {
            let contacts = [Contact { kind: "name".to_owned(), words }];
            let stripped = without_contacts(&text, &contacts);
            prop_assert!(addresses(&text).is_empty() || stripped.contains("removed"));
            found(&text);
        }
    }
}
