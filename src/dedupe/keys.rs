//! Keys under which postings that might be one job meet.

use super::title::weight;
use crate::model::{Sketch, TitleWord, WorkMode};

/// The width of a cell on the map, in degrees; a place lies in four, so that neighbors share one.
const CELL: f32 = 0.5;
/// Where a key says its kind.
const KIND_SHIFT: u32 = 58;

/// Kinds of keys; kinds never meet.
#[derive(Clone, Copy)]
enum Kind {
    Piece = 1,
    Network,
    Address,
    Number,
    EmployerAndWord,
    TitleAndCell,
    TitleAndEmployer,
    TitleAndRegion,
    EmployerAndRegion,
    EmployerAndRole,
    RoleAndCell,
}

/// Gives how much sharing a key says: two that come to less than 2 together are not worth comparing.
pub(super) fn key_weight(key: i64) -> u32 {
    match key >> KIND_SHIFT {
        kind if kind == Kind::Network as i64 || kind == Kind::Address as i64 || kind == Kind::Number as i64 => 8,
        kind if kind == Kind::TitleAndEmployer as i64 || kind == Kind::TitleAndRegion as i64 => 2,
        kind if kind == Kind::EmployerAndRole as i64 => 2,
        _ => 1,
    }
}

/// Gives the keys of a sketch, ascending; `pieces` are those of its text.
pub(super) fn keys_of(sketch: &Sketch, pieces: &[u64]) -> Vec<i64> {
    let mut keys: Vec<i64> = Vec::with_capacity(pieces.len() + 24);
    keys.extend(pieces.iter().map(|piece| salted(Kind::Piece, *piece)));
    keys.extend(sketch.network_id.as_deref().map(|id| key(Kind::Network, &[id])));
    keys.extend([sketch.page, sketch.apply].into_iter().flatten().map(|hash| salted(Kind::Address, hash)));
    keys.extend(sketch.numbers.iter().map(|number| key(Kind::Number, &[number])));
    let employer = sketch.employer_core.as_str();
    let employers = rarest(employer.split(' ').filter(|word| !word.is_empty()).map(|word| (word, weight(word))));
    let words = rarest(sketch.words.iter().map(|word| (word.text.as_str(), word.weight)));
    for employer in employers.iter().copied() {
        keys.extend(words.iter().map(|word| key(Kind::EmployerAndWord, &[employer, word])));
        keys.extend(sketch.role.as_deref().map(|role| key(Kind::EmployerAndRole, &[employer, role])));
    }
    let regions: Vec<&str> = sketch.places.iter().filter_map(|place| place.region.as_deref()).take(3).collect();
    // Where boards name the state, that is enough to meet by.
    let cells: Vec<String> = if regions.is_empty() { cells(sketch).collect() } else { Vec::new() };
    let core = sorted_core(&sketch.words);
    if !core.is_empty() {
        keys.extend(cells.iter().map(|cell| key(Kind::TitleAndCell, &[&core, cell])));
        keys.extend(regions.iter().map(|region| key(Kind::TitleAndRegion, &[&core, region])));
        if !employer.is_empty() {
            keys.push(key(Kind::TitleAndEmployer, &[&core, employer]));
        }
        if sketch.work_mode == Some(WorkMode::Remote) {
            keys.push(key(Kind::TitleAndRegion, &[&core, "remote"]));
        }
    }
    if !employer.is_empty() {
        keys.extend(regions.iter().map(|region| key(Kind::EmployerAndRegion, &[employer, region])));
    }
    if let Some(role) = &sketch.role {
        keys.extend(cells.iter().map(|cell| key(Kind::RoleAndCell, &[role, cell])));
        keys.extend(regions.iter().map(|region| key(Kind::RoleAndCell, &[role, region])));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn sorted_core(words: &[TitleWord]) -> String {
    let mut sorted: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    sorted.sort_unstable();
    sorted.join(" ")
}

/// Gives the two words that say most, the longer ones first among equals.
fn rarest<'a>(words: impl Iterator<Item = (&'a str, f32)>) -> Vec<&'a str> {
    let mut words: Vec<(&str, f32)> = words.collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.len().cmp(&a.0.len())).then(a.0.cmp(b.0)));
    words.into_iter().take(2).map(|(word, _)| word).collect()
}

/// Gives the cells of four grids, each moved by half a cell, in which the first places lie.
fn cells(sketch: &Sketch) -> impl Iterator<Item = String> {
    let points = sketch.places.iter().filter_map(|place| place.point).take(3);
    points.flat_map(|(north, east)| {
        [(0_u8, 0.0, 0.0), (1, 0.25, 0.0), (2, 0.0, 0.25), (3, 0.25, 0.25)].map(|(grid, up, right)| {
            format!("{grid}:{}:{}", ((north + up) / CELL).floor(), ((east + right) / CELL).floor())
        })
    })
}

fn key(kind: Kind, parts: &[&str]) -> i64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    salted(kind, hash)
}

/// Makes a key of 62 bits that says its kind.
fn salted(kind: Kind, hash: u64) -> i64 {
    let mut hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^= hash >> 32;
    let low = hash & ((1 << KIND_SHIFT) - 1);
    i64::try_from(low).unwrap_or_default() | ((kind as i64) << KIND_SHIFT)
}
