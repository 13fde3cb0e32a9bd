//! Reads JSON that boards broke by pasting texts into a template: raw control characters, stray
//! backslashes and quotes inside strings, free text or nothing where a value should stand, trailing
//! commas, comments. Every liberty taken is recorded. One pass, bounded depth.

use std::borrow::Cow;

use super::value::{Ld, local_name};

/// Deeper nesting than this is not a posting.
const MAX_DEPTH: usize = 64;
/// So many repairs are told one by one; a text with more tells nothing new.
const MAX_REPAIRS: usize = 12;

/// One liberty taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::parse) struct Repair {
    /// The member it stood in.
    pub(in crate::parse) field: String,
    /// What was seen and what was made of it.
    pub(in crate::parse) what: String,
}

/// What surrounds a value: it decides where a string or a free text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Key,
    Object,
    List,
}

/// Reads broken JSON; `None` when nothing sensible can be made of it.
pub(in crate::parse) fn read_lenient(text: &str) -> (Option<Ld<'static>>, Vec<Repair>) {
    let mut reader = Lenient { bytes: text.as_bytes(), text, at: 0, fields: Vec::new(), repairs: Vec::new() };
    reader.skip_blank();
    let value = match reader.peek() {
        Some(b'{' | b'[') => reader.value(Within::List, 0),
        _ => None,
    };
    (value, reader.repairs)
}

struct Lenient<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Names of the members being read, outermost first.
    fields: Vec<String>,
    repairs: Vec<Repair>,
}

