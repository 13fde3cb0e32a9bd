//! Makes of a posting what the judge compares, and the keys under which it meets others.

use chrono::Datelike as _;

use super::employer;
use super::keys::keys_of;
use super::pieces::pieces;
use super::title::{Title, weight};
use super::words::hash_of_word;
use crate::model::{DemandLevel, EmploymentType, PayUnit, Place, Posting, Precision, Sketch, SketchPlace, TitleWord};

/// How many places are compared.
const MOST_PLACES: usize = 12;

/// Words of a place's name that speak of its surroundings.
const AREA: [&str; 8] = ["area", "greater", "metro", "metropolitan", "region", "county", "valley", "bay"];

/// Makes the sketch of a posting, and its keys, ascending.
pub(super) fn sketch(posting: &Posting) -> (Sketch, Vec<i64>) {
    let text = posting.description_text.as_deref().unwrap_or_default();
    let cut = pieces(text);
    let name = posting.hiring_organization.value.clone().unwrap_or_default();
    let places = posting.job_location.value.as_deref().unwrap_or_default();
    let employer_core = employer::core(&name);
    let names = names(places, &employer_core);
    let shown = posting.title.value.clone().unwrap_or_default();
    let title = Title::of(&shown, &names);
    let employer = posting.codes.employer.as_ref();
    let types = posting.employment_type.value.as_deref().unwrap_or_default();
    let pay = pay(posting);
    let sketch = Sketch {
        key: posting.key.clone(),
        network_id: posting.network_id.clone(),
        page: posting.url.value.as_deref().map(hash_of_address),
        apply: apply_address(posting),
        apply_host: posting.apply_url.value.as_deref().map(|url| hash_of_address(host_of(url))),
        words: title
            .words
            .into_iter()
            .map(|text| TitleWord { weight: weight(&text), hash: hash_of_word(&text), text })
            .collect(),
        title: shown,
        ranks: title.ranks,
        grades: title.grades,
        shifts: title.shifts | labeled_shift(text),
        text_shifts: text_shifts(posting),
        agency: employer.is_some_and(|employer| employer.agency) || employer::is_agency(&name, text),
        employer_core,
        employer: name,
        employer_id: employer.map(|employer| employer.id.clone()),
        places: places.iter().take(MOST_PLACES).map(place).collect(),
        names: names.iter().map(|name| hash_of_word(name)).collect(),
        work_mode: posting.work_mode.value,
        pay: pay.map(|(_, most, by_hour)| (most, by_hour)),
        pay_from: pay.and_then(|(least, ..)| least),
        employment: types.iter().copied().map(employment_bit).fold(0, |all, bit| all | bit),
        numbers: numbers(posting),
        credentials: required(posting),
        role: posting.codes.role.value.clone(),
        facts: facts(posting),
        open_to: posting.open_to.value.clone().unwrap_or_default(),
        posted: posting.date_posted.value.map(|date| date.num_days_from_ce()),
        closes: posting.valid_through.value.map(|closing| closing.date.num_days_from_ce()),
        length: cut.words,
        density: cut.density,
        pieces: cut.kept,
    };
    let keys = keys_of(&sketch, &cut.keys);
    (sketch, keys)
}

fn employment_bit(kind: EmploymentType) -> u16 {
    EmploymentType::ALL.iter().position(|known| *known == kind).map_or(0, |at| 1 << at)
}

fn short_hash(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes()).update(b"\0");
    }
    u64::from_le_bytes(hasher.finalize().as_bytes()[..8].try_into().unwrap_or_default())
}

/// Hashes an address without scheme, `www.`, parameters of campaigns and a last slash.
fn hash_of_address(url: &str) -> u64 {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.strip_prefix("www.").unwrap_or(url);
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut kept: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !is_campaign(part)).collect();
    kept.sort_unstable();
    let path = path.trim_end_matches('/').to_ascii_lowercase();
    kept.insert(0, &path);
    short_hash(&kept)
}

/// Tells a parameter that says whence a reader came.
fn is_campaign(part: &str) -> bool {
    const NAMES: [&str; 14] = [
        "gclid", "fbclid", "msclkid", "ref", "referrer", "source", "src", "jobboard", "board", "campaign", "medium",
        "iis", "iisn", "trk",
    ];
    let name = part.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || NAMES.contains(&name.as_str())
}

fn host_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default()
}

/// Gives where one applies, unless that is on the host of the posting's own page: every posting of a
/// board has such an address. A page without a number is a careers site and no opening.
fn apply_address(posting: &Posting) -> Option<u64> {
    let apply = posting.apply_url.value.as_deref()?;
    let bare = apply.split_once("://").map_or(apply, |(_, rest)| rest);
    let path = bare.split_once('/').map_or("", |(_, path)| path);
    let is_own = posting.url.value.as_deref().map(host_of) == Some(host_of(apply));
    let names_an_opening = path.bytes().any(|b| b.is_ascii_digit());
    (names_an_opening && !is_own).then(|| hash_of_address(apply))
}

fn place(place: &Place) -> SketchPlace {
    let parts = [place.locality.as_deref(), place.region.as_deref()];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let name = if name.is_empty() {
        place.postal_code.clone().or_else(|| place.country.clone()).unwrap_or_default()
    } else {
        name
    };
    let lower = name.to_lowercase();
    let is_area = place.precision < Precision::City
        || (place.locality.is_none() && place.postal_code.is_none())
        || lower.split([' ', ',', '/', '-']).any(|word| AREA.contains(&word));
    #[expect(clippy::cast_possible_truncation, reason = "a few metres do not matter")]
    let point = place.latitude.zip(place.longitude).map(|(north, east)| (north as f32, east as f32));
    // The middle of a state or country is nowhere in particular.
    let point = point.filter(|_| place.precision >= Precision::City);
    SketchPlace { name, region: place.region.clone(), point, is_area }
}

