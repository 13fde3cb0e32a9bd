//! Tests of the store as its callers see it, by theme.

mod coded;
mod deciding;
mod grouping;
mod polling;
mod robustness;
mod searching;
mod upgrade;
mod words;
