//! Job-alert mails. No real one of these engines was ever seen, so nothing is expected but links to
//! postings, with words near them; whatever else a mail holds costs nothing and is not kept.
//!
//! A tracker's link is unwrapped by what it says itself, never by asking anyone. Links to log in, to
//! unsubscribe or to look at a mail in a browser carry the reader's own keys: they are dropped here,
//! before anything is stored.

mod facts;
mod head;
mod links;
mod markup;
mod plain;
mod row;
mod unwrap;

use mail_parser::{Message, PartType};

pub use head::{MailHead, mail_head};

use self::links::Site;
use super::Parsed;
use super::mail_tree::{self, LONGEST, with_mail};
use crate::board::Board;
use crate::model::{Page, Problem, ProblemKind, RawPosting};

/// Mails forwarded in mails forwarded in mails are followed this far.
const MAX_DEPTH: usize = 4;
/// More parts than this are no alert.
const MAX_PARTS: usize = 200;
/// More postings than this are no alert.
const MAX_ROWS: usize = 500;

/// Reads one alert mail. Each row is a list's row: whatever the board itself shows takes its place.
pub(super) fn parse(board: &Board, page: &Page) -> Parsed {
    let site = Site::of(board, &page.requested);
    let read = with_mail(&page.body, |message| {
        let mut rows: Vec<RawPosting> = Vec::new();
        gather(&site, message, MAX_DEPTH, &mut rows);
        (rows, head::authentication(message))
    });
    let Some((mut rows, verdict)) = read else {
        return Parsed::foreign("no mail: it has no headers");
    };
    let mut parsed = Parsed::readable();
    if page.body.len() > LONGEST {
        let why = format!("a mail is longer than {} MiB; what is beyond is left out", LONGEST >> 20);
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, why));
    }
    if rows.len() > MAX_ROWS {
        rows.truncate(MAX_ROWS);
        let why = format!("a mail names more than {MAX_ROWS} postings; the others are left out");
        parsed.problems.push(Problem::new(ProblemKind::Incomplete, why));
    }
    for (at, row) in rows.iter_mut().enumerate() {
        row.position = Some(format!("link {}", at + 1));
        row.extra.insert("source".to_owned(), ALERT_MAIL.to_owned());
        if let Some(verdict) = &verdict {
            row.extra.insert("mail_authentication".to_owned(), verdict.clone());
        }
    }
    parsed.postings = rows;
    parsed
}

/// What `extra.source` says of a row that came by mail.
pub const ALERT_MAIL: &str = "alert mail";

/// Takes the rows of a mail's parts: of its HTML, or of its plain text where that shows none.
fn gather(site: &Site<'_>, message: &Message<'_>, depth: usize, rows: &mut Vec<RawPosting>) {
    let parts = || message.parts.iter().take(MAX_PARTS);
    let before = rows.len();
    for part in parts() {
        if let PartType::Html(_) = &part.body {
            add(rows, markup::rows(site, &mail_tree::text(message, part)));
        }
    }
    if rows.len() == before {
        for part in parts() {
            if let PartType::Text(_) = &part.body {
                add(rows, plain::rows(site, &mail_tree::text(message, part)));
            }
        }
    }
    if depth == 0 {
        return;
    }
    for part in parts() {
        match &part.body {
            PartType::Message(inner) if !mail_tree::is_encoded(message, part) => gather(site, inner, depth - 1, rows),
            // Some gateways encode a forwarded mail.
            PartType::Multipart(_) => {}
            _ if part_is_mail(part) => {
                with_mail(&mail_tree::content(message, part), |inner| gather(site, inner, depth - 1, rows));
            }
            _ => {}
        }
    }
}

fn part_is_mail(part: &mail_parser::MessagePart<'_>) -> bool {
    use mail_parser::MimeHeaders as _;
    part.content_type()
        .is_some_and(|kind| kind.ctype() == "message" && kind.subtype().is_some_and(|sub| sub.starts_with("rfc822")))
}

/// Adds rows; one that is there already only fills its gaps.
fn add(rows: &mut Vec<RawPosting>, found: Vec<RawPosting>) {
    for row in found {
        let same = |known: &RawPosting| {
            known.posting_id == row.posting_id && (row.posting_id.is_some() || known.url == row.url)
        };
        match rows.iter().position(same) {
            Some(at) => super::gaps::fill_gaps(&mut rows[at], row),
            None if rows.len() <= MAX_ROWS => rows.push(row),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests;
