//! Delivery status notifications (RFC 3464) and receipts (RFC 8098).

use super::head::Head;
use super::status::{self, Code};
use super::{Mail, Said, clean};
use crate::model::BounceKind;

/// More recipients than this are not looked at: ours are one.
const MOST_RECIPIENTS: usize = 100;
/// The longest value of a field that is kept while reading.
const LONGEST_VALUE: usize = 4_000;

/// Reads a report; `None` where the mail is none.
pub(super) fn read(mail: &Mail<'_>, head: &Head) -> Option<Said> {
    let receipt = "message/disposition-notification";
    if mail.is_report("disposition-notification") && mail.text_of(&[receipt]).is_some() {
        return Some(Said::of(BounceKind::AutoReply));
    }
    // A person who forwards a report sends none.
    if !mail.is_report("delivery-status") && !head.is_from_server {
        return None;
    }
    let text = mail.text_of(&["message/delivery-status", "message/global-delivery-status"])?;
    let recipients: Vec<Said> = groups(&text).filter_map(|group| recipient(&fields(&group))).collect();
    mildest(recipients)
}

/// Gives the groups of fields, which blank lines part (RFC 3464 section 2.1).
fn groups(text: &str) -> impl Iterator<Item = String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut groups = vec![String::new()];
    for line in text.split('\n') {
        if line.trim().is_empty() {
            groups.push(String::new());
            if groups.len() > MOST_RECIPIENTS {
                break;
            }
        } else if let Some(last) = groups.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    groups.into_iter().filter(|group| !group.is_empty())
}

/// Reads fields, unfolded; their names in lower case.
pub(super) fn fields(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().take(1_000) {
        let is_folded = line.starts_with([' ', '\t']);
        match (line.split_once(':'), found.last_mut()) {
            (_, Some((_, value))) if is_folded && value.len() < LONGEST_VALUE => {
                value.push(' ');
                value.extend(line.trim().chars().take(LONGEST_VALUE));
            }
            (Some((name, value)), _) if !is_folded => {
                found.push((name.trim().to_ascii_lowercase(), value.trim().chars().take(LONGEST_VALUE).collect()));
            }
            _ => {}
        }
    }
    found
}

/// Gives a field's value without its comments' outer spaces; the first of several.
pub(super) fn field(fields: &[(String, String)], name: &str) -> Option<String> {
    fields.iter().find(|(one, value)| one == name && !value.is_empty()).map(|(_, value)| value.clone())
}

/// What happened to one recipient; `None` where a group is about none.
fn recipient(fields: &[(String, String)]) -> Option<Said> {
    let address = |name: &str| typed_address(&field(fields, name)?);
    let recipient = address("original-recipient").or_else(|| address("final-recipient"));
    let action = field(fields, "action").unwrap_or_default().to_lowercase();
    let stated = field(fields, "status");
    if action.is_empty() && stated.is_none() {
        return None;
    }
    let said = field(fields, "diagnostic-code").unwrap_or_default();
    // Where the code is there and says nothing, the server's own may say more.
    let stated = stated.unwrap_or_default();
    let code = match (status::leading(&stated), status::announced(&said)) {
        (Some(Code(class, _, 0)), Some(own)) if own.0 == class => Some(own),
        (stated, own) => stated.or(own),
    };
    let said = if said.is_empty() { stated } else { said };
    let kind = match action.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default() {
        "delayed" => BounceKind::Delayed,
        "delivered" | "relayed" | "expanded" => BounceKind::NotABounce,
        _ => status::judged(code, &said),
    };
    Some(Said { kind, recipient, status: code.map(|code| code.to_string()), diagnostic: Some(said), sent_from: None })
}

