//! The envelope of a statement: what was signed, and the signatures. (DSSE v1.0)

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::Error;
use super::key::PublicKey;

/// What the payload is.
const PAYLOAD: &str = "application/vnd.in-toto+json";
/// The longest envelope that is read.
pub(super) const MAX_SIZE: u64 = 16_000_000;

/// A payload and who signed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Signature {
    keyid: String,
    sig: String,
}

impl Envelope {
    /// The envelope of a payload that a key has signed; `signature` is over [`Envelope::signed_bytes`].
    pub(super) fn new(payload: &[u8], key: &PublicKey, signature: &[u8]) -> Self {
        let signature = Signature { keyid: key.fingerprint(), sig: STANDARD.encode(signature) };
        Self { payload_type: PAYLOAD.to_owned(), payload: STANDARD.encode(payload), signatures: vec![signature] }
    }

    /// What is signed: the pre-authentication encoding of a payload.
    /// <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>
    pub(super) fn signed_bytes(payload: &[u8]) -> Vec<u8> {
        let head = format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), payload.len());
        [head.as_bytes(), payload].concat()
    }

    /// Reads an envelope. What it holds is not to be believed before a signature is checked.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let read: Self = serde_json::from_slice(bytes).map_err(|error| Error::Document(error.to_string()))?;
        if read.payload_type != PAYLOAD {
            return Err(Error::Document(format!("its payload is '{}'", read.payload_type)));
        }
        Ok(read)
    }

    /// As it is stored.
    ///
    /// # Errors
    /// Never, but for a lack of memory.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|error| Error::Document(error.to_string()))
    }

    /// The payload, if the key has signed it.
    #[must_use]
    pub fn open(&self, key: &PublicKey) -> Option<Vec<u8>> {
        let payload = STANDARD.decode(&self.payload).ok()?;
        let signed = Self::signed_bytes(&payload);
        let signatures = self.signatures.iter().filter_map(|signature| STANDARD.decode(&signature.sig).ok());
        let mut signatures = signatures.filter(|signature| key.signed(&signed, signature));
        signatures.next().map(|_| payload)
    }

    /// The payload, whoever signed it: for showing only.
    #[must_use]
    pub fn unverified(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.payload).ok()
    }
}
