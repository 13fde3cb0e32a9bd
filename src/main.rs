//! Thin start: everything lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    jobrounds::cli::run(std::env::args_os())
}
