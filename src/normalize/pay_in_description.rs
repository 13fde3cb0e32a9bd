//! Looks for pay in a description, where the board's own field states none.
//!
//! Only a clear statement counts: money with its unit in a clause about pay, on a line of its own or
//! under a heading about pay; without a unit only right behind a word of pay, by the size rule.
//! Bonuses, differentials, budgets and figures that cannot be meant are no pay.

use super::pay_annual::{implausible, settled_unit, speaks_of_call};
use super::pay_choice::{Statement, chosen};
use super::pay_clause::Subject;
use super::pay_text::{Figures, all_figures};
use super::pay_unit::UnitReading;
use super::salary::{PayContext, PayReading, judged};
use super::sentences::{Sentence, Sentences};
use super::words::words_in;
use crate::model::{Basis, Field, Salary};

/// How many statements of pay are gathered.
const MOST_STATEMENTS: usize = 12;
/// How many sentences with money are looked at.
const MOST_SENTENCES: usize = 40;
/// How many words a figure without a unit may stand from the word of pay.
const NEAR: usize = 8;
/// The longest heading, in bytes.
const LONGEST_HEADING: usize = 60;
/// The longest line whose parts count without a word of pay, in bytes.
const LONGEST_LINE: usize = 160;
/// How much of the figures' words are kept behind them, in bytes.
const SHOWN_BEHIND: usize = 25;
/// Words that make a heading, or a sentence with figures without a sign, one about pay.
const ABOUT_PAY: [&str; 11] =
    ["salary", "pay", "wage", "wages", "compensation", "rate", "range", "hourly", "hiring", "earnings", "usd"];

/// Finds pay in plain text; an empty field when nothing is clear.
pub(super) fn pay_in_description(text: &Sentences<'_>, context: PayContext<'_>) -> Field<Salary> {
    let in_words = text.holds(" dollars") || text.holds(" cents");
    let mut statements = Vec::new();
    let mut heading = "";
    let mut looked_at = 0;
    for Sentence { written: sentence, lower, .. } in text.all() {
        let money = sentence.contains('$') || (in_words && (lower.contains(" dollars") || lower.contains(" cents")));
        if !money && is_heading(sentence) {
            heading = sentence;
        }
        if (money || is_about_unsigned_pay(sentence)) && looked_at < MOST_SENTENCES {
            looked_at += 1;
            gather(sentence, heading, &mut statements);
        }
        if statements.len() >= MOST_STATEMENTS {
            break;
        }
    }
    chosen(statements, context)
        .and_then(|(statement, assumption)| field_of(&statement, assumption, context))
        .unwrap_or_default()
}

fn field_of(
    statement: &Statement<'_>,
    assumption: Option<&'static str>,
    context: PayContext<'_>,
) -> Option<Field<Salary>> {
    let figures = &statement.figures;
    let raw = words_of(statement.text, figures);
    let reading = PayReading {
        raw: raw.clone(),
        min: figures.min,
        max: figures.max,
        unit: figures.unit,
        currency: figures.sign.or(Some('$')).map(String::from),
        assumption,
    };
    let mut salary = judged(reading, context);
    salary.basis = Basis::Derived;
    if speaks_of_call(statement.text) {
        (salary.annual_min, salary.annual_max, salary.annual_basis) = (None, None, None);
    }
    // A figure that cannot be meant is no find.
    salary.implausible.is_none().then(|| Field::derived(raw, salary, statement.text))
}

/// Gathers the clear statements of one sentence.
fn gather<'a>(sentence: &'a str, heading: &str, statements: &mut Vec<Statement<'a>>) {
    let found = all_figures(sentence);
    let mut before_end = 0;
    for (at, figures) in found.iter().enumerate() {
        let next = found.get(at + 1).map_or(sentence.len(), |next| next.start);
        // The words of the figures before go on: `Pay is $20-$24 (I), $24-$29 (II)`.
        let last = statements.last().filter(|last| at > 0 && last.text == sentence);
        let continues = last.is_some_and(|last| goes_on(&last.figures, figures));
        if is_clear(sentence, figures, heading, continues) {
            statements.push(Statement::new(sentence, figures.clone(), before_end, next));
        }
        before_end = figures.unit_end;
    }
}

/// Tells whether figures are of the size of those before them in their sentence.
fn goes_on(last: &Figures, figures: &Figures) -> bool {
    let size = |figures: &Figures| figures.min.or(figures.max).unwrap_or_default();
    let ratio = size(figures) / size(last).max(0.01);
    figures.is_range || (0.6..=2.5).contains(&ratio)
}

