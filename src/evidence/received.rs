//! Whether a server takes what is pushed to a ref of evidence.

use std::collections::BTreeSet;

use super::key::PublicKey;
use super::proofs::Trusted;
use super::{Error, Statement, place, shelf};
use crate::config::Policy;
use crate::digest::{Digest, ObjectId};
use crate::git::{Kind, Repo};
use crate::path::Mode;

/// Whether a policy lets a ref below `refs/gate/` be moved: it belongs to a key that the policy trusts, it is not taken away,
/// what it had it still has, and all that is new in it was signed by that key and lies where it belongs.
///
/// `Ok(Err(why))` where not.
///
/// # Errors
/// When the repository can't be read.
pub fn accepts(
    repo: &Repo,
    policy: &Policy,
    name: &str,
    (old, new): (Option<ObjectId>, Option<ObjectId>),
) -> Result<Result<(), String>, Error> {
    let refuse = |why: &str| Ok(Err(why.to_owned()));
    let key = name.strip_prefix(place::OWN).and_then(super::KeyId::parse);
    let Some(key) = key else { return refuse("refs/gate/ is gate's own: only evidence is pushed there") };
    let trusted = Trusted::of(policy)?.into_iter().find(|trusted| trusted.key.id() == key);
    let Some(trusted) = trusted else { return refuse("no [[policy.trust]] of the main branch names its key") };
    let Some(new) = new else { return refuse("evidence is not taken away") };
    let tree = |commit: ObjectId| repo.commit(commit).map(|commit| commit.tree);
    let (old, new) = (old.map(tree).transpose()?.unwrap_or(ObjectId::EMPTY_TREE), tree(new)?);
    let mut look = Look { repo, key: &trusted.key, checked: BTreeSet::new() };
    look.below("", old, new)
}

struct Look<'a> {
    repo: &'a Repo,
    key: &'a PublicKey,
    checked: BTreeSet<(ObjectId, String)>,
}

