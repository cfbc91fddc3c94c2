//! The rules that hold for a tree: its own gate.toml.

use std::sync::Arc;

use bstr::ByteSlice;

use super::refusal::{Refusal, RefusalKind};
use super::site::Site;
use crate::change::{Base, Change};
use crate::config::{self, Loaded, Rules, Source};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{Kind, Repo};
use crate::input;
use crate::path::{Mode, Pattern, RepoPath, Selection};

/// The name of the file, at the root of every tree.
const FILE: &str = "gate.toml";
/// The name of the file that is the user's own, at the root of the working tree.
const LOCAL: &str = "gate.local.toml";

/// Where a tree's rules are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The blob of gate.toml.
    Blob(ObjectId),
    /// The tree has none.
    Absent,
}

/// Looks for gate.toml at the root of a tree.
pub(super) fn find(repo: &Repo, tree: ObjectId) -> Result<Found, Refusal> {
    let root = repo.tree(tree)?;
    match root.get(FILE.as_bytes().as_bstr()).map(|entry| (entry.kind, entry.id)) {
        None => Ok(Found::Absent),
        Some((Kind::Leaf(Mode::File | Mode::Executable), id)) => Ok(Found::Blob(id)),
        Some(_) => Err(Refusal::new(
            RefusalKind::Configuration,
            Diagnostic::error("config/not-a-file", "gate.toml is a link, a folder or a submodule")
                .hint("make it a plain file: rules must not depend on what lies outside the tree"),
        )),
    }
}

/// The rules of the candidate, with what gate.local.toml adds.
pub(super) fn of_candidate(site: &mut Site, blob: ObjectId) -> Result<Rules, Refusal> {
    let source = Source { name: FILE.to_owned(), text: text(&site.repo, blob)? };
    let local = site.local_rules(LOCAL)?;
    let loaded = config::load(&source, local.as_ref()).map_err(invalid)?;
    site.warnings.extend(loaded.warnings);
    Ok(loaded.rules)
}

/// The rules that gate.toml and gate.local.toml of the working tree make.
///
/// # Errors
/// Every mistake in them; when there is no gate.toml.
pub fn rules_here(site: &Site) -> Result<Loaded, Refusal> {
    let shared = site.local_rules(FILE)?.ok_or_else(|| {
        let shown = Diagnostic::error("config/absent", "there is no gate.toml at the root of the working tree");
        Refusal::new(RefusalKind::Configuration, shown.hint("write one: gate init"))
    })?;
    let local = site.local_rules(LOCAL)?;
    config::load(&shared, local.as_ref()).map_err(invalid)
}

/// The rules of a revision, without anything local; `None` if it has no gate.toml.
///
/// # Errors
/// When there is no such revision, or every mistake in its gate.toml.
pub fn rules_at(site: &mut Site, revision: &str) -> Result<Option<Rules>, Refusal> {
    let tree = site.repo.resolve(revision)?.tree;
    match find(&site.repo, tree)? {
        Found::Absent => Ok(None),
        Found::Blob(blob) => {
            let source = Source { name: FILE.to_owned(), text: text(&site.repo, blob)? };
            Ok(Some(config::load(&source, None).map_err(invalid)?.rules))
        }
    }
}

/// The rules of a commit's gate.toml, without anything local; `None` where there is none that is valid.
///
/// # Errors
/// When the commit can't be read.
pub fn rules_of(repo: &Repo, commit: ObjectId) -> Result<Option<Rules>, Refusal> {
    let tree = repo.commit(commit)?.tree;
    let text = match find(repo, tree) {
        Ok(Found::Blob(blob)) => text(repo, blob),
        Ok(Found::Absent) => return Ok(None),
        Err(refusal) => Err(refusal),
    };
    let text = match text {
        Ok(text) => text,
        Err(refusal) if refusal.kind == RefusalKind::Configuration => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    Ok(config::load(&Source { name: FILE.to_owned(), text }, None).ok().map(|loaded| loaded.rules))
}

fn invalid(diagnostics: Vec<Diagnostic>) -> Refusal {
    Refusal { kind: RefusalKind::Configuration, diagnostics }
}

/// The rules of the base, without anything local; `None` if they are not valid, which is told and means that nothing is
/// taken as unchanged.
pub(super) fn of_base(site: &mut Site, blob: ObjectId) -> Result<Option<Rules>, Refusal> {
    let source = Source { name: FILE.to_owned(), text: text(&site.repo, blob)? };
    if let Ok(loaded) = config::load(&source, None) {
        return Ok(Some(loaded.rules));
    }
    let told = "the base's gate.toml is not valid: every check counts as new";
    site.warnings.push(Diagnostic::warning("config/base", told));
    Ok(None)
}

/// Refuses rules below the root, which would hold for nobody: where the change brings them, or anywhere if there is no
/// base to have been judged before.
pub(super) fn refuse_nested(site: &Site, change: &Change) -> Result<(), Refusal> {
    let is_rules = |path: &RepoPath| path.file_name() == FILE && path.parent().is_some();
    let found: Vec<RepoPath> = match change.base {
        Base::Known { .. } => {
            let brought = change.deltas.iter().filter(|delta| delta.new.is_some_and(|side| side.mode.is_file()));
            brought.map(|delta| delta.path.clone()).filter(is_rules).collect()
        }
        Base::None(_) => {
            let anywhere = Pattern::parse("**/gate.toml").map_err(|error| Refusal::internal(&error.to_string()))?;
            let listed = input::list(&site.repo, change.candidate.tree, &Selection::new(&[anywhere], &[]))?;
            listed.into_iter().filter(|entry| entry.mode.is_file()).map(|entry| entry.path).filter(is_rules).collect()
        }
    };
    if found.is_empty() {
        return Ok(());
    }
    let told = |path: RepoPath| {
        Diagnostic::error("config/nested", format!("'{path}' is not at the root of the repository"))
            .hint("a repository has one gate.toml: give its checks 'files' or 'inputs' below the folder, and 'dir'")
    };
    Err(invalid(found.into_iter().map(told).collect()))
}

/// Why there are no rules to judge by.
pub(super) fn absent(site: &Site) -> Refusal {
    let there = site.repo.work_dir().is_some_and(|dir| dir.join(FILE).exists());
    let hint = if there { "add it to what is judged: git add gate.toml" } else { "write one: gate init" };
    let diagnostic = Diagnostic::error("config/absent", "the tree that is judged has no gate.toml at its root");
    Refusal::new(RefusalKind::Configuration, diagnostic.hint(hint))
}

/// Why there are no rules to judge by where the change removes some that could not be read: it is under gate all the same.
pub(super) fn removed() -> Refusal {
    let shown = Diagnostic::error("config/removed", "the change takes gate.toml away, and the base's is not valid");
    Refusal::new(RefusalKind::Configuration, shown.hint("put gate.toml back, and right"))
}

fn text(repo: &Repo, blob: ObjectId) -> Result<Arc<str>, Refusal> {
    let bytes = repo.blob(blob)?;
    String::from_utf8(bytes).map(Arc::from).map_err(|_| {
        Refusal::new(RefusalKind::Configuration, Diagnostic::error("config/encoding", "gate.toml is not UTF-8"))
    })
}
