//! Which postings advertise one vacancy. Pure.
