//! Where secrets may stand in a configuration, so that neither a message nor `config show` tells them.

use std::ops::Range;

use url::Url;

/// What stands in a secret's place.
pub(super) const MASK: &str = "(secret)";
/// Keys whose values are secrets.
const KEYS: [&str; 2] = ["api_key", "password"];
/// Parts of a key's name, or of a query parameter's, that make its value a secret.
const PARTS: [&str; 7] = ["passw", "pwd", "secret", "token", "apikey", "api_key", "credential"];

/// Tells whether a key holds a secret.
pub(super) fn is_key(key: &str) -> bool {
    KEYS.contains(&key)
}

/// Tells whether a word is a secret's key, or one mistyped.
fn resembles_key(word: &str) -> bool {
    let word = word.to_ascii_lowercase().replace('-', "_");
    PARTS.iter().any(|part| word.contains(part)) || KEYS.iter().any(|key| strsim::damerau_levenshtein(key, &word) <= 2)
}

/// Tells whether a secret may stand in the lines of a TOML text that a complaint is about, or in
/// the value that they belong to.
pub(super) fn may_stand_at(text: &str, at: &Range<usize>) -> bool {
    let (Some(before), Some(after)) = (text.get(..at.start), text.get(at.end..)) else { return true };
    let has_key = |line: &&str| line.contains('=');
    // A value of several lines begins at the last line with a key.
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let own = &text[start..at.end + after.find('\n').unwrap_or(after.len())];
    let above = text[..start].lines().rev().find(has_key).filter(|_| !has_key(&own));
    let words = |line: &str| {
        line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .any(|word| !word.is_empty() && resembles_key(word))
    };
    words(own) || above.is_some_and(words)
}

/// Masks what is secret in an address: a password, and query parameters that are credentials.
///
/// `server` says that the text is a mail server's address: one that cannot be read is masked whole
/// where it holds an `@`, because what stands before may be a password.
pub(super) fn masked_address(text: &str, server: bool) -> String {
    let parsed = Url::parse(text).ok();
    let user = parsed.as_ref().is_some_and(|url| !url.username().is_empty() || url.password().is_some());
    if text.contains('@') && !user && (server || (parsed.is_none() && text.contains("://"))) {
        return MASK.to_owned();
    }
    let text = match parsed {
        Some(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some(MASK));
            url.to_string()
        }
        _ => text.to_owned(),
    };
    let Some((address, query)) = text.split_once('?').filter(|(address, _)| address.contains("://")) else {
        return text;
    };
    let parameter = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_credential(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    };
    format!("{address}?{}", query.split('&').map(parameter).collect::<Vec<_>>().join("&"))
}

/// Tells whether a query parameter's name is that of a credential.
fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    ["key", "auth", "sig", "signature", "pass"].contains(&name.as_str())
        || name.ends_with("_key")
        || PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str, word: &str) -> bool {
        let start = text.find(word).unwrap();
        may_stand_at(text, &(start..start + word.len()))
    }

    #[test]
    fn a_line_with_a_secret_is_known_also_when_it_is_mistyped() {
        assert!(hidden("[mail]\npassword = 12345\n", "12345"));
        assert!(hidden("[mail]\npasword = \"hunter2\"\n", "pasword"));
        assert!(hidden("[mail]\nfrom = \"a\"\npassword = \"\"\"\nhunter2", "hunter2"));
        assert!(hidden("boards.usajobs = { email = 3, api-key = \"k\" }", "3"));
        assert!(!hidden("[fetch]\ncontact = 3\n[mail]\npassword = \"x\"\n", "3"));
    }

    #[test]
    fn addresses_lose_what_is_secret_and_nothing_else() {
        let plain = ["https://lakes.example/jobs?page=2&keyword=coder", "https://lakes.example/@us", "30d"];
        for text in plain {
            assert_eq!(masked_address(text, false), text);
        }
        assert_eq!(
            masked_address("https://a.example/x?token=abc&page=2", false),
            "https://a.example/x?token=(secret)&page=2"
        );
        assert_eq!(masked_address("https://a.example/x?api_key=abc", false), "https://a.example/x?api_key=(secret)");
        for server in ["smtps://me:hunter2@mail.example", "smtps://me:hun#ter2@mail.example", "me:hunter2@mail.example"]
        {
            let shown = masked_address(server, true);
            assert!(!shown.contains("ter2") && shown.contains(MASK), "{shown}");
        }
        assert_eq!(masked_address("smtps://me@mail.example", true), "smtps://me@mail.example");
    }
}
