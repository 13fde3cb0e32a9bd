//! Whole-flow tests, one binary: the house's rules, then one file a theme.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod architecture;
