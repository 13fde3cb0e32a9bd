//! Whole-flow tests, one binary: the house's rules, then one file a theme.

mod architecture;
