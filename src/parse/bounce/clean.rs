//! Addresses, ids and server's words out of a hostile mail, bounded and on one line.

use std::sync::LazyLock;

use regex::Regex;

use crate::parse::Redactor;

/// The longest address (RFC 5321 section 4.5.3.1.3 allows a path of 256 with its brackets).
const LONGEST_ADDRESS: usize = 254;
/// The longest `Message-ID` that is taken for one; ours are far shorter.
const LONGEST_ID: usize = 250;

/// What could be an address; its ends are cleaned afterwards.
static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[^\s<>()\[\],;:@]{1,64}@[\p{L}\p{N}.\-]{1,189}").ok());

/// Reads one address: `<jane@clinic.example>`, `rfc822; jane@clinic.example`.
pub(super) fn address(text: &str) -> Option<String> {
    let address = text.trim().trim_matches(['<', '>', '"', '\'']).trim();
    let (user, host) = address.rsplit_once('@')?;
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '(' | ')');
    let is_well = !user.is_empty() && !host.is_empty() && address.len() <= LONGEST_ADDRESS && !address.contains(is_odd);
    is_well.then(|| address.to_owned())
}

/// Finds the addresses of a text, in its order.
pub(super) fn addresses(text: &str) -> Vec<String> {
    let Some(pattern) = ADDRESS.as_ref() else { return Vec::new() };
    let found = pattern.find_iter(text).take(50);
    let bare = |text: &str| {
        let text = text.trim_end_matches(['.', '-']).trim_start_matches(['\'', '"', '=']);
        // `dda:SMTP=jane@clinic.example`, as Exchange once wrote.
        let sort = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("smtp="));
        address(if sort { text.get(5..).unwrap_or_default() } else { text })
    };
    found.filter_map(|one| bare(one.as_str())).collect()
}

/// Reads a `Message-ID`, with its angle brackets or without.
pub(super) fn message_id(text: &str) -> Option<String> {
    let id = text.trim().trim_start_matches('<').trim_end_matches('>');
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>');
    (!id.is_empty() && id.len() <= LONGEST_ID && !id.contains(is_odd)).then(|| id.to_owned())
}

/// Gives a server's words for people to read: one line, nothing that leads to a person, no more than so
/// many characters.
pub(super) fn diagnostic(text: &str, recipient: Option<&str>, most: usize) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c)).filter(|w| !w.is_empty());
    let mut line: String = String::new();
    for word in words {
        if line.len() + word.len() > most.saturating_mul(8) {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&named(word, recipient));
    }
    let line = Redactor::default().text(&line);
    let line = line.split(' ').map(|word| if word.contains('@') { HIDDEN } else { word }).collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(most).collect();
    if short.len() < line.len() {
        short.pop();
        short.push('…');
    }
    (!short.trim().is_empty()).then(|| short.trim().to_owned())
}

/// What stands in an address's place.
const HIDDEN: &str = "(address)";

/// Hides the recipient in a word, and the user's part of it where that is a word by itself.
fn named(word: &str, recipient: Option<&str>) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let user = recipient.and_then(|address| address.rsplit_once('@')).map(|(user, _)| user);
    let is_user = user.is_some_and(|user| user.len() > 2 && bare.eq_ignore_ascii_case(user));
    if word.contains('@') || word.to_ascii_lowercase().contains("%40") {
        let ending = if word.ends_with(':') { ":" } else { "" };
        return format!("{HIDDEN}{ending}");
    }
    if is_user { word.replacen(bare, HIDDEN, 1) } else { word.to_owned() }
}

/// Tells whether a character changes how others are shown (bidirectional marks and the like).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_their_many_forms() {
        assert_eq!(address(" <Jane@clinic.example> ").as_deref(), Some("Jane@clinic.example"));
        assert_eq!(address("\"jane\"@clinic.example").as_deref(), Some("jane\"@clinic.example"));
        for text in ["", "jane", "@x", "jane@", "a b@x", "a@b\nBcc: c@d", "<a@b>, <c@d>"] {
            assert_eq!(address(text), None, "{text}");
        }
        assert_eq!(address(&format!("{}@x.example", "a".repeat(300))), None);
        assert_eq!(addresses("to <a@b.example>: c@d.example."), ["a@b.example", "c@d.example"]);
    }

    #[test]
    fn what_a_server_said_names_nobody() {
        let said = |text: &str| diagnostic(text, Some("jane.doe@clinic.example"), 80).unwrap();
        assert_eq!(
            said("smtp; 550 5.1.1 <jane.doe@clinic.example>:\r\n  Recipient unknown, JANE.DOE is gone"),
            "smtp; 550 5.1.1 (address): Recipient unknown, (address) is gone"
        );
        assert_eq!(said("forwarded to j%40home.example or j@localhost"), "forwarded to (address) or (address)");
        assert_eq!(said(&"word ".repeat(100)).chars().count(), 80);
        assert!(said("a\u{202e}b\u{0}c") == "a b c");
        assert_eq!(diagnostic(" \r\n", None, 80), None);
    }
}
