//! Thin start: everything lives in the library.

fn main() {}
