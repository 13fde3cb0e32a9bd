//! `dedupe review`: doubtful pairs, one after the other, for a person to decide.
//!
//! Keys are read by line, so that it works behind a pipe as well.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal, Write};

use super::beside::beside;
use super::points::{in_words, points};
use super::{ByArguments, decide, judge, refused};
use crate::cli::context::Context;
use crate::cli::format::Format;
use crate::cli::{Outcome, output};
use crate::model::{Link, Ruling};
use crate::store::{Decision, DecisionError, Store};

/// What can be typed.
const PROMPT: &str = "[s]ame [d]ifferent [k]eep for later [u]ndo last [q]uit? ";

const PROMPT_AT_THE_END: &str = "That was the last pair. [u]ndo last [q]uit? ";

/// Two postings by name.
type Names = (String, String);

/// What was done last, so that it can be taken back.
enum Done {
    Decided(i64),
    Kept(Names),
}

/// Prints the pairs, and asks nothing.
pub(super) fn list(context: &Context) -> anyhow::Result<Outcome> {
    let format = context.format_without_csv()?;
    let pairs = context.reader()?.doubtful_pairs(usize::MAX)?;
    print_pairs(&pairs, format)
}

fn print_pairs(pairs: &[Link], format: Format) -> anyhow::Result<Outcome> {
    if format == Format::Json {
        output::print_json(&pairs)?;
    } else {
        pairs.iter().try_for_each(output::print_line)?;
    }
    Ok(told(pairs.is_empty()))
}

fn told(nothing: bool) -> Outcome {
    if nothing {
        output::say("nothing is doubtful");
        return Outcome::Partly;
    }
    Outcome::Done
}

/// Walks through the pairs.
pub(super) fn run(context: &Context, by: &ByArguments) -> anyhow::Result<Outcome> {
    if context.format_without_csv()? != Format::Table {
        return list(context);
    }
    let store = context.store()?;
    if store.doubtful_pairs(1)?.is_empty() {
        return Ok(told(true));
    }
    let mut review = Review { context, store, who: by.who(), kept: BTreeSet::new(), done: Vec::new() };
    review.walk(&mut std::io::stdin().lock())?;
    let open = review.store.doubtful_pairs(usize::MAX)?.len();
    let decided = review.done.iter().filter(|done| matches!(done, Done::Decided(_))).count();
    output::say(&format!("{decided} decided, {open} still doubtful"));
    Ok(Outcome::Done)
}

struct Review<'a> {
    context: &'a Context,
    store: Store,
    who: String,
    kept: BTreeSet<Names>,
    done: Vec<Done>,
}

impl Review<'_> {
    fn walk(&mut self, input: &mut impl BufRead) -> anyhow::Result<()> {
        loop {
            // One decision can settle several pairs, and undoing one brings them back.
            let goes_on = match self.next()? {
                Some((link, left)) => {
                    self.show(&link, left)?;
                    self.ask(&link, input)?
                }
                None => self.ask_at_the_end(input)?,
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Lets the last thing be undone when no pair is left; tells whether it was.
    fn ask_at_the_end(&mut self, input: &mut impl BufRead) -> anyhow::Result<bool> {
        prompt(PROMPT_AT_THE_END);
        let mut typed = String::new();
        input.read_line(&mut typed)?;
        if matches!(typed.trim().to_lowercase().as_str(), "u" | "undo") { self.undo() } else { Ok(false) }
    }

    /// Gives the most doubtful pair that was not kept for later, and how many there are.
    fn next(&self) -> anyhow::Result<Option<(Link, usize)>> {
        let pairs = self.store.doubtful_pairs(usize::MAX)?;
        let mut open = pairs.into_iter().filter(|link| !self.kept.contains(&(link.a.clone(), link.b.clone())));
        let next = open.next();
        Ok(next.map(|link| (link, open.count() + 1)))
    }

    fn show(&self, link: &Link, left: usize) -> anyhow::Result<()> {
        let (a, b) = (self.store.posting(&link.a).map_err(refused)?, self.store.posting(&link.b).map_err(refused)?);
        let head = format!("{}; {left} to go", in_words(link.kind, link.probability));
        output::print(&format!("{head}\n\n{}\n\n{}\n", beside(&a, &b, output::width()), points(&link.evidence)))
    }

    /// Asks until a key is typed that leads on; tells whether to go on.
    fn ask(&mut self, link: &Link, input: &mut impl BufRead) -> anyhow::Result<bool> {
        loop {
            prompt(PROMPT);
            let mut typed = String::new();
            if input.read_line(&mut typed)? == 0 {
                return Ok(false);
            }
            match typed.trim().to_lowercase().as_str() {
                "s" | "same" if self.decide(link, Ruling::Same)? => return Ok(true),
                "d" | "different" if self.decide(link, Ruling::Different)? => return Ok(true),
                "s" | "same" | "d" | "different" => {}
                "k" | "keep" => {
                    let names = (link.a.clone(), link.b.clone());
                    self.kept.insert(names.clone());
                    self.done.push(Done::Kept(names));
                    return Ok(true);
                }
                "u" | "undo" => {
                    if self.undo()? {
                        return Ok(true);
                    }
                }
                "q" | "quit" => return Ok(false),
                _ => output::say("type s, d, k, u or q"),
            }
        }
    }

    /// Decides; what people have said before can forbid it, which is told.
    fn decide(&mut self, link: &Link, ruling: Ruling) -> anyhow::Result<bool> {
        let decision = Decision {
            a: link.a.clone(),
            b: link.b.clone(),
            ruling,
            who: self.who.clone(),
            why: Some("review".to_owned()),
            now: self.context.clock.now(),
            judge: judge(),
        };
        match self.store.decide(decision) {
            Ok(decided) => {
                output::print(&format!("{}\n", decide::in_words(&decided)))?;
                self.done.push(Done::Decided(decided.event));
                Ok(true)
            }
            Err(error @ DecisionError::Contradicts(..)) => {
                output::complain(&error.to_string());
                Ok(false)
            }
            Err(error) => Err(refused(error)),
        }
    }

    /// Takes the last thing back; tells whether there was one.
    fn undo(&mut self) -> anyhow::Result<bool> {
        match self.done.pop() {
            None => {
                output::say("there is nothing to undo");
                return Ok(false);
            }
            Some(Done::Kept(names)) => {
                self.kept.remove(&names);
            }
            Some(Done::Decided(event)) => {
                let undone = self.store.undo(&judge(), event, &self.who, self.context.clock.now()).map_err(refused)?;
                output::print(&format!("{}\n", undone.says))?;
            }
        }
        Ok(true)
    }
}

fn prompt(words: &str) {
    let mut err = std::io::stderr().lock();
    // Where nobody types, nothing else ends the line.
    let end = if std::io::stdin().is_terminal() { "" } else { "\n" };
    let _ = write!(err, "{words}{end}").and_then(|()| err.flush());
}
