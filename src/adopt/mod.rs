//! Writes a gate.toml from what is there.
