//! Composes every module's settings from file, environment and defaults.
