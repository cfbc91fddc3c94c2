//! Where an envelope lies in the tree of its signer's commit, and which ref that is.
//!
//! `trees/` finds it by the tree that was judged, `steps/` by what a step depends on. Names begin with the time, so that the
//! latest is the last.

use super::key::KeyId;
use super::statement::Statement;
use crate::digest::{Digest, ObjectId};

/// The refs of those who sign, and those of a remote as they were when they were last fetched.
pub(super) const OWN: &str = "refs/gate/evidence/";
const REMOTES: &str = "refs/gate/remotes/";

/// The ref of a key.
pub(super) fn own_ref(key: &KeyId) -> String {
    format!("{OWN}{key}")
}

/// Below which refs what a remote has is kept. A remote may be called by its address.
pub(super) fn remote_refs(remote: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !remote.is_empty() && remote.bytes().all(is_plain) {
        return format!("{REMOTES}{remote}/");
    }
    format!("{REMOTES}{}/", Digest::of(remote.as_bytes()).short())
}

/// What every place of evidence begins with.
pub(super) const PLACES: [&str; 2] = [OWN, REMOTES];

/// The key that a ref of evidence belongs to.
pub(super) fn key_of(name: &str) -> Option<KeyId> {
    KeyId::parse(name.rsplit('/').next()?)
}

/// The folder of all that was judged on a tree.
pub(super) fn of_tree(tree: ObjectId) -> [String; 3] {
    folder("trees", &tree.to_string())
}

/// The folder of all that says how a step ended.
pub(super) fn of_step(subject: &Digest) -> [String; 3] {
    folder("steps", &subject.to_string())
}

fn folder(kind: &str, name: &str) -> [String; 3] {
    [kind.to_owned(), name[..2].to_owned(), name[2..].to_owned()]
}

/// Every path that an envelope has. `id` is its digest. What earlier evidence says of a step is found there.
pub(super) fn paths(statement: &Statement, id: &Digest) -> Vec<String> {
    let run = statement.run();
    let file = format!("{:012x}-{}.json", run.started.max(0), &id.to_string()[..32]);
    let steps = run.steps.iter().filter(|step| step.fresh).map(|step| of_step(&step.subject));
    let folders = std::iter::once(of_tree(run.candidate.tree)).chain(steps);
    folders.map(|folder| format!("{}/{file}", folder.join("/"))).collect()
}
