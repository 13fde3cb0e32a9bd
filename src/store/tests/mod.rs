//! Tests of the store as its callers see it, by theme.

mod grouping;
mod polling;
mod robustness;
mod searching;
mod upgrade;
