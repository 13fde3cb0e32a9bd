//! Keys under which postings that might be one job meet, and the folded texts behind them.

use crate::model::{Posting, WorkMode};

/// Words that name a legal form or nothing at all; they do not tell employers apart.
const EMPLOYER_NOISE: [&str; 12] =
    ["inc", "incorporated", "llc", "llp", "ltd", "corp", "corporation", "co", "company", "the", "pllc", "pc"];

/// Folds a text to lower-case words joined by one blank: `Coder, Sr.` and `coder sr` agree.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '\'' | '’' => {}
            '&' => {
                pad(&mut out);
                out.push_str("and ");
            }
            c if c.is_alphanumeric() => out.push(c),
            _ => pad(&mut out),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn pad(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Folds an employer's name: legal forms dropped, `St` and `Saint` written alike.
pub(super) fn employer_core(name: &str) -> String {
    let folded = folded(name);
    let words = folded.split(' ').filter(|word| !EMPLOYER_NOISE.contains(word));
    words.map(|word| if word == "st" { "saint" } else { word }).collect::<Vec<_>>().join(" ")
}

/// Names where the work is: `oh columbus`, or `remote`; `None` when unknown or many.
pub(super) fn place_core(posting: &Posting) -> Option<String> {
    if posting.work_mode.value == Some(WorkMode::Remote) {
        return Some("remote".to_owned());
    }
    let places = posting.job_location.value.as_deref()?;
    let mut cores: Vec<String> = places
        .iter()
        .filter_map(|place| {
            let locality = folded(place.locality.as_deref()?);
            Some(format!("{} {locality}", place.region.as_deref().unwrap_or_default().to_lowercase()))
        })
        .collect();
    cores.sort_unstable();
    cores.dedup();
    // A standing register of dozens of places agrees only with the same register.
    (!cores.is_empty()).then(|| cores.join("|"))
}

/// Makes a key of 62 bits, salted by its kind so that kinds never meet.
fn key(kind: &str, parts: &[&str]) -> i64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.as_bytes());
    for part in parts {
        hasher.update(b"\0");
        hasher.update(part.as_bytes());
    }
    let bytes: [u8; 8] = hasher.finalize().as_bytes()[..8].try_into().unwrap_or_default();
    i64::from_le_bytes(bytes) & 0x3fff_ffff_ffff_ffff
}

/// Gives the keys of a posting: network id, addresses, and title with employer and place.
pub(super) fn keys(posting: &Posting) -> Vec<i64> {
    let mut keys = Vec::with_capacity(4);
    keys.extend(posting.network_id.as_deref().map(|id| key("network", &[id])));
    keys.extend(posting.url.value.as_deref().map(|url| key("url", &[url])));
    keys.extend(posting.apply_url.value.as_deref().map(|url| key("url", &[url])));
    let title = posting.title.value.as_deref().map(folded);
    let employer = posting.hiring_organization.value.as_deref().map(employer_core);
    if let (Some(title), Some(employer), Some(place)) = (title, employer, place_core(posting)) {
        keys.push(key("title", &[&title, &employer, &place]));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_folds_and_substance_stays() {
        assert_eq!(folded("Sr. Coder – Inpatient & ED"), "sr coder inpatient and ed");
        assert_eq!(employer_core("St. Luke's Health, Inc."), employer_core("Saint Lukes Health"));
        assert_ne!(employer_core("Mercy Health"), employer_core("Mercy Hospital"));
    }
}