/// Reads `rfc822; jane@clinic.example`. Addresses of other sorts (`x400`) are not ours.
fn typed_address(value: &str) -> Option<String> {
    match value.split_once(';') {
        Some((sort, address)) => {
            let is_mail = ["rfc822", "utf-8"].iter().any(|known| sort.trim().eq_ignore_ascii_case(known));
            clean::address(address).filter(|_| is_mail)
        }
        None => clean::address(value),
    }
}

/// Gives what the mildest of several recipients came to: where one of them got the mail or may still
/// get it, the address lives.
fn mildest(recipients: Vec<Said>) -> Option<Said> {
    let rank = |said: &Said| match said.kind {
        BounceKind::Soft => 1,
        BounceKind::Hard => 2,
        _ => 0,
    };
    let is_all_alike = |kind: BounceKind| recipients.iter().all(|said| said.kind == kind);
    let failed = |said: &&Said| rank(said) > 0;
    if recipients.iter().any(|said| failed(&said)) && recipients.iter().any(|said| !failed(&said)) {
        let said = recipients.into_iter().find(|said| rank(said) > 0)?;
        return Some(Said { kind: BounceKind::Soft, ..said });
    }
    let is_delayed = recipients.iter().any(|said| said.kind == BounceKind::Delayed);
    if is_delayed && !is_all_alike(BounceKind::Delayed) {
        return recipients.into_iter().find(|said| said.kind == BounceKind::Delayed);
    }
    recipients.into_iter().min_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<BounceKind> {
        mildest(groups(text).filter_map(|group| recipient(&fields(&group))).collect()).map(|said| said.kind)
    }

    #[test]
    fn several_recipients_are_no_harder_than_the_mildest() {
        use BounceKind::{Delayed, Hard, NotABounce, Soft};
        let of = |actions: &[&str]| {
            let group = |action: &&str| match *action {
                "hard" => "Action: failed\nStatus: 5.1.1\n\n".to_owned(),
                "soft" => "Action: failed\nStatus: 5.2.2\n\n".to_owned(),
                other => format!("Action: {other}\nStatus: 4.0.0\n\n"),
            };
            kind(&format!("Reporting-MTA: dns; x\n\n{}", actions.iter().map(group).collect::<String>()))
        };
        assert_eq!(of(&["hard"]), Some(Hard));
        assert_eq!(of(&["hard", "hard"]), Some(Hard));
        assert_eq!(of(&["hard", "soft"]), Some(Soft));
        assert_eq!(of(&["hard", "delivered"]), Some(Soft));
        assert_eq!(of(&["hard", "delayed"]), Some(Soft));
        assert_eq!(of(&["delayed", "relayed"]), Some(Delayed));
        assert_eq!(of(&["delivered", "expanded"]), Some(NotABounce));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_code_that_says_nothing_gives_way_to_the_servers_own() {
        let read = |text: &str| {
            let said = recipient(&fields(text)).unwrap();
            (said.kind, said.status)
        };
        assert_eq!(
            read("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550\n 5.1.1 gone"),
            (BounceKind::Hard, Some("5.1.1".to_owned()))
        );
        assert_eq!(
            read("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 450 4.1.1 user unknown"),
            (BounceKind::Soft, Some("5.0.0".to_owned()))
        );
        assert_eq!(read("Action: failed (bad)\nStatus: 5.1.1 (unknown)").0, BounceKind::Hard);
        assert_eq!(read("Status: 553 too long\nAction: failure"), (BounceKind::Soft, None));
    }

    #[test]
    fn the_original_recipient_is_the_one_that_was_written_to() {
        let named = |text: &str| recipient(&fields(&format!("Action: failed\n{text}"))).unwrap().recipient;
        let both = "Final-Recipient: rfc822; j@home.example\nOriginal-Recipient: rfc822;jane@clinic.example";
        assert_eq!(named(both).as_deref(), Some("jane@clinic.example"));
        assert_eq!(named("Final-Recipient: <j@home.example>").as_deref(), Some("j@home.example"));
        assert_eq!(named("Final-Recipient: x400; /S=j@x/"), None);
    }
}
