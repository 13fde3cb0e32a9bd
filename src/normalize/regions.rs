//! Names and codes of US states, Canadian provinces and countries.
//!
//! States in USPS codes with the territories and the military "states" (AA, AE, AP); countries in
//! ISO 3166-1. The list of countries holds those that American postings name, not all of them:
//! an unknown country stays unknown, its words are kept.

/// US states and territories in lower case, with their USPS codes.
const STATES: [(&str, &str); 64] = [
    ("alabama", "AL"),
    ("alaska", "AK"),
    ("arizona", "AZ"),
    ("arkansas", "AR"),
    ("california", "CA"),
    ("colorado", "CO"),
    ("connecticut", "CT"),
    ("delaware", "DE"),
    ("district of columbia", "DC"),
    ("dist. columbia", "DC"),
    ("dist. of columbia", "DC"),
    ("d.c.", "DC"),
    ("florida", "FL"),
    ("georgia", "GA"),
    ("hawaii", "HI"),
    ("idaho", "ID"),
    ("illinois", "IL"),
    ("indiana", "IN"),
    ("iowa", "IA"),
    ("kansas", "KS"),
    ("kentucky", "KY"),
    ("louisiana", "LA"),
    ("maine", "ME"),
    ("maryland", "MD"),
    ("massachusetts", "MA"),
    ("michigan", "MI"),
    ("minnesota", "MN"),
    ("mississippi", "MS"),
    ("missouri", "MO"),
    ("montana", "MT"),
    ("nebraska", "NE"),
    ("nevada", "NV"),
    ("new hampshire", "NH"),
    ("new jersey", "NJ"),
    ("new mexico", "NM"),
    ("new york", "NY"),
    ("north carolina", "NC"),
    ("north dakota", "ND"),
    ("ohio", "OH"),
    ("oklahoma", "OK"),
    ("oregon", "OR"),
    ("pennsylvania", "PA"),
    ("rhode island", "RI"),
    ("south carolina", "SC"),
    ("south dakota", "SD"),
    ("tennessee", "TN"),
    ("texas", "TX"),
    ("utah", "UT"),
    ("vermont", "VT"),
    ("virginia", "VA"),
    ("washington", "WA"),
    ("west virginia", "WV"),
    ("wisconsin", "WI"),
    ("wyoming", "WY"),
    ("american samoa", "AS"),
    ("guam", "GU"),
    ("northern mariana islands", "MP"),
    ("puerto rico", "PR"),
    ("virgin islands", "VI"),
    ("u.s. virgin islands", "VI"),
    ("us virgin islands", "VI"),
    ("armed forces americas", "AA"),
    ("armed forces europe", "AE"),
    ("armed forces pacific", "AP"),
];

/// The usual abbreviations of states in lower case, with their dots, with their USPS codes.
const STATE_ABBREVIATIONS: [(&str, &str); 44] = [
    ("ala.", "AL"),
    ("ariz.", "AZ"),
    ("ark.", "AR"),
    ("calif.", "CA"),
    ("colo.", "CO"),
    ("conn.", "CT"),
    ("del.", "DE"),
    ("fla.", "FL"),
    ("ga.", "GA"),
    ("ill.", "IL"),
    ("ind.", "IN"),
    ("kan.", "KS"),
    ("ky.", "KY"),
    ("la.", "LA"),
    ("mass.", "MA"),
    ("md.", "MD"),
    ("mich.", "MI"),
    ("minn.", "MN"),
    ("miss.", "MS"),
    ("mo.", "MO"),
    ("mont.", "MT"),
    ("n.c.", "NC"),
    ("n.d.", "ND"),
    ("n.h.", "NH"),
    ("n.j.", "NJ"),
    ("n.m.", "NM"),
    ("n.y.", "NY"),
    ("neb.", "NE"),
    ("nev.", "NV"),
    ("okla.", "OK"),
    ("ore.", "OR"),
    ("pa.", "PA"),
    ("r.i.", "RI"),
    ("s.c.", "SC"),
    ("s.d.", "SD"),
    ("tenn.", "TN"),
    ("tex.", "TX"),
    ("va.", "VA"),
    ("vt.", "VT"),
    ("w.va.", "WV"),
    ("w. va.", "WV"),
    ("wash.", "WA"),
    ("wis.", "WI"),
    ("wyo.", "WY"),
];

