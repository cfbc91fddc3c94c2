//! The files by which a tree pins versions of tools, and a folder that holds nothing else, in which tools can be asked
//! as if in a checkout of the tree.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use bstr::{BStr, ByteSlice};
use tempfile::TempDir;

use super::error::Error;
use super::fact::Fact;
use super::memo::Memo;
use super::stamp::Stamps;
use super::trees::Trees;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::git::{Kind, Repo};
use crate::path::RepoPath;

/// Files that pin versions with all that is in them.
const WHOLE: &[&str] = &[
    "rust-toolchain",
    "rust-toolchain.toml",
    ".python-version",
    ".python-versions",
    ".nvmrc",
    ".node-version",
    ".ruby-version",
    ".go-version",
    ".java-version",
    ".swift-version",
    ".sdkmanrc",
    ".tool-versions",
    "global.json",
];

/// Manifests that pin versions beside much else; only what pins is taken from them.
const PARTLY: &[&str] = &["package.json", "go.mod", "go.work"];

/// Pins that lie in folders below the one that they hold for.
const NESTED: &[&str] = &[".config/mise.toml", ".config/mise/config.toml", ".mise/config.toml", "mise/config.toml"];

/// What a pin file says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// All of a blob.
    Blob(ObjectId),
    /// The part of a manifest that pins.
    Text(String),
    /// Unknown: a link that leads out of the tree.
    Unknown,
}

/// The pins that hold in a folder of a tree: its own and those of the folders above it.
#[derive(Debug)]
pub(super) struct Site {
    /// The innermost folder that has pins of its own; empty for the root.
    folder: PathBuf,
    pins: Vec<(PathBuf, Source)>,
    digest: Digest,
}

impl Site {
    /// Reads the pins that hold in `dir` of the tree `root`.
    pub(super) fn read(
        repo: &Repo,
        (trees, memo): (&mut Trees, &mut Memo),
        root: ObjectId,
        dir: &Path,
    ) -> Result<Self, Error> {
        let mut site = Self { folder: PathBuf::new(), pins: Vec::new(), digest: Digest::of(b"") };
        let mut reader = Reader { repo, trees, memo, root };
        let mut folder = PathBuf::new();
        reader.pins_of(&folder, &mut site.pins)?;
        for component in dir.components() {
            match component {
                Component::CurDir => continue,
                Component::Normal(name) => folder.push(name),
                _ => break,
            }
            let before = site.pins.len();
            reader.pins_of(&folder, &mut site.pins)?;
            if site.pins.len() > before {
                site.folder.clone_from(&folder);
            }
        }
        site.digest = site.summed();
        Ok(site)
    }

    fn summed(&self) -> Digest {
        let mut hasher = Hasher::new("pins", 1);
        hasher.field("folder", self.folder.as_os_str().as_encoded_bytes());
        for (path, source) in &self.pins {
            hasher.field("path", path.as_os_str().as_encoded_bytes());
            match source {
                Source::Blob(id) => hasher.field("blob", id.as_bytes()),
                Source::Text(text) => hasher.field("text", text),
                Source::Unknown => hasher.field("unknown", ""),
            };
        }
        hasher.finish()
    }

    /// What the tree itself says of tools, a fact for each file.
    pub(super) fn facts(&self) -> impl Iterator<Item = Fact> {
        self.pins.iter().map(|(path, source)| {
            let name = format!("{}{}", super::PINS, RepoPath::new(path.as_os_str().as_encoded_bytes()));
            let value = match source {
                Source::Blob(id) => id.to_string(),
                Source::Text(text) => Digest::of(text.as_bytes()).to_string(),
                Source::Unknown => "unknown".to_owned(),
            };
            Fact { name, value }
        })
    }

    /// Equal digests mean equal pins in an equal place.
    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    /// The name of a fact that holds here: `toolchain:node` at the root, `toolchain:node@web` where `web` pins versions.
    pub(super) fn name(&self, kind: &str, subject: &str) -> String {
        if self.is_root() {
            return format!("{kind}:{subject}");
        }
        format!("{kind}:{subject}@{}", RepoPath::new(self.folder.as_os_str().as_encoded_bytes()))
    }

    fn is_root(&self) -> bool {
        self.folder.as_os_str().is_empty()
    }

    /// The package manager that the innermost package.json names, such as `pnpm@9.1.0`.
    pub(super) fn package_manager(&self) -> Option<String> {
        let named = |(path, source): &(PathBuf, Source)| match source {
            Source::Text(text) if path.ends_with("package.json") => {
                let json: serde_json::Value = serde_json::from_str(text).ok()?;
                Some(json.get("packageManager")?.as_str()?.to_owned())
            }
            _ => None,
        };
        self.pins.iter().rev().find_map(named)
    }
}

/// Where a program is looked up: a folder of a tree, with the pins that hold in it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The repository, which the pins' content is read from.
    pub(super) repo: &'a Repo,
    /// The pins.
    pub(super) site: &'a Site,
}

/// Whether a folder with such an entry may have pins of its own.
pub(super) fn is_pin(name: &BStr) -> bool {
    let is = |known: &&str| name == *known;
    WHOLE.iter().any(is)
        || PARTLY.iter().any(is)
        || NESTED.iter().any(|path| path.split('/').next().is_some_and(|first| name == first))
        || is_mise(name)
}

/// `mise.toml`, `.mise.toml`, `mise.ENVIRONMENT.toml`.
fn is_mise(name: &BStr) -> bool {
    (name.starts_with(b"mise.") || name.starts_with(b".mise.")) && name.ends_with(b".toml")
}

