//! Keys that evidence is signed with, by their public halves.

use std::fmt;
use std::str::FromStr;

use ssh_key::{HashAlg, SshSig};

/// What ssh-keygen signs for.
pub(super) const NAMESPACE: &str = "gate";

/// What names a key: the SHA-256 of its public half as SSH writes it, in hexadecimal digits. It is the last word of the ref
/// that holds what the key has signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    inner: ssh_key::PublicKey,
}

impl KeyId {
    /// The id that a text is, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PublicKey {
    pub(super) fn new(inner: ssh_key::PublicKey) -> Self {
        Self { inner }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let hash = self.inner.fingerprint(HashAlg::Sha256);
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
        KeyId(hash.as_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    }

    /// The same as OpenSSH shows it: `SHA256:…`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.inner.fingerprint(HashAlg::Sha256).to_string()
    }

    /// What people call it: its comment, or else its fingerprint.
    #[must_use]
    pub fn label(&self) -> String {
        let comment = self.inner.comment();
        if comment.is_empty() { self.fingerprint() } else { comment.to_owned() }
    }

    /// The line that stands for it in `[[policy.trust]]`.
    #[must_use]
    pub fn line(&self) -> String {
        self.inner.to_openssh().unwrap_or_default()
    }

    /// Whether signatures of keys of its kind can be checked.
    pub(super) fn is_supported(&self) -> bool {
        use ssh_key::{Algorithm, EcdsaCurve};
        match self.inner.algorithm() {
            Algorithm::Ed25519 | Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256 => true,
            Algorithm::Ecdsa { curve } => matches!(curve, EcdsaCurve::NistP256 | EcdsaCurve::NistP384),
            _ => false,
        }
    }

    /// Whether it only signs when somebody touches it.
    pub(super) fn is_hardware(&self) -> bool {
        matches!(self.inner.algorithm(), ssh_key::Algorithm::SkEd25519 | ssh_key::Algorithm::SkEcdsaSha2NistP256)
    }

    /// Whether a signature of a message is its: one as ssh-keygen makes, or a plain one of an Ed25519 key.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        if let Ok(signature) = SshSig::from_pem(signature) {
            return self.inner.verify(NAMESPACE, message, &signature).is_ok();
        }
        let key = self.inner.key_data().ed25519().and_then(|key| ed25519_dalek::VerifyingKey::from_bytes(&key.0).ok());
        let signature = ed25519_dalek::Signature::from_slice(signature).ok();
        key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
    }
}

impl FromStr for PublicKey {
    type Err = ssh_key::Error;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        Ok(Self { inner: ssh_key::PublicKey::from_openssh(line)? })
    }
}
