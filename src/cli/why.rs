//! `gate why`.

use std::io::Write;
use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::args::{ChangeArgs, SelectionArgs};
use super::{Context, Exit, Failure};
use crate::check::{CheckName, StepName};
use crate::config::nearest;
use crate::judge::{self, PathExplanation, Planned, Site};
use crate::path::RepoPath;
use crate::report::{
    self,
    why::{PathWhy, StepWhy},
};

/// Explain what is decided about a check, or which checks a file concerns
///
/// For a check that runs again it names the first thing that differs from its last run, and what changed about it.
///
/// For a path it lists the checks that depend on it.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gate why test\n  gate why src/main.rs\n  gate why --staged --stage pre-commit fmt"
)]
pub(super) struct WhyArgs {
    /// A check's name, or a file's path
    #[arg(value_name = "CHECK|PATH")]
    target: std::ffi::OsString,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

/// Plans and explains.
///
/// # Errors
/// When there is nothing that could be judged, or the target is neither a check nor a path.
pub(super) fn run(args: WhyArgs, context: &Context) -> Result<Exit, Failure> {
    let request = args.selection.request(args.change.spec());
    let (planned, site) = context.plan(&request)?;
    let mut stdout = context.stdout();
    let step = args.target.to_str().and_then(|text| text.parse::<CheckName>().ok()).map(|name| StepName::from(&name));
    let path = path(&site, context, Path::new(&args.target));
    match (step, path) {
        (Some(step), path) if planned.plan.step(&step).is_some() || path.is_none() => {
            let explained = judge::explain_check(&planned, &site, &step)?;
            let why = StepWhy {
                step: &explained.step,
                last: explained.last.as_ref(),
                difference: explained.difference.clone(),
                path: explained.delta.as_ref().map(|delta| (delta.path.clone(), delta.edit().as_str().to_owned())),
            };
            write!(stdout, "{}", report::why::step(&why, &context.view()))?;
        }
        (_, Some(path)) => {
            let explained = judge::explain_path(&planned, &site, &path)?;
            if explained.delta.is_none() && !explained.is_there && is_slip(&planned, &args.target) {
                return Err(judge::unknown_target(&planned, &args.target.to_string_lossy()).into());
            }
            write!(stdout, "{}", report::why::path(&path_why(&planned, path, explained), &context.view()))?;
        }
        (_, None) => {
            let name = args.target.to_string_lossy();
            return Err(judge::unknown_target(&planned, &name).into());
        }
    }
    Ok(Exit::Success)
}

/// Whether something that is no path of the change was meant to be a check: it looks like one, or like no path at all.
fn is_slip(planned: &Planned, target: &std::ffi::OsStr) -> bool {
    let Some(target) = target.to_str() else { return false };
    let known = planned.plan.steps.iter().map(|step| step.check.name.as_str());
    nearest(target, known).is_some() || !target.contains(['/', '.'])
}

fn path_why(planned: &Planned, path: RepoPath, explained: PathExplanation) -> PathWhy {
    PathWhy {
        path,
        edit: explained.delta.map(|delta| delta.edit().as_str().to_owned()),
        is_there: explained.is_there,
        steps: explained.steps.into_iter().map(|step| (step.name, step.decision)).collect(),
        total: planned.plan.steps.len(),
    }
}

/// The target as a path of the repository, seen from where gate was called.
pub(super) fn path(site: &Site, context: &Context, target: &Path) -> Option<RepoPath> {
    use std::os::unix::ffi::OsStrExt;
    let root = site.repo.work_dir()?.canonicalize().ok()?;
    let cwd = context.cwd.canonicalize().ok()?;
    let mut at = PathBuf::new();
    for component in cwd.join(target).components() {
        match component {
            Component::ParentDir => drop(at.pop()),
            Component::CurDir => {}
            other => at.push(other),
        }
    }
    let relative = at.strip_prefix(&root).ok()?;
    (!relative.as_os_str().is_empty()).then(|| RepoPath::new(relative.as_os_str().as_bytes()))
}
