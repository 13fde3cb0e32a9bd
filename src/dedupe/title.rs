//! What a title comes down to: its words written out, with ranks, grades and shifts set apart, and
//! without what boards and agencies add to it (places, numbers, work modes, advertising).

use std::sync::LazyLock;

use super::words::{Set, Table};
use crate::model::TitleWord;

/// A title taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Title {
    /// The words that name the work, in the title's order.
    pub(super) words: Vec<String>,
    /// One bit for each of [`RANKS`].
    pub(super) ranks: u32,
    /// `2`, `8a`.
    pub(super) grades: Vec<String>,
    /// One bit for each of [`SHIFTS`].
    pub(super) shifts: u8,
}

/// Steps of a career; the words of a row are one step.
const RANKS: &[&[&str]] = &[
    &["senior", "experienced"],
    &["advanced"],
    &["lead", "principal"],
    &["junior", "trainee", "apprentice", "entry", "intern", "externship"],
    &["supervisor", "supervisory", "supervising"],
    &["manager", "managerial"],
    &["director"],
    &["chief", "head"],
    &["assistant"],
    &["deputy"],
    &["auditor"],
    &["educator"],
];

/// Those of [`RANKS`] that are a duty beside others rather than a step.
pub(super) const DUTIES: u32 = 0b1100_0000_0010;

/// Shifts; the words of a row are one shift.
const SHIFTS: &[&[&str]] = &[
    &["day", "days", "daytime"],
    &["evening", "evenings", "afternoon"],
    &["night", "nights", "overnight"],
    &["weekend", "weekends"],
    &["rotating"],
    &["twilight"],
];

/// Spellings of one word.
const WRITTEN_OUT: &[(&str, &str)] = &[
    ("sr", "senior"),
    ("snr", "senior"),
    ("jr", "junior"),
    ("mgr", "manager"),
    ("mngr", "manager"),
    ("supv", "supervisor"),
    ("supvr", "supervisor"),
    ("supervisory", "supervisor"),
    ("dir", "director"),
    ("asst", "assistant"),
    ("assoc", "associate"),
    ("dep", "deputy"),
    ("coord", "coordinator"),
    ("spec", "specialist"),
    ("specialty", "specialist"),
    ("splst", "specialist"),
    ("tech", "technician"),
    ("techn", "technician"),
    ("admin", "administrator"),
    ("administrative", "administrator"),
    ("administration", "administrator"),
    ("rep", "representative"),
    ("anlst", "analyst"),
    ("ops", "operation"),
    ("dept", "department"),
    ("svc", "service"),
    ("svcs", "service"),
    ("hosp", "hospital"),
    ("med", "medical"),
    ("rec", "record"),
    ("recs", "record"),
    ("info", "information"),
    ("mgmt", "management"),
    ("mgt", "management"),
    ("clin", "clinical"),
    ("doc", "documentation"),
    ("cert", "certified"),
    ("certification", "certified"),
    ("reg", "registered"),
    ("inpt", "inpatient"),
    ("ip", "inpatient"),
    ("inpat", "inpatient"),
    ("outpt", "outpatient"),
    ("op", "outpatient"),
    ("outpat", "outpatient"),
    ("pt", "patient"),
    ("pat", "patient"),
    ("phys", "physician"),
    ("coding", "coder"),
    ("abstracting", "abstractor"),
    ("abstraction", "abstractor"),
    ("billing", "biller"),
    ("transcription", "transcriptionist"),
    ("scribing", "scribe"),
    ("auditing", "auditor"),
    ("audit", "auditor"),
    ("education", "educator"),
    ("trainer", "educator"),
    ("instructor", "educator"),
    ("registry", "registrar"),
    ("tumor", "cancer"),
    ("oncology", "cancer"),
    ("ortho", "orthopedic"),
    ("orthopaedic", "orthopedic"),
    ("cardio", "cardiology"),
    ("cardiovascular", "cardiology"),
    ("cardiac", "cardiology"),
    ("neuro", "neurology"),
    ("surg", "surgery"),
    ("surgical", "surgery"),
    ("ed", "emergency"),
    ("er", "emergency"),
    ("peds", "pediatric"),
    ("rad", "radiology"),
    ("gi", "gastroenterology"),
    ("ob", "obstetric"),
    ("imaging", "scanning"),
    ("scan", "scanning"),
    ("scanner", "scanning"),
    ("conversion", "scanning"),
    ("compliance", "compliance"),
    ("quality", "quality"),
    ("reimbursement", "reimbursement"),
    ("lvl", "level"),
    ("homecare", "home"),
    ("cons", "consultant"),
];

