//! The words that names of employers are spelled with: abbreviations, legal forms, states, and words
//! of a name that say nothing about whose it is. They are code, not vocabulary, because most count
//! only beside certain other words.

/// Legal forms that are never part of a name, wherever they stand.
const LEGAL: [&str; 8] = ["inc", "incorporated", "llc", "lllp", "llp", "pllc", "ltd", "gmbh"];
/// Legal forms that count only at the end, for they are also words and states.
const LEGAL_AT_END: [&str; 10] = ["corp", "corporation", "co", "company", "limited", "lp", "pc", "pa", "plc", "pbc"];
/// Words that make a part one that says only how or whence one works.
const NOISE: [&str; 22] = [
    "remote",
    "remotely",
    "hybrid",
    "onsite",
    "site",
    "virtual",
    "nationwide",
    "us",
    "usa",
    "united",
    "states",
    "telecommute",
    "telework",
    "wfh",
    "work",
    "multiple",
    "various",
    "corporate",
    "headquarters",
    "careers",
    "jobs",
    "the",
];
/// Words that may stand beside them.
const NOISE_BESIDE: [&str; 7] = ["on", "from", "home", "locations", "location", "based", "fully"];

/// States by their postal codes. The District is written `dc` either way.
const STATES: [(&str, &str); 51] = [
    ("al", "alabama"),
    ("ak", "alaska"),
    ("az", "arizona"),
    ("ar", "arkansas"),
    ("ca", "california"),
    ("co", "colorado"),
    ("ct", "connecticut"),
    ("de", "delaware"),
    ("fl", "florida"),
    ("ga", "georgia"),
    ("hi", "hawaii"),
    ("id", "idaho"),
    ("il", "illinois"),
    ("in", "indiana"),
    ("ia", "iowa"),
    ("ks", "kansas"),
    ("ky", "kentucky"),
    ("la", "louisiana"),
    ("me", "maine"),
    ("md", "maryland"),
    ("ma", "massachusetts"),
    ("mi", "michigan"),
    ("mn", "minnesota"),
    ("ms", "mississippi"),
    ("mo", "missouri"),
    ("mt", "montana"),
    ("ne", "nebraska"),
    ("nv", "nevada"),
    ("nh", "new hampshire"),
    ("nj", "new jersey"),
    ("nm", "new mexico"),
    ("ny", "new york"),
    ("nc", "north carolina"),
    ("nd", "north dakota"),
    ("oh", "ohio"),
    ("ok", "oklahoma"),
    ("or", "oregon"),
    ("pa", "pennsylvania"),
    ("ri", "rhode island"),
    ("sc", "south carolina"),
    ("sd", "south dakota"),
    ("tn", "tennessee"),
    ("tx", "texas"),
    ("ut", "utah"),
    ("vt", "vermont"),
    ("va", "virginia"),
    ("wa", "washington"),
    ("wv", "west virginia"),
    ("wi", "wisconsin"),
    ("wy", "wyoming"),
    ("pr", "puerto rico"),
];

/// Tells whether a word is a legal form wherever it stands.
pub(super) fn is_legal(word: &str) -> bool {
    LEGAL.contains(&word)
}

/// Tells whether a word is a legal form at the end of a name.
pub(super) fn is_legal_at_end(word: &str) -> bool {
    is_legal(word) || LEGAL_AT_END.contains(&word)
}

/// Tells whether a part of a name says only how or whence one works.
pub(super) fn is_noise<'a>(mut part: impl Iterator<Item = &'a str> + Clone) -> bool {
    part.clone().any(|word| NOISE.contains(&word))
        && part.all(|word| NOISE.contains(&word) || NOISE_BESIDE.contains(&word))
}

/// Gives the name of a state by its postal code in lower case.
pub(super) fn state(code: &str) -> Option<&'static str> {
    STATES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

/// Writes an abbreviation out. `next` is the word behind it, written out already; none is known of
/// an abbreviation that can be something else, except beside words that settle it.
pub(super) fn written_out(word: &str, next: &str) -> Option<&'static str> {
    always(word).or_else(|| beside(word, next))
}

fn always(word: &str) -> Option<&'static str> {
    Some(match word {
        "ste" => "sainte",
        "sts" => "saints",
        "univ" | "unv" => "university",
        "ctrs" | "centres" => "centers",
        "ctr" | "cntr" | "centre" => "center",
        "hosp" => "hospital",
        "hosps" => "hospitals",
        "hlth" | "hlt" => "health",
        "hlthcare" => "healthcare",
        "sys" | "syst" => "system",
        "regl" | "rgnl" | "regnl" => "regional",
        "meml" => "memorial",
        "dept" => "department",
        "div" => "division",
        // One abbreviation for two words, so the words are one.
        "assoc" | "assocs" | "assn" | "assns" | "association" | "associates" => "assoc",
        "svc" | "srvc" => "service",
        "svcs" | "srvcs" | "servs" => "services",
        "grp" => "group",
        "natl" => "national",
        "intl" => "international",
        "cmty" | "cmmty" | "commty" => "community",
        "cnty" => "county",
        "mgmt" | "mgt" => "management",
        "govt" => "government",
        "rehab" => "rehabilitation",
        "behavioural" | "behav" => "behavioral",
        "paediatric" => "pediatric",
        "paediatrics" => "pediatrics",
        "orthopaedic" => "orthopedic",
        "orthopaedics" => "orthopedics",
        "soln" | "solns" => "solutions",
        _ => return None,
    })
}

fn beside(word: &str, next: &str) -> Option<&'static str> {
    let of_care = matches!(
        next,
        "hospital" | "hospitals" | "health" | "healthcare" | "medical" | "memorial" | "regional" | "general"
    );
    let of_trade = matches!(next, "service" | "services" | "solutions" | "group" | "partners" | "training");
    Some(match word {
        // At the end of a name these are street, feet, Montana, and a word cut off.
        "st" if !next.is_empty() => "saint",
        "ft" if !next.is_empty() => "fort",
        // Beside such words these letters are medical transcription.
        "mt" if !next.is_empty() && !of_trade => "mount",
        "med" if !next.is_empty() => "medical",
        "mem" if of_care => "memorial",
        "reg" if of_care => "regional",
        "gen" if of_care => "general",
        "comm" if of_care => "community",
        "co" if of_care => "county",
        "u" if next == "of" => "university",
        "n" if matches!(next, "carolina" | "dakota") => "north",
        "s" if matches!(next, "carolina" | "dakota") => "south",
        "w" if next == "virginia" => "west",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_written_out_where_they_can_be_nothing_else() {
        assert_eq!(written_out("st", "louis"), Some("saint"));
        assert_eq!(written_out("st", ""), None);
        assert_eq!(written_out("mt", "services"), None);
        assert_eq!(written_out("co", "hospital"), Some("county"));
        assert_eq!(written_out("co", "toledo"), None);
        assert_eq!(written_out("ctrs", ""), Some("centers"));
        assert_eq!(state("nc"), Some("north carolina"));
    }
}
