//! Folds the spellings of one employer's name to one key: legal forms, articles, work modes and
//! repeated acronyms go, abbreviations and states are written out, `City of` comes to the head.
//!
//! Places stay: two hospitals of one name are two employers. `Health` and `Health System` stay apart
//! too; only the alias table may say that they are one.

use std::ops::Range;

use super::spelling::{Mark, Spelling, Word};
use super::words;

/// How a name stands to the other one beside it: `ABC Corp d/b/a Mercy Coding`, `Datavant (formerly Ciox)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tie {
    /// The other is the legal name.
    Legal,
    /// The other is a former name, or one more.
    Former,
    /// The other stands above: `Ciox, a Datavant company`, `Alder Hospital, part of Mercy`.
    Owner,
}

/// The name of an employer, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoldedName {
    /// Plain words, one blank between; the same for every spelling. Empty when there is no word.
    pub(super) key: String,
    /// Where the first part of the key ends, when a dash, comma, slash or parenthesis follows it.
    pub(super) head: Option<usize>,
    /// The name as people read it.
    pub(super) shown: String,
    /// The other name beside it, as key and as written.
    pub(super) other: Option<(Tie, String, String)>,
}

impl FoldedName {
    /// Folds a name.
    pub(super) fn of(name: &str) -> Self {
        let mut spelling = Spelling::of(name);
        let (chosen, other) = divided(&spelling);
        let other = other.map(|(tie, range)| {
            let mut apart = spelling.clone();
            apart.words = apart.words.get(range).unwrap_or_default().to_vec();
            let (key, _, shown) = folded(apart);
            (tie, key, shown)
        });
        if chosen.len() < spelling.words.len() {
            spelling.words = spelling.words.get(chosen).unwrap_or_default().to_vec();
        }
        let (key, head, shown) = folded(spelling);
        Self { key, head, shown, other: other.filter(|(_, key, _)| !key.is_empty()) }
    }
}

/// Folds a name without the alias table: the same key for every spelling that is surely one
/// employer, in lower-case ASCII words with hyphens. Empty when the name holds no word.
#[must_use]
pub(super) fn same_employer_key(name: &str) -> String {
    FoldedName::of(name).key.replace(' ', "-")
}

/// Finds the name that counts, and the other one where two stand together.
fn divided(spelling: &Spelling<'_>) -> (Range<usize>, Option<(Tie, Range<usize>)>) {
    let count = spelling.words.len();
    let (mut start, mut other) = (0, None);
    for at in 1..count {
        let found = tie_at(spelling, at).or_else(|| owner_at(spelling, at));
        let Some((width, tie, behind)) = found.filter(|_| at > start) else { continue };
        if at + width >= count {
            // Nothing stands behind it.
            return (start..at, other);
        }
        if !behind {
            return (start..at, Some((tie, at + width..count)));
        }
        other = Some((tie, start..at));
        start = at + width;
    }
    (start..count, other)
}

/// Gives how many words tie two names, how, and whether the one behind counts.
fn tie_at(spelling: &Spelling<'_>, at: usize) -> Option<(usize, Tie, bool)> {
    Some(match (spelling.at(at), spelling.at(at + 1), spelling.at(at + 2)) {
        ("doing", "business", "as") => (3, Tie::Legal, true),
        ("dba", "as", _) => (2, Tie::Legal, true),
        ("dba", ..) => (1, Tie::Legal, true),
        ("nka", ..) => (1, Tie::Former, true),
        ("now" | "currently", "known", "as") => (3, Tie::Former, true),
        ("formerly" | "also", "known", "as") => (3, Tie::Former, false),
        ("fka" | "aka" | "formerly", ..) => (1, Tie::Former, false),
        _ => return None,
    })
}

/// Likewise for a part of a name that says who stands above.
fn owner_at(spelling: &Spelling<'_>, at: usize) -> Option<(usize, Tie, bool)> {
    if !spelling.words.get(at)?.mark.begins_part() {
        return None;
    }
    let article = matches!(spelling.at(at), "a" | "an");
    let of = (at..at + 3).find(|of| spelling.at(*of) == "of");
    let member = of.filter(|of| {
        let before = spelling.at(of.saturating_sub(1));
        matches!(before, "part" | "member" | "division" | "subsidiary" | "affiliate")
    });
    let company = article && spelling.words.last().is_some_and(|word| spelling.text(word) == "company");
    member.map(|of| (of + 1 - at, Tie::Owner, false)).or_else(|| company.then_some((1, Tie::Owner, false)))
}

