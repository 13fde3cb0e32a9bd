//! A server's replies (RFC 5321 section 4.2): read without trust, and told without addresses.

/// A longer reply is none.
pub(super) const LONGEST: usize = 16 << 10;
/// More lines are no reply.
const MOST_LINES: usize = 128;
/// Of a reply so many characters are told.
const TOLD: usize = 300;

/// What a server answers to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// `200` to `599`.
    pub(super) code: u16,
    /// The text of each line.
    pub(super) lines: Vec<String>,
}

/// What has come so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A reply, which is so many octets long.
    Whole(Reply, usize),
    /// The beginning of one.
    Part,
    /// What can become none.
    Garbage,
}

/// Reads the first reply of what has come.
pub(super) fn read(buffer: &[u8]) -> Reading {
    let (mut code, mut lines, mut at) = (None, Vec::new(), 0);
    loop {
        let rest = &buffer[at..];
        let end = memchr::memchr(b'\n', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let begins =
            line.iter().take(3).all(u8::is_ascii_digit) && line.first().is_none_or(|b| (b'2'..=b'5').contains(b));
        if !begins || lines.len() == MOST_LINES {
            return Reading::Garbage;
        }
        let Some(end) = end else { return if buffer.len() > LONGEST { Reading::Garbage } else { Reading::Part } };
        let own = line.get(..3).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u16>().ok());
        let (Some(own), true) = (own, at + end < LONGEST) else { return Reading::Garbage };
        if *code.get_or_insert(own) != own {
            return Reading::Garbage;
        }
        lines.push(String::from_utf8_lossy(line.get(4..).unwrap_or_default()).into_owned());
        at += end + 1;
        match line.get(3) {
            None | Some(b' ') => return Reading::Whole(Reply { code: own, lines }, at),
            Some(b'-') => {}
            Some(_) => return Reading::Garbage,
        }
    }
}

impl Reply {
    /// Tells whether it says yes.
    pub(super) fn is_yes(&self) -> bool {
        self.code / 100 == 2
    }

    /// Tells whether it says no, for now or for ever.
    pub(super) fn is_no(&self) -> bool {
        matches!(self.code, 400..=599)
    }

    /// Gives its enhanced code (RFC 2034), such as `5.1.1`: one of its own class.
    pub(super) fn enhanced(&self) -> Option<&str> {
        let word = self.lines.first()?.split(' ').next()?;
        let mut parts = word.split('.');
        let number = |part: Option<&str>| part.is_some_and(|part| (1..=3).contains(&part.len()) && is_digits(part));
        let class = parts.next()?.parse::<u16>().ok()?;
        (class == self.code / 100 && number(parts.next()) && number(parts.next()) && parts.next().is_none())
            .then_some(word)
    }

    /// Tells it on one line: its code and its words, without what may name a person. `locals` are the
    /// local parts of the addresses that it may speak of.
    pub(super) fn told(&self, locals: &[&str]) -> String {
        let enhanced = self.enhanced();
        let mut text = self.code.to_string();
        for (position, line) in self.lines.iter().enumerate() {
            let again = enhanced.filter(|_| position > 0).and_then(|code| line.strip_prefix(code));
            text.push(' ');
            text.push_str(again.unwrap_or(line));
        }
        told(&text, locals)
    }

    /// Tells its codes alone, where its words may repeat a secret.
    pub(super) fn codes(&self) -> String {
        match self.enhanced() {
            Some(enhanced) => format!("{} {enhanced}", self.code),
            None => self.code.to_string(),
        }
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Makes a server's words short and plain, and takes addresses out.
fn told(text: &str, locals: &[&str]) -> String {
    let is_hidden = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}');
    let plain: String = text.chars().map(|c| if c.is_control() || is_hidden(c) { ' ' } else { c }).collect();
    let mut nameless = without_addresses(&plain);
    for local in locals {
        nameless = without_word(&nameless, local.trim_matches('"'));
    }
    let mut short = String::new();
    let mut length = 0;
    for word in nameless.split_whitespace() {
        for c in (length > 0).then_some(' ').into_iter().chain(word.chars()) {
            if length == TOLD - 1 {
                short.push('…');
                return short;
            }
            short.push(c);
            length += 1;
        }
    }
    short
}

/// Leaves of every address its domain: `<…@example.edu>`. `%40` is an `@` as well.
fn without_addresses(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let found = [rest.find('@').map(|at| (at, 1)), rest.find("%40").map(|at| (at, 3))];
        let Some((at, length)) = found.into_iter().flatten().min() else { break };
        let before = &rest[..at];
        let start = match before.strip_suffix('"') {
            Some(quoted) => quoted.rfind('"').unwrap_or(0),
            None => before
                .rfind(|c: char| c.is_whitespace() || "<>()[]\",;:".contains(c))
                .map_or(0, |last| last + before[last..].chars().next().map_or(1, char::len_utf8)),
        };
        kept.push_str(&before[..start]);
        if start < at {
            kept.push('…');
        }
        kept.push_str(&rest[at..at + length]);
        rest = &rest[at + length..];
    }
    kept.push_str(rest);
    kept
}

