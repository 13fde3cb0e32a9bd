//! Says which posting this is: the board's id, or else its own address.

use super::line::is_invisible;
use crate::model::{BoardFacts, PostingKey, RawPosting};

/// The longest id that stands as it is, in bytes; a longer one is replaced by its hash.
const LONGEST_ID: usize = 256;
/// The longest address that stands as it is, in bytes.
const LONGEST_ADDRESS: usize = 1_024;
/// The last steps of addresses that list postings; such an address is no posting's own.
const LISTS: [&str; 12] = [
    "",
    "jobs",
    "job",
    "careers",
    "career",
    "search",
    "listings",
    "openings",
    "positions",
    "vacancies",
    "apply",
    "index.html",
];

/// Gives the key; `None` when there is neither an id nor an address of the posting's own.
pub(super) fn key_of(raw: &RawPosting, url: Option<&str>, facts: &BoardFacts) -> Option<PostingKey> {
    let id = raw.posting_id.as_deref().map(visible).filter(|id| !id.is_empty());
    let posting_id = match id {
        Some(id) => bounded(id, LONGEST_ID),
        None => bounded(url.filter(|url| is_own(url, facts))?.to_owned(), LONGEST_ADDRESS),
    };
    Some(PostingKey { board: facts.id.clone(), posting_id })
}

fn visible(id: &str) -> String {
    id.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect::<String>().trim().to_owned()
}

fn bounded(id: String, longest: usize) -> String {
    if id.len() <= longest { id } else { format!("blake3:{}", blake3::hash(id.as_bytes()).to_hex()) }
}

/// Tells whether an address can be one posting's own: a list's address never becomes an identity.
fn is_own(url: &str, facts: &BoardFacts) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let bare = url.query().is_none() && url.fragment().is_none();
    url != facts.base_url && !(bare && LISTS.contains(&last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::test_board::{board, him_posting};
    use super::*;

    fn id_of(posting_id: Option<&str>, url: Option<&str>) -> Option<String> {
        let raw = RawPosting { posting_id: posting_id.map(str::to_owned), ..him_posting() };
        key_of(&raw, url, &board("ahima")).map(|key| key.posting_id)
    }

    #[test]
    fn the_board_s_id_comes_first_and_is_cleaned() {
        assert_eq!(id_of(Some(" 38312412\u{0}\n"), Some("https://x.example/7")).as_deref(), Some("38312412"));
        let long = id_of(Some(&"x".repeat(257)), None).unwrap();
        assert!(long.starts_with("blake3:") && long.len() == 71);
    }

    #[test]
    fn an_address_is_the_identity_where_there_is_no_id() {
        assert_eq!(id_of(Some(" "), Some("https://x.example/job/7")).as_deref(), Some("https://x.example/job/7"));
        assert_eq!(id_of(None, None), None);
    }

    #[test]
    fn a_list_s_address_never_becomes_an_identity() {
        for url in
            ["https://x.example/", "https://x.example/jobs/", "https://x.example/en/careers", "https://ahima.example/"]
        {
            assert_eq!(id_of(None, Some(url)), None, "{url}");
        }
        assert!(id_of(None, Some("https://x.example/jobs?id=7")).is_some());
    }
}
