//! The daemon's heart: what is due is polled, and what is due is mailed (`post`).
//!
//! When a board is due stands in the database (`pipeline::next_due` decides it, in the same
//! transaction as the poll's end), so restarts, crashes and long sleeps neither lose nor repeat a
//! poll: what came due meanwhile is polled once, a few boards at a time. The scheduler library gives
//! the heartbeat and nothing else; if it falls silent, a timer of ours beats instead.

mod daemon;
mod heartbeat;
mod notify;
mod post;
mod rounds;
mod signals;

pub use daemon::{Daemon, DaemonError, OnBoards, Plan, Reload};
