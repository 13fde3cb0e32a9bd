//! Names that outlive a run: board ids, posting keys and stable job ids.
//!
//! A job id is derived from the posting that founded the job, so a database rebuilt from the
//! boards hands out the same ids, and feed readers and mailed links keep working.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names a board: the stem of its TOML file, and its key in SQL, logs, URLs and fixtures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BoardId(Arc<str>);

impl BoardId {
    /// Accepts 1 to 63 lower-case letters, digits and hyphens, starting with a letter or digit.
    ///
    /// # Errors
    /// Returns [`InvalidId`] for anything else: the id stands in paths, URLs and SQL.
    pub fn new(id: &str) -> Result<Self, InvalidId> {
        let shaped = id.len() <= 63
            && id.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if shaped { Ok(Self(id.into())) } else { Err(InvalidId { kind: "board id", seen: id.to_owned() }) }
    }

    /// Gives the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BoardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BoardId {
    type Error = InvalidId;
    fn try_from(id: String) -> Result<Self, InvalidId> {
        Self::new(&id)
    }
}

impl From<BoardId> for String {
    fn from(id: BoardId) -> Self {
        id.0.as_ref().to_owned()
    }
}

/// Says which kind of id was malformed, and how it looked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is not a {kind}: use lower-case letters, digits and hyphens")]
pub struct InvalidId {
    kind: &'static str,
    seen: String,
}

/// Identifies one board's advertisement: the board and the id it goes by there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PostingKey {
    /// The board that shows the posting.
    pub board: BoardId,
    /// The board's own id, or the canonical URL where the board has none.
    pub posting_id: String,
}

/// What begins the id of a posting that its board's own id is not known of.
const UNNUMBERED: &str = "mail-";

impl PostingKey {
    /// Makes an id for a posting that is known by what an alert mail says of it alone.
    #[must_use]
    pub fn id_of_words(words: &[&str]) -> String {
        let hash = blake3::hash(words.join("\0").as_bytes());
        format!("{UNNUMBERED}{}", &hash.to_hex()[..24])
    }

    /// Tells whether the id is made of words, so that the board does not know it: it can be asked
    /// for nothing, and its lists never show it.
    #[must_use]
    pub fn is_of_words(&self) -> bool {
        let hash = self.posting_id.strip_prefix(UNNUMBERED);
        hash.is_some_and(|hash| hash.len() == 24 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
    }
}

impl fmt::Display for PostingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.board, self.posting_id)
    }
}

/// Names a job for good: 13 characters of Crockford's base 32, 65 bits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(String);

/// Crockford's base 32 alphabet in lower case: no `i`, `l`, `o` or `u` to misread.
const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl JobId {
    /// Gives the id of the job that this posting founds; the same posting always gives the same id.
    #[must_use]
    pub fn founded_by(key: &PostingKey) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"jobrounds job 1\0");
        hasher.update(key.board.as_str().as_bytes());
        hasher.update(b"\0");
        hasher.update(key.posting_id.as_bytes());
        let hash = hasher.finalize();
        let mut bits = u128::from_le_bytes(hash.as_bytes()[..16].try_into().unwrap_or_default());
        let mut id = String::with_capacity(13);
        for _ in 0..13 {
            id.push(char::from(CROCKFORD[(bits & 31) as usize]));
            bits >>= 5;
        }
        Self(id)
    }

    /// Takes an id that was printed before; any text is accepted, unknown ones are found nowhere.
    #[must_use]
    pub fn from_text(id: &str) -> Self {
        Self(id.trim().to_ascii_lowercase())
    }

    /// Gives the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_id_is_safe_in_paths_and_sql() {
        assert!(BoardId::new("usajobs-search").is_ok());
        for bad in ["", "-a", "A", "a/b", "a b", "../x", &"x".repeat(64)] {
            assert!(BoardId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_made_of_words_is_known_as_one() {
        let key = |id: String| PostingKey { board: BoardId::new("a").unwrap(), posting_id: id };
        let id = PostingKey::id_of_words(&["coder", "lakes", "columbus"]);
        assert!(key(id.clone()).is_of_words() && id.len() == 29, "{id}");
        assert!(!key("mail-clerk-1".into()).is_of_words() && !key("38312412".into()).is_of_words());
        assert_ne!(id, PostingKey::id_of_words(&["coder", "lakes col", "umbus"]));
    }

    #[test]
    fn a_job_id_depends_on_board_and_posting_alone() {
        let key = |board: &str, id: &str| PostingKey { board: BoardId::new(board).unwrap(), posting_id: id.into() };
        let id = JobId::founded_by(&key("ahima", "1"));
        assert_eq!(id, JobId::founded_by(&key("ahima", "1")));
        assert_ne!(id, JobId::founded_by(&key("aapc", "1")));
        assert_eq!(id.as_str().len(), 13);
    }
}
