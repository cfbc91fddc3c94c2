//! Evidence: finished verdicts as signed statements, kept as git objects below `refs/gate/evidence/`.
//!
//! A [`Statement`] says of a tree which steps passed on it, and in which environment; an [`Envelope`] holds it with its
//! signature. Whoever signs has a ref of their own, so that nobody's pushes get into each other's way: its commit's tree
//! holds every envelope once, to be found by the tree that was judged and by what each step depends on. [`Proofs`] finds
//! what stands in for a run: what a key has signed that the base's policy trusts, in an environment that it accepts.
//!
//! The formats are those of in-toto: Statement v1 (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>)
//! with the test result predicate
//! (<https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md>), in an envelope of DSSE
//! (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>).

mod error;
mod key;
mod envelope;
mod statement;
mod exposure;
mod signing;
mod place;
mod shelf;
mod exchange;
mod proofs;
mod received;
mod worth;

pub use envelope::Envelope;
pub use error::Error;
pub use exchange::{Pushed, fetch, push};
pub use exposure::{Exposure, refuse_exposed};
pub use key::{KeyId, PublicKey};
pub use proofs::{Foreign, Proofs, Trusted, platform_name};
pub use received::accepts;
pub use shelf::{Found, Piece, add, all};
pub use signing::SigningKey;
pub use statement::{Run, Statement, StepResult};
pub use worth::{Appraised, Worth};
