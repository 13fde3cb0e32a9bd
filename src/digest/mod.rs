//! What is new, composed for people and feed readers. Pure; takes the clock.
