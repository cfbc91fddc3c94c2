//! What each piece of evidence is worth under a policy, whatever it says.

use super::proofs::Trusted;
use super::shelf::Piece;
use super::statement::{Run, Statement};

/// What a piece of evidence is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// A trusted key has signed it, in an environment that is accepted.
    Counts,
    /// A trusted key has signed it, in another environment or a checkout that is not accepted.
    Elsewhere,
    /// Nobody trusts the key.
    Untrusted,
    /// The key whose ref it is in has not signed it, or it is no statement.
    Forged,
}

/// A piece of evidence, what it says and what it is worth.
#[derive(Clone, Debug)]
pub struct Appraised {
    /// Who signed it, or should have.
    pub by: String,
    /// What it says, if it can be read.
    pub statement: Option<Statement>,
    /// What it is worth.
    pub worth: Worth,
}

impl Appraised {
    /// What a piece is worth to whoever trusts some keys, and takes what ran in `warm` checkouts or not.
    #[must_use]
    pub fn new(piece: &Piece, trusted: &[Trusted], warm: bool) -> Self {
        let of_it: Vec<&Trusted> = trusted.iter().filter(|trusted| trusted.key.id() == piece.key).collect();
        let Some(first) = of_it.first() else {
            let statement = piece.envelope.unverified().and_then(|payload| Statement::parse(&payload).ok());
            let worth = if statement.is_some() { Worth::Untrusted } else { Worth::Forged };
            return Self { by: format!("key {}", &piece.key.as_str()[..16]), statement, worth };
        };
        let by = first.key.label();
        let opened = piece.envelope.open(&first.key).and_then(|payload| Statement::parse(&payload).ok());
        let Some(statement) = opened else { return Self { by, statement: None, worth: Worth::Forged } };
        let run = statement.run();
        let accepts = |trusted: &&Trusted| run.environments.values().any(|environment| trusted.accepts(environment));
        let counts = (!run.warm || warm) && of_it.iter().any(accepts);
        let worth = if counts { Worth::Counts } else { Worth::Elsewhere };
        Self { by, statement: Some(statement), worth }
    }

    /// What it says of a run.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        self.statement.as_ref().map(Statement::run)
    }
}
