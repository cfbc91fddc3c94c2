//! TOML: <https://toml.io/en/v1.0.0>.

use toml::de::DeTable;

use super::Fault;

/// Reads a text, and goes on after a mistake.
pub(super) fn faults(text: &str) -> Vec<Fault> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let fault =
        |error: toml::de::Error| Fault::new(error.span().unwrap_or_default(), error.message().replace('\n', "; "));
    errors.into_iter().map(fault).collect()
}
