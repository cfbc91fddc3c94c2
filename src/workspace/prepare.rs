//! Running the commands that make what the tree does not hold.

use bstr::ByteSlice;

use super::checkout::Workspace;
use super::left::{Running, removed};
use super::made::Product;
use super::session::{Session, Trust};
use super::spec::{Preparation, Updated};
use super::{Error, stale, survey};
use crate::diagnostic::Diagnostic;
use crate::path::RepoPath;
use crate::process::{Invocation, Limits, run_to_end_as};

/// How much of what a command wrote is shown when it fails.
const TAIL: usize = 2000;

/// How many bytes of it are kept until then.
const LOG: u64 = 1 << 20;

/// Runs the commands whose products are not there.
pub(super) fn run_missing(
    workspace: &mut Workspace,
    session: &Session<'_>,
    updated: &mut Updated,
) -> Result<(), Error> {
    let missing = session.spec.prepare.get(workspace.made.prepared.len()..).unwrap_or_default();
    for preparation in missing {
        (session.told)(&preparation.name);
        let outlived = run(workspace, session, preparation)?;
        updated.notices.extend(outlived.iter().map(|left| {
            let text = format!("'{left}' outlived the prepare command '{}' and was ended", preparation.name);
            Diagnostic::warning("workspace/prepare", text)
        }));
        updated.prepared.push(preparation.name.clone());
        note(workspace, session, preparation)?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    workspace.record.generation += 1;
    let mut again = Updated::default();
    workspace.begin(session)?;
    workspace.bring(session, Trust::Nothing, &mut again)?;
    if again.written > 0 {
        let text = match again.written {
            1 => "prepare changed a tracked file; it was put back".to_owned(),
            files => format!("prepare changed {files} tracked files; they were put back"),
        };
        let notice = Diagnostic::warning("workspace/prepare", text);
        updated.notices.push(notice.hint("use a command that keeps lock files as they are, such as npm ci"));
    }
    Ok(())
}

/// Notes what a command made, and how everything is that was made so far: it may have written to that too.
fn note(workspace: &mut Workspace, session: &Session<'_>, preparation: &Preparation) -> Result<(), Error> {
    let io = |source| Error::io("read", session.root.path(), source);
    let mut folders = workspace.folders.clone();
    let found = workspace.belongings(&workspace.files, session.spec).look(session.root, &mut folders).map_err(io)?;
    let paths = found.foreign.iter().map(|path| path.as_bstr().to_vec()).collect();
    workspace.made.prepared.push(Product { key: preparation.key, paths });
    let roots = workspace.made.prepared.iter().flat_map(|product| &product.paths);
    let roots: Vec<_> = roots.map(|path| RepoPath::new(path.as_slice())).collect();
    let held = workspace.belongings(&workspace.files, session.spec);
    workspace.products = survey::take(session.root, &held, &roots, &workspace.products).map_err(io)?;
    stale::record(workspace)
}

fn run(workspace: &Workspace, session: &Session<'_>, preparation: &Preparation) -> Result<Vec<String>, Error> {
    let failed = |how: String, message: String| Error::Prepare { command: preparation.name.clone(), how, message };
    let dir = preparation.dir.as_ref().map_or_else(|| workspace.dir.clone(), |dir| workspace.dir.join(dir.as_path()));
    let log = workspace.place.prepare_log();
    let invocation = Invocation {
        program: preparation.program.clone(),
        args: preparation.args.clone(),
        dir,
        env: preparation.env.clone(),
        log: log.clone(),
        secrets: Vec::new(),
        limits: Limits { log_bytes: LOG, ..Limits::default() },
    };
    let note = workspace.place.preparing();
    let mut running = Running::named();
    let io = |source| Error::io("write", &note, source);
    running.save(&note).map_err(io)?;
    let control = &session.spec.control;
    let ended = run_to_end_as(&running.name.clone(), invocation, control, &mut |pid| {
        running.led_by(pid);
        // Without its number, what is left of it is found by its name alone.
        let _unnoted = running.save(&note);
    });
    let output = fs_err::read(&log).unwrap_or_default();
    for file in [&note, &log] {
        removed(file).map_err(|source| Error::io("remove", file, source))?;
    }
    if let Some(signal) = control.signal() {
        return Err(Error::Interrupted(signal));
    }
    let ending = ended.map_err(|error| failed(String::new(), error.to_string()))?;
    if let Some(trouble) = ending.trouble.or(ending.unkept) {
        return Err(failed(String::new(), trouble));
    }
    if ending.status.success() {
        return Ok(ending.outlived);
    }
    let tail = output.trim_end();
    let tail = &tail[tail.len().saturating_sub(TAIL)..];
    Err(failed(format!(" ({})", ending.status), String::from_utf8_lossy(tail).into_owned()))
}
