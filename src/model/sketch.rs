//! What of a posting a judge compares: about a kilobyte that can be read by the thousand, while the
//! posting itself is some fifteen.

use serde::{Deserialize, Serialize};

use super::ids::PostingKey;
use super::place::WorkMode;

/// A posting as a judge sees it. Made by [`Judge::sketch`](super::Judge::sketch) and stored beside the
/// posting; another set of members is another model of the judge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sketch {
    /// Board and id.
    pub key: PostingKey,
    /// The id in a network of boards that share numbering.
    pub network_id: Option<String>,
    /// The hash of its page's address.
    pub page: Option<u64>,
    /// The hash of the address at which one applies, where that names an opening on another host.
    pub apply: Option<u64>,
    /// The hash of that address's host.
    pub apply_host: Option<u64>,
    /// The title as people read it.
    pub title: String,
    /// What the title comes down to, each word with what sharing it says.
    pub words: Vec<TitleWord>,
    /// Steps of a career that the title names, one bit each.
    pub ranks: u32,
    /// Grades and levels that the title names: `2`, `g8a`.
    pub grades: Vec<String>,
    /// Shifts that the title names, or that stand as a field in the text, one bit each.
    pub shifts: u8,
    /// Shifts that its text speaks of, likewise.
    pub text_shifts: u8,
    /// The employer as people read it.
    pub employer: String,
    /// The employer's words that tell it from others, one blank between.
    pub employer_core: String,
    /// The employer's identity in the alias table.
    pub employer_id: Option<String>,
    /// Whether an agency advertises for somebody else, or the employer is kept secret.
    pub agency: bool,
    /// Where the work is.
    pub places: Vec<SketchPlace>,
    /// Hashes of the words that name place or employer: in a title they say nothing more.
    pub names: Vec<u32>,
    /// Work mode, where stated or evident.
    pub work_mode: Option<WorkMode>,
    /// Upper bound of the pay as stated by the hour (`true`), or a year's.
    pub pay: Option<(f32, bool)>,
    /// Lower bound of the pay in the same unit.
    pub pay_from: Option<f32>,
    /// Employment types, one bit each.
    pub employment: u16,
    /// Requisition and announcement numbers, folded.
    pub numbers: Vec<String>,
    /// Credentials that are required, by id.
    pub credentials: Vec<String>,
    /// What it is coded as.
    pub role: Option<String>,
    /// Hashes of what else it is coded with, ascending: specialties, software, credentials, years.
    pub facts: Vec<u32>,
    /// Hiring paths.
    pub open_to: Vec<String>,
    /// The day it was posted, counted from the year 1.
    pub posted: Option<i32>,
    /// The day on which it closes, likewise.
    pub closes: Option<i32>,
    /// How many words its text has.
    pub length: u32,
    /// One in how many of the text's five-word pieces is kept: a power of two.
    pub density: u8,
    /// The hashes of those pieces, ascending.
    pub pieces: Vec<u32>,
}

/// One word of a title's core.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TitleWord {
    /// The word, written out and singular.
    pub text: String,
    /// Its hash, by which words are compared.
    pub hash: u32,
    /// How much sharing it says, 0 to 1.
    pub weight: f32,
}

/// One place of a sketch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SketchPlace {
    /// As people read it.
    pub name: String,
    /// State or province.
    pub region: Option<String>,
    /// Degrees north and east.
    pub point: Option<(f32, f32)>,
    /// Whether it is a metropolitan area, a state or a country and not the town itself.
    pub is_area: bool,
}

impl Sketch {
    /// Gives the sketch of a posting of which nothing but its key is known.
    #[must_use]
    pub fn of(key: PostingKey) -> Self {
        Self {
            key,
            network_id: None,
            page: None,
            apply: None,
            apply_host: None,
            title: String::new(),
            words: Vec::new(),
            ranks: 0,
            grades: Vec::new(),
            shifts: 0,
            text_shifts: 0,
            employer: String::new(),
            employer_core: String::new(),
            employer_id: None,
            agency: false,
            places: Vec::new(),
            names: Vec::new(),
            work_mode: None,
            pay: None,
            pay_from: None,
            employment: 0,
            numbers: Vec::new(),
            credentials: Vec::new(),
            role: None,
            facts: Vec::new(),
            open_to: Vec::new(),
            posted: None,
            closes: None,
            length: 0,
            density: 2,
            pieces: Vec::new(),
        }
    }

    /// Leaves out the pieces that too many texts share.
    #[must_use]
    pub fn without(mut self, is_common: impl Fn(u32) -> bool) -> Self {
        self.pieces.retain(|piece| !is_common(*piece));
        self
    }
}