/// Canadian provinces and territories in lower case, with their codes.
const PROVINCES: [(&str, &str); 14] = [
    ("alberta", "AB"),
    ("british columbia", "BC"),
    ("manitoba", "MB"),
    ("new brunswick", "NB"),
    ("newfoundland and labrador", "NL"),
    ("nova scotia", "NS"),
    ("northwest territories", "NT"),
    ("nunavut", "NU"),
    ("ontario", "ON"),
    ("prince edward island", "PE"),
    ("quebec", "QC"),
    ("québec", "QC"),
    ("saskatchewan", "SK"),
    ("yukon", "YT"),
];

/// Countries in lower case, with their two-letter and three-letter codes.
const COUNTRIES: [(&str, &str, &str); 158] = [
    ("afghanistan", "AF", "AFG"),
    ("albania", "AL", "ALB"),
    ("algeria", "DZ", "DZA"),
    ("argentina", "AR", "ARG"),
    ("armenia", "AM", "ARM"),
    ("australia", "AU", "AUS"),
    ("austria", "AT", "AUT"),
    ("azerbaijan", "AZ", "AZE"),
    ("bahamas", "BS", "BHS"),
    ("bahrain", "BH", "BHR"),
    ("bangladesh", "BD", "BGD"),
    ("barbados", "BB", "BRB"),
    ("belarus", "BY", "BLR"),
    ("belgium", "BE", "BEL"),
    ("belize", "BZ", "BLZ"),
    ("bermuda", "BM", "BMU"),
    ("bolivia", "BO", "BOL"),
    ("bosnia and herzegovina", "BA", "BIH"),
    ("botswana", "BW", "BWA"),
    ("brazil", "BR", "BRA"),
    ("bulgaria", "BG", "BGR"),
    ("burma", "MM", "MMR"),
    ("cambodia", "KH", "KHM"),
    ("cameroon", "CM", "CMR"),
    ("canada", "CA", "CAN"),
    ("chile", "CL", "CHL"),
    ("china", "CN", "CHN"),
    ("colombia", "CO", "COL"),
    ("costa rica", "CR", "CRI"),
    ("croatia", "HR", "HRV"),
    ("cuba", "CU", "CUB"),
    ("cyprus", "CY", "CYP"),
    ("czech republic", "CZ", "CZE"),
    ("czechia", "CZ", "CZE"),
    ("denmark", "DK", "DNK"),
    ("djibouti", "DJ", "DJI"),
    ("dominican republic", "DO", "DOM"),
    ("ecuador", "EC", "ECU"),
    ("egypt", "EG", "EGY"),
    ("el salvador", "SV", "SLV"),
    ("england", "GB", "GBR"),
    ("estonia", "EE", "EST"),
    ("ethiopia", "ET", "ETH"),
    ("fiji", "FJ", "FJI"),
    ("finland", "FI", "FIN"),
    ("france", "FR", "FRA"),
    ("germany", "DE", "DEU"),
    ("ghana", "GH", "GHA"),
    ("great britain", "GB", "GBR"),
    ("greece", "GR", "GRC"),
    ("greenland", "GL", "GRL"),
    ("guatemala", "GT", "GTM"),
    ("guyana", "GY", "GUY"),
    ("haiti", "HT", "HTI"),
    ("honduras", "HN", "HND"),
    ("hong kong", "HK", "HKG"),
    ("hungary", "HU", "HUN"),
    ("iceland", "IS", "ISL"),
    ("india", "IN", "IND"),
    ("indonesia", "ID", "IDN"),
    ("iraq", "IQ", "IRQ"),
    ("ireland", "IE", "IRL"),
    ("israel", "IL", "ISR"),
    ("italy", "IT", "ITA"),
    ("jamaica", "JM", "JAM"),
    ("japan", "JP", "JPN"),
    ("jordan", "JO", "JOR"),
    ("kazakhstan", "KZ", "KAZ"),
    ("kenya", "KE", "KEN"),
    ("korea", "KR", "KOR"),
    ("south korea", "KR", "KOR"),
    ("republic of korea", "KR", "KOR"),
    ("kosovo", "XK", "XKX"),
    ("kuwait", "KW", "KWT"),
    ("kyrgyzstan", "KG", "KGZ"),
    ("laos", "LA", "LAO"),
    ("latvia", "LV", "LVA"),
    ("lebanon", "LB", "LBN"),
    ("liberia", "LR", "LBR"),
    ("lithuania", "LT", "LTU"),
    ("luxembourg", "LU", "LUX"),
    ("macau", "MO", "MAC"),
    ("malawi", "MW", "MWI"),
    ("malaysia", "MY", "MYS"),
    ("mali", "ML", "MLI"),
    ("malta", "MT", "MLT"),
    ("marshall islands", "MH", "MHL"),
    ("mauritius", "MU", "MUS"),
    ("mexico", "MX", "MEX"),
    ("micronesia", "FM", "FSM"),
    ("moldova", "MD", "MDA"),
    ("mongolia", "MN", "MNG"),
    ("montenegro", "ME", "MNE"),
    ("morocco", "MA", "MAR"),
    ("mozambique", "MZ", "MOZ"),
    ("namibia", "NA", "NAM"),
    ("nepal", "NP", "NPL"),
    ("netherlands", "NL", "NLD"),
    ("the netherlands", "NL", "NLD"),
    ("new zealand", "NZ", "NZL"),
    ("nicaragua", "NI", "NIC"),
    ("niger", "NE", "NER"),
    ("nigeria", "NG", "NGA"),
    ("north macedonia", "MK", "MKD"),
    ("norway", "NO", "NOR"),
    ("oman", "OM", "OMN"),
    ("pakistan", "PK", "PAK"),
    ("palau", "PW", "PLW"),
    ("panama", "PA", "PAN"),
    ("papua new guinea", "PG", "PNG"),
    ("paraguay", "PY", "PRY"),
    ("peru", "PE", "PER"),
    ("philippines", "PH", "PHL"),
    ("poland", "PL", "POL"),
    ("portugal", "PT", "PRT"),
    ("qatar", "QA", "QAT"),
    ("romania", "RO", "ROU"),
    ("russia", "RU", "RUS"),
    ("rwanda", "RW", "RWA"),
    ("saudi arabia", "SA", "SAU"),
    ("scotland", "GB", "GBR"),
    ("senegal", "SN", "SEN"),
    ("serbia", "RS", "SRB"),
    ("singapore", "SG", "SGP"),
    ("slovakia", "SK", "SVK"),
    ("slovenia", "SI", "SVN"),
    ("somalia", "SO", "SOM"),
    ("south africa", "ZA", "ZAF"),
    ("spain", "ES", "ESP"),
    ("sri lanka", "LK", "LKA"),
    ("sudan", "SD", "SDN"),
    ("suriname", "SR", "SUR"),
    ("sweden", "SE", "SWE"),
    ("switzerland", "CH", "CHE"),
    ("taiwan", "TW", "TWN"),
    ("tajikistan", "TJ", "TJK"),
    ("tanzania", "TZ", "TZA"),
    ("thailand", "TH", "THA"),
    ("trinidad and tobago", "TT", "TTO"),
    ("tunisia", "TN", "TUN"),
    ("turkey", "TR", "TUR"),
    ("türkiye", "TR", "TUR"),
    ("turkmenistan", "TM", "TKM"),
    ("uganda", "UG", "UGA"),
    ("ukraine", "UA", "UKR"),
    ("united arab emirates", "AE", "ARE"),
    ("united kingdom", "GB", "GBR"),
    ("uruguay", "UY", "URY"),
    ("uzbekistan", "UZ", "UZB"),
    ("venezuela", "VE", "VEN"),
    ("vietnam", "VN", "VNM"),
    ("wales", "GB", "GBR"),
    ("northern ireland", "GB", "GBR"),
    ("yemen", "YE", "YEM"),
    ("zambia", "ZM", "ZMB"),
    ("zimbabwe", "ZW", "ZWE"),
    ("united states", "US", "USA"),
    ("united states of america", "US", "USA"),
];

