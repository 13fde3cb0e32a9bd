//! Which part of a posting a heading opens: what is required, what helps, what is offered.

use std::sync::LazyLock;

use super::fold::fold;
use super::phrases::PhraseSet;

/// What the part of a posting is about that a sentence stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Section {
    /// No heading says.
    #[default]
    Open,
    /// What one must have.
    Required,
    /// What helps.
    Preferred,
    /// What one does.
    Duties,
    /// What the employer gives.
    Benefits,
    /// What the employer is.
    About,
    /// How to apply, legal words.
    Apply,
}

/// Words of headings, folded, with the part that they open. The first that a heading holds decides.
const HEADINGS: [(&str, Section); 81] = [
    ("preferred", Section::Preferred),
    ("desired", Section::Preferred),
    ("desirable", Section::Preferred),
    ("nice to have", Section::Preferred),
    ("nice to haves", Section::Preferred),
    ("bonus points", Section::Preferred),
    ("a plus", Section::Preferred),
    ("pluses", Section::Preferred),
    ("would be great", Section::Preferred),
    ("sign on bonus", Section::Benefits),
    ("bonus", Section::Preferred),
    ("plus", Section::Preferred),
    ("nice", Section::Preferred),
    ("good to have", Section::Preferred),
    ("may have", Section::Preferred),
    ("may also have", Section::Preferred),
    ("would make us", Section::Preferred),
    ("extra points", Section::Preferred),
    ("benefits", Section::Benefits),
    ("perks", Section::Benefits),
    ("what we offer", Section::Benefits),
    ("we offer", Section::Benefits),
    ("what you get", Section::Benefits),
    ("what youll get", Section::Benefits),
    ("why join", Section::Benefits),
    ("why work", Section::Benefits),
    ("why you", Section::Benefits),
    ("our offer", Section::Benefits),
    ("what we give", Section::Benefits),
    ("you get", Section::Benefits),
    ("you receive", Section::Benefits),
    ("why us", Section::Benefits),
    ("total rewards", Section::Benefits),
    ("compensation", Section::Benefits),
    ("pay and", Section::Benefits),
    ("responsibilities", Section::Duties),
    ("duties", Section::Duties),
    ("essential functions", Section::Duties),
    ("job functions", Section::Duties),
    ("what you will do", Section::Duties),
    ("what youll do", Section::Duties),
    ("your role", Section::Duties),
    ("the role", Section::Duties),
    ("day to day", Section::Duties),
    ("job summary", Section::Duties),
    ("position summary", Section::Duties),
    ("job description", Section::Duties),
    ("position overview", Section::Duties),
    ("overview", Section::Duties),
    ("summary", Section::Duties),
    ("about you", Section::Required),
    ("about the role", Section::Duties),
    ("about the job", Section::Duties),
    ("about the position", Section::Duties),
    ("about the opportunity", Section::Duties),
    ("about this", Section::Duties),
    ("about us", Section::About),
    ("about the company", Section::About),
    ("who we are", Section::About),
    ("our mission", Section::About),
    ("about", Section::About),
    ("minimum", Section::Required),
    ("required", Section::Required),
    ("requirements", Section::Required),
    ("requirement", Section::Required),
    ("must have", Section::Required),
    ("must haves", Section::Required),
    ("basic qualifications", Section::Required),
    ("qualifications", Section::Required),
    ("what you bring", Section::Required),
    ("what youll bring", Section::Required),
    ("what you need", Section::Required),
    ("what youll need", Section::Required),
    ("what were looking for", Section::Required),
    ("who you are", Section::Required),
    ("skills", Section::Required),
    ("education", Section::Required),
    ("experience", Section::Required),
    ("certification", Section::Required),
    ("licensure", Section::Required),
    ("how to apply", Section::Apply),
];

/// Tells what a heading opens. A heading is a short line of its own, or what stands before a colon
/// at the head of a line.
pub(super) fn heading_of(text: &str, folded: &str, stands_alone: bool) -> (Option<Section>, bool) {
    let trimmed = text.trim_end();
    let closed = trimmed.ends_with(':');
    let lead = text.split_once(':').map(|(lead, _)| lead).filter(|lead| lead.len() <= 48);
    let short = folded.len() <= 48
        && !trimmed.ends_with(['.', ';', ',', '!'])
        && !text.trim_start().starts_with(['-', '*', '\u{2022}']);
    let known = || WORDS.hits(folded).any(|hit| hit.start == 0 && hit.end == folded.len());
    let lone = stands_alone && folded.split(' ').count() <= 8;
    let alone = short && (closed || is_title_case(text) || lone || known());
    if alone {
        return (section_of(folded), true);
    }
    // `Preferred: CCS` tells for its own line and for what follows.
    match lead.map(fold) {
        Some(lead) if lead.split(' ').count() <= 4 => (section_of(&lead), false),
        _ => (None, false),
    }
}

/// The headings' words, made ready once: every short line is asked for them.
static WORDS: LazyLock<PhraseSet<usize>> =
    LazyLock::new(|| PhraseSet::new(HEADINGS.iter().enumerate().map(|(at, (words, _))| ((*words).to_owned(), at))));

fn section_of(folded: &str) -> Option<Section> {
    let first = WORDS.hits(folded).map(|hit| hit.meaning).min()?;
    HEADINGS.get(first).map(|(_, section)| *section)
}

/// Tells whether most words of a line begin with a capital letter, as headings' do.
fn is_title_case(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().filter(|word| word.len() > 3).collect();
    let capital = words.iter().filter(|word| word.starts_with(|c: char| c.is_uppercase())).count();
    !words.is_empty() && words.len() <= 6 && capital == words.len()
}