/// Phrases that are one notion, longest first where one begins another. The single words are written
/// out and singular. An empty notion is left out: a credential is asked for, not done.
const NOTIONS: &[(&str, &str)] = &[
    ("health information management", "him"),
    ("health information service", "him"),
    ("health information technician", "him technician"),
    ("health information", "him"),
    ("hi management", "him"),
    ("medical record", "him"),
    ("patient record", "him"),
    ("health record", "him"),
    ("mrt", "him technician"),
    ("mra", "him administrator"),
    ("release of information", "roi"),
    ("release information", "roi"),
    ("disclosure", "roi"),
    ("clinical documentation improvement", "cdi"),
    ("clinical documentation integrity", "cdi"),
    ("clinical document improvement", "cdi"),
    ("clinical documentation specialist", "cdi specialist"),
    ("cdis", "cdi specialist"),
    ("cds", "cdi specialist"),
    ("cancer data specialist", "cancer registrar"),
    ("cancer data", "cancer registrar"),
    ("certified tumor registrar", "cancer registrar"),
    ("ctr", "cancer registrar"),
    ("certified professional coder", "coder"),
    ("certified coding specialist", "coder"),
    ("certified coder specialist", "coder"),
    ("hierarchical condition category", "riskadjustment"),
    ("risk adjustment", "riskadjustment"),
    ("hcc", "riskadjustment"),
    ("professional fee", "profee"),
    ("professional biller", "profee biller"),
    ("pro fee", "profee"),
    ("profee", "profee"),
    ("physician practice", "profee"),
    ("account receivable", "ar"),
    ("a r", "ar"),
    ("master patient index", "mpi"),
    ("ambulatory surgery center", "asc"),
    ("rural health clinic", "rhc"),
    ("same day surgery", "outpatient surgery"),
    ("day surgery", "outpatient surgery"),
    ("medical language specialist", "transcriptionist"),
    ("speech recognition editor", "transcriptionist editor"),
    ("quality assurance", "qa"),
    ("revenue cycle", "revenuecycle"),
    ("revenue integrity", "revenueintegrity"),
    ("registered nurse", "rn"),
    ("labor delivery", "obstetric"),
    ("data specialist", "data specialist"),
    // Credentials.
    ("rhia", ""),
    ("rhit", ""),
    ("cca", ""),
    ("ccs p", ""),
    ("ccs", ""),
    ("cpc a", ""),
    ("cpc h", ""),
    ("cpc", ""),
    ("coc", ""),
    ("cic", ""),
    ("crc", ""),
    ("cpma", ""),
    ("ods c", ""),
    ("ods", ""),
    ("chda", ""),
    ("cdip", ""),
    ("ccds", ""),
    ("chps", ""),
    ("rhds", ""),
    ("ahdi", ""),
    ("cmt", ""),
    ("rmt", ""),
    ("cbcs", ""),
    ("cpb", ""),
    ("cascc", ""),
    ("circc", ""),
    ("credentialed", ""),
    ("eligible", ""),
    ("preferred", ""),
    ("certified", ""),
    ("registered", "registered"),
];

/// Words that boards, agencies and employers add to a title, and words that join others.
const ADDED_WORDS: &[&str] = &[
    "a",
    "an",
    "and",
    "the",
    "of",
    "in",
    "for",
    "to",
    "with",
    "at",
    "on",
    "or",
    "by",
    "from",
    "per",
    "as",
    "x",
    "w",
    "remote",
    "remotely",
    "hybrid",
    "onsite",
    "telecommute",
    "telework",
    "wfh",
    "home",
    "work",
    "virtual",
    "based",
    "full",
    "part",
    "time",
    "fulltime",
    "parttime",
    "ft",
    "prn",
    "diem",
    "perm",
    "permanent",
    "temporary",
    "temp",
    "contract",
    "contractor",
    "fixed",
    "term",
    "shift",
    "hours",
    "hour",
    "hrs",
    "hr",
    "week",
    "weekly",
    "bonus",
    "sign",
    "signon",
    "now",
    "hiring",
    "apply",
    "immediate",
    "immediately",
    "start",
    "urgent",
    "urgently",
    "needed",
    "wanted",
    "required",
    "req",
    "requisition",
    "opportunity",
    "vacancy",
    "job",
    "position",
    "opening",
    "area",
    "new",
    "usa",
    "relocation",
    "offered",
    "reposted",
    "repost",
    "all",
    "levels",
    "considered",
    "doe",
    "month",
    "project",
    "experience",
    "exp",
];

