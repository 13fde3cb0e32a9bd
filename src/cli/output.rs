//! Printing: data to stdout, the rest to stderr; a closed pipe is no error.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

/// Prints one piece of data and a line end.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Prints bytes as they are.
pub(super) fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    Ok(io::stdout().lock().write_all(bytes)?)
}

/// Prints one JSON document.
pub(super) fn print_json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(value)?)
}

/// Prints one JSON object on a line.
pub(super) fn print_line<T: Serialize>(value: &T) -> anyhow::Result<()> {
    print(&serde_json::to_string(value)?)
}

/// Says something to the person, beside the data.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says what went wrong.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "jobrounds: {text}");
}

/// Tells whether the error is that nobody reads our output any more.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}

/// Gives the width of the terminal, at most 100; 80 where there is none.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let measured = || comfy_table::Table::new().width().map(usize::from);
    let terminal = if io::stdout().is_terminal() { measured() } else { None };
    columns.or(terminal).unwrap_or(80).clamp(40, 100)
}

/// Tells whether people see stderr.
pub(super) fn watched() -> bool {
    io::stderr().is_terminal()
}
