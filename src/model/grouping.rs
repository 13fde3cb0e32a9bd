//! The written rule by which postings that are linked with each other are divided into jobs. Pure: the
//! answer depends on the postings and the verdicts between them, not on the order in which they came.
//!
//! What people have ruled comes first. Then links are taken from the strongest to the weakest, and two
//! groups are joined where no two members forbid it and the mean probability across them is high
//! enough. Chains are so cut: A like B and B like C do not make A and C one job when the two are
//! unlike. And a posting that could as well belong to either of two groups that cannot be one is left
//! alone: to guess would hide a job half of the time.

/// The least mean probability across two groups that are joined: the join threshold with a margin for
/// pairs that say little.
const LEAST_MEAN: f64 = 0.5;

/// The most postings one job takes; a real vacancy has a handful.
const LARGEST_JOB: usize = 64;

/// Against how many members of a group another's are compared.
const MOST_COMPARED: usize = 8;

/// By how many points a link must be stronger than its rival.
const MARGIN: f64 = 0.3;

/// What a person has said of two postings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// They are one job.
    Same,
    /// They are two.
    Different,
}

/// What is known of two postings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pair {
    /// The probability that both advertise one vacancy.
    pub probability: f64,
    /// Whether the verdict joins them.
    pub joins: bool,
    /// Whether they are the same advertisement.
    pub exact: bool,
    /// Whether a point forbids joining.
    pub veto: bool,
    /// What a person has said, which outranks all the above.
    pub ruling: Option<Ruling>,
}

impl Pair {
    /// Tells whether the two may be taken for one by themselves.
    #[must_use]
    pub fn connects(&self) -> bool {
        match self.ruling {
            Some(ruling) => ruling == Ruling::Same,
            None => self.joins && !self.veto,
        }
    }

    fn forbids(&self) -> bool {
        self.ruling.map_or(self.veto, |ruling| ruling == Ruling::Different)
    }

    /// The strength of the evidence in log-odds.
    fn points(&self) -> f64 {
        let p = self.probability.clamp(1e-9, 1.0 - 1e-9);
        (p / (1.0 - p)).ln()
    }

    fn rank(&self) -> u8 {
        match (self.ruling, self.exact) {
            (Some(Ruling::Same), _) => 2,
            (_, true) => 1,
            _ => 0,
        }
    }
}

/// A link or a ruling between two of the postings, by their places in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// One.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// What is known of them.
    pub pair: Pair,
}

/// Divides postings 0 to `size` into jobs. `edges` are the links between them and every ruling. The postings must be in an order of their own (by key),
/// because ties are broken by it. `pair` gives what is known of two of them, the lower one first.
///
/// # Errors
/// Those of `pair`.
pub fn divide<E>(
    size: usize,
    mut edges: Vec<Edge>,
    pair: &mut dyn FnMut(usize, usize) -> Result<Pair, E>,
) -> Result<Vec<Vec<usize>>, E> {
    let apart = edges.iter().filter(|edge| edge.pair.ruling == Some(Ruling::Different));
    let apart = apart.map(|edge| (edge.a, edge.b)).collect();
    edges.retain(|edge| edge.pair.connects() && edge.a < size && edge.b < size && edge.a != edge.b);
    edges.sort_by(|x, y| {
        let strength = y.pair.rank().cmp(&x.pair.rank()).then(y.pair.probability.total_cmp(&x.pair.probability));
        strength.then((x.a.min(x.b), x.a.max(x.b)).cmp(&(y.a.min(y.b), y.a.max(y.b))))
    });
    let groups = (0..size).map(|at| vec![at]).collect();
    let mut division = Division { groups, group_of: (0..size).collect(), apart, pair };
    for edge in &edges {
        let (x, y) = (division.of(edge.a), division.of(edge.b));
        if x != y && division.may_join((x, y), edge)? && !division.is_rivalled((x, y), edge, &edges)? {
            division.join(x, y);
        }
    }
    let mut groups = division.groups;
    groups.retain(|group| !group.is_empty());
    Ok(groups)
}

struct Division<'a, E> {
    groups: Vec<Vec<usize>>,
    group_of: Vec<usize>,
    /// Pairs that people have said are different.
    apart: Vec<(usize, usize)>,
    pair: &'a mut dyn FnMut(usize, usize) -> Result<Pair, E>,
}