fn is_clear(sentence: &str, figures: &Figures, heading: &str, continues: bool) -> bool {
    let unit = settled_unit(figures.unit, figures.min, figures.max);
    let by_piece = matches!(figures.unit, UnitReading::NotTime(_));
    let has_unit = figures.unit != UnitReading::Silent;
    let meant = match unit {
        Some(unit) => implausible(unit, figures.min, figures.max).is_none(),
        None => by_piece,
    };
    // Without a dollar sign it must look like money: an amount that is a range or has its unit.
    if !meant || (figures.sign.is_none() && !(figures.is_amount && (figures.is_range || has_unit))) {
        return false;
    }
    match figures.subject {
        Subject::Other => false,
        Subject::Pay(away) => has_unit || (away <= NEAR && figures.sign.is_some()) || figures.is_range && away <= NEAR,
        Subject::Open if figures.sign.is_none() => false,
        Subject::Open => {
            // A range of dollars that is a part of its own can be nothing but pay.
            let begins = begins_segment(sentence, figures);
            let headed = is_about_pay(heading);
            continues || begins && (figures.is_range || headed) || has_unit && (begins || headed)
        }
    }
}

/// Tells whether the figures begin a part of a short line: `Full-time | $24-$31/hr | Days`.
fn begins_segment(sentence: &str, figures: &Figures) -> bool {
    let lead = sentence.get(..figures.start).unwrap_or_default();
    let part =
        lead.rsplit(['|', ',', ';', ':', '(', '\u{2022}', '\u{2013}', '\u{2014}', '\u{b7}']).next().unwrap_or_default();
    let part = part.rsplit(" - ").next().unwrap_or_default();
    let bare = part.split_whitespace().all(|word| {
        matches!(word.to_ascii_lowercase().as_str(), "-" | "*" | "up" | "to" | "from" | "starting" | "at" | "usd")
    });
    bare && sentence.len() <= LONGEST_LINE
}

fn is_heading(line: &str) -> bool {
    line.len() <= LONGEST_HEADING && !line.starts_with(['-', '*', '\u{2022}']) && !line.ends_with(['.', '!', '?'])
}

fn is_about_pay(words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    words_in(&lower).iter().any(|word| ABOUT_PAY.contains(&word.text))
}

/// Tells whether a sentence may state pay without a dollar sign: `Hourly range: 24.10 - 33.50`.
fn is_about_unsigned_pay(sentence: &str) -> bool {
    let bytes = sentence.as_bytes();
    if !bytes.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let amount = bytes.windows(3).any(|three| match *three {
        [a, mark, b] => a.is_ascii_digit() && matches!(mark, b'.' | b',') && b.is_ascii_digit(),
        _ => false,
    });
    (amount || bytes.windows(2).any(|two| matches!(*two, [b'0'..=b'9', b'k' | b'K']))) && is_about_pay(sentence)
}

