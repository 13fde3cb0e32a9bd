//! Tells what a figure speaks of: the pay, or other money (a bonus, a budget, a differential).
//!
//! The nearest word that says something decides, within the clause: in `salary plus a bonus of $5,000`
//! it is the bonus, in `bonus-eligible, pays $27` it is the pay. What follows the unit comes last.

use super::words::{Word, words_in};

/// How many words before a figure can speak of it.
const WORDS_BEFORE: usize = 12;
/// How many words behind its unit can.
const WORDS_BEHIND: usize = 6;
/// Words about pay.
const PAY: [&str; 34] = [
    "salary",
    "salaries",
    "pay",
    "pays",
    "paid",
    "paying",
    "payrate",
    "wage",
    "wages",
    "compensation",
    "compensated",
    "rate",
    "rates",
    "range",
    "hourly",
    "annually",
    "remuneration",
    "earn",
    "earns",
    "earning",
    "earnings",
    "starting",
    "starts",
    "start",
    "base",
    "hiring",
    "offer",
    "offers",
    "offering",
    "midpoint",
    "make",
    "get",
    "receive",
    "average",
];
/// Beginnings of words about other money.
const OTHER: [&str; 67] = [
    "bonus",
    "signon",
    "signing",
    "referral",
    "refer",
    "retention",
    "tuition",
    "reimburs",
    "relocation",
    "revenue",
    "budget",
    "stipend",
    "allowance",
    "differential",
    "diff",
    "incentive",
    "million",
    "billion",
    "saving",
    "save",
    "saves",
    "fine",
    "fined",
    "fines",
    "penalt",
    "cost",
    "fee",
    "fees",
    "deductible",
    "premium",
    "match",
    "scholarship",
    "loan",
    "debt",
    "education",
    "ceu",
    "dues",
    "membership",
    "grant",
    "donat",
    "award",
    "gift",
    "discount",
    "voucher",
    "balance",
    "claim",
    "claims",
    "account",
    "accounts",
    "invoice",
    "cash",
    "deposit",
    "check",
    "equipment",
    "laptop",
    "internet",
    "phone",
    "parking",
    "mileage",
    "mile",
    "overtime",
    "holiday",
    "worth",
    "asset",
    "sales",
    "profit",
    "insurance",
];

/// What a figure speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The pay, and how many words away that is said; 0 where it is said behind the figure.
    Pay(usize),
    /// Other money.
    Other,
    /// Nothing says.
    Open,
}

/// Judges a figure by what stands before it, back to the figure before that, and behind its unit.
pub(super) fn subject_of(before: &str, behind: &str) -> Subject {
    let (before, behind) = (before.to_ascii_lowercase(), behind.to_ascii_lowercase());
    let clause = before.rsplit([';', '|', '\n', '\u{2022}']).next().unwrap_or_default();
    let lead = words_in(clause);
    let tail = words_in(&behind);
    match (subject_before(&lead), subject_behind(&tail)) {
        (Subject::Other, _) | (_, Subject::Other) => Subject::Other,
        (Subject::Open, behind) => behind,
        (before, _) => before,
    }
}

fn subject_before(words: &[Word<'_>]) -> Subject {
    let text = |at: usize| words.get(at).map_or("", |word| word.text);
    let count = words.len();
    let added = (count.saturating_sub(4)..count).any(|at| matches!(text(at), "additional" | "extra" | "addl"));
    // `+ $3,000`, `plus an additional $2`: what is added is not the pay.
    let plus = (count.saturating_sub(3)..count).any(|at| matches!(text(at), "+" | "plus"));
    if added || plus {
        return Subject::Other;
    }
    for (away, at) in (count.saturating_sub(WORDS_BEFORE)..count).rev().enumerate() {
        let word = text(at);
        let (previous, next) = (if at == 0 { "" } else { text(at - 1) }, text(at + 1));
        if is_other(word, previous, next) {
            return Subject::Other;
        }
        if PAY.contains(&word) && !matches!(next, "time" | "days" | "off" | "leave" | "holidays" | "training") {
            // `differential pay`, `call pay`: the word before says which pay.
            let before_that = if at >= 2 { text(at - 2) } else { "" };
            let kind = is_other(previous, before_that, word)
                || matches!(
                    previous,
                    "call" | "severance" | "sick" | "shift" | "weekend" | "night" | "bill" | "error" | "tax"
                );
            return if kind { Subject::Other } else { Subject::Pay(away) };
        }
    }
    Subject::Open
}

fn subject_behind(words: &[Word<'_>]) -> Subject {
    for (at, word) in words.iter().enumerate() {
        let text = word.text;
        let (previous, next) = (
            at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| word.text),
            words.get(at + 1).map_or("", |word| word.text),
        );
        let clause_ends =
            matches!(text, "," | ";" | "." | "(" | ")" | "|" | "+" | "-" | "\u{2013}" | "\u{2014}" | "\u{2022}" | "$")
                || matches!(
                    text,
                    "plus"
                        | "with"
                        | "and"
                        | "as"
                        | "depending"
                        | "based"
                        | "doe"
                        | "or"
                        | "including"
                        | "includes"
                        | "inclusive"
                );
        if clause_ends || at >= WORDS_BEHIND {
            return Subject::Open;
        }
        // `for certification`, `for each credential`, `during training`.
        let condition = matches!(text, "for" | "during" | "while")
            && matches!(
                next,
                "certification" | "certifications" | "each" | "every" | "nights" | "weekends" | "evenings"
            );
        if condition || is_other(text, previous, next) {
            return Subject::Other;
        }
        if PAY.contains(&text) {
            return Subject::Pay(0);
        }
    }
    Subject::Open
}

/// Tells whether a word speaks of other money; the words around it may say otherwise.
fn is_other(word: &str, previous: &str, next: &str) -> bool {
    match word {
        // A plan's name, `401(k)`.
        "401" | "401k" | "403" | "403b" | "457" => return true,
        "sign" => return next == "on",
        "on" => return previous == "sign",
        // `experience and education` are grounds of pay, not its subject.
        "education" => return !matches!(previous, "and" | "," | "or" | "on" | "/"),
        "award" | "awards" => return next != "winning",
        _ => {}
    }
    OTHER.iter().any(|stem| word == *stem || (stem.len() > 4 && word.starts_with(stem)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_word_of_the_clause_decides() {
        for (before, behind, subject) in [
            ("The pay range is ", "", Subject::Pay(1)),
            ("This role pays ", "", Subject::Pay(0)),
            ("salary plus a bonus of ", "", Subject::Other),
            ("Bonus-eligible role paying ", "", Subject::Pay(0)),
            ("", " shift differential", Subject::Other),
            ("", " sign-on bonus", Subject::Other),
            ("Evening differential pay: ", "", Subject::Other),
            ("a match of 401(k) ", "", Subject::Other),
            (" + ", "", Subject::Other),
            ("", " for certification", Subject::Other),
            ("", " for certified coders", Subject::Open),
            ("Salary: ", " plus bonus", Subject::Pay(1)),
            ("saves ", "", Subject::Other),
            ("", " starting wage", Subject::Pay(0)),
            ("", "", Subject::Open),
            ("Based on experience and education, pay is ", "", Subject::Pay(1)),
        ] {
            assert_eq!(subject_of(before, behind), subject, "{before}#{behind}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic(before in "\\PC{0,60}|(pay|bonus| |,|é){0,9}", behind in "\\PC{0,60}") {
            let _ = subject_of(&before, &behind);
        }
    }
}