impl Lenient<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn note(&mut self, what: impl Into<String>) {
        // A salary is named as such, not by the member of it that broke.
        let salary = self.fields.iter().find(|field| *field == "baseSalary");
        let field = salary.or(self.fields.last()).cloned().unwrap_or_default();
        let repair = Repair { field, what: what.into() };
        if self.repairs.len() < MAX_REPAIRS && !self.repairs.contains(&repair) {
            self.repairs.push(repair);
        }
    }

    /// Moves past white space and comments.
    fn skip_blank(&mut self) {
        loop {
            while self.peek().is_some_and(|b| b.is_ascii_whitespace() || b < 0x20) {
                self.at += 1;
            }
            let rest = &self.bytes[self.at.min(self.bytes.len())..];
            let skipped = if rest.starts_with(b"//") {
                memchr::memchr(b'\n', rest).unwrap_or(rest.len())
            } else if rest.starts_with(b"/*") {
                memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2)
            } else {
                return;
            };
            self.at += skipped;
            self.note("a comment, passed over");
        }
    }

    fn value(&mut self, within: Within, depth: usize) -> Option<Ld<'static>> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            quote @ (b'"' | b'\'') => self.string(quote, within).map(|text| Ld::Text(Cow::Owned(text))),
            _ => Some(self.bare(within)),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Ld<'static>> {
        self.at += 1;
        let mut members = Vec::new();
        loop {
            self.skip_blank();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Some(Ld::Object(members));
                }
                b',' => self.at += 1,
                _ => {
                    let key = local_name(&self.key()?).to_owned();
                    self.skip_blank();
                    if self.peek()? != b':' {
                        return None;
                    }
                    self.at += 1;
                    self.skip_blank();
                    self.fields.push(key.clone());
                    let value = self.value(Within::Object, depth + 1);
                    self.fields.pop();
                    members.push((Cow::Owned(key), value?));
                }
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Ld<'static>> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_blank();
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Some(Ld::List(items));
                }
                b',' => self.at += 1,
                _ => {
                    let before = self.at;
                    items.push(self.value(Within::List, depth + 1)?);
                    if self.at == before {
                        return None;
                    }
                }
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        let quote = self.peek()?;
        if matches!(quote, b'"' | b'\'') {
            return self.string(quote, Within::Key);
        }
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@' | b'$')) {
            self.at += 1;
        }
        let name = &self.text[start..self.at];
        if name.is_empty() || name.len() > 60 {
            return None;
        }
        self.note(format!("a name without quotes: `{name}`"));
        Some(name.to_owned())
    }

    /// Reads a string whose opening quote stands here.
    fn string(&mut self, quote: u8, within: Within) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|b| b != quote && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at)?);
            match self.peek()? {
                b'\\' => self.escape(&mut out),
                b if b == quote => {
                    self.at += 1;
                    if self.closes(within) {
                        return Some(out);
                    }
                    self.note("a quote inside a string, taken as text");
                    out.push(char::from(quote));
                }
                control => {
                    self.note(format!("a raw control character 0x{control:02x} inside a string, kept"));
                    out.push(char::from(control));
                    self.at += 1;
                }
            }
        }
    }

    /// Tells whether a quote just passed ends its string: only what may follow a string follows it.
    fn closes(&self, within: Within) -> bool {
        let rest = &self.bytes[self.at..];
        let blank = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let after = &rest[blank..];
        match (within, after.first()) {
            (Within::Key, next) => next == Some(&b':'),
            (Within::Object, Some(b'}')) | (Within::List, Some(b']' | b',')) | (_, None) => true,
            (Within::Object, Some(b',')) => begins_member(&after[1..]),
            // A comma forgotten between two members.
            (Within::Object, Some(b'"')) => blank > 0 && begins_named_member(after),
            (_, Some(b'/')) => matches!(after.get(1), Some(b'/' | b'*')),
            _ => false,
        }
    }

    /// Reads an escape whose backslash stands here.
    fn escape(&mut self, out: &mut String) {
        let plain = match self.bytes.get(self.at + 1) {
            Some(b'n') => Some('\n'),
            Some(b't') => Some('\t'),
            Some(b'r') => Some('\r'),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b @ (b'"' | b'\\' | b'/')) => Some(char::from(*b)),
            Some(b'u') => {
                if let Some((decoded, length)) = unicode_escape(&self.text[self.at..]) {
                    out.push(decoded);
                    self.at += length;
                    return;
                }
                None
            }
            _ => None,
        };
        if let Some(decoded) = plain {
            out.push(decoded);
            self.at += 2;
        } else {
            self.note("a stray backslash inside a string, kept");
            out.push('\\');
            self.at += 1;
        }
    }

    /// Reads what stands where a value should: a number, a literal, free text, or nothing.
    fn bare(&mut self, within: Within) -> Ld<'static> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            let ends = match byte {
                b'\n' | b'\r' | b'}' => true,
                b']' => within == Within::List,
                b',' => within == Within::List || begins_member(&self.bytes[self.at + 1..]),
                _ => false,
            };
            if ends {
                break;
            }
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default().trim();
        match text {
            "null" => Ld::Null,
            "true" => Ld::Bool(true),
            "false" => Ld::Bool(false),
            "" => {
                self.note("no value, taken as null");
                Ld::Null
            }
            _ => {
                if let Ok(Ld::Number(number)) = serde_json::from_str::<Ld<'_>>(text) {
                    return Ld::Number(number);
                }
                let seen: String = text.chars().take(80).collect();
                self.note(format!("free text without quotes: `{seen}`, taken as text"));
                Ld::Text(Cow::Owned(text.to_owned()))
            }
        }
    }
}

/// Tells whether, blanks aside, a member begins or the object ends here.
fn begins_member(rest: &[u8]) -> bool {
    let next = rest.iter().find(|b| !b.is_ascii_whitespace());
    matches!(next, Some(b'"' | b'\'' | b'}' | b'/') | None)
}

/// Tells whether a quoted name and a colon stand here.
fn begins_named_member(rest: &[u8]) -> bool {
    let Some(end) = rest.iter().skip(1).take(60).position(|b| *b == b'"') else { return false };
    let name = &rest[1..=end];
    let named = !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'_' | b':'));
    named && rest[end + 2..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':')
}

