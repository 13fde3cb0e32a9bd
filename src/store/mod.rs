//! SQLite: one writer, many readers; the only door to SQL.
