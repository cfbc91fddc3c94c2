//! What a step's result depends on, as named fields.

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, Hasher};

/// Raise it when the meaning of a field changes: no receipt of an older format counts any more.
const FORMAT: u32 = 2;

/// Which half of a fingerprint a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What is known from trees alone: the check's definition and its inputs.
    Subject,
    /// What the machine adds: platform, programs, toolchains, values of variables.
    Environment,
}

/// One thing that a result depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Field {
    /// The half it belongs to.
    pub part: Part,
    /// What it is about: `definition.run`, `inputs`, `need:build`, `program:cargo`, `env:RUSTFLAGS`, …
    pub name: String,
    /// Its value: a text or a digest.
    pub value: String,
}

impl Field {
    /// A field that is known from trees alone.
    pub fn subject(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { part: Part::Subject, name: name.into(), value: value.into() }
    }

    /// A field that the machine adds.
    pub fn environment(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { part: Part::Environment, name: name.into(), value: value.into() }
    }
}

/// What a step's result depends on. Equal fingerprints mean that nothing the result depends on differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    subject: Digest,
    environment: Digest,
    fields: Vec<Field>,
}

impl Fingerprint {
    /// The fingerprint over some fields; their order is irrelevant.
    #[must_use]
    pub fn new(mut fields: Vec<Field>) -> Self {
        fields.sort();
        let digest = |part: Part, kind: &str| {
            let mut hasher = Hasher::new(kind, FORMAT);
            for field in fields.iter().filter(|field| field.part == part) {
                hasher.field(&field.name, &field.value);
            }
            hasher.finish()
        };
        let (subject, environment) = (digest(Part::Subject, "subject"), digest(Part::Environment, "environment"));
        Self { subject, environment, fields }
    }

    /// The half that is known from trees alone.
    #[must_use]
    pub fn subject(&self) -> Digest {
        self.subject
    }

    /// The half that the machine adds.
    #[must_use]
    pub fn environment(&self) -> Digest {
        self.environment
    }

    /// Both halves in one digest: the key of one's own receipts.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Hasher::new("fingerprint", FORMAT)
            .field("subject", self.subject.as_bytes())
            .field("environment", self.environment.as_bytes())
            .finish()
    }

    /// The fields, sorted.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}
