//! Signing: with a key of SSH's through ssh-keygen, which knows agents, passphrases and hardware, or with a plain Ed25519
//! key.

use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use ed25519_dalek::Signer;
use ed25519_dalek::pkcs8::DecodePrivateKey;

use super::key::{NAMESPACE, PublicKey};
use super::{Envelope, Error, Statement};
use crate::process::Program;

/// What the label of a private key in PEM ends with. (RFC 7468)
const PRIVATE: &str = "PRIVATE KEY-----";

/// A key to sign with.
pub struct SigningKey {
    path: PathBuf,
    public: PublicKey,
    guard: Guard,
    plain: Option<ed25519_dalek::SigningKey>,
}

/// What keeps a key from whoever can read its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// Nothing.
    None,
    /// A passphrase.
    Passphrase,
    /// The file is its public half: an agent has the key.
    Agent,
    /// It is in hardware that somebody has to touch.
    Hardware,
}

impl SigningKey {
    /// Reads a key: a private one of ssh-keygen's, a public one whose private half an agent has, or an Ed25519 key in
    /// PKCS #8.
    ///
    /// # Errors
    /// When the file can't be read, or is no such key.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs_err::read_to_string(path)?;
        let wrong = |reason: String| Error::Key { path: path.to_owned(), reason };
        let (public, guard, plain) = if let Ok(key) = ssh_key::PrivateKey::from_openssh(&text) {
            let guard = if key.is_encrypted() { Guard::Passphrase } else { Guard::None };
            (PublicKey::new(key.public_key().clone()), guard, None)
        } else if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_pem(&text) {
            let public = ssh_key::public::Ed25519PublicKey(key.verifying_key().to_bytes());
            (PublicKey::new(ssh_key::PublicKey::from(public)), Guard::None, Some(key))
        } else if text.lines().next().is_some_and(|line| line.ends_with(PRIVATE)) {
            return Err(wrong("it is a private key of another format, or of a kind that can't be checked".to_owned()));
        } else {
            let key = text.trim().parse();
            (key.map_err(|_| wrong("it is neither a private nor a public key".to_owned()))?, Guard::Agent, None)
        };
        if !public.is_supported() {
            return Err(wrong("keys of its kind can't be checked".to_owned()));
        }
        let guard = if public.is_hardware() { Guard::Hardware } else { guard };
        Ok(Self { path: path.to_owned(), public, guard, plain })
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn guard(&self) -> Guard {
        self.guard
    }

    /// Whether an agent has it, who signs for everybody that can reach it.
    pub(super) fn is_in_agent(&self) -> Result<bool, Error> {
        let listed = Program::new("ssh-add").arg("-L").run()?;
        let keys = listed.stdout.lines().filter_map(|line| line.to_str().ok()?.parse::<PublicKey>().ok());
        Ok(keys.into_iter().any(|key| key.id() == self.public.id()))
    }

    /// Signs a statement.
    ///
    /// # Errors
    /// When ssh-keygen can't be run or does not sign.
    pub fn sign(&self, statement: &Statement) -> Result<Envelope, Error> {
        let payload = statement.to_bytes()?;
        let message = Envelope::signed_bytes(&payload);
        let signature = match &self.plain {
            Some(key) => key.sign(&message).to_bytes().to_vec(),
            None => self.sign_with_ssh(&message)?,
        };
        if !self.public.signed(&message, &signature) {
            return Err(Error::Unsigned("its signature does not fit the key".to_owned()));
        }
        Ok(Envelope::new(&payload, &self.public, &signature))
    }

    fn sign_with_ssh(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let program = Program::new("ssh-keygen").args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(&self.path);
        let ran = program.input(message).run()?;
        if ran.status.success() {
            return Ok(ran.stdout);
        }
        Err(Error::Unsigned(ran.stderr.to_str_lossy().trim().to_owned()))
    }
}
