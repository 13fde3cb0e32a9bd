//! Brings a place's spelling to city and state: takes off streets, buildings, counties, `Greater … area`
//! and words about residents; parts lists of cities and of states.

use super::regions::state_code;

/// Words before a city's name that are not of it.
const BEFORE_CITY: [&str; 9] =
    ["greater ", "metropolitan ", "metro ", "downtown ", "near ", "suburban ", "city of ", "town of ", "village of "];
/// Words behind it, the longer first.
const BEHIND_CITY: [&str; 11] = [
    " and surrounding areas",
    " & surrounding areas",
    " and surrounding area",
    " metropolitan area",
    " metro area",
    " metroplex",
    " vicinity",
    " region",
    " market",
    " metro",
    " area",
];
/// Names of regions that are no city, with or without a state.
const NICKNAMES: [&str; 22] = [
    "bay",
    "bay area",
    "sf bay area",
    "san francisco bay",
    "twin cities",
    "tri-cities",
    "tri-state",
    "tristate",
    "quad cities",
    "dfw",
    "dmv",
    "inland empire",
    "research triangle",
    "silicon valley",
    "central valley",
    "lehigh valley",
    "capital",
    "capital district",
    "gulf coast",
    "east coast",
    "west coast",
    "hampton roads",
];
/// Words before a state that name a part of it.
const PARTS_OF_STATE: [&str; 17] = [
    "north",
    "northern",
    "northeast",
    "northeastern",
    "northwest",
    "northwestern",
    "south",
    "southern",
    "southeast",
    "southeastern",
    "southwest",
    "southwestern",
    "central",
    "eastern",
    "western",
    "upstate",
    "statewide",
];
/// Words of buildings and departments.
const BUILDINGS: [&str; 18] = [
    "hospital",
    "clinic",
    "campus",
    "building",
    "bldg",
    "suite",
    "ste",
    "floor",
    "tower",
    "center",
    "centre",
    "office",
    "offices",
    "health",
    "healthcare",
    "plaza",
    "headquarters",
    "department",
];
/// Words about who may live there: `Ohio residents only`.
const BEFORE_RESIDENCE: [&str; 9] = [
    "must reside in ",
    "must live in ",
    "must be in ",
    "residents of ",
    "candidates in ",
    "located in ",
    "based in ",
    "state of ",
    "the state of ",
];
const BEHIND_RESIDENCE: [&str; 6] =
    [" residents only", " residents", " only", " based", " preferred", " candidates only"];

/// What a city's words come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum City {
    /// A city's name.
    Named(String),
    /// A part of this state, by its code.
    PartOf(&'static str),
    /// A region's nickname: no city.
    Nickname,
}

/// Reads a city's words, given whether its state is known.
pub(super) fn city_of(words: &str, has_state: bool) -> City {
    let mut name = words.trim().trim_matches(['-', ',', '.']).trim();
    let mut taken = false;
    for prefix in BEFORE_CITY {
        if let Some(rest) = strip_start(name, prefix) {
            (name, taken) = (rest.trim(), true);
        }
    }
    for suffix in BEHIND_CITY {
        if let Some(rest) = strip_end(name, suffix) {
            (name, taken) = (rest.trim(), true);
        }
    }
    if let Some((part, state)) = name.split_once(' ')
        && PARTS_OF_STATE.iter().any(|known| part.eq_ignore_ascii_case(known))
        && let Some(code) = state_code(state).filter(|_| !has_state)
    {
        return City::PartOf(code);
    }
    // Without its state, `Greater Cincinnati` names no city.
    let nameless = NICKNAMES.iter().any(|known| name.eq_ignore_ascii_case(known));
    if nameless || (taken && !has_state) {
        return City::Nickname;
    }
    City::Named(in_full(name))
}

/// Writes `Ft. Wayne` and `Mt. Vernon` in full, as their post offices do.
fn in_full(name: &str) -> String {
    for (short, full) in [("Ft. ", "Fort "), ("Ft ", "Fort "), ("Mt. ", "Mount "), ("Mt ", "Mount ")] {
        if let Some(rest) = strip_start(name, short) {
            return format!("{full}{rest}");
        }
    }
    name.to_owned()
}

fn strip_start<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten().filter(|rest| !rest.trim().is_empty())
}

fn strip_end<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let tail = text.get(at..)?;
    tail.eq_ignore_ascii_case(suffix).then(|| text.get(..at)).flatten().filter(|rest| !rest.trim().is_empty())
}

/// Takes words about residents off, and what stands in parentheses, a state there put behind a comma.
pub(super) fn without_asides(part: &str) -> String {
    let mut text = part.trim().to_owned();
    while let (Some(open), Some(close)) = (text.find('('), text.find(')')) {
        if close < open {
            break;
        }
        let inside = text.get(open + 1..close).unwrap_or_default().trim().to_owned();
        let before = text.get(..open).unwrap_or_default().trim().to_owned();
        let behind = text.get(close + 1..).unwrap_or_default().trim().to_owned();
        let kept = if state_code(&inside).is_some() { format!(", {inside}") } else { String::new() };
        text = format!("{before}{kept} {behind}");
    }
    for prefix in BEFORE_RESIDENCE {
        if let Some(rest) = strip_start(&text, prefix) {
            text = rest.to_owned();
        }
    }
    for suffix in BEHIND_RESIDENCE {
        if let Some(rest) = strip_end(&text, suffix) {
            text = rest.to_owned();
        }
    }
    // `Columbus, OH area`.
    for suffix in BEHIND_CITY {
        if let Some(rest) = strip_end(&text, suffix)
            && rest.rsplit_once(',').is_some_and(|(_, state)| state_code(state).is_some())
        {
            text = rest.to_owned();
        }
    }
    text.trim_matches(['(', ')', ' ']).to_owned()
}

