//! What a job must have for a set of filters to say anything but no: lists of which each must be met by
//! at least one of its members. They are necessary, never sufficient.

use super::asked_words::AskedWords;
use super::evaluate::{AskedCriteria, Condition, Test};
use crate::model::{AskedEmployer, Near, UNSTATED, facet_name};

/// Something that a job has or has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// A word in any of its texts.
    Word(String),
    /// A value of a facet.
    Facet(String),
    /// A word in any of the employer's names.
    EmployerWord(String),
    /// An employer's identity.
    Identity(String),
    /// An address.
    Address(String),
    /// A place in a cell of the map.
    Cell((i16, i16)),
    /// No place that is known to a town.
    Nowhere,
}

/// The most cells that a circle is looked for in; a larger one demands nothing.
const MOST_CELLS: usize = 64;

/// Gives what criteria demand. An empty list cannot be met.
pub(super) fn demands(asked: &AskedCriteria) -> Vec<Vec<Demand>> {
    let mut demands = Vec::new();
    for condition in &asked.conditions {
        match condition {
            Condition::Boards(boards) => {
                demands.push(boards.iter().map(|board| Demand::Facet(facet_name("bd", board))).collect());
            }
            Condition::Roles(roles) => demands.push(roles.iter().cloned().map(Demand::Facet).collect()),
            Condition::Words(words) => of_words(words, &mut demands),
            Condition::TooManyWords => demands.push(Vec::new()),
            Condition::Status(_)
            | Condition::NotEmployer(_)
            | Condition::PostedWithin(_)
            | Condition::Socs(_)
            | Condition::Direct
            | Condition::NoWarnings => {}
        }
    }
    for question in &asked.questions {
        match &question.test {
            Test::Facet { any, unstated, .. } => {
                demands.push(any.iter().chain([unstated]).cloned().map(Demand::Facet).collect());
            }
            Test::Employer(employers) => of_employers(employers, &mut demands),
            Test::Near { near, .. } => demands.extend(of_circle(near)),
            Test::Pay { .. }
            | Test::Closing(_)
            | Test::ExperienceAtMost(_)
            | Test::HoursAtLeast(_)
            | Test::HoursAtMost(_)
            | Test::Stated => {}
        }
    }
    demands
}

fn of_words(words: &AskedWords, demands: &mut Vec<Vec<Demand>>) {
    match words {
        AskedWords::Phrase { words, .. } if words.is_empty() => demands.push(Vec::new()),
        AskedWords::Phrase { words, prefix, .. } => {
            let whole = if *prefix { &words[..words.len() - 1] } else { words };
            demands.extend(whole.iter().map(|word| vec![Demand::Word(word.clone())]));
        }
        AskedWords::Address(address) => demands.push(vec![Demand::Address(address.clone())]),
        AskedWords::All(parts) => parts.iter().for_each(|part| of_words(part, demands)),
        AskedWords::Any(parts) => {
            let mut any = Vec::new();
            for part in parts {
                let mut of_part = Vec::new();
                of_words(part, &mut of_part);
                // One demand of each choice will do, and few members are easier to meet than to look up.
                match of_part.into_iter().min_by_key(|demand| (demand.len(), std::cmp::Reverse(longest(demand)))) {
                    Some(demand) => any.extend(demand),
                    None => return,
                }
            }
            demands.push(any);
        }
        AskedWords::Not(_) => {}
    }
}

/// Gives the length of the longest word: long words are rare.
fn longest(demand: &[Demand]) -> usize {
    demand
        .iter()
        .map(|one| if let Demand::Word(word) = one { word.len() } else { usize::MAX })
        .max()
        .unwrap_or_default()
}

fn of_employers(employers: &[AskedEmployer], demands: &mut Vec<Vec<Demand>>) {
    let unstated = Demand::Facet(facet_name("em", UNSTATED));
    if let [employer] = employers {
        demands.extend(of_employer(employer).into_iter().map(|demand| vec![demand, unstated.clone()]));
        return;
    }
    let mut any = vec![unstated];
    for employer in employers {
        match of_employer(employer).pop() {
            Some(demand) => any.push(demand),
            None => return,
        }
    }
    demands.push(any);
}

