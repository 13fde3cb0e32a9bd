//! Lists of tags, as DKIM and DMARC records are written (RFC 6376 section 3.2, RFC 7489 section 6.4).

/// Records have a dozen tags.
const MOST_TAGS: usize = 50;

/// Reads `v=DMARC1; p=none`: names in lower case, with their values; `None` where it is no such list.
pub(super) fn tags(text: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()).take(MOST_TAGS) {
        let (name, value) = part.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        // A list with a name twice is none (RFC 6376 section 3.2).
        if !is_name || found.iter().any(|(one, _)| *one == name) {
            return None;
        }
        found.push((name, value.trim().to_owned()));
    }
    Some(found)
}

/// Gives a tag's value.
pub(super) fn tag<'t>(tags: &'t [(String, String)], name: &str) -> Option<&'t str> {
    tags.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        let list = tags(" v = DKIM1 ;P= abc= ; ").unwrap();
        assert_eq!((tag(&list, "v"), tag(&list, "p"), tag(&list, "k")), (Some("DKIM1"), Some("abc="), None));
        for text in ["v", "v=1; v=2", "1a=b", "=x", "ä=1"] {
            assert_eq!(tags(text), None, "{text}");
        }
        assert_eq!(tags(""), Some(Vec::new()));
    }
}
