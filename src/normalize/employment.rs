//! Reads employment types: schema.org's words in any spelling, USAJOBS codes, hospitals' words.

use super::employment_in_text::employment_in_text;
use super::notes::Notes;
use super::sentences::Sentences;
use crate::model::{Basis, EmploymentType, Engine, Field};

/// Words longer than this are sentences, which say other things too.
const LONGEST: usize = 60;
/// Words that say nothing about time or term.
const NO_TYPE: [&str; 16] = [
    "permanent",
    "regular",
    "standard",
    "employee",
    "direct hire",
    "exempt",
    "non exempt",
    "nonexempt",
    "multiple",
    "experienced",
    "entry level",
    "employment jobs",
    "jobs",
    "indefinite",
    "agency employees only",
    "telework",
];

/// Reads the types that a board states, or else those that the title gives away, or else those that
/// the text states plainly.
pub(super) fn employment_type(
    raw: &[String],
    (title, text): (Option<&str>, Option<&Sentences<'_>>),
    engine: Engine,
    notes: &mut Notes,
) -> Field<Vec<EmploymentType>> {
    let words = raw.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("; ");
    let mut types = Vec::new();
    let mut unknown = false;
    for word in raw.iter().filter(|word| word.trim().len() <= LONGEST && !word.trim().is_empty()) {
        unknown |= !read_word(word, engine, &mut types);
    }
    if !types.is_empty() {
        return Field::stated(words, types);
    }
    if let Some((title, types)) = title.and_then(|title| title_types(title).map(|types| (title, types))) {
        let raw = if words.is_empty() { title } else { &words };
        return Field {
            raw: Some(raw.to_owned()),
            value: Some(types),
            basis: Basis::Derived,
            evidence: Some(title.to_owned()),
        };
    }
    if unknown {
        notes.unread("employmentType", &words, "is no employment type");
    }
    let found = text.map(employment_in_text).unwrap_or_default();
    match (words.is_empty(), found.value.is_some()) {
        (true, _) => found,
        (false, true) => Field { raw: Some(words), ..found },
        (false, false) => Field::unread(words),
    }
}

/// Reads one word or a joined list of words; tells whether all of it was understood.
fn read_word(word: &str, engine: Engine, types: &mut Vec<EmploymentType>) -> bool {
    let mut understood = true;
    let separated = word
        .split([',', '/', ';', '|', '&', '+'])
        .flat_map(|part| part.split(" or "))
        .flat_map(|part| part.split(" and "));
    for part in separated {
        let part = part.trim();
        let is_code = engine == Engine::Usajobs && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let (found, known) = if is_code { usajobs_code(part) } else { read_part(part) };
        understood &= known;
        for kind in found {
            if !types.contains(&kind) {
                types.push(kind);
            }
        }
    }
    understood
}

/// Reads USAJOBS's codes for schedules (1 to 6) and offering types (15317 and so on).
fn usajobs_code(code: &str) -> (Vec<EmploymentType>, bool) {
    let kind = match code {
        "1" => EmploymentType::FullTime,
        "2" => EmploymentType::PartTime,
        "3" | "5" | "6" => EmploymentType::Other,
        "4" | "15522" => EmploymentType::PerDiem,
        "15318" | "15319" | "15320" | "15321" | "15322" | "15323" => EmploymentType::Temporary,
        "15324" | "15326" | "15328" => EmploymentType::Intern,
        "15317" | "15327" | "15667" | "15668" | "15669" => return (Vec::new(), true),
        _ => return (Vec::new(), false),
    };
    (vec![kind], true)
}

/// Reads one part: every type that it names (`Part-Time PRN` names two).
fn read_part(part: &str) -> (Vec<EmploymentType>, bool) {
    let lower = part.to_ascii_lowercase();
    let spaced: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let joined = words.join(" ");
    let mut found: Vec<EmploymentType> = Vec::new();
    let mut add = |kind| {
        if !found.contains(&kind) {
            found.push(kind);
        }
    };
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        if let Some(kind) = word_type(word, next) {
            add(kind);
        }
    }
    let known = !found.is_empty() || joined.is_empty() || NO_TYPE.contains(&joined.as_str());
    (found, known)
}

