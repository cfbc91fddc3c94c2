//! A verdict's document as others hand it over: whatever it holds, it is read as what it says or not at all.

use serde::Deserialize;

use super::{Entry, SCHEMA};
use crate::check::StepName;
use crate::verdict::Standing;

/// Why a document can't be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is empty, as a file is that nothing was written to.
    #[error("it is empty")]
    Empty,
    /// It is not text.
    #[error("it is not UTF-8")]
    NotText,
    /// It is JSON that ends before its end, or no JSON.
    #[error("it is no JSON document: {0}")]
    NotJson(serde_json::Error),
    /// It is another kind of document.
    #[error("it is no verdict: its schema is {}, and not {SCHEMA}", .0.as_deref().map_or("missing".to_owned(), |name| format!("{name:?}")))]
    Schema(Option<String>),
    /// It holds what no verdict of this gate does.
    #[error("it is no verdict as this gate writes it: {0}")]
    Unknown(serde_json::Error),
    /// Its parts don't fit together.
    #[error("{0}")]
    Contradiction(&'static str),
}

/// What every document begins with.
#[derive(Deserialize)]
struct Head {
    schema: Option<serde_json::Value>,
}

impl Entry {
    /// Reads a document. A name that this gate does not know, of a verdict, an outcome or anything else, is an error: it
    /// might mean anything.
    ///
    /// # Errors
    /// When it is no whole document of this format.
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.trim_ascii().is_empty() {
            return Err(DocumentError::Empty);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| DocumentError::NotText)?;
        let head: Head = serde_json::from_str(text).map_err(DocumentError::NotJson)?;
        match head.schema {
            Some(serde_json::Value::String(schema)) if schema == SCHEMA => {}
            Some(serde_json::Value::String(schema)) => return Err(DocumentError::Schema(Some(schema))),
            _ => return Err(DocumentError::Schema(None)),
        }
        let entry: Self = serde_json::from_str(text).map_err(DocumentError::Unknown)?;
        entry.contradiction().map_or(Ok(()), |told| Err(DocumentError::Contradiction(told)))?;
        Ok(entry)
    }

    fn contradiction(&self) -> Option<&'static str> {
        let is_plain = |name: &StepName| !name.as_str().is_empty() && !name.as_str().contains(char::is_control);
        let mut names = std::collections::BTreeSet::new();
        if !self.steps.iter().all(|step| is_plain(&step.name) && names.insert(&step.name)) {
            return Some("it names a step twice, or one that can't be");
        }
        if self.steps.iter().any(|step| step.reasons.is_empty()) {
            return Some("it has a step without a reason");
        }
        if self.findings.iter().filter_map(|finding| finding.cause.step()).any(|step| !names.contains(step)) {
            return Some("it found something in a step that it does not have");
        }
        match &self.standing {
            Standing::Broken { steps, .. } if !steps.iter().all(is_plain) => Some("it names a step that can't be"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;
    use crate::record::sample;
    use crate::verdict::{Cause, Finding, Kind};

    fn read(about: &str, cause: impl Fn(StepName) -> Cause) -> Result<Entry, DocumentError> {
        let plan = sample::plan(vec![sample::step("test", "a", "b")]);
        let found = Finding { cause: cause(sample::name(about)), leads_to: Some(Kind::Undecided) };
        let verdict = sample::verdict(Kind::Undecided, vec![found]);
        Entry::read(&serde_json::to_vec(&sample::entry("0k1a", 0, &plan, &[], &verdict)).unwrap())
    }

    #[test]
    fn what_was_found_in_a_step_is_of_a_step_of_the_document() {
        let causes: [fn(StepName) -> Cause; 5] = [
            |step| Cause::Step { step, outcome: Outcome::Failed },
            |step| Cause::SelectsNothing { step },
            |step| Cause::Disturbed { step },
            |step| Cause::PlatformUnproved { step, platform: "linux".into() },
            |step| Cause::Owed { step },
        ];
        for cause in causes {
            let told = cause(sample::name("other"));
            assert!(read("test", cause).is_ok(), "{told:?}");
            assert!(matches!(read("other", cause), Err(DocumentError::Contradiction(_))), "{told:?}");
        }
    }
}
