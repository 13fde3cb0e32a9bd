//! What a posting's own words give away: the employer inside a title, and whether a text was cut.

use crate::board::TitleSplit;
use crate::model::{Completeness, RawPosting};

/// A description shorter than this, in bytes, is a teaser even where it does not end in dots.
const SHORTEST_FULL_TEXT: usize = 400;

/// Takes the employer out of the title, unless the feed names it in an element of its own.
pub(super) fn split_title(posting: &mut RawPosting, split: TitleSplit) {
    let Some(title) = posting.title.as_deref() else { return };
    let parts = match split {
        TitleSplit::None => None,
        TitleSplit::LastPipe => title.rsplit_once(" | "),
        TitleSplit::Colon => title.split_once(": ").map(|(employer, title)| (title, employer)),
        TitleSplit::At => title.rsplit_once(" at "),
    };
    let Some((title, employer)) = parts.map(|(title, employer)| (title.trim(), employer.trim())) else { return };
    if title.is_empty() || employer.is_empty() {
        return;
    }
    let (title, employer) = (title.to_owned(), employer.to_owned());
    posting.title = Some(title);
    posting.hiring_organization.get_or_insert(employer);
}

/// Judges how much of a posting its description shows.
pub(super) fn completeness(description: Option<&str>) -> Completeness {
    match description {
        None => Completeness::ListRow,
        Some(text) if text.len() < SHORTEST_FULL_TEXT || ends_cut(text) => Completeness::Teaser,
        Some(_) => Completeness::Full,
    }
}

/// Tells whether a text ends in dots, closing tags aside.
fn ends_cut(text: &str) -> bool {
    let mut end = text.trim_end();
    // A cut text is closed by a few tags at most.
    for _ in 0..8 {
        let Some(open) = end.strip_suffix('>').and_then(|inside| inside.rfind("</")) else { break };
        end = end.get(..open).unwrap_or_default().trim_end();
    }
    let end = end.trim_end_matches([']', ')']);
    ["...", "…", "&hellip;", "&#8230;"].iter().any(|dots| end.ends_with(dots))
}

/// Takes the tags out of a text that is HTML by declaration, and decodes its references.
pub(super) fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        text.push_str(before);
        let is_tag =
            tag.as_bytes().get(1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'));
        let end = if is_tag { tag.find('>') } else { None };
        let Some(end) = end else {
            text.push('<');
            rest = tag.get(1..).unwrap_or_default();
            if !is_tag {
                continue;
            }
            break;
        };
        rest = tag.get(end + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    html_escape::decode_html_entities(&text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(title: &str, how: TitleSplit) -> (String, Option<String>) {
        let mut posting = RawPosting { title: Some(title.to_owned()), ..RawPosting::default() };
        split_title(&mut posting, how);
        (posting.title.unwrap(), posting.hiring_organization)
    }

    #[test]
    fn titles_split_where_the_board_says() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(split("Coder | II | Mercy", TitleSplit::LastPipe), ("Coder | II".into(), some("Mercy")));
        assert_eq!(split("Mercy: Coder: Inpatient", TitleSplit::Colon), ("Coder: Inpatient".into(), some("Mercy")));
        assert_eq!(split("Coder at Home at Mercy", TitleSplit::At), ("Coder at Home".into(), some("Mercy")));
        assert_eq!(split("Coder | Mercy", TitleSplit::None), ("Coder | Mercy".into(), None));
        assert_eq!(split("Coder | ", TitleSplit::LastPipe), ("Coder | ".into(), None));
    }

    #[test]
    fn a_stated_employer_is_kept() {
        let mut posting = RawPosting { title: Some("Coder | A".into()), ..RawPosting::default() };
        posting.hiring_organization = Some("B".into());
        split_title(&mut posting, TitleSplit::LastPipe);
        assert_eq!((posting.title.as_deref(), posting.hiring_organization.as_deref()), (Some("Coder"), Some("B")));
    }

    #[test]
    fn a_text_that_ends_in_dots_is_a_teaser() {
        let long = "word ".repeat(200);
        assert_eq!(completeness(None), Completeness::ListRow);
        assert_eq!(completeness(Some("short")), Completeness::Teaser);
        assert_eq!(completeness(Some(&long)), Completeness::Full);
        for end in ["...", "…", "[&hellip;]", "...</p></div> "] {
            assert_eq!(completeness(Some(&format!("{long}{end}"))), Completeness::Teaser, "{end}");
        }
    }

    #[test]
    fn tags_go_and_comparisons_stay() {
        assert_eq!(without_tags("<b>R&amp;D</b> 3 < 4 <i>x"), "R&D 3 < 4 x");
        assert_eq!(without_tags("a <b"), "a <b");
    }
}
