//! Cuts a text into sentences, lines and list items.

use std::ops::Range;

/// Cuts a text into sentences, lines and list items.
pub(super) fn sentence_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::with_capacity(text.len() / 60 + 1);
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let end = line_start + line.len();
        cut_line(text, line_start..end, &mut ranges);
        line_start = end;
    }
    ranges
}

/// Ends a sentence at `. `, `! `, `? `, `; ` and bullets; an abbreviation's dot ends none.
fn cut_line(text: &str, line: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut start = line.start;
    let mut at = line.start;
    while at < line.end {
        let Some(found) = text.get(at..line.end).and_then(|rest| {
            rest.find(|c: char| {
                matches!(c, '.' | '!' | '?' | ';' | '\u{2022}' | '\u{b7}' | '\u{25cf}' | '\u{25aa}' | '\u{f0b7}')
            })
        }) else {
            break;
        };
        let mark = at + found;
        let width = text.get(mark..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        let next = bytes.get(mark + width).copied();
        let spaced = width > 1 || next.is_none_or(|b| b.is_ascii_whitespace());
        let ends = match bytes.get(mark) {
            Some(b'.') => spaced && !is_abbreviation(text, start, mark),
            _ => spaced,
        };
        at = mark + width;
        if ends {
            push_trimmed(text, start..at, ranges);
            start = at;
        }
    }
    push_trimmed(text, start..line.end, ranges);
}

fn push_trimmed(text: &str, range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let part = text.get(range.clone()).unwrap_or_default();
    let trimmed = part.trim_start();
    let start = range.start + (part.len() - trimmed.len());
    let trimmed = trimmed.trim_end();
    if !trimmed.is_empty() {
        ranges.push(start..start + trimmed.len());
    }
}

/// Tells whether the dot belongs to an abbreviation: `St.`, `e.g.`, `Inc.`, an initial.
fn is_abbreviation(text: &str, start: usize, dot: usize) -> bool {
    const SHORT: [&str; 25] = [
        "st", "ft", "mt", "dr", "mr", "ms", "mrs", "inc", "co", "corp", "ltd", "e.g", "i.e", "vs", "approx", "no",
        "dept", "univ", "hosp", "jr", "sr", "u.s", "p.m", "a.m", "min",
    ];
    let before = text.get(start..dot).unwrap_or_default();
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    if word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase()) {
        return true;
    }
    word.len() <= 6 && SHORT.iter().any(|short| word.eq_ignore_ascii_case(short))
}
