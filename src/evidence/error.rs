//! What can go wrong with evidence.

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::git;
use crate::process::SpawnError;

/// What can go wrong with evidence.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key that the policy names is none.
    #[error("'{0}' in [[policy.trust]] is no public key: {1}")]
    TrustedKey(String, String),
    /// The file is no key that evidence can be signed with.
    #[error("'{path}' is no key that evidence can be signed with: {reason}")]
    Key {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A step could have read the key.
    #[error("a step could have read the key '{0}': {1}")]
    Exposed(PathBuf, &'static str),
    /// `ssh-keygen` did not sign.
    #[error("ssh-keygen did not sign: {0}")]
    Unsigned(String),
    /// A document that is no evidence, or says what evidence can't say.
    #[error("it is no evidence: {0}")]
    Document(String),
    /// The verdict says nothing that could stand in for a run.
    #[error("there is nothing to sign: {0}")]
    NothingToSign(&'static str),
    /// Others kept writing the same ref.
    #[error("the remote's '{0}' was moved by others each time")]
    Contended(String),
    /// The repository can't be read or written.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// A program could not be run.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let (code, hint) = match error {
            Error::TrustedKey(..) => ("evidence/trusted-key", "take the line of a .pub file of ssh-keygen's"),
            Error::Key { .. } => (
                "evidence/key",
                "it takes a private key of ssh-keygen's (Ed25519 or ECDSA), or an Ed25519 key in PKCS #8; make one: ssh-keygen -t ed25519 -f FILE",
            ),
            Error::Exposed(..) => (
                "evidence/exposed-key",
                "sign where no step runs: in a CI in a job of its own, from the verdict's document; on a machine of your own as another user, or with a key that has a passphrase",
            ),
            Error::Unsigned(_) => ("evidence/unsigned", "try it by hand: ssh-keygen -Y sign -n gate -f KEY FILE"),
            Error::Document(_) => ("evidence/document", "take what gate evidence push wrote"),
            Error::NothingToSign(_) => ("evidence/nothing", "judge first: gate merge-check, or gate check --fresh"),
            Error::Contended(_) => ("evidence/contended", "try again"),
            Error::Git(error) => return error.into(),
            Error::Spawn(_) => ("evidence/ssh-keygen", "install OpenSSH's client programs"),
            Error::Io(error) => return Self::error("evidence/io", error.to_string()),
        };
        Self::error(code, error.to_string()).hint(hint)
    }
}
