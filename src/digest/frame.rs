//! What a digest says besides its jobs: what it covers, from whom it comes, why and where to go.

use std::sync::Arc;

use super::clean::{short_line, web_link};
use super::compose::Digest;
use super::request::{CatchUp, CatchUpCause, DigestRequest, Links};
use super::when::Now;

/// Makes the digest without its parts.
pub(super) fn frame(request: &DigestRequest<'_>, now: Now) -> Digest {
    let address = |address: &Option<String>| address.as_deref().and_then(web_link);
    let written = now.instant.with_timezone(&now.zone).format("%A, %B %-d, %Y").to_string();
    Digest {
        heading: short_line(request.heading, 120),
        subject: String::new(),
        period: period(request, now, &written),
        too_old: request.catch_up.and_then(|catch_up| too_old(catch_up, now)),
        heartbeat: request.heartbeat,
        day: now.day_of(now.instant).format("%b %-d").to_string(),
        now: now.instant,
        parts: Vec::new(),
        quiet: Vec::new(),
        outages: Arc::default(),
        read: Arc::default(),
        site: short_line(&request.site.name, 80),
        browse: address(&request.site.public_url),
        postal_address: request.site.postal_address.as_deref().map(|address| short_line(address, 200)),
        because: request.subscribed.map(|at| because(request, &now.day(now.day_of(at)))),
        links: Links {
            unsubscribe_url: address(&request.links.unsubscribe_url),
            unsubscribe_mailto: request.links.unsubscribe_mailto.as_deref().and_then(mailto),
            preferences_url: address(&request.links.preferences_url),
            feed_url: address(&request.links.feed_url),
        },
        unplaced: Vec::new(),
    }
}

fn period(request: &DigestRequest<'_>, now: Now, written: &str) -> String {
    if let Some(catch_up) = request.catch_up {
        let cause = match catch_up.cause {
            CatchUpCause::NotRunning => "jobrounds was not running in between",
            CatchUpCause::MailServerAway => "the mail server did not take mail in between",
            CatchUpCause::Unknown => "jobrounds was not running, or the mail server was away, in between",
        };
        let [from, to] = [catch_up.from, now.instant].map(|at| now.day(now.day_of(at)));
        return format!("This mail covers {from} to {to}: {cause}.");
    }
    match request.since {
        Some(since) => format!("What is new since {}, as of {written}.", now.weekday(now.day_of(since))),
        None => format!("As of {written}."),
    }
}

fn too_old(catch_up: CatchUp, now: Now) -> Option<String> {
    let from = now.day(now.day_of(catch_up.from));
    match catch_up.not_listed {
        0 => None,
        1 => Some(format!("1 job from before {from} is not listed.")),
        n => Some(format!("{n} jobs from before {from} are not listed.")),
    }
}

/// Says why a reader gets this mail: `You get this because you subscribed on November 3 (remote or in OH).`
fn because(request: &DigestRequest<'_>, day: &str) -> String {
    let what = match request.parts.as_slice() {
        [only] => short_line(&only.filters_in_words, 200),
        parts => short_line(&parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join("; "), 200),
    };
    let what = if what.is_empty() { what } else { format!(" ({what})") };
    format!("You get this because you subscribed on {day}{what}.")
}

/// Lets a `mailto` address through that can stand between angle brackets in a header.
fn mailto(address: &str) -> Option<String> {
    let address = address.trim();
    let is_fair = address.starts_with("mailto:")
        && address.len() <= 500
        && address.bytes().all(|b| b.is_ascii_graphic() && !b"<>,\"\\".contains(&b));
    is_fair.then(|| address.to_owned())
}