struct Reader<'a> {
    repo: &'a Repo,
    trees: &'a mut Trees,
    memo: &'a mut Memo,
    root: ObjectId,
}

impl Reader<'_> {
    fn pins_of(&mut self, folder: &Path, pins: &mut Vec<(PathBuf, Source)>) -> Result<(), Error> {
        let Some((Kind::Folder, id)) = self.trees.at(self.repo, self.root, folder)? else { return Ok(()) };
        let tree = self.trees.get(self.repo, id)?;
        for entry in tree.entries().filter(|entry| is_pin(entry.name)) {
            let name = entry.name.to_str_lossy();
            let nested = NESTED.iter().filter(|path| path.split('/').next() == Some(&*name));
            if entry.kind != Kind::Folder && nested.clone().next().is_none() {
                self.pin(folder.join(&*name), PARTLY.contains(&&*name), pins)?;
                continue;
            }
            for path in nested.map(|path| folder.join(path)) {
                self.pin(path, false, pins)?;
            }
        }
        Ok(())
    }

    fn pin(&mut self, path: PathBuf, partly: bool, pins: &mut Vec<(PathBuf, Source)>) -> Result<(), Error> {
        if self.trees.at(self.repo, self.root, &path)?.is_none() {
            return Ok(());
        }
        let source = match self.trees.file(self.repo, self.root, &path)? {
            None => Source::Unknown,
            Some(id) if !partly => Source::Blob(id),
            Some(id) => match self.part(&path, id)? {
                Some(text) if text.is_empty() => return Ok(()),
                Some(text) => Source::Text(text),
                None => Source::Blob(id),
            },
        };
        pins.push((path, source));
        Ok(())
    }

    /// The part of a manifest that pins; `None` if that can't be told.
    fn part(&mut self, path: &Path, id: ObjectId) -> Result<Option<String>, Error> {
        let (kind, key) = ("pin", id.to_string());
        if let Some(text) = self.memo.get(kind, &key) {
            return Ok(text);
        }
        let bytes = self.repo.blob(id)?;
        let part = if path.ends_with("package.json") { package_json(&bytes) } else { Some(go_mod(&bytes)) };
        self.memo.put(kind, &key, &part, true);
        Ok(part)
    }
}

/// What in a package.json chooses versions of tools; empty if nothing does.
fn package_json(bytes: &[u8]) -> Option<String> {
    let mut json: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    json.retain(|key, _| ["packageManager", "volta", "devEngines", "engines"].contains(&key.as_str()));
    if json.is_empty() { Some(String::new()) } else { serde_json::to_string(&json).ok() }
}

/// The lines of a go.mod or go.work that choose Go's version: <https://go.dev/doc/toolchain>.
fn go_mod(bytes: &[u8]) -> String {
    let chooses = |line: &&[u8]| {
        [&b"module "[..], b"go ", b"toolchain ", b"godebug "].iter().any(|word| line.starts_with_str(word))
    };
    bytes.lines().filter(chooses).flat_map(|line| [line.to_str_lossy(), "\n".into()]).collect()
}

/// The folders in which tools are asked, one per set of pins; gone when it is dropped.
#[derive(Default)]
pub(super) struct Folders {
    base: Option<TempDir>,
    made: HashMap<Digest, Arc<Path>>,
}

impl Folders {
    /// A folder with the pins of a site and nothing else; `None` if a pin's content is unknown.
    ///
    /// It lies in `cache`, beside the checkouts, so that what tools find in folders further up is the same. If that lies in
    /// somebody's working tree, whose pins would be found, it lies in the system's folder for temporary files.
    pub(super) fn of(
        &mut self,
        Place { repo, site }: Place<'_>,
        cache: &Path,
        stamps: &mut Stamps,
    ) -> Result<Option<Arc<Path>>, Error> {
        if let Some(folder) = self.made.get(&site.digest) {
            return Ok(Some(folder.clone()));
        }
        if self.base.is_none() {
            let mut builder = tempfile::Builder::new();
            builder.prefix("pins-");
            let apart = is_apart(cache, stamps) && fs_err::create_dir_all(cache).is_ok();
            self.base = Some(if apart { builder.tempdir_in(cache)? } else { builder.tempdir()? });
        }
        let Some(base) = &self.base else { return Ok(None) };
        // Its true name: tools show that one, and it is taken out of what they say.
        let top = fs_err::canonicalize(base.path())?.join(site.digest.short());
        fs_err::create_dir_all(top.join(&site.folder))?;
        for (path, source) in &site.pins {
            let bytes = match source {
                Source::Blob(id) => repo.blob(*id)?,
                Source::Text(text) => text.clone().into_bytes(),
                Source::Unknown => return Ok(None),
            };
            let path = top.join(path);
            fs_err::create_dir_all(path.parent().unwrap_or(&top))?;
            fs_err::write(path, bytes)?;
        }
        // Joining nothing would leave a slash at the end.
        let folder: Arc<Path> = if site.is_root() { top.into() } else { top.join(&site.folder).into() };
        self.made.insert(site.digest, folder.clone());
        Ok(Some(folder))
    }

    /// The folders above those in which tools are asked, which tools search for pins as well.
    pub(super) fn above<'a>(cache: &'a Path, stamps: &mut Stamps) -> impl Iterator<Item = &'a Path> + use<'a> {
        is_apart(cache, stamps).then_some(cache).into_iter().flat_map(Path::ancestors)
    }
}

/// Whether a folder is absolute and in nobody's working tree.
fn is_apart(cache: &Path, stamps: &mut Stamps) -> bool {
    cache.is_absolute() && cache.ancestors().all(|folder| stamps.get(&folder.join(".git")).is_none())
}
