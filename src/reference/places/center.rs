//! Reads the place that a person gives as the center of a search: `43215`, `Columbus, OH`,
//! `Columbus OH`, `Montgomery County, MD`.

use super::city::Found;
use super::wording::{bare_name, without_country};
use super::{Places, Spot, ZipCode};
use crate::reference::states::{self, State};

/// How many states a message names at most.
const MOST_STATES: usize = 6;
/// The least size (binary digits of the inhabitants) of a city that a state's name may mean.
const CITY: u8 = 17;
/// How much of what was typed a message repeats, in letters.
const SHOWN: usize = 60;

/// A place that cannot be the center of a search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Nothing was given.
    #[error("no place was given; write a ZIP code or a city with its state: `43215` or `Columbus, OH`")]
    Empty,
    /// Digits that are no ZIP code.
    #[error("`{0}` is no ZIP code, which has five digits: `43215`")]
    NoZip(String),
    /// A ZIP code that is not in the table.
    #[error("`{0}` is no ZIP code that is known; write a city with its state: `Columbus, OH`")]
    UnknownZip(String),
    /// A post office of the military.
    #[error("`{0}` is a post office of the military, which has no place on the map; write a city or a ZIP code")]
    Military(String),
    /// A state, which has no center to measure from.
    #[error("`{0}` is a state; write a city with it: `Columbus, OH`")]
    OnlyState(String),
    /// What stands where the state should is none.
    #[error("`{state}` in `{text}` is no state; write its two letters: `Columbus, OH`")]
    UnknownState {
        /// What was given.
        text: String,
        /// What stands for a state in it.
        state: String,
    },
    /// A name that needs its state.
    #[error("`{name}` could be many places; write its state: {}", quoted(.choices, ", "))]
    NeedsState {
        /// The name.
        name: String,
        /// Places that have it, the most populous first.
        choices: Vec<String>,
    },
    /// A name that one state has more than once.
    #[error("{state} has several places called `{name}`; write a ZIP code")]
    Several {
        /// The name.
        name: String,
        /// The state's name.
        state: &'static str,
    },
    /// A place that is not known.
    #[error("`{text}` is no place that is known{}", meant(.similar))]
    Unknown {
        /// What was given.
        text: String,
        /// Places that may have been meant.
        similar: Vec<String>,
    },
}

fn quoted(names: &[String], between: &str) -> String {
    let mut text = names.iter().take(MOST_STATES).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between);
    if names.len() > MOST_STATES {
        text.push_str(" \u{2026}");
    }
    text
}

fn meant(similar: &[String]) -> String {
    if similar.is_empty() {
        return "; write a ZIP code or a city with its state: `43215` or `Columbus, OH`".to_owned();
    }
    format!("; did you mean {}?", quoted(similar, " or "))
}

impl Places {
    /// Reads a ZIP code, a city or a county with its state, or a city that needs none.
    ///
    /// What is found always has a point. The error says what would be right, and what may be meant.
    pub fn center(&self, text: &str) -> Result<Spot<'_>, PlaceError> {
        let text = without_country(text);
        if text.is_empty() {
            return Err(PlaceError::Empty);
        }
        let bare = || Some(bare_name(text)).filter(|bare| *bare != text).and_then(|bare| self.center_of(bare).ok());
        let spot = self.center_of(text).or_else(|error| bare().ok_or(error))?;
        if spot.point.is_none() {
            return Err(PlaceError::Military(shown(text)));
        }
        Ok(spot)
    }

    fn center_of(&self, text: &str) -> Result<Spot<'_>, PlaceError> {
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            let code = ZipCode::parse(text).ok_or_else(|| PlaceError::NoZip(shown(text)))?;
            return self.zip(code.as_str()).ok_or_else(|| PlaceError::UnknownZip(shown(text)));
        }
        if let Some(spot) = self.with_zip(text) {
            return Ok(spot);
        }
        if let Some((name, state)) = text.rsplit_once(',') {
            let state = state.trim();
            return match states::find(state) {
                Some(state) => self.in_state(name.trim(), state),
                None => self
                    .center_by_name(text)
                    .map_err(|_| PlaceError::UnknownState { text: shown(text), state: shown(state) }),
            };
        }
        let split = split_state(text).map(|(name, state)| self.in_state(name, state));
        match split {
            Some(Ok(spot)) => Ok(spot),
            Some(Err(error)) => match self.center_by_name(text) {
                Err(PlaceError::Unknown { .. }) => Err(error),
                found => found,
            },
            None => self.center_by_name(text),
        }
    }

    /// Reads `Columbus, OH 43215`: the ZIP code decides, if its state is the one that is written.
    fn with_zip(&self, text: &str) -> Option<Spot<'_>> {
        let (before, last) = text.rsplit_once([' ', ','])?;
        let spot = self.zip(ZipCode::parse(last)?.as_str())?;
        let before = before.trim().trim_end_matches(',');
        let state = states::find(before).or_else(|| states::find(before.rsplit_once(',')?.1));
        let state = state.or_else(|| split_state(before).map(|(_, state)| state))?;
        (state.code == spot.state).then_some(spot)
    }

    fn in_state(&self, name: &str, state: &'static State) -> Result<Spot<'_>, PlaceError> {
        match self.find_worded(name, state) {
            Found::One(place) => Ok(self.spot_of(&place)),
            Found::Several => Err(PlaceError::Several { name: shown(name), state: state.name }),
            Found::Nothing => {
                // `city` again, for it knows the military's post offices, which are in no table.
                let other = self.county(name, state.code).or_else(|| self.city(name, state.code));
                other.ok_or_else(|| PlaceError::Unknown {
                    text: format!("{}, {}", shown(name), state.code),
                    similar: self.similar(bare_name(name), Some(state.code)),
                })
            }
        }
    }

    fn center_by_name(&self, text: &str) -> Result<Spot<'_>, PlaceError> {
        if let Some(spot) = self.unique_city(text) {
            return Ok(spot);
        }
        let (choices, size) = self.states_with(text);
        // `New York` and `Washington` rather mean the cities; `Ohio` is not the town in Illinois.
        if states::find(text).is_some() && size < CITY {
            return Err(PlaceError::OnlyState(shown(text)));
        }
        if !choices.is_empty() {
            return Err(PlaceError::NeedsState { name: shown(text), choices });
        }
        Err(PlaceError::Unknown { text: shown(text), similar: self.similar(bare_name(text), None) })
    }
}