/// Takes a local part out where it stands as a word of its own; one of two letters names nobody.
fn without_word(text: &str, word: &str) -> String {
    // Lower case of ASCII alone, so that places in both texts are the same.
    let (lower, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    if word.chars().count() < 3 {
        return text.to_owned();
    }
    let (mut kept, mut done) = (String::with_capacity(text.len()), 0);
    for (at, _) in lower.match_indices(&word) {
        let end = at + word.len();
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if joins(text[..at].chars().next_back()) || joins(text[end..].chars().next()) {
            continue;
        }
        kept.push_str(&text[done..at]);
        kept.push('…');
        done = end;
    }
    kept.push_str(&text[done..]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str) -> Reply {
        match read(text.as_bytes()) {
            Reading::Whole(reply, length) if length == text.len() => reply,
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn replies_are_told_from_beginnings_and_from_garbage() {
        assert_eq!(whole("250\r\n"), Reply { code: 250, lines: vec![String::new()] });
        assert_eq!(whole("250-a\n250 b\n").lines, ["a", "b"]);
        assert!(matches!(read(b"250 a\r\n354 b\r\n"), Reading::Whole(_, 7)));
        for part in ["", "2", "25", "250", "250 ok", "250 ok\r", "250-ok\r\n", "250-ok\r\n2", "250-ok\r\n250 o"] {
            assert_eq!(read(part.as_bytes()), Reading::Part, "{part:?}");
        }
        for odd in
            ["garbage\r\n", "g", "99", "\r\n", "25\r\n", "250ok\r\n", "250-a\r\n550 b\r\n", "650 x\r\n", " 250 x\r\n"]
        {
            assert_eq!(read(odd.as_bytes()), Reading::Garbage, "{odd:?}");
        }
        assert_eq!(read(format!("250 {}", "x".repeat(LONGEST)).as_bytes()), Reading::Garbage);
        assert_eq!(read(format!("250 {}\r\n", "x".repeat(LONGEST)).as_bytes()), Reading::Garbage);
        assert_eq!(read("250-x\r\n".repeat(MOST_LINES).as_bytes()), Reading::Garbage);
    }

    #[test]
    fn enhanced_codes_count_where_they_are_of_the_reply_s_class() {
        assert_eq!(whole("550 5.1.1 no\r\n").enhanced(), Some("5.1.1"));
        assert_eq!(whole("550-5.1.10 no\r\n550 5.1.10 one\r\n").enhanced(), Some("5.1.10"));
        for none in
            ["550 4.1.1 no\r\n", "550 5.1 no\r\n", "550 5.1.x no\r\n", "550 5.1.1.1\r\n", "550\r\n", "550 5..1\r\n"]
        {
            assert_eq!(whole(none).enhanced(), None, "{none}");
        }
    }

    #[test]
    fn a_reply_is_told_on_one_line_without_people() {
        let told = |text: &str| whole(text).told(&["ann.lee", "bounce+k3=x"]);
        assert_eq!(told("550 5.1.1 <Ann@Example.edu>: no such user\r\n"), "550 5.1.1 <…@Example.edu>: no such user");
        assert_eq!(told("550 5.1.1 ANN.LEE... User unknown; ann.leeds\r\n"), "550 5.1.1 …... User unknown; ann.leeds");
        assert_eq!(
            told("550 from bounce+k3=x@jobs.example to:ann@a.example\r\n"),
            "550 from …@jobs.example to:…@a.example"
        );
        assert_eq!(
            told("550 \"ann lee\"@a.example https://x.example/?a=ann%40a.example\r\n"),
            "550 …@a.example https:…%40a.example"
        );
        assert_eq!(told("451-4.7.1 try\r\n451 4.7.1  again\x07\u{202e}\tlater\r\n"), "451 4.7.1 try again later");
        assert_eq!(told("250 @ a@\r\n"), "250 @ …@");
        let long = told(&format!("550 {}\r\n", "é ".repeat(900)));
        assert!(long.chars().count() == TOLD && long.ends_with('…'), "{long}");
    }

    proptest! {
        #[test]
        fn any_octets_are_read_and_told(text in "[245][0-9]{2}[ -](?s).{0,60}\r\n", local in ".{0,8}", odd in any::<Vec<u8>>()) {
            let _ = read(&odd);
            if let Reading::Whole(reply, length) = read(text.as_bytes()) {
                prop_assert!(length <= text.len());
                let told = reply.told(&[&local]);
                prop_assert!(told.chars().count() <= TOLD && !told.chars().any(char::is_control));
                let _ = reply.enhanced();
            }
        }

        #[test]
        fn no_local_part_is_told(local in "[a-z0-9.+=_-]{4,20}", before in "[ <(:]?", case in any::<bool>()) {
            let said = if case { local.to_uppercase() } else { local.clone() };
            let reply = Reply { code: 550, lines: vec![format!("5.1.1 no {before}{said}@example.edu, {said}")] };
            prop_assert!(!reply.told(&[&local])[10..].to_lowercase().contains(&local));
        }
    }
}