/// Gives the USPS code of a state by its name or code, in any case.
pub(super) fn state_code(text: &str) -> Option<&'static str> {
    code_in(&STATES, text).or_else(|| text.trim().ends_with('.').then(|| code_in(&STATE_ABBREVIATIONS, text)).flatten())
}

/// Gives the code of a Canadian province by its name or code, in any case.
pub(super) fn province_code(text: &str) -> Option<&'static str> {
    code_in(&PROVINCES, text)
}

/// Gives the two-letter code of a country by its name, its three-letter code or a usual spelling.
pub(super) fn country_by_name(text: &str) -> Option<&'static str> {
    let text = text.trim().trim_end_matches('.');
    for (usual, code) in [
        ("united states", "US"),
        ("us", "US"),
        ("u.s", "US"),
        ("u.s.a", "US"),
        ("the united states", "US"),
        ("uk", "GB"),
        ("u.k", "GB"),
    ] {
        if text.eq_ignore_ascii_case(usual) {
            return Some(code);
        }
    }
    let lower = text.to_lowercase();
    COUNTRIES.iter().find(|(name, _, long)| *name == lower || long.eq_ignore_ascii_case(text)).map(|(_, code, _)| *code)
}

/// Gives the two-letter code of a country where the text can be nothing but a country: two-letter
/// codes count here (`CA` is Canada, not California).
pub(super) fn country_code(text: &str) -> Option<&'static str> {
    let text = text.trim();
    country_by_name(text)
        .or_else(|| COUNTRIES.iter().find(|(_, code, _)| code.eq_ignore_ascii_case(text)).map(|(_, code, _)| *code))
}