/// Words that most titles of health care have: sharing them says little.
const COMMON_WORDS: &[&str] = &[
    "him",
    "medical",
    "health",
    "healthcare",
    "care",
    "service",
    "clinical",
    "hospital",
    "community",
    "department",
    "team",
    "worker",
    "support",
    "specialist",
    "officer",
    "staff",
    "patient",
    "professional",
    "technician",
    "practitioner",
    "nurse",
    "assistant",
    "manager",
    "administrator",
    "coordinator",
    "consultant",
    "doctor",
    "clinic",
    "center",
    "general",
    "system",
    "associate",
    "representative",
    "analyst",
    "clerk",
    "information",
    "record",
    "registered",
    "certified",
    "senior",
    "lead",
    "supervisor",
    "director",
    "management",
    "advanced",
    "trust",
    "coder",
    "facility",
    "data",
    "operation",
];

/// The phrases by their first word, the longest first.
static PHRASES: LazyLock<Table<Vec<(Vec<&'static str>, &'static str)>>> = LazyLock::new(|| {
    let mut phrases: Table<Vec<(Vec<&str>, &str)>> = Table::default();
    for (phrase, notion) in NOTIONS {
        let words: Vec<&str> = phrase.split(' ').map(written_out).collect();
        phrases.entry(words[0]).or_default().push((words, notion));
    }
    for of_word in phrases.values_mut() {
        of_word.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    phrases
});

/// What a number before it counts.
const COUNTED_WORDS: &[&str] = &[
    "day",
    "days",
    "hour",
    "hours",
    "hrs",
    "hr",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "yrs",
    "yr",
    "position",
    "positions",
    "opening",
    "openings",
    "vacancy",
    "vacancies",
    "post",
    "posts",
    "x",
    "shifts",
    "fte",
    "sites",
    "st",
    "nd",
    "rd",
    "th",
];

static LONG: LazyLock<Table<&'static str>> = LazyLock::new(|| WRITTEN_OUT.iter().copied().collect());
static ADDED: LazyLock<Set> = LazyLock::new(|| ADDED_WORDS.iter().copied().collect());
static COMMON: LazyLock<Set> = LazyLock::new(|| COMMON_WORDS.iter().copied().collect());
static COUNTED: LazyLock<Set> = LazyLock::new(|| COUNTED_WORDS.iter().copied().collect());
static RANK_OF: LazyLock<Table<u32>> = LazyLock::new(|| bits(RANKS));
static SHIFT_OF: LazyLock<Table<u32>> = LazyLock::new(|| bits(SHIFTS));

/// Gives the bit of each word of a table whose rows are one notion.
fn bits(rows: &[&[&'static str]]) -> Table<u32> {
    let row =
        |(at, words): (usize, &&[&'static str])| words.iter().map(move |word| (*word, 1 << at)).collect::<Vec<_>>();
    rows.iter().enumerate().flat_map(row).collect()
}

/// How much a shared word of two titles says, 0 to 1.
pub(super) fn weight(word: &str) -> f32 {
    if COMMON.contains(word) {
        0.4
    } else if word.len() < 3 {
        0.5
    } else {
        1.0
    }
}

impl Title {
    /// Takes a title apart. `places` are folded words of where the work is, which are left out.
    pub(super) fn of(title: &str, places: &[String]) -> Self {
        let mut read = Self::default();
        let mut tokens: Vec<String> = Vec::new();
        for token in title.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’')) {
            let token: String = token.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            if !token.is_empty() {
                tokens.push(token);
            }
        }
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if let Some((width, notion)) = notion_at(&tokens, at) {
                for word in notion.split(' ') {
                    read.add(word);
                }
                at += width;
                continue;
            }
            let next = tokens.get(at + 1).map(String::as_str);
            let counts = next.is_some_and(|next| next.bytes().all(|b| b.is_ascii_digit()) || COUNTED.contains(next));
            let ends = at > 0 && !counts;
            at += read.take(token, next, ends, places);
        }
        read.grades.sort_unstable();
        read.grades.dedup();
        read
    }

    /// Adds a word of the work.
    fn add(&mut self, word: &str) {
        self.ranks |= RANK_OF.get(word).copied().unwrap_or_default();
        if !word.is_empty() && !self.words.iter().any(|known| known == word) {
            self.words.push(word.to_owned());
        }
    }

    /// Takes one token, or two that belong together; gives how many.
    fn take(&mut self, token: &str, next: Option<&str>, is_last: bool, places: &[String]) -> usize {
        if matches!(token, "band" | "grade" | "level" | "gs" | "tier" | "step" | "class" | "afc")
            && let Some(grade) = next.and_then(grade_of)
        {
            self.grades.push(format!("g{grade}"));
            return 2;
        }
        if let Some(grade) = roman(token).or_else(|| bare_grade(token, is_last)) {
            self.grades.push(grade);
            return 1;
        }
        if let Some(bit) = SHIFT_OF.get(token) {
            self.shifts |= u8::try_from(*bit).unwrap_or_default();
            return 1;
        }
        if token.bytes().any(|b| b.is_ascii_digit()) || places.iter().any(|place| place == token) {
            return 1;
        }
        if ADDED.contains(token) {
            return 1;
        }
        self.add(written_out(token));
        1
    }
}

/// Writes an abbreviation out, and a plural as its singular.
fn written_out(token: &str) -> &str {
    let token = LONG.get(token).copied().unwrap_or(token);
    let one = singular(token);
    LONG.get(one).copied().unwrap_or(one)
}

/// Finds the longest phrase that begins at a token and is one notion.
fn notion_at(tokens: &[String], at: usize) -> Option<(usize, &'static str)> {
    let first = written_out(tokens.get(at)?);
    let candidates = PHRASES.get(first)?;
    candidates.iter().find_map(|(words, notion)| {
        let fits = words
            .iter()
            .enumerate()
            .all(|(offset, word)| tokens.get(at + offset).is_some_and(|token| written_out(token) == *word));
        fits.then_some((words.len(), *notion))
    })
}

/// `5`, `8a`, `ii`, `b5`.
fn grade_of(token: &str) -> Option<String> {
    let token = token.strip_prefix('b').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(token);
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    let rest = token.get(digits..)?;
    let plain = (1..=2).contains(&digits) && rest.len() <= 1 && rest.bytes().all(|b| b.is_ascii_alphabetic());
    roman(token).or_else(|| plain.then(|| token.trim_start_matches('0').to_owned()))
}

fn roman(token: &str) -> Option<String> {
    let number = match token {
        "i" => 1,
        "ii" => 2,
        "iii" => 3,
        "iv" => 4,
        "v" => 5,
        _ => return None,
    };
    Some(number.to_string())
}

/// A single digit at the end of a title, or `b5`, `l2`: a grade. `2 positions` is none.
fn bare_grade(token: &str, is_last: bool) -> Option<String> {
    let bytes = token.as_bytes();
    match bytes {
        [b'1'..=b'9'] if is_last => Some(token.to_owned()),
        [b'b', b'1'..=b'9'] | [b'b', b'1'..=b'9', b'a'..=b'd'] => token.get(1..).map(|grade| format!("g{grade}")),
        [b'l', b'1'..=b'9'] => token.get(1..).map(str::to_owned),
        _ => None,
    }
}

/// Folds a plural onto its singular: `records`, `services`, but `class` and `diagnosis` stay.
pub(super) fn singular(word: &str) -> &str {
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("is") && !word.ends_with("us")
    {
        return word.strip_suffix('s').unwrap_or(word);
    }
    word
}

/// How alike two words are: equal, one the head of the other, or one letter apart.
fn alike(a: &str, b: &str) -> f64 {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let is_head = short.len() >= 3 && long.starts_with(short);
    // A typo hardly ever hits the first two letters, and looking at them spares most of the comparing.
    let may_be_typo = short.len() >= 6 && long.len() - short.len() <= 1 && a.get(..2) == b.get(..2);
    if is_head || (may_be_typo && strsim::osa_distance(a, b) == 1) { 0.85 } else { 0.0 }
}

/// What two titles share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TitleMatch {
    /// The weighed share of the shorter title that stands in the longer one, 0 to 1.
    pub(super) contained: f64,
    /// The weighed share of all words that both have, 0 to 1.
    pub(super) jaccard: f64,
    /// Whether all words are the same.
    pub(super) equal: bool,
}

/// How many words of a title that the other lacks are looked at for likeness.
const MOST_LEFT: usize = 12;

type SmallWords<'a> = [Option<&'a TitleWord>; MOST_LEFT];

/// Compares the words of two titles. A word that names the other's place or employer says nothing.
pub(super) fn compare_titles(a: (&[TitleWord], &[u32]), b: (&[TitleWord], &[u32])) -> TitleMatch {
    let (mut sum_a, mut sum_b, mut common, mut unmatched) = (0.0, 0.0, 0.0, false);
    // A word that both have names neither's place: those were left out of the titles.
    let is_name = |word: &TitleWord, names: &[u32]| names.contains(&word.hash);
    let mut left: SmallWords<'_> = [None; MOST_LEFT];
    let mut lefts = 0;
    for other in b.0 {
        if a.0.iter().any(|word| word.hash == other.hash) {
            sum_b += f64::from(other.weight);
        } else if !is_name(other, a.1) {
            sum_b += f64::from(other.weight);
            if let Some(slot) = left.get_mut(lefts) {
                *slot = Some(other);
                lefts += 1;
            }
        }
    }
    for word in a.0 {
        if b.0.iter().any(|other| other.hash == word.hash) {
            sum_a += f64::from(word.weight);
            common += f64::from(word.weight);
        } else if !is_name(word, b.1) {
            sum_a += f64::from(word.weight);
            unmatched = true;
            let best = left
                .iter()
                .flatten()
                .map(|other| alike(&word.text, &other.text) * f64::from(word.weight.min(other.weight)));
            common += best.fold(0.0, f64::max);
        }
    }
    let common = common.min(sum_a).min(sum_b);
    let least = sum_a.min(sum_b).max(0.1);
    let union = (sum_a + sum_b - common).max(0.1);
    let equal = !unmatched && sum_a > 0.0 && (sum_a - sum_b).abs() < 1e-6;
    TitleMatch { contained: common / least, jaccard: common / union, equal }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(title: &str) -> String {
        Title::of(title, &["columbus".to_owned()]).words.join(" ")
    }

    #[test]
    fn spellings_of_one_title_come_down_to_the_same_words() {
        for (a, b) in [
            ("Sr. HIM Coder - Columbus (Remote)", "Senior Health Information Management Coder"),
            ("MRT (Coder)", "Medical Records Technician (Coder)"),
            ("Inpt Coding Spec, RHIT/CCS", "Inpatient Coder Specialist"),
            ("Certified Tumor Registrar (CTR)", "Oncology Data Specialist - ODS-C"),
            ("ROI Specialist", "Release of Information Specialist"),
            ("CDI Specialist", "Clinical Documentation Integrity Specialist"),
            ("Now Hiring! HCC Coder $5,000 Sign-On Bonus", "Risk Adjustment Coder"),
        ] {
            assert_eq!(core(a), core(b), "{a} / {b}");
        }
    }

    #[test]
    fn ranks_grades_and_shifts_stand_apart() {
        let read = |title: &str| Title::of(title, &[]);
        assert_eq!(read("Coder II").grades, ["2"]);
        assert_eq!(read("Coder 2").grades, ["2"]);
        assert_eq!(read("Coder, 2 positions").grades, Vec::<String>::new());
        assert_eq!(read("Medical Records Technician GS-9").grades, ["g9"]);
        assert_ne!(read("Senior Coder").ranks, read("Coder").ranks);
        assert_eq!(read("Manager of HIM").ranks, read("HIM Mgr").ranks);
        assert_eq!(read("Health Information Management Clerk").ranks, 0);
        assert_ne!(read("HIM Clerk - Nights").shifts, 0);
    }
}
