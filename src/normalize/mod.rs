//! From strings as shown to what they mean. Pure; takes the clock.
