//! The shapes of mail addresses and of telephone numbers of the United States, wherever they stand.

use std::ops::Range;

/// Gives the places of mail addresses.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    text.match_indices('@').filter_map(|(at, _)| address_at(text, at)).collect()
}

fn address_at(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text.get(..at)?;
    let after = text.get(at + 1..)?;
    let local = before.bytes().rev().take_while(|b| b.is_ascii_alphanumeric() || b"._%+-'".contains(b)).count();
    let local = before.get(at - local..)?.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let domain = after.bytes().take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b)).count();
    let domain = after.get(..domain)?.trim_end_matches(['.', '-']);
    let (_, top) = domain.rsplit_once('.')?;
    let is_address = !local.is_empty() && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
    is_address.then(|| at - local.len()..at + 1 + domain.len())
}

/// Gives the places of telephone numbers, with their extensions.
pub(super) fn numbers(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(step) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|b| matches!(b, b'0'..=b'9' | b'(' | b'+')))
    {
        let start = at + step;
        match number_at(text, start) {
            Some(end) => {
                found.push(start..end);
                at = end;
            }
            None => at = skip(bytes, start),
        }
    }
    found
}

/// Goes past the digits that are no number, so that no number begins inside another figure.
fn skip(bytes: &[u8], start: usize) -> usize {
    let digits = bytes.iter().skip(start).take_while(|b| b.is_ascii_digit()).count();
    start + digits.max(1)
}

/// Reads one number that begins here, and gives its end.
fn number_at(text: &str, start: usize) -> Option<usize> {
    let before = text.get(..start)?;
    if before.ends_with(|c: char| c.is_alphanumeric() || "/=-._$+&".contains(c)) || is_reference(before) {
        return None;
    }
    let mut cursor = Cursor { bytes: text.as_bytes(), at: start, parted: false };
    let plus = cursor.take(b"+");
    if cursor.peek() == Some(b'1') {
        cursor.at += 1;
        cursor.separators(2);
    } else if plus {
        return None;
    }
    let bracket = cursor.take(b"(");
    cursor.digits(3, b'2')?;
    if bracket && !cursor.take(b")") {
        return None;
    }
    cursor.separators(2);
    cursor.digits(3, b'2')?;
    cursor.separators(2);
    cursor.digits(4, b'0')?;
    let end = cursor.at;
    let ends = text.get(end..)?.chars().next().is_none_or(|c| !c.is_alphanumeric() || matches!(c, 'x' | 'e'));
    // Ten digits in a row are a telephone number only where a word says so.
    if !ends || !(cursor.parted || bracket || says_telephone(before)) || is_figure(text, end) {
        return None;
    }
    Some(extension(text, end).unwrap_or(end))
}

/// A number goes on behind a dot or a hyphen: not a telephone number.
fn is_figure(text: &str, end: usize) -> bool {
    let mut rest = text.get(end..).unwrap_or_default().chars();
    matches!(rest.next(), Some('-' | '.')) && rest.next().is_some_and(|c| c.is_ascii_digit())
}

fn is_reference(before: &str) -> bool {
    let word = last_word(before);
    ["req", "requisition", "id", "announcement", "#", "npi", "reference", "ref"]
        .iter()
        .any(|sign| word.eq_ignore_ascii_case(sign))
}

fn says_telephone(before: &str) -> bool {
    let word = last_word(before);
    ["call", "phone", "tel", "telephone", "text", "fax", "cell", "mobile", "at", "whatsapp"]
        .iter()
        .any(|sign| word.eq_ignore_ascii_case(sign))
}

fn last_word(before: &str) -> &str {
    let trimmed = before.trim_end_matches([' ', ':', '.', '(']);
    trimmed.rsplit(|c: char| !c.is_alphanumeric() && c != '#').next().unwrap_or_default()
}

/// Gives the end of an extension that begins here: ` x12`, ` ext. 12`, ` extension 12`. One behind a
/// comma is no part of the number.
fn extension(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let trimmed = rest.trim_start_matches(' ');
    let word = ["extension", "ext.", "ext", "x"]
        .iter()
        .find(|word| trimmed.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))?;
    let behind = trimmed.get(word.len()..)?.trim_start_matches([' ', ':', '#']);
    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
    (1..=6).contains(&digits).then(|| end + rest.len() - behind.len() + digits)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    parted: bool,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, one_of: &[u8]) -> bool {
        let taken = self.peek().is_some_and(|b| one_of.contains(&b));
        self.at += usize::from(taken);
        taken
    }

    fn separators(&mut self, most: usize) {
        for _ in 0..most {
            self.parted |= self.take(b" -./");
        }
    }

    /// Takes so many digits, the first one not below `least`.
    fn digits(&mut self, count: usize, least: u8) -> Option<()> {
        let digits = self.bytes.get(self.at..self.at + count)?;
        let fits = digits.iter().all(u8::is_ascii_digit) && digits.first().is_some_and(|first| *first >= least);
        self.at += count;
        fits.then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, found: &[Range<usize>]) -> Vec<String> {
        found.iter().map(|range| text[range.clone()].to_owned()).collect()
    }

    #[test]
    fn addresses_are_found() {
        let text = "Mail jane.doe@example.org, (hr@a-b.example.com). Not @handle, a@b or x@y.";
        assert_eq!(words(text, &addresses(text)), ["jane.doe@example.org", "hr@a-b.example.com"]);
    }

    #[test]
    fn numbers_are_found_with_their_extensions() {
        let text =
            "(614) 555-0100, 614.555.0100 x12, 614-555-0100 ext. 7; 1-800-555-0199, +1 614 555 0100, call 6145550100";
        assert_eq!(
            words(text, &numbers(text)),
            [
                "(614) 555-0100",
                "614.555.0100 x12",
                "614-555-0100 ext. 7",
                "1-800-555-0199",
                "+1 614 555 0100",
                "6145550100"
            ]
        );
        let none = "$614,555.0100; 2026-555-0100; 6145550100; 45000-65000; Req 614-555-0100; 12/614-555-01001; ICD 10-555-0100";
        assert_eq!(words(none, &numbers(none)), [""; 0]);
    }
}
