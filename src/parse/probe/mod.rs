//! Tells which software a site runs on: signs are gathered from each answer, the next request that
//! would settle the matter is named, and the verdict is what the real reader made of an answer.
//! Pure: who asks, and whether it may be asked at all, is decided elsewhere.

mod answers;
mod draft;
mod drafting;
mod pointers;
mod questions;
mod reading;
mod selectors;
mod shapes;
mod sight;
mod software;

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::Serialize;
use url::Url;

pub use draft::Draft;
pub use reading::Reading;
pub use software::{Candidate, Sign, Software};

use crate::model::{BoardId, Page, RawPosting, Wanted};
use shapes::Shape;
use sight::Form;
use software::{WORTH_A_REQUEST, ranked};

/// A page that shows fewer letters than this, and scripts, is drawn by them.
const SCRIPTED: usize = 400;

/// The next request that would settle the matter.
#[derive(Clone, Debug)]
pub struct Question {
    /// What it asks after; `None` for a look.
    pub software: Option<Software>,
    /// The request.
    pub wanted: Wanted,
    /// What it would settle, for people.
    pub why: String,
}

/// What a probe found, without what the requests themselves said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The reader of an engine read the board.
    Engine,
    /// No known engine, but rules guessed from the page read it.
    Guess,
    /// A bot wall.
    Wall,
    /// A login page.
    Login,
    /// A page that scripts draw.
    Scripts,
    /// A page without any posting.
    Marketing,
    /// Nothing that could be told.
    Unknown,
}

/// The state of a probe.
#[derive(Clone, Debug)]
pub struct Probing {
    start: Url,
    today: NaiveDate,
    id: BoardId,
    asked: HashSet<String>,
    signs: Vec<Sign>,
    disproved: Vec<Software>,
    readings: Vec<Reading>,
    /// The draft whose reader read a list, if any.
    draft: Option<Draft>,
    /// A row of that list, for asking after its details.
    rows: Vec<RawPosting>,
    more: Vec<Wanted>,
    /// Whether a page of one posting was read by the draft's engine.
    detailed: bool,
    wall: Option<String>,
    first: Option<FirstLook>,
    guess: Option<Draft>,
    settled: bool,
}

/// What the first page showed.
#[derive(Clone, Debug)]
struct FirstLook {
    page: Page,
    form: Form,
    name: Option<String>,
    letters: usize,
    scripts: usize,
    shapes: Vec<Shape>,
    feeds: Vec<sight::FeedLink>,
    is_posting: bool,
}

impl Probing {
    /// Begins at an address; `today` is the day at the board, `id` the board's future name.
    #[must_use]
    pub fn new(start: Url, id: BoardId, today: NaiveDate) -> Self {
        Self {
            start,
            today,
            id,
            asked: HashSet::new(),
            signs: Vec::new(),
            disproved: Vec::new(),
            readings: Vec::new(),
            draft: None,
            rows: Vec::new(),
            more: Vec::new(),
            detailed: false,
            wall: None,
            first: None,
            guess: None,
            settled: false,
        }
    }

    /// Gives the verdict with a sentence for people.
    #[must_use]
    pub fn verdict(&self) -> (Verdict, String) {
        if let Some(draft) = self.proven() {
            let name = draft.software.name();
            return (Verdict::Engine, format!("{name}, engine `{}`", draft.software.engine().as_str()));
        }
        if let Some(sign) = &self.wall {
            let login = sign.starts_with("a login page");
            return (if login { Verdict::Login } else { Verdict::Wall }, sign.clone());
        }
        let Some(first) = &self.first else {
            return (Verdict::Unknown, "none known: its answers tell nothing".to_owned());
        };
        if let Some(draft) = &self.guess {
            let rules = if draft.html.is_some() { "selectors" } else { "pointers" };
            return (Verdict::Guess, format!("none known; {rules} guessed from the page read it"));
        }
        match first.form {
            Form::Html if first.letters < SCRIPTED && first.scripts > 0 => {
                (Verdict::Scripts, "none known: the page is drawn by scripts, and shows nothing without them".into())
            }
            Form::Html if !first.shapes.iter().any(|shape| shape.is_telling) => {
                (Verdict::Marketing, "none known: a page without any posting or link to one".into())
            }
            _ => (Verdict::Unknown, "none known".into()),
        }
    }

    /// Gives the draft whose reader read the board.
    #[must_use]
    pub fn proven(&self) -> Option<&Draft> {
        let draft = self.draft.as_ref()?;
        // A list of links alone proves nothing: one of them must have been seen to carry JSON-LD.
        let whole = draft.software != Software::JsonLd || (self.detailed && !self.rows.is_empty());
        whole.then_some(draft)
    }

    /// Gives the best draft: the proven one, else a guess, else what the heaviest signs speak for.
    #[must_use]
    pub fn draft(&self) -> Option<Draft> {
        let strong = || {
            let (software, _) = ranked(&self.signs).into_iter().find(|(_, weight)| *weight >= 8)?;
            self.draft_of(software).filter(|_| !self.disproved.contains(&software))
        };
        self.proven().or(self.guess.as_ref()).cloned().or_else(strong)
    }

    /// Gives the signs.
    #[must_use]
    pub fn signs(&self) -> &[Sign] {
        &self.signs
    }

    /// Gives what the readers made of the answers.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// Gives what the signs speak for, the heaviest first.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate> {
        let proven = self.proven().map(|draft| draft.software);
        let candidate = |(software, weight): (Software, u32)| Candidate {
            software,
            engine: software.engine(),
            weight,
            confidence: match weight {
                _ if proven == Some(software) => "proven",
                _ if self.disproved.contains(&software) => "disproved",
                8.. => "strong",
                WORTH_A_REQUEST.. => "likely",
                _ => "faint",
            },
        };
        ranked(&self.signs).into_iter().map(candidate).collect()
    }
}

#[cfg(test)]
mod tests;
