//! `gate why`.

use std::io::Write;
use std::path::Path;

use clap::Args;

use super::args::{ChangeArgs, SelectionArgs};
use super::{Context, Exit, Failure};
use crate::check::{CheckName, StepName};
use crate::judge::{self, Planned, Site};
use crate::path::RepoPath;
use crate::report::{
    self,
    why::{PathWhy, StepWhy},
};

/// Say why a check runs, is reused or is skipped, or which checks a path affects
///
/// For a check that runs again it names the first thing that differs from its last run, and what changed about it.
#[derive(Args, Debug)]
pub(super) struct WhyArgs {
    /// A check's name, or a path
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
        (_, Some(path)) => tell_path(&planned, &path, context, &mut stdout)?,
        (_, None) => {
            let name = args.target.to_string_lossy();
            return Err(judge::unknown_target(&planned, &name).into());
        }
    }
    Ok(Exit::Success)
}

fn tell_path(planned: &Planned, path: &RepoPath, context: &Context, stdout: &mut impl Write) -> Result<(), Failure> {
    let explained = judge::explain_path(planned, path);
    let why = PathWhy {
        path: path.clone(),
        edit: explained.delta.map(|delta| delta.edit().as_str().to_owned()),
        steps: explained.steps.into_iter().map(|step| (step.name, step.decision)).collect(),
        total: planned.plan.steps.len(),
    };
    Ok(write!(stdout, "{}", report::why::path(&why, &context.view()))?)
}

/// The target as a path of the repository, seen from where gate was called.
fn path(site: &Site, context: &Context, target: &Path) -> Option<RepoPath> {
    use std::os::unix::ffi::OsStrExt;
    let root = site.repo.work_dir()?.canonicalize().ok()?;
    let cwd = context.cwd.canonicalize().ok()?;
    let relative = cwd.join(target).strip_prefix(&root).ok()?.to_owned();
    (!relative.as_os_str().is_empty()).then(|| RepoPath::new(relative.as_os_str().as_bytes()))
}