/// Takes off what stands behind a state and a dash: `Columbus, OH - Riverside Hospital`; and a building
/// before one: `Riverside Hospital - Columbus, OH`.
pub(super) fn without_dashed(part: &str) -> &str {
    let Some((before, behind)) = part.split_once(" - ") else { return part };
    let state = before.rsplit(',').next().unwrap_or_default().trim().trim_end_matches(|c: char| c.is_ascii_digit());
    if before.contains(',') && state_code(state.trim()).is_some() {
        before
    } else if is_building(before) && !is_building(behind) {
        behind
    } else {
        part
    }
}

fn is_building(part: &str) -> bool {
    part.split(|c: char| !c.is_alphanumeric())
        .any(|word| BUILDINGS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// Leaves of the parts before the state those that can be the city: no street, no building, no county
/// beside a city.
pub(super) fn keep_city(parts: &mut Vec<&str>) {
    if parts.len() < 2 {
        return;
    }
    let other = |part: &&str| {
        let street = part.starts_with(|c: char| c.is_ascii_digit());
        let county = part.len() > 7 && strip_end(part, " county").is_some();
        street || county || is_building(part)
    };
    if parts.iter().any(|part| !other(part)) {
        parts.retain(|part| !other(part));
    }
}

/// Separates a text into the places it lists.
pub(super) fn separate(text: &str) -> Vec<&str> {
    let mut parts = vec![text];
    for mark in [";", "|", "\u{2022}", " / ", " and/or ", " or ", " & ", " and "] {
        parts = parts.into_iter().flat_map(|part| part.split(mark)).collect();
    }
    parts = parts.into_iter().flat_map(slashed).collect();
    parts.into_iter().flat_map(listed).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Parts `Akron/Canton, OH` and `Phoenix, AZ/Tucson, AZ`; `N/A` and the like stay whole.
fn slashed(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split('/').collect();
    let names = pieces.iter().all(|piece| piece.trim().len() > 1 && piece.trim().starts_with(char::is_alphabetic));
    if pieces.len() > 1 && names { pieces } else { vec![part] }
}

/// Parts lists by commas: of states (`OH, KY, IN`) and of cities with their states
/// (`Columbus, OH, Dayton, OH`).
fn listed(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split(',').map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let is_code = |piece: &&str| piece.len() == 2 && piece.bytes().all(|b| b.is_ascii_uppercase());
    let states = pieces.iter().all(|piece| state_code(piece).is_some());
    // `Ohio, Kentucky, Indiana` lists states; `New York, New York` and `Delaware, Ohio` do not.
    if states && (pieces.len() >= 3 || (pieces.len() == 2 && pieces.iter().all(is_code))) {
        return pieces;
    }
    let pairs =
        pieces.chunks(2).all(|pair| matches!(pair, [city, state] if state_code(state).is_some() && !is_code(city)));
    if pieces.len() < 4 || !pairs {
        return vec![part];
    }
    let mut places = Vec::with_capacity(pieces.len() / 2);
    let mut start = 0;
    for (at, _) in part.match_indices(',').skip(1).step_by(2) {
        places.push(part.get(start..at).unwrap_or_default());
        start = at + 1;
    }
    places.push(part.get(start..).unwrap_or_default());
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn areas_are_their_city_only_with_a_state() {
        assert_eq!(city_of("Greater Boston area", true), City::Named("Boston".into()));
        assert_eq!(city_of("Columbus Metro", true), City::Named("Columbus".into()));
        assert_eq!(city_of("Ft. Wayne", true), City::Named("Fort Wayne".into()));
        assert_eq!(city_of("Greater Cincinnati", false), City::Nickname);
        assert_eq!(city_of("Bay Area", true), City::Nickname);
        assert_eq!(city_of("Northeast Ohio", false), City::PartOf("OH"));
        assert_eq!(city_of("St. Louis", true), City::Named("St. Louis".into()));
    }

    #[test]
    fn lists_are_parted_and_names_are_not() {
        assert_eq!(separate("Columbus, OH, Dayton, OH"), ["Columbus, OH", "Dayton, OH"]);
        assert_eq!(separate("OH, KY"), ["OH", "KY"]);
        assert_eq!(separate("Delaware, Ohio"), ["Delaware, Ohio"]);
        assert_eq!(separate("New York, New York, United States"), ["New York, New York, United States"]);
        assert_eq!(separate("Akron/Canton, OH"), ["Akron", "Canton, OH"]);
        assert_eq!(separate("N/A"), ["N/A"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,60}|(\\(|\\)|Greater | area|OH|, | - |/|é){0,12}") {
            let _ = (city_of(&text, false), without_asides(&text), without_dashed(&text), separate(&text));
        }
    }
}
