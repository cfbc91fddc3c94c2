//! Running the commands that make what the tree does not hold.

use bstr::ByteSlice;

use super::Error;
use super::checkout::Workspace;
use super::made::Product;
use super::spec::{Preparation, Updated};
use super::update::{Session, Trust};
use crate::diagnostic::Diagnostic;

/// How much of what a command wrote is shown when it fails.
const TAIL: usize = 2000;

/// Runs the commands whose products are not there, or were made from something else.
pub(super) fn run_stale(workspace: &mut Workspace, session: &Session<'_>, updated: &mut Updated) -> Result<(), Error> {
    let mut ran = false;
    for preparation in &session.spec.prepare {
        let made = workspace.made.prepared.iter().find(|product| product.key == preparation.key);
        if made.is_some_and(|product| is_there(session, product)) {
            continue;
        }
        run(workspace, preparation)?;
        ran = true;
        updated.prepared.push(preparation.name.clone());
        let mut folders = workspace.folders.clone();
        let found = workspace.belongings(&workspace.files, session.spec).look(session.root, &mut folders);
        let found = found.map_err(|source| Error::io("read", &workspace.dir, source))?;
        let paths = found.foreign.iter().map(|path| path.as_bstr().to_vec()).collect();
        workspace.made.prepared.retain(|product| product.key != preparation.key);
        workspace.made.prepared.push(Product { key: preparation.key, paths });
        workspace.save_made()?;
    }
    if !ran {
        return Ok(());
    }
    workspace.record.generation += 1;
    let mut again = Updated::default();
    workspace.begin(session)?;
    workspace.bring(session, Trust::Nothing, &mut again)?;
    if again.written > 0 {
        let text = format!("prepare changed {} tracked files; they were put back", again.written);
        let notice = Diagnostic::warning("workspace/prepare", text);
        updated.notices.push(notice.hint("use a command that keeps lock files as they are, such as npm ci"));
    }
    Ok(())
}

fn is_there(session: &Session<'_>, product: &Product) -> bool {
    product.paths.iter().all(|path| session.root.stat(path.as_bstr()).is_ok())
}

fn run(workspace: &Workspace, preparation: &Preparation) -> Result<(), Error> {
    let dir = preparation.dir.as_ref().map_or_else(|| workspace.dir.clone(), |dir| workspace.dir.join(dir.as_path()));
    let failed = |how: String, message: String| Error::Prepare { command: preparation.name.clone(), how, message };
    let ran = preparation.program.clone().dir(dir).run().map_err(|error| failed(String::new(), chain(&error)))?;
    if ran.status.success() {
        return Ok(());
    }
    let output = [ran.stdout, ran.stderr].concat();
    let tail = output.trim_end();
    let tail = &tail[tail.len().saturating_sub(TAIL)..];
    Err(failed(format!(" ({})", ran.status), String::from_utf8_lossy(tail).into_owned()))
}

fn chain(error: &crate::process::SpawnError) -> String {
    format!("{error}: {}", error.source)
}
