//! Whether what `prepare` made is still what it made.
//!
//! All commands together are one unit: later ones write into what earlier ones made, and the key of each is over the
//! inputs of all. So either everything is there as it was, or everything is removed and made again.

use std::time::SystemTime;

use bstr::ByteSlice;

use super::Error;
use super::checkout::Workspace;
use super::products::Products;
use super::session::Session;
use super::spec::Updated;
use super::survey::{self, Odd};
use super::sweep::selection;
use crate::diagnostic::Diagnostic;
use crate::path::RepoPath;

const CURE: &str = "let no step write to what prepare made; caches in it can be named in [workspace] keep";

/// Removes what `prepare` made, if it is not what is wanted or not as it was, and otherwise what was added to it since.
pub(super) fn remove(workspace: &mut Workspace, session: &Session<'_>, updated: &mut Updated) -> Result<(), Error> {
    if workspace.made.prepared.is_empty() {
        return Ok(());
    }
    let Some(products) = wanted(workspace, session) else { return forget(workspace, session, updated) };
    let io = |source| Error::io("read", session.root.path(), source);
    let odd = survey::compare(session.root, &products).map_err(io)?;
    if let Some(odd) = odd.iter().find(|odd| !odd.same) {
        let path = &products.entries[odd.n].path;
        let how = if odd.now.is_some() { "changed" } else { "removed" };
        let text = format!("'{path}', which prepare made, was {how} since: prepare runs again");
        updated.notices.push(Diagnostic::warning("workspace/prepare", text).hint(CURE));
        return forget(workspace, session, updated);
    }
    let removed = tidy(workspace, session, (&products, &odd)).map_err(io)?;
    if removed > 0 {
        updated.removed += removed;
        workspace.record.generation += 1;
        workspace.store_record()?;
    }
    workspace.products = products;
    learn(workspace, &odd)
}

/// The record of what is there, if that was made by the first of the wanted commands.
fn wanted(workspace: &Workspace, session: &Session<'_>) -> Option<Products> {
    let made = &workspace.made;
    let wanted = &session.spec.prepare;
    let begins = made.prepared.len() <= wanted.len()
        && made.prepared.iter().zip(wanted).all(|(product, wanted)| product.key == wanted.key);
    let products = Products::load(&workspace.place.products(), made.recorded.filter(|_| begins)?)?;
    let keep = selection(&session.spec.keep).map(|keep| keep.canonical().to_owned()).unwrap_or_default();
    // Of what was kept nothing is known.
    (products.keep == keep).then_some(products)
}

fn forget(workspace: &mut Workspace, session: &Session<'_>, updated: &mut Updated) -> Result<(), Error> {
    workspace.made.prepared.clear();
    workspace.made.recorded = None;
    workspace.products = Products::default();
    workspace.folders.forget();
    updated.removed += workspace.sweep(session)?.0;
    workspace.record.generation += 1;
    workspace.store_record()?;
    workspace.save_made()
}

/// Removes what was added to folders of what `prepare` made: it is not the candidate's, and a check could pass by it.
fn tidy(workspace: &Workspace, session: &Session<'_>, (products, odd): (&Products, &[Odd])) -> std::io::Result<usize> {
    let held = workspace.belongings(&workspace.files, session.spec);
    let mut removed = 0;
    for entry in odd.iter().map(|odd| &products.entries[odd.n]).filter(|entry| entry.is_folder()) {
        let known = |path: &RepoPath| products.find(path.as_bstr()).is_some();
        for path in held.strangers(session.root, entry.path.as_bstr(), known)? {
            session.root.remove(path.as_bstr())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Notes what the file system says now of what holds the same. It is saved only where that saves reading files again.
fn learn(workspace: &mut Workspace, odd: &[Odd]) -> Result<(), Error> {
    let now = SystemTime::now();
    let mut learnt = false;
    for (n, seen) in odd.iter().filter_map(|odd| Some((odd.n, odd.now?))) {
        let entry = &mut workspace.products.entries[n];
        entry.seen = seen;
        // A folder that something was added to is listed each time: what is added further down does not show in it.
        entry.settled = !entry.is_folder() && survey::is_settled(&seen, now);
        learnt |= entry.settled;
    }
    if learnt { record(workspace) } else { Ok(()) }
}

/// Saves what is known of what `prepare` made.
pub(super) fn record(workspace: &mut Workspace) -> Result<(), Error> {
    let file = workspace.place.products();
    let digest = workspace.products.save(&file).map_err(|source| Error::io("write", &file, source))?;
    workspace.made.recorded = Some(digest);
    workspace.save_made()
}
