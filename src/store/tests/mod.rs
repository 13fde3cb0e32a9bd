//! Tests of the store as its callers see it, by theme.

mod coded;
mod grouping;
mod polling;
mod robustness;
mod searching;
mod upgrade;