/// Gives what an employer's names must hold, the longest word last.
fn of_employer(employer: &AskedEmployer) -> Vec<Demand> {
    match employer {
        AskedEmployer::Identity(id) => vec![Demand::Identity(id.clone())],
        AskedEmployer::Words(words) => {
            let is_whole = words.ends_with(' ');
            let mut whole: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
            if !is_whole {
                whole.pop();
            }
            whole.sort_by_key(|word| word.len());
            whole.into_iter().map(|word| Demand::EmployerWord(word.to_owned())).collect()
        }
    }
}

/// Gives the cell of the map, a degree by a degree, that a point lies in.
pub(super) fn cell((latitude, longitude): (f64, f64)) -> (i16, i16) {
    (degree(latitude), degree(longitude))
}

fn degree(angle: f64) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "angles are below 361, and a cast of others saturates")]
    let whole = angle.floor() as i16;
    whole
}

/// Gives the cells that a circle touches, and what makes a job that is in none of them one that may be
/// inside; `None` for a circle of many cells, or one that goes round the map's edge.
fn of_circle(near: &Near) -> Option<Vec<Demand>> {
    let (south, north) = near.latitudes();
    let widest = south.abs().max(north.abs()).to_radians().cos();
    if south.abs().max(north.abs()) >= 85.0 {
        return None;
    }
    let reach = (north - south) / 2.0 / widest * 1.01 + 0.01;
    let (west, east) = (near.longitude - reach, near.longitude + reach);
    if west < -180.0 || east > 180.0 {
        return None;
    }
    let (rows, columns) = (degree(south)..=degree(north), degree(west)..=degree(east));
    if rows.len() * columns.len() > MOST_CELLS {
        return None;
    }
    let cells = rows.flat_map(|row| columns.clone().map(move |column| Demand::Cell((row, column))));
    Some([Demand::Nowhere, Demand::Facet(facet_name("wm", "remote"))].into_iter().chain(cells).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::parse_query;
    use crate::model::Criteria;

    fn demanded(criteria: &Criteria) -> Vec<Vec<Demand>> {
        demands(&AskedCriteria::of(criteria))
    }

    fn word(word: &str) -> Demand {
        Demand::Word(word.to_owned())
    }

    fn facet(facet: &str) -> Demand {
        Demand::Facet(facet.to_owned())
    }

    #[test]
    fn every_word_is_demanded_and_of_choices_any() {
        let criteria =
            Criteria { query: parse_query("coder \"risk adjustment\" a* in OR outpatient -x"), ..Criteria::default() };
        let expected = vec![
            vec![word("coder")],
            vec![word("risk")],
            vec![word("adjustment")],
            vec![word("in"), word("outpatient")],
        ];
        assert_eq!(demanded(&criteria), expected);
        let criteria = Criteria { query: parse_query("-x"), ..Criteria::default() };
        assert_eq!(demanded(&criteria), Vec::<Vec<Demand>>::new());
    }

    #[test]
    fn what_is_unstated_meets_a_demand_as_well() {
        let criteria =
            Criteria { states: vec!["OH".into()], employers: vec!["Mercy Health".into()], ..Criteria::default() };
        let employer = |word: &str| vec![Demand::EmployerWord(word.to_owned()), facet("em:unstated")];
        let expected =
            vec![vec![facet("st:oh"), facet("st:us"), facet("st:unstated")], employer("mercy"), employer("health")];
        assert_eq!(demanded(&criteria), expected);
    }

    #[test]
    fn a_small_circle_is_a_few_cells() {
        let near = |latitude: f64, longitude: f64, miles: f64| Near {
            label: String::new(),
            latitude,
            longitude,
            miles,
            states: Vec::new(),
        };
        let cells = of_circle(&near(39.96, -83.0, 25.0)).unwrap();
        assert_eq!(cells.len(), 2 + 4, "{cells:?}");
        assert!(cells.contains(&Demand::Cell(cell((40.1, -83.2)))));
        assert_eq!(of_circle(&near(39.96, -83.0, 3_000.0)), None);
        assert_eq!(of_circle(&near(52.0, 179.99, 25.0)), None);
    }
}
