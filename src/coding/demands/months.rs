//! How many months a posting gives to get a credential: the words behind `within`.

/// How many words behind `within` are looked at.
const WINDOW: usize = 8;
/// Shorter than this is no time in which one gets a credential.
const LEAST_DAYS: u32 = 14;
const MOST_MONTHS: u32 = 60;

/// Reads `12 months`, `one 1 year`, `the first 90 days`, `6 12 months` (the longer one counts) from
/// folded words. `the last two years` looks back and gives none.
pub(super) fn months(folded: &str) -> Option<u32> {
    let mut number: Option<u32> = None;
    for word in folded.split([' ', '\n']).take(WINDOW) {
        if let Some(value) = number_of(word) {
            number = Some(number.unwrap_or(0).max(value));
            continue;
        }
        match word {
            "last" | "past" | "previous" | "prior" | "preceding" => return None,
            "month" | "months" => return plausible(number.unwrap_or(1)),
            "year" | "years" => return plausible(number.unwrap_or(1).saturating_mul(12)),
            "week" | "weeks" => return from_days(number.unwrap_or(1).saturating_mul(7)),
            "day" | "days" => return from_days(number.unwrap_or(1)),
            _ => {}
        }
    }
    None
}

fn plausible(months: u32) -> Option<u32> {
    (1..=MOST_MONTHS).contains(&months).then_some(months)
}

fn from_days(days: u32) -> Option<u32> {
    if days < LEAST_DAYS { None } else { plausible(days.saturating_add(15) / 30).or(Some(1)) }
}

fn number_of(word: &str) -> Option<u32> {
    const WORDS: [(&str, u32); 15] = [
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("twelve", 12),
        ("fifteen", 15),
        ("eighteen", 18),
        ("ninety", 90),
        ("thirty", 30),
    ];
    WORDS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).or_else(|| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_from_words_and_figures() {
        assert_eq!(months("12 months of hire"), Some(12));
        assert_eq!(months("one 1 year"), Some(12));
        assert_eq!(months("the first 90 days"), Some(3));
        assert_eq!(months("a year of employment"), Some(12));
        assert_eq!(months("six to 12 months"), Some(12));
        assert_eq!(months("180 days"), Some(6));
        assert_eq!(months("the last two years"), None);
        assert_eq!(months("the department"), None);
        assert_eq!(months("2 days"), None);
    }
}