impl Look<'_> {
    fn below(&mut self, path: &str, old: ObjectId, new: ObjectId) -> Result<Result<(), String>, Error> {
        if old == new {
            return Ok(Ok(()));
        }
        let (old, new) = (self.repo.tree(old)?, self.repo.tree(new)?);
        if let Some(gone) = old.entries().find(|entry| new.get(entry.name).is_none()) {
            return Ok(Err(format!("it would take '{path}{}' away", gone.name)));
        }
        for entry in new.entries() {
            let there = old.get(entry.name);
            if there.is_some_and(|there| there.id == entry.id && there.kind == entry.kind) {
                continue;
            }
            let here = format!("{path}{}", entry.name);
            if entry.kind == Kind::Folder
                && (path.matches('/').count() >= shelf::DEPTH || entry.id == ObjectId::EMPTY_TREE)
            {
                return Ok(Err(format!("'{here}' is no place of evidence")));
            }
            let found = match (entry.kind, there.map(|there| there.kind)) {
                (Kind::Folder, None) => self.below(&format!("{here}/"), ObjectId::EMPTY_TREE, entry.id)?,
                (Kind::Folder, Some(Kind::Folder)) => {
                    let there = there.map_or(ObjectId::EMPTY_TREE, |there| there.id);
                    self.below(&format!("{here}/"), there, entry.id)?
                }
                (Kind::Leaf(Mode::File), None) => self.piece(&here, entry.id)?,
                (_, None) => Err(format!("'{here}' is no file")),
                _ => Err(format!("it would replace '{here}'")),
            };
            if found.is_err() {
                return Ok(found);
            }
        }
        Ok(Ok(()))
    }

    fn piece(&mut self, path: &str, id: ObjectId) -> Result<Result<(), String>, Error> {
        if self.checked.contains(&(id, path.to_owned())) {
            return Ok(Ok(()));
        }
        let unsigned = || Ok(Err(format!("'{path}' is not signed by the key that the ref belongs to")));
        let Ok(piece) = shelf::read(self.repo, &self.key.id(), id) else { return unsigned() };
        let Some(payload) = piece.envelope.open(self.key) else { return unsigned() };
        let Ok(statement) = Statement::parse(&payload) else {
            return Ok(Err(format!("'{path}' is no statement of gate's")));
        };
        let digest = Digest::of(&piece.envelope.to_bytes()?);
        self.checked.extend(place::paths(&statement, &digest).into_iter().map(|path| (id, path)));
        if self.checked.contains(&(id, path.to_owned())) {
            return Ok(Ok(()));
        }
        Ok(Err(format!("'{path}' is not where it belongs")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ed25519_dalek::Signer;

    use super::*;
    use crate::config::Trust;
    use crate::evidence::Envelope;
    use crate::git::testing::TestRepo;

    /// A key that is the same in every run.
    struct Key(ed25519_dalek::SigningKey);

    impl Key {
        fn new(seed: u8) -> Self {
            Self(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]))
        }

        fn public(&self) -> PublicKey {
            PublicKey::new(ssh_key::public::Ed25519PublicKey(self.0.verifying_key().to_bytes()).into())
        }

        fn reference(&self) -> String {
            place::own_ref(&self.public().id())
        }

        fn policy(&self) -> Policy {
            let trust = vec![Trust { key: self.public().line(), environment: Vec::new() }];
            Policy { trust, ..Policy::default() }
        }

        /// The files of a piece that says of a tree and a step, both named by a digit, that it passed.
        fn piece(&self, digit: char) -> BTreeMap<String, Vec<u8>> {
            let (tree, digest) = (digit.to_string().repeat(40), digit.to_string().repeat(64));
            let statement = serde_json::json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "tree", "digest": {"gitTree": tree}}],
                "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
                "predicate": {
                    "result": "PASSED", "configuration": [], "passedTests": ["a"], "warnedTests": [], "failedTests": [],
                    "gate": {
                        "format": "gate.evidence/1", "run": "r", "stage": "merge", "verdict": "deployable",
                        "proof": "proved", "base": null, "candidate": {"commit": null, "tree": tree}, "started": 1,
                        "warm": false, "environments": {&digest: {}},
                        "steps": [{"name": "a", "subject": digest, "environment": digest, "outcome": "passed",
                            "finished": 1, "required": true, "fresh": true}],
                    },
                },
            });
            let payload = statement.to_string().into_bytes();
            let signature = self.0.sign(&Envelope::signed_bytes(&payload)).to_bytes();
            let bytes = Envelope::new(&payload, &self.public(), &signature).to_bytes().unwrap();
            let paths = place::paths(&Statement::parse(&payload).unwrap(), &Digest::of(&bytes));
            paths.into_iter().map(|path| (path, bytes.clone())).collect()
        }
    }

    /// Commits, each on top of the last one.
    fn commits(repo: &Repo, each: &[BTreeMap<String, Vec<u8>>]) -> Vec<ObjectId> {
        let mut made: Vec<ObjectId> = Vec::new();
        for files in each {
            made.push(repo.commit_added(made.last().copied(), files, "evidence").unwrap());
        }
        made
    }

    /// What is said of moving the key's own ref.
    fn said(repo: &Repo, key: &Key, old: Option<ObjectId>, new: Option<ObjectId>) -> String {
        said_of(repo, key, &key.reference(), (old, new))
    }

    fn said_of(repo: &Repo, key: &Key, name: &str, moved: (Option<ObjectId>, Option<ObjectId>)) -> String {
        accepts(repo, &key.policy(), name, moved).unwrap().err().unwrap_or_else(|| "taken".to_owned())
    }

    #[test]
    fn whom_the_policy_trusts_adds_to_the_own_ref() {
        let (folder, key) = (TestRepo::empty(), Key::new(1));
        let repo = folder.open();
        let made = commits(&repo, &[key.piece('1'), key.piece('2')]);
        assert_eq!(said(&repo, &key, None, Some(made[0])), "taken");
        assert_eq!(said(&repo, &key, None, Some(made[1])), "taken");
        assert_eq!(said(&repo, &key, Some(made[0]), Some(made[1])), "taken");
        assert_eq!(said(&repo, &key, Some(made[0]), Some(made[0])), "taken");
        let again = commits(&repo, &[[key.piece('1'), key.piece('2'), key.piece('3')].into_iter().flatten().collect()]);
        assert_eq!(said(&repo, &key, Some(made[1]), Some(again[0])), "taken", "another history with all of it");
    }

    #[test]
    fn nobody_else_does() {
        let (folder, key, other) = (TestRepo::empty(), Key::new(1), Key::new(2));
        let repo = folder.open();
        let made = commits(&repo, &[other.piece('1')]);
        let strange = said_of(&repo, &key, &other.reference(), (None, Some(made[0])));
        assert_eq!(strange, "no [[policy.trust]] of the main branch names its key");
        let in_the_wrong_ref = said(&repo, &key, None, Some(made[0]));
        assert!(in_the_wrong_ref.ends_with("is not signed by the key that the ref belongs to"), "{in_the_wrong_ref}");
        let nobody = accepts(&repo, &Policy::default(), &key.reference(), (None, Some(made[0]))).unwrap();
        assert_eq!(nobody, Err("no [[policy.trust]] of the main branch names its key".to_owned()));
    }

    #[test]
    fn only_evidence_lies_below_refs_gate() {
        let (folder, key) = (TestRepo::empty(), Key::new(1));
        let repo = folder.open();
        let made = commits(&repo, &[key.piece('1')])[0];
        let id = key.public().id();
        for name in ["refs/gate/x", "refs/gate/evidence/x", "refs/gate/evidence/"] {
            assert_eq!(
                said_of(&repo, &key, name, (None, Some(made))),
                "refs/gate/ is gate's own: only evidence is pushed there"
            );
        }
        for name in
            [format!("refs/gate/evidence/a/{id}"), format!("refs/gate/remotes/a/{id}"), format!("refs/heads/{id}")]
        {
            assert_ne!(said_of(&repo, &key, &name, (None, Some(made))), "taken", "{name}");
        }
    }

    #[test]
    fn nothing_is_taken_away() {
        let (folder, key) = (TestRepo::empty(), Key::new(1));
        let repo = folder.open();
        let made = commits(&repo, &[key.piece('1'), key.piece('2')]);
        assert_eq!(said(&repo, &key, Some(made[0]), None), "evidence is not taken away");
        let rewound = said(&repo, &key, Some(made[1]), Some(made[0]));
        assert!(rewound.starts_with("it would take 'steps/22' away"), "{rewound}");
        let path = key.piece('1').into_keys().next().unwrap();
        let replaced = commits(&repo, &[key.piece('1'), [(path, b"other".to_vec())].into()]);
        let told = said(&repo, &key, Some(replaced[0]), Some(replaced[1]));
        assert!(told.starts_with("it would replace 'steps/11/"), "{told}");
        let folder = commits(&repo, &[key.piece('1'), [("steps".to_owned(), b"other".to_vec())].into()]);
        assert_eq!(said(&repo, &key, Some(folder[0]), Some(folder[1])), "it would replace 'steps'");
    }

    #[test]
    fn everything_lies_where_it_belongs() {
        let (folder, key) = (TestRepo::empty(), Key::new(1));
        let repo = folder.open();
        let bytes = key.piece('1').into_values().next().unwrap();
        let name = key.piece('1').into_keys().next().unwrap();
        let name = name.rsplit('/').next().unwrap();
        let elsewhere = [
            format!("steps/22/{}/{name}", "2".repeat(62)),
            format!("trees/11/{}/other.json", "1".repeat(38)),
            format!("other/{name}"),
            name.to_owned(),
        ];
        for path in elsewhere {
            let made = commits(&repo, &[[(path.clone(), bytes.clone())].into()])[0];
            assert_eq!(said(&repo, &key, None, Some(made)), format!("'{path}' is not where it belongs"));
        }
        let deep = commits(&repo, &[[("a/b/c/d/e".to_owned(), bytes.clone())].into()])[0];
        assert_eq!(said(&repo, &key, None, Some(deep)), "'a/b/c/d' is no place of evidence");
    }

    #[test]
    fn what_is_no_file_is_not_taken() {
        let (folder, key) = (TestRepo::empty(), Key::new(1));
        let repo = folder.open();
        let (path, bytes) = key.piece('1').into_iter().next().unwrap();
        let blob = folder.git_input(&["hash-object", "-w", "--stdin"], bytes);
        let empty = folder.git_input(&["mktree"], "");
        let (blob, empty) = (blob.trim(), empty.trim());
        for (entry, told) in [
            (format!("120000 blob {blob}\tx"), "'x' is no file"),
            (format!("160000 commit {}\tx", "1".repeat(40)), "'x' is no file"),
            (format!("040000 tree {empty}\tx"), "'x' is no place of evidence"),
        ] {
            let tree = folder.git_input(&["mktree", "--missing"], format!("{entry}\n"));
            let commit = folder.git(&["commit-tree", "-m", "x", tree.trim()]);
            let commit = commit.trim().parse().unwrap();
            assert_eq!(said(&repo, &key, None, Some(commit)), told, "{path}");
        }
    }
}
