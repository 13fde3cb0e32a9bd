//! Which of some postings that are linked with each other are one job. Pure: the answer depends on
//! the postings and the verdicts between them, not on the order in which they came.
//!
//! Links are taken from the strongest to the weakest, and two groups are joined where no two
//! members forbid it and the mean probability across them is high enough. Chains are so cut: A like
//! B and B like C do not make A and C one job when the two are unlike.

use super::error::StoreError;

/// The least mean probability across two groups that are joined; dedupe's own join threshold of
/// 0.70 with a margin for pairs that say little.
const LEAST_MEAN: f64 = 0.5;

/// The most postings one job takes; a real vacancy has a handful.
const LARGEST_JOB: usize = 64;

/// What is known of two postings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) probability: f64,
    pub(super) joins: bool,
    pub(super) exact: bool,
    pub(super) veto: bool,
}

/// A link that joins two of the postings, by their places in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) pair: Pair,
}

/// Divides postings 0 to `size` into jobs. The postings must be in an order of their own (by key),
/// because ties are broken by it.
pub(super) fn divide(
    size: usize,
    mut edges: Vec<Edge>,
    pair: &mut dyn FnMut(usize, usize) -> Result<Pair, StoreError>,
) -> Result<Vec<Vec<usize>>, StoreError> {
    edges.retain(|edge| edge.pair.joins && !edge.pair.veto && edge.a < size && edge.b < size && edge.a != edge.b);
    edges.sort_by(|x, y| {
        let strength = y.pair.exact.cmp(&x.pair.exact).then(y.pair.probability.total_cmp(&x.pair.probability));
        strength.then((x.a.min(x.b), x.a.max(x.b)).cmp(&(y.a.min(y.b), y.a.max(y.b))))
    });
    let mut groups: Vec<Vec<usize>> = (0..size).map(|at| vec![at]).collect();
    let mut group_of: Vec<usize> = (0..size).collect();
    for edge in edges {
        let (Some(&x), Some(&y)) = (group_of.get(edge.a), group_of.get(edge.b)) else { continue };
        if x == y || !may_join(&groups, (x, y), edge.pair.exact, pair)? {
            continue;
        }
        let moved = groups.get_mut(y).map(std::mem::take).unwrap_or_default();
        for member in &moved {
            if let Some(group) = group_of.get_mut(*member) {
                *group = x;
            }
        }
        if let Some(group) = groups.get_mut(x) {
            group.extend(moved);
        }
    }
    groups.retain(|group| !group.is_empty());
    Ok(groups)
}

fn may_join(
    groups: &[Vec<usize>],
    (x, y): (usize, usize),
    exact: bool,
    pair: &mut dyn FnMut(usize, usize) -> Result<Pair, StoreError>,
) -> Result<bool, StoreError> {
    let (Some(x), Some(y)) = (groups.get(x), groups.get(y)) else { return Ok(false) };
    if x.len() + y.len() > LARGEST_JOB {
        return Ok(false);
    }
    let (mut sum, mut pairs) = (0.0, 0.0);
    for a in x {
        for b in y {
            let known = pair(*a.min(b), *a.max(b))?;
            if known.veto {
                return Ok(false);
            }
            sum += known.probability;
            pairs += 1.0;
        }
    }
    Ok(exact || sum >= LEAST_MEAN * pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(size: usize, known: &[(usize, usize, Pair)]) -> Vec<Vec<usize>> {
        let unknown = Pair { probability: 0.0, joins: false, exact: false, veto: false };
        let edges = known.iter().map(|(a, b, pair)| Edge { a: *a, b: *b, pair: *pair }).collect();
        let mut look = |a: usize, b: usize| {
            Ok(known.iter().find(|(x, y, _)| (*x, *y) == (a, b)).map_or(unknown, |(_, _, pair)| *pair))
        };
        let mut groups = divide(size, edges, &mut look).unwrap();
        for group in &mut groups {
            group.sort_unstable();
        }
        groups.sort();
        groups
    }

    fn like(probability: f64) -> Pair {
        Pair { probability, joins: true, exact: false, veto: false }
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
        let veto = Pair { probability: 0.4, joins: false, exact: false, veto: true };
        let exact = Pair { probability: 1.0, joins: true, exact: true, veto: false };
        assert_eq!(divided(3, &[(0, 1, like(0.99)), (1, 2, exact), (0, 2, veto)]), vec![vec![0], vec![1, 2]]);
    }

    #[test]
    fn an_exact_link_needs_no_mean() {
        let exact = Pair { probability: 1.0, joins: true, exact: true, veto: false };
        assert_eq!(divided(3, &[(0, 1, like(0.9)), (1, 2, exact)]), vec![vec![0], vec![1, 2]]);
        assert_eq!(divided(3, &[(0, 1, exact), (1, 2, exact)]), vec![vec![0, 1, 2]]);
    }
}