/// Gives the lower-case name of the state with this USPS code.
pub(super) fn state_name(code: &str) -> Option<&'static str> {
    STATES.iter().find(|(_, known)| *known == code).map(|(name, _)| *name)
}

fn code_in(list: &[(&'static str, &'static str)], text: &str) -> Option<&'static str> {
    let text = text.trim();
    let by_code = text.len() == 2;
    list.iter()
        .find(|(name, code)| if by_code { code.eq_ignore_ascii_case(text) } else { same_word(name, text) })
        .map(|(_, code)| *code)
}

fn same_word(name: &str, text: &str) -> bool {
    name.eq_ignore_ascii_case(text) || (!text.is_ascii() && name == text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_found_by_name_and_code() {
        for (text, code) in [
            ("Ohio", "OH"),
            ("oh", "OH"),
            ("District of Columbia", "DC"),
            ("Dist. Columbia", "DC"),
            ("PUERTO RICO", "PR"),
            ("AE", "AE"),
        ] {
            assert_eq!(state_code(text), Some(code), "{text}");
        }
        assert_eq!(state_code("ON"), None);
        assert_eq!(province_code("Ontario"), Some("ON"));
        assert_eq!(province_code("QU\u{c9}BEC"), Some("QC"));
    }

    #[test]
    fn countries_are_found_by_name_and_code() {
        for (text, code) in
            [("UK", "GB"), ("HKG", "HK"), ("CHN", "CN"), ("U.S.A.", "US"), ("Senegal", "SN"), ("usa", "US")]
        {
            assert_eq!(country_by_name(text), Some(code), "{text}");
        }
        assert_eq!(country_by_name("CA"), None);
        assert_eq!(country_code("CA"), Some("CA"));
        assert_eq!(country_code("Ruritania"), None);
    }

    #[test]
    fn every_code_is_well_formed() {
        for (name, code, long) in COUNTRIES {
            assert!(code.len() == 2 && long.len() == 3 && name == name.to_lowercase(), "{name}");
        }
        for (name, code) in STATES.into_iter().chain(PROVINCES) {
            assert!(code.len() == 2 && name == name.to_lowercase(), "{name}");
        }
    }
}
