//! The command line: the only place for anyhow, stdout and exit codes.
