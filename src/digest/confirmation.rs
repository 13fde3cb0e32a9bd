//! The mail that asks whether an address wants digests: double opt-in.
//!
//! Anybody can type anybody's address into a form, so nothing in this mail is of the form's text: no
//! name, no filter, no word. It cannot be used to write to people.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::model::Message;

use super::clean::{line, short_line, web_link};
use super::columns::Text;
use super::mail::{Envelope, common_headers, message_id};
use super::request::Site;

/// What a confirmation is made of.
#[derive(Clone, Copy, Debug)]
pub struct Confirmation<'a> {
    /// Who asks.
    pub site: &'a Site,
    /// The page on which one confirms; it must change nothing before a button is pressed.
    pub confirm_url: &'a str,
    /// For how many days the page can be used.
    pub good_for_days: u32,
    /// The run's clock; becomes the mail's `Date`.
    pub now: DateTime<Utc>,
}

/// What it says.
struct Words {
    asked: String,
    confirm: String,
    button: &'static str,
    beside: &'static str,
    otherwise: String,
}

#[derive(Template)]
#[template(path = "confirmation.html")]
struct ConfirmationPage<'a> {
    subject: &'a str,
    heading: &'a str,
    preview: &'a str,
    site: &'a str,
    postal_address: Option<String>,
    url: &'a str,
    words: &'a Words,
}

/// Makes the mail that asks an address whether it wants digests.
///
/// The same request and envelope always give the same mail. An address that is no web address gives
/// a mail without a link, which confirms nothing.
#[must_use]
pub fn confirmation(request: &Confirmation<'_>, envelope: &Envelope) -> Message {
    let site = short_line(&request.site.name, 80);
    let url = web_link(request.confirm_url).unwrap_or_default();
    let (subject, heading) = ("Please confirm: job mails for this address", "Do you want these mails?");
    let words = words(&site, request.good_for_days);
    let postal_address = request.site.postal_address.as_deref().map(|address| short_line(address, 200));
    let text = text(heading, &site, &url, &words, postal_address.as_deref());
    let page = ConfirmationPage {
        subject,
        heading,
        preview: &words.asked,
        site: &site,
        postal_address,
        url: &url,
        words: &words,
    };
    let html = page.render().unwrap_or_default();
    Message {
        message_id: message_id(envelope, &[&request.now.to_rfc3339(), subject, &text, &html]),
        date: request.now,
        from: line(&envelope.from),
        to: line(&envelope.to),
        subject: subject.to_owned(),
        headers: common_headers(envelope),
        text,
        html,
    }
}

fn words(site: &str, days: u32) -> Words {
    let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    Words {
        asked: format!(
            "Somebody, probably you, asked {site} to send mails about health information management jobs to this \
             address."
        ),
        confirm: format!("If you want them, open the page below and confirm. The link is good for {days}."),
        button: "Confirm this address",
        beside: "Or copy this address into a browser:",
        otherwise: "If you did not ask, or do not want them, do nothing: no more mail will come, and the request is \
                    forgotten when the link has run out."
            .to_owned(),
    }
}

fn text(heading: &str, site: &str, url: &str, words: &Words, postal_address: Option<&str>) -> String {
    let mut text = Text::default();
    text.wrapped("", &heading.to_uppercase());
    for paragraph in [&words.asked, &words.confirm] {
        text.blank();
        text.wrapped("", paragraph);
    }
    text.blank();
    text.own_line("", url);
    text.blank();
    text.wrapped("", &words.otherwise);
    text.blank();
    text.rule('-');
    text.wrapped("", &format!("Sent by {site}."));
    text.wrapped("", postal_address.unwrap_or_default());
    text.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sample;

    fn made(url: &str) -> Message {
        let request = sample::request(Vec::new());
        let confirmation =
            Confirmation { site: request.site, confirm_url: url, good_for_days: 7, now: sample::now().instant };
        super::confirmation(&confirmation, &sample::envelope())
    }

    #[test]
    fn it_says_who_asks_how_to_confirm_and_what_happens_otherwise() {
        let message = made("https://jobs.example.edu/confirm/tok-1");
        insta::assert_snapshot!("confirmation.txt", message.text);
        insta::assert_snapshot!("confirmation.html", message.html);
        assert_eq!(message.html.matches("href=\"https://jobs.example.edu/confirm/tok-1\"").count(), 2);
        assert_eq!(message.headers, [("Auto-Submitted".to_owned(), "auto-generated".to_owned())]);
        assert_eq!(message, made("https://jobs.example.edu/confirm/tok-1"));
        assert_ne!(message.message_id, made("https://jobs.example.edu/confirm/tok-2").message_id);
    }

    #[test]
    fn what_is_no_address_is_not_linked() {
        assert!(!made("javascript:alert(1)").html.contains("javascript"));
    }
}
