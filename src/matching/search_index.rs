//! Many saved searches at once: which of them does a new job match?
//!
//! Most searches cannot match without some word, or one of a few values of a facet. Each search is filed
//! under the rarest of these demands; a job looks up what it has, and only searches that have all of
//! their demands met are asked in full. What cannot be filed (`pays at least 25/hour`) is always asked.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use chrono::{DateTime, Utc};

use super::demands::{Demand, demands};
use super::evaluate::{AskedCriteria, Verdict};
use crate::model::{Criteria, MatchFacts, word_head};

/// Saved searches, filed. `K` names a search.
///
/// Searches can be added and removed at any time. Which demand is rarest is learnt from a sample of jobs
/// when the index is built; without one, or for what is added later, it is guessed.
#[derive(Clone, Debug)]
pub struct SearchIndex<K> {
    keys: Keys,
    /// For each key, the searches filed under it.
    filed: Vec<Vec<u32>>,
    /// Searches without a demand.
    always: Vec<u32>,
    searches: Vec<Option<Search<K>>>,
    free: Vec<u32>,
    /// How many jobs of the sample have each key.
    counts: Vec<u32>,
    sampled: u32,
}

#[derive(Clone, Debug)]
struct Search<K> {
    key: K,
    asked: AskedCriteria,
    /// Demands, each as how many keys it has and these: any of them meets it.
    demands: Box<[u32]>,
    /// The place of the demand that it is filed under.
    filed: Option<usize>,
}

/// Words by their head, each with its number.
type WordKeys = HashMap<u64, Vec<(Box<str>, u32)>, BuildHasherDefault<HeadHasher>>;

/// What searches demand, numbered.
#[derive(Clone, Debug, Default)]
struct Keys {
    words: WordKeys,
    facets: HashMap<Box<str>, u32>,
    employers: HashMap<Box<str>, u32>,
    addresses: HashMap<Box<str>, u32>,
    identities: HashMap<Box<str>, u32>,
    cells: HashMap<(i16, i16), u32>,
    nowhere: Option<u32>,
    count: u32,
}

/// Spreads the first bytes of a word, which are a number already.
#[derive(Clone, Debug, Default)]
struct HeadHasher(u64);

impl Hasher for HeadHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

impl Keys {
    /// Gives the number of what a search demands, a new one where it has none.
    fn number(&mut self, demand: Demand) -> u32 {
        let next = self.count;
        let number = match demand {
            Demand::Word(word) => {
                let alike = self.words.entry(word_head(&word)).or_default();
                if let Some((_, known)) = alike.iter().find(|(known, _)| **known == *word) {
                    return *known;
                }
                alike.push((word.into(), next));
                next
            }
            Demand::Facet(facet) => *self.facets.entry(facet.into()).or_insert(next),
            Demand::EmployerWord(word) => *self.employers.entry(word.into()).or_insert(next),
            Demand::Identity(id) => *self.identities.entry(id.into()).or_insert(next),
            Demand::Address(address) => *self.addresses.entry(address.into()).or_insert(next),
            Demand::Cell(cell) => *self.cells.entry(cell).or_insert(next),
            Demand::Nowhere => *self.nowhere.get_or_insert(next),
        };
        self.count += u32::from(number == next);
        number
    }

    /// Hands the numbers of what a job has, and searches demand, to a function; some more than once.
    fn of_job(&self, job: &MatchFacts, mut each: impl FnMut(u32)) {
        for (head, word) in job.words.distinct_with_heads() {
            let alike = self.words.get(&head).map_or(&[][..], Vec::as_slice);
            alike.iter().filter(|(known, _)| **known == *word).for_each(|(_, number)| each(*number));
        }
        let facets = job.facets.iter().filter_map(|facet| self.facets.get(facet.as_str()));
        facets.for_each(|number| each(*number));
        if !self.employers.is_empty() {
            let words = job.employers.split([' ', '|']).filter_map(|word| self.employers.get(word));
            words.for_each(|number| each(*number));
        }
        if !self.addresses.is_empty() {
            let addresses = job.addresses.iter().filter_map(|address| self.addresses.get(address.as_str()));
            addresses.for_each(|number| each(*number));
        }
        job.employer_id.iter().filter_map(|id| self.identities.get(id.as_str())).for_each(|number| each(*number));
        if !self.cells.is_empty() {
            let cells = job.points.iter().filter_map(|point| self.cells.get(&super::demands::cell(*point)));
            cells.for_each(|number| each(*number));
        }
        self.nowhere.iter().filter(|_| job.points.is_empty()).for_each(|number| each(*number));
    }
}