/// Gives the figures with the words of their unit.
fn words_of(sentence: &str, figures: &Figures) -> String {
    let raw = sentence.get(figures.start..).unwrap_or_default();
    let end = raw.floor_char_boundary(figures.end - figures.start + SHOWN_BEHIND);
    let cut = raw.get(..end).unwrap_or(raw);
    let whole_words = if end < raw.len() { cut.rsplit_once(' ').map_or(cut, |(words, _)| words) } else { cut };
    whole_words.trim_end_matches([' ', ',', '.', ';']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::PayUnit;

    const US: PayContext<'_> = PayContext { federal: false, in_us: true, types: &[], places: &[], title: None };

    fn read(text: &str) -> Option<(Option<f64>, Option<f64>, Option<PayUnit>)> {
        pay_in_description(&Sentences::of(text), US).value.map(|salary| (salary.min, salary.max, salary.unit))
    }

    #[test]
    fn a_clear_range_in_a_sentence_about_pay_is_found_with_its_evidence() {
        let text = "We code charts. The pay range is $24.50 - $31.75 per hour, based on experience. Apply.";
        let field = pay_in_description(&Sentences::of(text), US);
        let salary = field.value.unwrap();
        assert_eq!((salary.min, salary.max, salary.unit), (Some(24.5), Some(31.75), Some(PayUnit::Hour)));
        assert_eq!(field.basis, Basis::Derived);
        assert_eq!(field.raw.as_deref(), Some("$24.50 - $31.75 per hour, based on"));
        assert_eq!(field.evidence.as_deref(), Some("The pay range is $24.50 - $31.75 per hour, based on experience."));
        let by_call = pay_in_description(&Sentences::of("Per diem rate of $38.00 an hour."), US).value.unwrap();
        assert_eq!((by_call.max, by_call.annual_max), (Some(38.0), None));
        let yearly = pay_in_description(&Sentences::of("Salary: $60,000 to $75,000 annually"), US).value.unwrap();
        assert_eq!((yearly.max, yearly.annual_max), (Some(75_000.0), Some(75_000.0)));
    }

    #[test]
    fn plain_wordings_of_pay_are_found() {
        use PayUnit::{Biweek, Hour, Year};
        for (text, min, max, unit) in [
            ("The job pays $27 an hour.", Some(27.0), Some(27.0), Hour),
            ("Salary: $62,000 annually", Some(62_000.0), Some(62_000.0), Year),
            ("Starting rate $19.50/hr", Some(19.5), None, Hour),
            ("Coders earn up to $38 per hour.", None, Some(38.0), Hour),
            ("Hourly range: 24.10 - 33.50", Some(24.1), Some(33.5), Hour),
            ("Salary range: 58,240 - 87,360", Some(58_240.0), Some(87_360.0), Year),
            ("Salary Range: $55,848 - $69,826 - $83,762", Some(55_848.0), Some(83_762.0), Year),
            ("$68,000 is the minimum entry-level salary.", Some(68_000.0), None, Year),
            ("Pay range $20 - $30", Some(20.0), Some(30.0), Hour),
            ("Compensation\n- $24.50 - $31.75 per hour\n- $2/hr shift differential", Some(24.5), Some(31.75), Hour),
            ("Full-time | $24-$31/hr | Days", Some(24.0), Some(31.0), Hour),
            ("Pay: $25/hr + $3,000 sign-on bonus", Some(25.0), Some(25.0), Hour),
            ("We pay $27 an hour, plus $2 an hour for nights.", Some(27.0), Some(27.0), Hour),
            ("Wage: 18.25/hr", Some(18.25), Some(18.25), Hour),
            ("Pay Range:\nMin: $21.10\nMax: $33.00", Some(21.1), Some(33.0), Hour),
            ("We pay 21 to 25 dollars an hour.", Some(21.0), Some(25.0), Hour),
            ("Perks\n\u{2022} $88,000 to $104,000", Some(88_000.0), Some(104_000.0), Year),
            ("$2,640 per week gross including stipends.", Some(2_640.0), Some(2_640.0), PayUnit::Week),
            ("Wage scale: Step 1 $22.14, Step 5 $26.90 per hour.", Some(22.14), Some(26.9), Hour),
            ("The rate is $1,850 biweekly.", Some(1_850.0), Some(1_850.0), Biweek),
            ("Pay: $25.00 - $35.00 per hour ($52,000 - $72,800 annually)", Some(25.0), Some(35.0), Hour),
        ] {
            assert_eq!(read(text), Some((min, max, Some(unit))), "{text}");
        }
        for (text, min, max) in [
            ("Editors are paid $0.08 per line.", 0.08, 0.08),
            ("Evenings at home. 9 cents per line.", 0.09, 0.09),
            ("$2,850 per three-credit course.", 2_850.0, 2_850.0),
            ("Paid per chart: $4.50 to $14.00 depending on type.", 4.5, 14.0),
        ] {
            assert_eq!(read(text), Some((Some(min), Some(max), None)), "{text}");
        }
    }

    #[test]
    fn other_money_is_left_alone() {
        for text in [
            "A sign-on bonus of $5,000 - $10,000 per year is paid.",
            "You manage a budget of $100,000 - $200,000 per year at this rate.",
            "Revenue range: $20,000 - $30,000 per year.",
            "We are a $40-$50 an hour kind of place",
            "Pay: 401(k) match $20 - $30 per hour",
            "The tool saves $20 per hour in rework.",
            "Evening shift differential of $9.50/hr is paid.",
            "Up to $10,000 sign-on bonus!",
            "We offer $5,250 per year tuition reimbursement.",
            "Earn a referral bonus of $1,500.",
            "Violations carry fines of $50,000 per year.",
            "The hospital earns $90,000 a month in revenue.",
            "Pay: $5,000",
            "The bill rate is $65 per hour.",
        ] {
            assert!(pay_in_description(&Sentences::of(text), US).is_empty(), "{text}");
        }
    }

    #[test]
    fn of_several_ranges_the_job_s_own_is_taken_or_else_their_span() {
        let text = "Coder I: $20.00 - $24.00 per hour. Coder II: $24.00 - $29.00 per hour.";
        let own = PayContext { title: Some("Coder II"), ..US };
        assert_eq!(
            pay_in_description(&Sentences::of(&format!("Pay: {text}")), own).value.and_then(|s| s.min),
            Some(24.0)
        );
        let field = pay_in_description(&Sentences::of("Pay is $20-$24/hr in Ohio and $26-$31/hr in California."), US);
        let salary = field.value.unwrap();
        assert_eq!((salary.min, salary.max), (Some(20.0), Some(31.0)));
        assert!(salary.assumptions.iter().any(|said| said.contains("span")));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,120}|([$]|[0-9]{1,5}|[,.k\n-]| per hour| pay | bonus |: |é){0,25}") {
            let _ = pay_in_description(&Sentences::of(&text), US);
        }
    }
}
