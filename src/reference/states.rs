//! Codes and names of the states, territories and military "states" of the US.
//!
//! USPS codes with the numeric codes (FIPS) that the Census Bureau and BLS use. Must not know
//! anything of places inside a state.

/// One state as people and offices name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The USPS code: `OH`.
    pub code: &'static str,
    /// The numeric code in two digits, `39`; empty for the military.
    pub fips: &'static str,
    /// The name: `Ohio`.
    pub name: &'static str,
}

/// Shortens the table below.
const fn state(code: &'static str, fips: &'static str, name: &'static str) -> State {
    State { code, fips, name }
}

/// Every state by its code, in alphabetical order.
pub const STATES: [State; 59] = [
    state("AA", "", "Armed Forces Americas"),
    state("AE", "", "Armed Forces Europe"),
    state("AK", "02", "Alaska"),
    state("AL", "01", "Alabama"),
    state("AP", "", "Armed Forces Pacific"),
    state("AR", "05", "Arkansas"),
    state("AS", "60", "American Samoa"),
    state("AZ", "04", "Arizona"),
    state("CA", "06", "California"),
    state("CO", "08", "Colorado"),
    state("CT", "09", "Connecticut"),
    state("DC", "11", "District of Columbia"),
    state("DE", "10", "Delaware"),
    state("FL", "12", "Florida"),
    state("GA", "13", "Georgia"),
    state("GU", "66", "Guam"),
    state("HI", "15", "Hawaii"),
    state("IA", "19", "Iowa"),
    state("ID", "16", "Idaho"),
    state("IL", "17", "Illinois"),
    state("IN", "18", "Indiana"),
    state("KS", "20", "Kansas"),
    state("KY", "21", "Kentucky"),
    state("LA", "22", "Louisiana"),
    state("MA", "25", "Massachusetts"),
    state("MD", "24", "Maryland"),
    state("ME", "23", "Maine"),
    state("MI", "26", "Michigan"),
    state("MN", "27", "Minnesota"),
    state("MO", "29", "Missouri"),
    state("MP", "69", "Northern Mariana Islands"),
    state("MS", "28", "Mississippi"),
    state("MT", "30", "Montana"),
    state("NC", "37", "North Carolina"),
    state("ND", "38", "North Dakota"),
    state("NE", "31", "Nebraska"),
    state("NH", "33", "New Hampshire"),
    state("NJ", "34", "New Jersey"),
    state("NM", "35", "New Mexico"),
    state("NV", "32", "Nevada"),
    state("NY", "36", "New York"),
    state("OH", "39", "Ohio"),
    state("OK", "40", "Oklahoma"),
    state("OR", "41", "Oregon"),
    state("PA", "42", "Pennsylvania"),
    state("PR", "72", "Puerto Rico"),
    state("RI", "44", "Rhode Island"),
    state("SC", "45", "South Carolina"),
    state("SD", "46", "South Dakota"),
    state("TN", "47", "Tennessee"),
    state("TX", "48", "Texas"),
    state("UT", "49", "Utah"),
    state("VA", "51", "Virginia"),
    state("VI", "78", "U.S. Virgin Islands"),
    state("VT", "50", "Vermont"),
    state("WA", "53", "Washington"),
    state("WI", "55", "Wisconsin"),
    state("WV", "54", "West Virginia"),
    state("WY", "56", "Wyoming"),
];

/// Other names of states, without dots and in lower case.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("washington dc", "DC"),
    ("dist of columbia", "DC"),
    ("dist columbia", "DC"),
    ("commonwealth of puerto rico", "PR"),
    ("virgin islands", "VI"),
    ("us virgin islands", "VI"),
    ("commonwealth of the northern mariana islands", "MP"),
];

/// Finds a state by its code or name, in any case, with or without dots (`D.C.`, `ohio`, `N. Mex` not).
pub fn find(text: &str) -> Option<&'static State> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    if let Some(state) = STATES.iter().find(|state| state.code.eq_ignore_ascii_case(text)) {
        return Some(state);
    }
    let plain: String = text.chars().filter(|letter| *letter != '.').collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let other = OTHER_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&plain)).map(|(_, code)| *code);
    let code = other.unwrap_or(&plain);
    STATES.iter().find(|state| state.code.eq_ignore_ascii_case(code) || state.name.eq_ignore_ascii_case(&plain))
}

/// Tells whether a code is one of the military's (`AA`, `AE`, `AP`), which are nowhere on a map.
pub fn is_military(code: &str) -> bool {
    matches!(code, "AA" | "AE" | "AP")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_found_by_code_and_name() {
        for (text, code) in [
            ("OH", "OH"),
            ("ohio", "OH"),
            (" West  Virginia ", "WV"),
            ("D.C.", "DC"),
            ("Washington, D.C.", ""),
            ("Washington D.C.", "DC"),
            ("District of Columbia", "DC"),
            ("U.S. Virgin Islands", "VI"),
            ("Virgin Islands", "VI"),
            ("PUERTO RICO", "PR"),
            ("ae", "AE"),
            ("ON", ""),
            ("", ""),
            ("Washington", "WA"),
        ] {
            assert_eq!(find(text).map_or("", |state| state.code), code, "{text}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_well_formed() {
        assert!(STATES.is_sorted_by_key(|state| state.code));
        for state in STATES {
            assert_eq!(state.code.len(), 2);
            assert_eq!(state.fips.is_empty(), is_military(state.code));
        }
    }
}