fn word_type(word: &str, next: &str) -> Option<EmploymentType> {
    Some(match word {
        "fulltime" | "ft" => EmploymentType::FullTime,
        "full" if next == "time" => EmploymentType::FullTime,
        "parttime" | "pt" => EmploymentType::PartTime,
        "part" if next == "time" => EmploymentType::PartTime,
        "contract" | "contractor" | "contracted" | "1099" | "freelance" => EmploymentType::Contractor,
        "independent" if next.starts_with("contract") => EmploymentType::Contractor,
        "temporary" | "temp" | "seasonal" | "term" | "summer" | "detail" | "locum" | "locums" | "travel" => {
            EmploymentType::Temporary
        }
        "limited" if next == "term" => EmploymentType::Temporary,
        "intern" | "internship" | "internships" | "student" | "trainee" | "externship" | "apprenticeship"
        | "pathways" => EmploymentType::Intern,
        "recent" if next.starts_with("graduate") => EmploymentType::Intern,
        "presidential" if next == "management" => EmploymentType::Intern,
        "volunteer" | "unpaid" => EmploymentType::Volunteer,
        "prn" | "perdiem" | "casual" | "intermittent" | "pool" => EmploymentType::PerDiem,
        "per" if next == "diem" => EmploymentType::PerDiem,
        "as" if next == "needed" => EmploymentType::PerDiem,
        "on" if next == "call" => EmploymentType::PerDiem,
        "other" => EmploymentType::Other,
        "job" if next == "sharing" => EmploymentType::Other,
        "shift" if next == "work" => EmploymentType::Other,
        "multiple" if next == "schedules" => EmploymentType::Other,
        _ => return None,
    })
}

/// Reads the types that a title names; only words that mean nothing else there.
fn title_types(title: &str) -> Option<Vec<EmploymentType>> {
    let spaced: String =
        title.to_ascii_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let kind = match *word {
            "prn" => Some(EmploymentType::PerDiem),
            "per" if next == "diem" => Some(EmploymentType::PerDiem),
            "parttime" => Some(EmploymentType::PartTime),
            "part" if next == "time" => Some(EmploymentType::PartTime),
            "fulltime" => Some(EmploymentType::FullTime),
            "full" if next == "time" => Some(EmploymentType::FullTime),
            "temporary" | "seasonal" => Some(EmploymentType::Temporary),
            "intern" | "internship" => Some(EmploymentType::Intern),
            // `Contract Specialist` is a trade.
            "contract" if next.is_empty() => Some(EmploymentType::Contractor),
            _ => None,
        };
        found.extend(kind.filter(|kind| !found.contains(kind)));
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use EmploymentType::{Contractor, FullTime, Intern, Other, PartTime, PerDiem, Temporary, Volunteer};

    fn types(words: &[&str], title: &str, engine: Engine) -> Field<Vec<EmploymentType>> {
        let raw: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        employment_type(&raw, (Some(title), None), engine, &mut Notes::default())
    }

    #[test]
    fn every_spelling_becomes_schema_org_s_word() {
        for (word, expected) in [
            ("FULL_TIME", vec![FullTime]),
            ("Full-Time", vec![FullTime]),
            ("Full time", vec![FullTime]),
            ("fulltime", vec![FullTime]),
            ("Full-Time/Part-Time", vec![FullTime, PartTime]),
            ("FULL_TIME, PER_DIEM", vec![FullTime, PerDiem]),
            ("PRN", vec![PerDiem]),
            ("Per Diem", vec![PerDiem]),
            ("As Needed", vec![PerDiem]),
            ("CONTRACTOR", vec![Contractor]),
            ("Temporary", vec![Temporary]),
            ("Internships", vec![Intern]),
            ("Volunteer", vec![Volunteer]),
            ("Regular Full-Time", vec![FullTime]),
            ("Job sharing", vec![Other]),
        ] {
            assert_eq!(types(&[word], "Coder", Engine::Jsonld).value, Some(expected), "{word}");
        }
    }

    #[test]
    fn usajobs_codes_and_names_are_read() {
        assert_eq!(types(&["1", "15318"], "x", Engine::Usajobs).value, Some(vec![FullTime, Temporary]));
        assert_eq!(types(&["Full-time", "Permanent"], "x", Engine::Usajobs).value, Some(vec![FullTime]));
        let sentence = "Must work a minimum of a 50-hour workweek, which may include irregular hours and term work.";
        assert_eq!(types(&["4", sentence], "x", Engine::Usajobs).value, Some(vec![PerDiem]));
    }

    #[test]
    fn permanent_says_nothing_about_time_and_is_no_problem() {
        let mut notes = Notes::default();
        let field = employment_type(&["Permanent".to_owned()], (None, None), Engine::Jsonld, &mut notes);
        assert_eq!((field.value, field.raw.as_deref(), notes.problems.len()), (None, Some("Permanent"), 0));
        employment_type(&["Sandwich".to_owned()], (None, None), Engine::Jsonld, &mut notes);
        assert_eq!(notes.problems.len(), 1);
    }

    #[test]
    fn a_title_gives_types_away_where_the_field_is_silent() {
        let field = types(&[], "Medical Coder (PRN) - Part-Time", Engine::Rss);
        assert_eq!((field.value, field.basis), (Some(vec![PerDiem, PartTime]), Basis::Derived));
        assert!(types(&[], "Contract Specialist", Engine::Rss).is_empty());
        assert!(types(&[], "Internal Auditor", Engine::Rss).is_empty());
    }
}