/// Gives the words that name the places and the employer.
fn names(places: &[Place], employer_core: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for place in places.iter().take(MOST_PLACES) {
        let locality = place.locality.as_deref().unwrap_or_default().to_lowercase();
        words.extend(locality.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).map(str::to_owned));
        words.extend(place.region.as_deref().map(str::to_lowercase));
    }
    words.extend(employer_core.split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
    words.sort_unstable();
    words.dedup();
    words
}

/// Gives lower and upper bound as stated, and whether by the hour; of other units the year's, derived.
fn pay(posting: &Posting) -> Option<(Option<f32>, f32, bool)> {
    let salary = posting.base_salary.value.as_ref().filter(|salary| salary.implausible.is_none())?;
    let (least, most, by_hour) = match salary.unit {
        Some(PayUnit::Hour) => (salary.min, salary.max.or(salary.min)?, true),
        Some(PayUnit::Year) => (salary.min, salary.max.or(salary.min)?, false),
        _ => (salary.annual_min, salary.annual_max.or(salary.annual_min)?, false),
    };
    #[expect(clippy::cast_possible_truncation, reason = "cents do not matter")]
    Some((least.map(|least| least as f32), most as f32, by_hour))
}

/// Folds numbers so that `R-10233`, `JR10233` and `Req #10233` are one.
fn numbers(posting: &Posting) -> Vec<String> {
    let folded = posting.requisition_ids.iter().map(|id| folded_number(id));
    let mut numbers: Vec<String> = folded.filter(|id| id.len() >= 3).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Drops a prefix that only says that a number follows, punctuation, and leading zeros of what is left.
fn folded_number(id: &str) -> String {
    const PREFIXES: [&str; 13] = ["", "R", "JR", "REQ", "RQ", "J", "ID", "JOB", "REF", "P", "PR", "HR", "NO"];
    let upper = id.trim().to_ascii_uppercase();
    let rest = upper.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let prefix = upper.get(..upper.len() - rest.len()).unwrap_or_default();
    let rest = rest.trim_start_matches(['-', '_', '#', ' ']);
    let is_plain = PREFIXES.contains(&prefix) && rest.bytes().filter(u8::is_ascii_digit).count() >= 4;
    let kept: String = if is_plain { rest } else { &upper }.chars().filter(char::is_ascii_alphanumeric).collect();
    let short = kept.trim_start_matches('0');
    if is_plain && short.len() >= 4 { short.to_owned() } else { kept }
}

fn required(posting: &Posting) -> Vec<String> {
    let demands = posting.codes.credentials.iter().filter(|demand| demand.level == DemandLevel::Required);
    let mut ids: Vec<String> = demands.map(|demand| demand.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What a posting is coded with beside its role: two texts of one vacancy agree in it however they are
/// worded.
fn facts(posting: &Posting) -> Vec<u32> {
    let codes = &posting.codes;
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let hash = |kind: &str, id: &str| short_hash(&[kind, id]) as u32;
    let mut facts: Vec<u32> = codes.specialties.iter().map(|code| hash("specialty", &code.id)).collect();
    facts.extend(codes.software.iter().map(|code| hash("software", &code.id)));
    facts.extend(codes.coding_systems.iter().map(|code| hash("system", &code.id)));
    facts.extend(codes.credentials.iter().map(|demand| hash("credential", &demand.id)));
    facts.extend(codes.benefits.iter().map(|code| hash("benefit", &code.id)));
    facts.extend(codes.experience_years.value.map(|years| hash("years", &years.to_string())));
    facts.extend(codes.hours_per_week.value.map(|hours| hash("hours", &hours.to_string())));
    facts.sort_unstable();
    facts.dedup();
    facts
}

/// Finds `Shift: Evening` as boards print it as a field of its own.
fn labeled_shift(text: &str) -> u8 {
    let mut bits = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), "hift:").take(3) {
        let line = text.get(at + "hift:".len()..).unwrap_or_default().lines().next().unwrap_or_default();
        let line = line.get(..line.floor_char_boundary(40)).unwrap_or_default();
        bits |= Title::of(line, &[]).shifts;
    }
    bits
}

fn text_shifts(posting: &Posting) -> u8 {
    let shifts = posting.codes.shift.value.iter().flatten();
    shifts.map(|shift| Title::of(shift, &[]).shifts).fold(0, |all, bits| all | bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_many_spellings_is_one() {
        for id in ["R-10233", "JR10233", "10233", "Req #10233", "JR0010233"] {
            assert_eq!(folded_number(id.trim_start_matches("Req #")), "10233", "{id}");
        }
        assert_eq!(folded_number("CBSU-12896159-26-BAW"), "CBSU1289615926BAW");
        assert_ne!(folded_number("2026-4471"), folded_number("2026-4472"));
    }

    #[test]
    fn an_address_is_the_same_however_readers_came() {
        let plain = hash_of_address("https://ats.example/job/7?id=4");
        assert_eq!(plain, hash_of_address("http://www.ats.example/job/7/?utm_source=aapc&id=4&ref=x"));
        assert_ne!(plain, hash_of_address("https://ats.example/job/7?id=5"));
    }
}