/// Decodes `\uXXXX`, a surrogate pair together; gives the character and how many bytes it took.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(0)?;
    if (0xD800..0xDC00).contains(&first)
        && let Some(second) = unit(6).filter(|unit| (0xDC00..0xE000).contains(unit))
    {
        let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return char::from_u32(code).map(|decoded| (decoded, 12));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Ld<'static>, Vec<Repair>) {
        let (value, repairs) = read_lenient(text);
        (value.expect("readable"), repairs)
    }

    fn word(value: &Ld<'_>, path: &[&str]) -> Option<String> {
        let mut here = value;
        for name in path {
            here = here.get(name)?;
        }
        here.words().map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn raw_control_characters_and_stray_backslashes_are_kept_as_text() {
        let (value, repairs) = read("{\"title\": \"a\nb required\\5+ years \\u00e9\\uD83D\\uDE00\"}");
        assert_eq!(word(&value, &["title"]).as_deref(), Some("a\nb required\\5+ years é😀"));
        assert_eq!(repairs.len(), 2);
        assert!(repairs.iter().all(|repair| repair.field == "title"));
    }

    #[test]
    fn free_text_in_a_salary_is_kept_and_named() {
        let (value, repairs) =
            read("{\"baseSalary\": {\"value\": {\n\"value\": $53,088 - $78,703*\n}\n}, \"title\": \"x\"}");
        assert_eq!(word(&value, &["baseSalary", "value", "value"]).as_deref(), Some("$53,088 - $78,703*"));
        assert_eq!(repairs[0].field, "baseSalary");
        assert_eq!(word(&value, &["title"]).as_deref(), Some("x"));
    }

    #[test]
    fn empty_values_on_one_line_or_several_are_null() {
        for text in
            ["{\"minValue\": , \"maxValue\": ,\"u\": \"\"}", "{\"minValue\": ,\n\"maxValue\": ,\n\"u\": \"\"\n}"]
        {
            let (value, repairs) = read(text);
            assert_eq!(value.get("minValue"), Some(&Ld::Null), "{text}");
            assert_eq!(value.get("maxValue"), Some(&Ld::Null), "{text}");
            assert_eq!(repairs.len(), 2);
        }
        let (value, _) = read("{\"minValue\": $50,000, \"maxValue\": $60,000}");
        assert_eq!(word(&value, &["minValue"]).as_deref(), Some("$50,000"));
        assert_eq!(word(&value, &["maxValue"]).as_deref(), Some("$60,000"));
    }

    #[test]
    fn trailing_commas_comments_and_bare_names_are_passed_over() {
        let (value, _) = read("{ // the job\n title: \"Coder\", /* x */ \"tags\": [\"a\", \"b\",], \"n\": 5,}");
        assert_eq!(word(&value, &["title"]).as_deref(), Some("Coder"));
        assert_eq!(value.get("tags").unwrap().items().len(), 2);
        assert_eq!(value.get("n"), Some(&Ld::Number("5".into())));
    }

    #[test]
    fn unescaped_quotes_stay_inside_their_string() {
        let (value, _) = read("{\"description\": \"the \"best\" job, \"ever\", truly\", \"title\": \"Coder\"}");
        assert_eq!(word(&value, &["description"]).as_deref(), Some("the \"best\" job, \"ever\", truly"));
        assert_eq!(word(&value, &["title"]).as_deref(), Some("Coder"));
    }

    #[test]
    fn a_forgotten_comma_does_not_swallow_the_next_member() {
        let (value, _) = read("{\"title\": \"Coder\"\n \"description\": \"x\"}");
        assert_eq!(word(&value, &["title"]).as_deref(), Some("Coder"));
        assert_eq!(word(&value, &["description"]).as_deref(), Some("x"));
    }

    #[test]
    fn what_ends_too_soon_or_nests_too_deep_is_given_up() {
        assert_eq!(read_lenient("{\"title\": \"Cod").0, None);
        assert_eq!(read_lenient(&"[".repeat(300_000)).0, None);
        assert_eq!(read_lenient("hello").0, None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = read_lenient(&text);
            let _ = read_lenient(&format!("{{\"a\":{text}"));
        }

        #[test]
        fn any_json_like_text_is_read_or_refused(text in "[\\[\\]{}\",:'/*\\\\a\n0-9 ]{0,120}") {
            let _ = read_lenient(&text);
        }

        #[test]
        fn sound_strings_are_read_as_strict_json_reads_them(title in "[^\u{0}-\u{1f}]{0,60}") {
            let text = serde_json::json!({"title": title, "n": [1, true, null]}).to_string();
            let (value, repairs) = read_lenient(&text);
            prop_assert_eq!(value.unwrap(), Ld::strict(&text).unwrap());
            prop_assert!(repairs.is_empty() || title.contains('"'));
        }
    }
}
