//! Digests: of framed fields, of sets of entries, and git's own object names.

mod framed;
mod multiset;
mod object_id;

pub use framed::{Digest, Hasher, ParseDigestError};
pub use multiset::Multiset;
pub use object_id::{ObjectId, ParseObjectIdError};
