//! Who signed a commit, by keys that somebody else names.

use bstr::ByteSlice;

use super::repo::to_git2;
use super::{Error, Repo};
use crate::digest::ObjectId;
use crate::process::Program;

/// What a signature by an SSH key begins with.
const SSH: &[u8] = b"-----BEGIN SSH SIGNATURE-----";
/// What git signs for. (gitformat-signature(5))
const NAMESPACE: &str = "git";

impl Repo {
    /// The first of `names` whose key signed the commit. `keys` is what ssh-keygen(1) calls an allowed signers file: a
    /// line for each key, with the names that it is good for. What validity it states is held against the present time.
    ///
    /// `None` where there is no signature, none of SSH's, or none of those names' keys made it.
    ///
    /// # Errors
    /// When the commit is missing or damaged, or `ssh-keygen` can't be run.
    pub fn signer(&self, commit: ObjectId, keys: &[u8], names: &[String]) -> Result<Option<String>, Error> {
        let (signature, signed) = match self.inner().extract_signature(&to_git2(commit)?, None) {
            Ok(found) => found,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if !signature.trim_start().starts_with(SSH) {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        let [keys_file, signature_file] = ["keys", "signature"].map(|name| folder.path().join(name));
        fs_err::write(&keys_file, keys)?;
        fs_err::write(&signature_file, &*signature)?;
        for name in names {
            let program = Program::new("ssh-keygen").args(["-Y", "verify", "-n", NAMESPACE]);
            let program = program.arg("-I").arg(name).arg("-f").arg(&keys_file).arg("-s").arg(&signature_file);
            if program.input(signed.to_vec()).run()?.status.success() {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }

    /// The message of a commit.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn message(&self, commit: ObjectId) -> Result<Vec<u8>, Error> {
        let found = self.inner().find_commit(to_git2(commit)?).map_err(|error| Error::Object(commit, Some(error)))?;
        Ok(found.message_raw_bytes().to_vec())
    }
}