/// Gives key, end of the first part, and the name as people read it.
fn folded(mut spelling: Spelling<'_>) -> (String, Option<usize>, String) {
    let first = spelling.words.first().map_or(0, |word| word.source.start);
    if let Some(word) = spelling.words.first_mut() {
        word.mark = Mark::Blank;
    }
    let moved = turn_to_head(&mut spelling);
    drop_noise(&mut spelling);
    drop_articles(&mut spelling);
    write_states(&mut spelling);
    drop_legal_forms(&mut spelling);
    drop_at(&mut spelling);
    let shown = moved.unwrap_or_else(|| shown(&spelling, first));
    write_out(&mut spelling);
    join_phrases(&mut spelling);
    turn_county(&mut spelling);
    // Turned around, an abbreviation may have a word behind it.
    write_out(&mut spelling);
    let (key, head) = joined(&spelling);
    (key, head, shown)
}

/// Gives the parts of a name as ranges of its words.
fn parts(words: &[Word]) -> Vec<Range<usize>> {
    let mut parts = Vec::with_capacity(4);
    let mut start = 0;
    for (at, word) in words.iter().enumerate().skip(1) {
        if word.mark.begins_part() {
            parts.push(start..at);
            start = at;
        }
    }
    parts.push(start..words.len());
    parts
}

/// Turns `Phoenix, City of` and `Interior, Department of the` around, and gives the name so read.
fn turn_to_head(spelling: &mut Spelling<'_>) -> Option<String> {
    let at = spelling.words.iter().rposition(|word| word.mark == Mark::Comma)?;
    let last = spelling.words.last()?;
    let ends = match spelling.text(last) {
        "of" => true,
        "the" => spelling.words.len() >= at + 3 && spelling.at(spelling.words.len() - 2) == "of",
        _ => false,
    };
    if !ends || at == 0 || spelling.words.len() - at > 4 || tie_at(spelling, 0).is_some() {
        return None;
    }
    let text = |words: &[Word]| {
        let (start, end) = (words.first()?.source.start, words.last()?.source.end);
        spelling.source.get(start..end)
    };
    let (rest, tail) = spelling.words.split_at(at);
    let shown = format!("{} {}", text(tail)?, text(rest)?);
    spelling.words.rotate_left(at);
    for index in [0, spelling.words.len() - at] {
        if let Some(word) = spelling.words.get_mut(index) {
            word.mark = Mark::Blank;
        }
    }
    Some(shown)
}

/// Takes out parts that name no employer: `(Remote)`, `- Multiple Locations`, an acronym of the name.
fn drop_noise(spelling: &mut Spelling<'_>) {
    for part in parts(&spelling.words).into_iter().skip(1).rev() {
        let words = spelling.words.get(part.clone()).unwrap_or_default();
        let noise = words::is_noise(words.iter().map(|word| spelling.text(word)));
        if noise || is_acronym(spelling, &part) {
            spelling.words.drain(part);
        }
    }
}

/// Tells whether a part is one word of the initials of what stands before it: `(NIH)`.
fn is_acronym(spelling: &Spelling<'_>, part: &Range<usize>) -> bool {
    let [word] = spelling.words.get(part.clone()).unwrap_or_default() else { return false };
    let text = spelling.text(word);
    if text.len() < 2 || !matches!(word.mark, Mark::Open | Mark::Dash) {
        return false;
    }
    let before = spelling.words.get(..part.start).unwrap_or_default();
    let initials = |small: bool| {
        let kept = before
            .iter()
            .map(|word| spelling.text(word))
            .filter(move |word| small || !matches!(*word, "of" | "the" | "and" | "for" | "in" | "at" | "us"));
        kept.filter_map(|word| word.bytes().next())
    };
    initials(true).eq(text.bytes()) || initials(false).eq(text.bytes())
}

/// Drops `the` everywhere: no two employers differ by it alone.
fn drop_articles(spelling: &mut Spelling<'_>) {
    let named = spelling.words.iter().any(|word| spelling.text(word) != "the");
    if named {
        retain(spelling, |_, text| text != "the");
    }
}

/// Drops `at` between words: `University of Texas at Austin`, `University of Texas, Austin`.
fn drop_at(spelling: &mut Spelling<'_>) {
    let last = spelling.words.len().saturating_sub(1);
    retain(spelling, |at, text| text != "at" || at == 0 || at == last);
}

/// Keeps the words that a rule keeps; what follows a dropped word takes over its mark.
fn retain(spelling: &mut Spelling<'_>, keep: impl Fn(usize, &str) -> bool) {
    let mut words = std::mem::take(&mut spelling.words);
    let mut mark = Mark::Blank;
    let mut at = 0;
    words.retain_mut(|word| {
        let kept = keep(at, spelling.text(word));
        at += 1;
        mark = mark.max(word.mark);
        if kept {
            word.mark = std::mem::take(&mut mark);
        }
        kept
    });
    spelling.words = words;
}