/// Splits `Charleston West Virginia` before the state; the longest name of a state wins.
fn split_state(text: &str) -> Option<(&str, &'static State)> {
    let blanks: Vec<_> = text.rmatch_indices(' ').take(4).map(|(at, _)| at).collect();
    blanks.into_iter().rev().find_map(|at| {
        let (name, state) = text.split_at_checked(at)?;
        let name = name.trim();
        Some((name, states::find(state)?)).filter(|_| !name.is_empty())
    })
}

/// Gives the beginning of what was typed, without what would spoil a terminal.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> String {
        match Places::bundled().center(text) {
            Ok(spot) => format!("{}, {}", spot.name, spot.state),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn centers_are_read() {
        for (text, name) in [
            ("43215", "Columbus, OH"),
            (" 43215-1234 ", "Columbus, OH"),
            ("Columbus, OH", "Columbus, OH"),
            ("Columbus OH", "Columbus, OH"),
            ("columbus ohio", "Columbus, OH"),
            ("Columbus, Ohio, USA", "Columbus, OH"),
            ("Dublin, OH 43017", "Dublin, OH"),
            ("OH 43215", "Columbus, OH"),
            ("Charleston West Virginia", "Charleston, WV"),
            ("Washington DC", "Washington, DC"),
            ("Washington, D.C.", "Washington, DC"),
            ("Montgomery County, MD", "Montgomery County, MD"),
            ("Chicago", "Chicago, IL"),
            ("New York NY", "New York, NY"),
            ("New York New York", "New York, NY"),
            ("Virginia Beach", "Virginia Beach, VA"),
            ("San Juan, Puerto Rico", "San Juan, PR"),
            ("Naval Base, Norfolk, Virginia", "Norfolk, VA"),
            ("Greater Boston MA area", "Boston, MA"),
        ] {
            assert_eq!(found(text), name, "{text}");
        }
    }

    #[test]
    fn errors_say_what_would_be_right() {
        for (text, error) in [
            ("  ", "no place was given; write a ZIP code or a city with its state: `43215` or `Columbus, OH`"),
            ("4321", "`4321` is no ZIP code, which has five digits: `43215`"),
            ("00000", "`00000` is no ZIP code that is known; write a city with its state: `Columbus, OH`"),
            ("Ohio", "`Ohio` is a state; write a city with it: `Columbus, OH`"),
            ("Columbus, ZZ", "`ZZ` in `Columbus, ZZ` is no state; write its two letters: `Columbus, OH`"),
            ("Columbis, OH", "`Columbis, OH` is no place that is known; did you mean `Columbus, OH`?"),
            ("Cincinatti", "`Cincinatti` is no place that is known; did you mean `Cincinnati, OH`?"),
            ("Riverside, MD", "Maryland has several places called `Riverside`; write a ZIP code"),
            (
                "09012",
                "`09012` is a post office of the military, which has no place on the map; write a city or a ZIP code",
            ),
            (
                "qqqqqqqqqq",
                "`qqqqqqqqqq` is no place that is known; write a ZIP code or a city with its state: `43215` or `Columbus, OH`",
            ),
        ] {
            assert_eq!(found(text), error, "{text}");
        }
        assert!(found("New York").starts_with("`New York` could be many places; write its state: `New York, NY`"));
        assert!(found("Columbus").starts_with("`Columbus` could be many places; write its state: `Columbus, OH`, "));
        assert!(found("Portland").contains("`Portland, OR`, `Portland, ME`"), "{}", found("Portland"));
    }

    proptest! {
        // Each text that is no place is compared with every name, which is slow without optimization.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,60}|(Columbus|OH|, | |43215|-|é|DC|County|New York){0,8}") {
            let center = Places::bundled().center(&text);
            prop_assert!(center.map_or(true, |spot| spot.point.is_some()));
        }
    }
}
