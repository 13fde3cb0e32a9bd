//! The main job without network or account: synthetic boards in their engines' true shapes, served
//! on loopback by the program itself and read through the real fetch path.
//!
//! Every employer, person and posting here is invented.

mod api;
mod jobs;
mod pages;
mod server;

pub use server::{DemoBoards, serve};
