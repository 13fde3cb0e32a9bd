//! The main job without network or account: synthetic boards on loopback.