/// Writes out a state at the end of a part behind the first: `(Toledo, OH)`, `- Danville, PA`.
fn write_states(spelling: &mut Spelling<'_>) {
    let parts = parts(&spelling.words);
    let mut inside = false;
    for part in parts.into_iter().skip(1) {
        let words = spelling.words.get(part.clone()).unwrap_or_default();
        let (Some(head), Some(word)) = (words.first(), words.last()) else { continue };
        let opened = matches!(head.mark, Mark::Dash | Mark::Open);
        let settled = opened || inside || words.len() > 1;
        inside = (opened || inside) && head.mark != Mark::Close;
        let written = spelling.written(word);
        let code = written.len() == 2 && written.bytes().all(|b| b.is_ascii_uppercase());
        // `Jones Clinic, PA` and `Acme, CO` are legal forms.
        let legal = words::is_legal_at_end(spelling.text(word)) && !settled;
        let state = words::state(spelling.text(word)).filter(|_| code && !legal);
        if let (Some(state), Some(word)) = (state, spelling.words.get_mut(part.end - 1)) {
            word.replace(state);
        }
    }
}

/// Drops legal forms, and at the end of a part those that are also words; never the only word.
fn drop_legal_forms(spelling: &mut Spelling<'_>) {
    retain(spelling, |at, text| at == 0 || !words::is_legal(text));
    for part in parts(&spelling.words).into_iter().rev() {
        let mut end = part.end;
        let least = part.start.max(1);
        while end > least {
            let text = spelling.at(end - 1);
            let dotted = spelling.words.get(end - 1).is_some_and(|word| spelling.written(word).contains('.'));
            let legal = words::is_legal_at_end(text) || (text == "sc" && dotted) || text == "and";
            if !legal {
                break;
            }
            end -= 1;
        }
        spelling.words.drain(end..part.end);
    }
}

/// Writes abbreviations out, from the end, so that each sees the word behind it written out.
fn write_out(spelling: &mut Spelling<'_>) {
    for at in (0..spelling.words.len()).rev() {
        let long = words::written_out(spelling.at(at), spelling.at(at + 1));
        if let (Some(long), Some(word)) = (long, spelling.words.get_mut(at)) {
            word.replace(long);
        }
    }
}

/// Words that are written in one, or shorter.
const PHRASES: [(&[&str], &str); 4] = [
    (&["health", "care"], "healthcare"),
    (&["united", "states"], "us"),
    (&["u", "s"], "us"),
    (&["district", "of", "columbia"], "dc"),
];

fn join_phrases(spelling: &mut Spelling<'_>) {
    let mut at = 0;
    while at < spelling.words.len() {
        let found = PHRASES
            .iter()
            .find(|(phrase, _)| phrase.iter().enumerate().all(|(offset, word)| spelling.at(at + offset) == *word));
        if let Some((phrase, short)) = found {
            spelling.words.drain(at + 1..at + phrase.len());
            if let Some(word) = spelling.words.get_mut(at) {
                word.replace(short);
            }
        }
        at += 1;
    }
}

/// Writes `County of San Diego` as `San Diego County`; a longer name is a body of the county.
fn turn_county(spelling: &mut Spelling<'_>) {
    let short = (3..=4).contains(&spelling.words.len());
    if short && spelling.at(0) == "county" && spelling.at(1) == "of" && spelling.at(2) != "county" {
        spelling.words.remove(1);
        spelling.words.rotate_left(1);
        if let Some(county) = spelling.words.last_mut() {
            county.mark = Mark::Blank;
        }
    }
}

fn joined(spelling: &Spelling<'_>) -> (String, Option<usize>) {
    let mut key = String::with_capacity(spelling.source.len() + 16);
    let mut head = None;
    for word in &spelling.words {
        if !key.is_empty() {
            if head.is_none() && word.mark.begins_part() {
                head = Some(key.len());
            }
            key.push(' ');
        }
        key.push_str(spelling.text(word));
    }
    (key, head)
}

/// Gives the name as written, without what was dropped at its end; a shouted one in plain letters.
fn shown(spelling: &Spelling<'_>, first: usize) -> String {
    let end = spelling.words.iter().map(|word| word.source.end).max().unwrap_or(first);
    // Legal forms that people say stay: `Pension Benefit Guaranty Corporation`.
    let said = [" Corporation", " Company"].into_iter().find(|said| {
        spelling
            .source
            .get(end..)
            .is_some_and(|rest| rest.get(..said.len()).is_some_and(|form| form.eq_ignore_ascii_case(said)))
    });
    let text = spelling.source.get(first..end + said.map_or(0, str::len)).unwrap_or_default();
    let mut shown = super::shown::calm(text);
    if text.matches('(').count() > text.matches(')').count() {
        shown.push(')');
    }
    shown
}