impl<E> Division<'_, E> {
    fn of(&self, posting: usize) -> usize {
        self.group_of.get(posting).copied().unwrap_or_default()
    }

    fn members(&self, group: usize) -> Vec<usize> {
        self.groups.get(group).cloned().unwrap_or_default()
    }

    fn join(&mut self, x: usize, y: usize) {
        let moved = self.groups.get_mut(y).map(std::mem::take).unwrap_or_default();
        for member in &moved {
            if let Some(group) = self.group_of.get_mut(*member) {
                *group = x;
            }
        }
        if let Some(group) = self.groups.get_mut(x) {
            group.extend(moved);
            group.sort_unstable();
        }
    }

    /// Tells whether two groups forbid each other, and their mean probability.
    fn across(&mut self, x: usize, y: usize) -> Result<(bool, f64), E> {
        let (x, y) = (self.members(x), self.members(y));
        let (mut sum, mut pairs, mut forbidden) = (0.0, 0.0, false);
        for a in x.iter().take(MOST_COMPARED) {
            for b in y.iter().take(MOST_COMPARED) {
                let known = (self.pair)(*a.min(b), *a.max(b))?;
                forbidden |= known.forbids();
                sum += if known.ruling == Some(Ruling::Same) { 1.0 } else { known.probability };
                pairs += 1.0;
            }
        }
        Ok((forbidden, if pairs > 0.0 { sum / pairs } else { 0.0 }))
    }

    fn may_join(&mut self, (x, y): (usize, usize), edge: &Edge) -> Result<bool, E> {
        if self.members(x).len() + self.members(y).len() > LARGEST_JOB {
            return Ok(false);
        }
        // Every member counts here, however many are compared.
        if self.people_forbid(x, y) {
            return Ok(false);
        }
        if edge.pair.ruling == Some(Ruling::Same) {
            return Ok(true);
        }
        let (forbidden, mean) = self.across(x, y)?;
        Ok(!forbidden && (edge.pair.exact || mean >= LEAST_MEAN))
    }

    /// Tells whether a person has said that some two members are different.
    fn people_forbid(&self, x: usize, y: usize) -> bool {
        self.apart.iter().any(|(a, b)| {
            let (a, b) = (self.of(*a), self.of(*b));
            (a, b) == (x, y) || (a, b) == (y, x)
        })
    }

    /// Tells whether one of two groups could as well join a third one that the other cannot join.
    fn is_rivalled(&mut self, (x, y): (usize, usize), edge: &Edge, edges: &[Edge]) -> Result<bool, E> {
        if edge.pair.rank() > 0 {
            return Ok(false);
        }
        let least = edge.pair.points() - MARGIN;
        for rival in edges.iter().filter(|rival| rival.pair.rank() == 0 && rival.pair.points() >= least) {
            let (u, v) = (self.of(rival.a), self.of(rival.b));
            for (own, other) in [(x, y), (y, x)] {
                let third = if u == own {
                    v
                } else if v == own {
                    u
                } else {
                    continue;
                };
                if third == x || third == y {
                    continue;
                }
                let (forbidden, mean) = self.across(other, third)?;
                if forbidden || mean < LEAST_MEAN {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn divided(size: usize, known: &[(usize, usize, Pair)]) -> Vec<Vec<usize>> {
        let edges = known.iter().map(|(a, b, pair)| Edge { a: *a, b: *b, pair: *pair }).collect();
        let mut look = |a: usize, b: usize| {
            let found = known.iter().find(|(x, y, _)| (*x, *y) == (a, b));
            Ok::<_, Infallible>(found.map_or(Pair::default(), |(_, _, pair)| *pair))
        };
        let mut groups = divide(size, edges, &mut look).unwrap();
        groups.sort();
        groups
    }

    fn like(probability: f64) -> Pair {
        Pair { probability, joins: true, ..Pair::default() }
    }

    fn exact() -> Pair {
        Pair { exact: true, ..like(1.0) }
    }

    fn veto() -> Pair {
        Pair { probability: 0.4, veto: true, ..Pair::default() }
    }

    fn ruled(ruling: Ruling, pair: Pair) -> Pair {
        Pair { ruling: Some(ruling), ..pair }
    }

    #[test]
    fn like_postings_are_one_job() {
        assert_eq!(divided(3, &[(0, 1, like(0.9)), (1, 2, like(0.9)), (0, 2, like(0.8))]), vec![vec![0, 1, 2]]);
    }

    #[test]
    fn a_chain_is_cut_where_its_ends_are_unlike() {
        assert_eq!(divided(3, &[(0, 1, like(0.95)), (1, 2, like(0.8))]), vec![vec![0, 1], vec![2]]);
    }

    #[test]
    fn a_veto_between_any_two_keeps_groups_apart() {
        assert_eq!(divided(3, &[(0, 1, like(0.99)), (1, 2, exact()), (0, 2, veto())]), vec![vec![0], vec![1, 2]]);
    }

    #[test]
    fn an_exact_link_needs_no_mean() {
        assert_eq!(divided(3, &[(0, 1, like(0.9)), (1, 2, exact())]), vec![vec![0], vec![1, 2]]);
        assert_eq!(divided(3, &[(0, 1, exact()), (1, 2, exact())]), vec![vec![0, 1, 2]]);
    }

    #[test]
    fn what_fits_two_jobs_equally_well_is_left_alone() {
        assert_eq!(
            divided(3, &[(0, 1, like(0.9)), (1, 2, like(0.9)), (0, 2, veto())]),
            vec![vec![0], vec![1], vec![2]]
        );
        let clearly = divided(3, &[(0, 1, like(0.97)), (1, 2, like(0.9)), (0, 2, veto())]);
        assert_eq!(clearly, vec![vec![0, 1], vec![2]]);
    }

    #[test]
    fn what_people_say_holds_for_the_last_member_of_a_large_job_too() {
        let mut known = vec![(12, 13, ruled(Ruling::Different, exact()))];
        for a in 0..13 {
            known.extend((a + 1..13).map(|b| (a, b, like(0.99))));
            if a < 12 {
                known.push((a, 13, like(0.95)));
            }
        }
        assert_eq!(divided(14, &known), vec![(0..13).collect::<Vec<_>>(), vec![13]]);
    }

    #[test]
    fn what_people_say_outranks_every_score() {
        let same = ruled(Ruling::Same, veto());
        assert_eq!(divided(2, &[(0, 1, same)]), vec![vec![0, 1]]);
        let different = ruled(Ruling::Different, exact());
        assert_eq!(divided(2, &[(0, 1, different)]), vec![vec![0], vec![1]]);
        let against = [(0, 1, ruled(Ruling::Same, like(0.1))), (1, 2, exact()), (0, 2, different)];
        assert_eq!(divided(3, &against), vec![vec![0, 1], vec![2]]);
    }
}
