//! Asks boards politely: one door to the HTTP library.