impl<K: Clone> SearchIndex<K> {
    /// Files searches; `sample` are some jobs as they come, of which a few hundred are looked at.
    #[must_use]
    pub fn of<'a>(searches: impl IntoIterator<Item = (K, &'a Criteria)>, sample: &[MatchFacts]) -> Self {
        let mut index = Self {
            keys: Keys::default(),
            filed: Vec::new(),
            always: Vec::new(),
            searches: Vec::new(),
            free: Vec::new(),
            counts: Vec::new(),
            sampled: 0,
        };
        for (key, criteria) in searches {
            let search = index.read(key, criteria);
            index.searches.push(Some(search));
        }
        index.learn(sample);
        for place in 0..small(index.searches.len()) {
            index.file(place);
        }
        index
    }

    /// Gives how many searches there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.searches.len() - self.free.len()
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives how many searches are asked of every job.
    #[must_use]
    pub fn always_asked(&self) -> usize {
        self.always.len()
    }

    /// Adds a search.
    pub fn insert(&mut self, key: K, criteria: &Criteria) {
        let search = self.read(key, criteria);
        let place = if let Some(place) = self.free.pop() {
            self.searches[place as usize] = Some(search);
            place
        } else {
            self.searches.push(Some(search));
            small(self.searches.len() - 1)
        };
        self.file(place);
    }

    /// Removes every search of a name; gives how many there were. It looks at all of them.
    pub fn remove(&mut self, key: &K) -> usize
    where
        K: PartialEq,
    {
        let named = |search: &Option<Search<K>>| search.as_ref().is_some_and(|search| search.key == *key);
        let places: Vec<usize> = (0..self.searches.len()).filter(|place| named(&self.searches[*place])).collect();
        for place in &places {
            let Some(search) = self.searches[*place].take() else { continue };
            let number = small(*place);
            self.always.retain(|other| *other != number);
            for key in search.filed.map_or(&[][..], |at| demand_at(&search.demands, at)) {
                self.filed[*key as usize].retain(|other| *other != number);
            }
            self.free.push(number);
        }
        places.len()
    }

    /// Gives every search that a job matches, may match, or is left out of; in no order.
    #[must_use]
    pub fn matches(&self, job: &MatchFacts, now: DateTime<Utc>) -> Vec<(K, Verdict)> {
        let mut found = Vec::new();
        self.matcher().each_match(job, now, |key, verdict| found.push((key.clone(), verdict)));
        found
    }

    /// Gives what matches many jobs without making room anew for each.
    #[must_use]
    pub fn matcher(&self) -> Matcher<'_, K> {
        Matcher {
            index: self,
            turn: 0,
            has: vec![0; self.filed.len()],
            asked: vec![0; self.searches.len()],
            keys: Vec::new(),
        }
    }

    fn read(&mut self, key: K, criteria: &Criteria) -> Search<K> {
        let asked = AskedCriteria::of(criteria);
        let mut numbers = Vec::new();
        for any in demands(&asked) {
            numbers.push(small(any.len()));
            numbers.extend(any.into_iter().map(|demand| self.keys.number(demand)));
        }
        self.filed.resize(self.keys.count as usize, Vec::new());
        self.counts.resize(self.keys.count as usize, 0);
        Search { key, asked, demands: numbers.into(), filed: None }
    }

    fn learn(&mut self, sample: &[MatchFacts]) {
        // Evenly taken, since a batch may begin with all jobs of one board.
        let step = sample.len().div_ceil(SAMPLED).max(1);
        for job in sample.iter().step_by(step) {
            self.keys.of_job(job, |key| self.counts[key as usize] += 1);
            self.sampled += 1;
        }
    }

    fn file(&mut self, place: u32) {
        let Some(search) = self.searches.get_mut(place as usize).and_then(Option::as_mut) else { return };
        let cost = |key: &u32| (self.counts[*key as usize] + 1) * 4;
        let of_all = (self.sampled + 1) * 4;
        let mut best: Option<(u32, usize)> = None;
        let mut at = 0;
        while let Some(count) = search.demands.get(at) {
            let keys = demand_at(&search.demands, at);
            // Many keys cost more to look up than they spare where all are rare.
            let cost = keys.iter().map(cost).sum::<u32>().min(of_all);
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, at));
            }
            at += 1 + *count as usize;
        }
        search.filed = best.map(|(_, at)| at);
        match search.filed {
            Some(at) => {
                for key in demand_at(&search.demands, at) {
                    self.filed[*key as usize].push(place);
                }
            }
            None => self.always.push(place),
        }
    }
}

/// How many jobs of a sample are looked at.
const SAMPLED: usize = 256;

/// Gives the keys of the demand at a place.
fn demand_at(demands: &[u32], at: usize) -> &[u32] {
    let count = demands.get(at).map_or(0, |count| *count as usize);
    demands.get(at + 1..at + 1 + count).unwrap_or_default()
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Asks an index of one job after the other.
#[derive(Debug)]
pub struct Matcher<'a, K> {
    index: &'a SearchIndex<K>,
    turn: u32,
    /// In which turn a job had each key last.
    has: Vec<u32>,
    /// In which turn each search was last asked.
    asked: Vec<u32>,
    keys: Vec<u32>,
}

impl<K> Matcher<'_, K> {
    /// Hands every search that a job matches, may match, or is left out of to a function.
    pub fn each_match(&mut self, job: &MatchFacts, now: DateTime<Utc>, mut each: impl FnMut(&K, Verdict)) {
        let Self { index, turn, has, asked, keys } = self;
        if *turn == u32::MAX {
            has.fill(0);
            asked.fill(0);
            *turn = 0;
        }
        *turn += 1;
        keys.clear();
        index.keys.of_job(job, |key| {
            if std::mem::replace(&mut has[key as usize], *turn) != *turn {
                keys.push(key);
            }
        });
        let mut ask = |search: &Search<K>| match search.asked.verdict(job, now) {
            Verdict::No => {}
            verdict => each(&search.key, verdict),
        };
        for place in keys.iter().flat_map(|key| &index.filed[*key as usize]) {
            if std::mem::replace(&mut asked[*place as usize], *turn) == *turn {
                continue;
            }
            let Some(search) = &index.searches[*place as usize] else { continue };
            if is_met(&search.demands, |key| has[key as usize] == *turn) {
                ask(search);
            }
        }
        index.always.iter().filter_map(|place| index.searches[*place as usize].as_ref()).for_each(&mut ask);
    }
}

/// Tells whether each demand is met by any of its keys.
fn is_met(demands: &[u32], has: impl Fn(u32) -> bool) -> bool {
    let mut at = 0;
    while let Some(count) = demands.get(at) {
        let keys = demand_at(demands, at);
        if !keys.iter().any(|key| has(*key)) {
            return false;
        }
        at += 1 + *count as usize;
    }
    true
}
