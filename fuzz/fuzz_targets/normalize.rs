//! From strings as shown to values: each line of the input fills one field, chosen by its first byte.
#![no_main]

use chrono::Duration;
use jobrounds::model::{Completeness, Engine, RawPlace, RawPosting, RawSalary};
use jobrounds::normalize::{canonical_url, content_fingerprint, normalize, plain_text, safe_html};
use jobrounds_fuzz::{address, board, choice, clock};
use libfuzzer_sys::fuzz_target;

/// Fills one field with one text.
fn fill(raw: &mut RawPosting, field: u8, text: String) {
    if field.is_ascii_digit() && raw.job_location.is_empty() {
        raw.job_location.push(RawPlace::default());
    }
    let place = raw.job_location.last_mut();
    let salary = || RawSalary::default();
    match (field, place) {
        (b'0', _) => raw.job_location.push(RawPlace { text: Some(text), ..RawPlace::default() }),
        (b'1', Some(place)) => place.locality = Some(text),
        (b'2', Some(place)) => place.region = Some(text),
        (b'3', Some(place)) => place.postal_code = Some(text),
        (b'4', Some(place)) => place.country = Some(text),
        (b'5', Some(place)) => place.street = Some(text),
        (b'6', Some(place)) => place.latitude = text.parse().ok(),
        (b'7', Some(place)) => place.longitude = text.parse().ok(),
        (b'a', _) => raw.apply_url = Some(text),
        (b'c', _) => raw.categories.push(text),
        (b'd', _) => raw.date_posted = Some(text),
        (b'e', _) => raw.employment_type.push(text),
        (b'g', _) => raw.department = Some(text),
        (b'h', _) => raw.hiring_paths.push(text),
        (b'i', _) => raw.posting_id = Some(text),
        (b'l', _) => raw.location_summary = Some(text),
        (b'm', _) => raw.work_mode.push(text),
        (b'n', _) => raw.network_id = Some(text),
        (b'o', _) => raw.hiring_organization = Some(text),
        (b'p', _) => raw.base_salary.get_or_insert_with(salary).text = Some(text),
        (b'q', _) => raw.base_salary.get_or_insert_with(salary).min = Some(text),
        (b'r', _) => raw.base_salary.get_or_insert_with(salary).max = Some(text),
        (b's', _) => raw.base_salary.get_or_insert_with(salary).value = Some(text),
        (b'u', _) => raw.base_salary.get_or_insert_with(salary).unit = Some(text),
        (b'y', _) => raw.base_salary.get_or_insert_with(salary).currency = Some(text),
        (b'R', _) => raw.requisition_ids.push(text),
        (b'S', _) => raw.series.push(text),
        (b't', _) => raw.title = Some(text),
        (b'v', _) => raw.valid_through = Some(text),
        (b'w', _) => raw.url = Some(text),
        (b'x', _) => raw.status = Some(text),
        (b'E', _) => raw.education = Some(text),
        (b'X', _) => raw.experience = Some(text),
        _ => {
            let description = raw.description.get_or_insert_default();
            description.push_str(&text);
            description.push('\n');
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = choice(data) else { return };
    let engine = Engine::ALL[usize::from(choice & 7) % Engine::ALL.len()];
    let completeness = [Completeness::ListRow, Completeness::Teaser, Completeness::Full][usize::from(choice >> 3) % 3];
    let mut raw = RawPosting { posting_id: Some("1".to_owned()), completeness, ..RawPosting::default() };
    for line in rest.split(|byte| *byte == b'\n') {
        let Some((field, text)) = line.split_first() else { continue };
        fill(&mut raw, *field, String::from_utf8_lossy(text).into_owned());
    }
    let facts = board(engine).facts(engine);
    let seen_at = clock() + Duration::days(i64::from(choice) * 7);
    if let Some(text) = &raw.description {
        let _ = safe_html(text);
        let plain = plain_text(text);
        assert!(plain.len() <= text.len() * 8 + 64, "{} bytes became {}", text.len(), plain.len());
    }
    if let Some(text) = &raw.url {
        let _ = canonical_url(text, address("/").as_ref());
    }
    let once = normalize(raw.clone(), &facts, seen_at);
    let again = normalize(raw, &facts, seen_at);
    match (once, again) {
        (Ok((once, _)), Ok((again, _))) => {
            assert_eq!(content_fingerprint(&once), content_fingerprint(&again), "the same twice");
        }
        (once, again) => assert_eq!(once.is_ok(), again.is_ok()),
    }
});
