//! What is wrong between the keys of one table.

use std::ops::Range;

use semver::Version;
use toml::Spanned;

use super::check_draft::CheckDraft;
use super::draft::Draft;
use super::fields::Field;
use super::problems::Problems;
use super::{CommandLine, File, unit_consistency};
use crate::check::Stage;
use crate::diagnostic::Diagnostic;

/// What to say if the file is for another version of gate.
pub(super) fn version(draft: &Draft) -> Option<(Range<usize>, Diagnostic)> {
    let wanted = draft.version.given()?;
    let this = env!("CARGO_PKG_VERSION");
    let fits = Version::parse(this).is_ok_and(|this| wanted.get_ref().matches(&this));
    let message = format!("this file is for gate {}, and this is gate {this}", wanted.get_ref());
    (!fits).then(|| {
        (wanted.span(), Diagnostic::error("config/version", message).hint("install a version of gate that fits"))
    })
}

/// Reports what is wrong between the keys of each table.
pub(super) fn check(draft: &Draft, problems: &mut Problems<'_>) {
    if let Some(branches) = draft.branches.given() {
        branch_names(branches, problems);
    }
    for prepare in &draft.workspace.prepare {
        if matches!(prepare.run, Field::Absent) {
            let problem = Diagnostic::error("config/missing-run", "[[workspace.prepare]] has no 'run'");
            problems.add(problem.hint("say what to run, as in run = \"npm ci\""), prepare.span.clone(), "");
        }
        no_placeholder(&prepare.run, "run", problems);
    }
    for check in &draft.checks {
        command(check, problems);
        environment(check, problems);
        timeouts(check, problems);
        if check.file == File::Shared {
            stages(check, problems);
        }
    }
}

fn branch_names(branches: &Spanned<Vec<Spanned<crate::path::Pattern>>>, problems: &mut Problems<'_>) {
    if branches.get_ref().is_empty() {
        let problem = Diagnostic::error("config/no-branches", "no branch is to stay deployable");
        problems.add(problem.hint("name at least one, as in branches = [\"main\"]"), branches.span(), "");
    }
    for branch in branches.get_ref() {
        if let Some(name) = branch.get_ref().as_str().strip_prefix("refs/heads/") {
            let problem = Diagnostic::error("config/bad-branch", "branches are named without 'refs/heads/'");
            problems.add(problem.hint(format!("write it as '{name}'")), branch.span(), "");
        }
    }
}

fn command(check: &CheckDraft, problems: &mut Problems<'_>) {
    no_placeholder(&check.cleanup, "cleanup", problems);
    message(check, problems);
    if check.builtin.is_there() {
        if let Some(units) = check.units.given() {
            let problem = Diagnostic::error("config/no-units", "what gate looks at itself goes over no units");
            problems.add(problem.hint("leave 'units' out"), units.span(), "");
        }
        return;
    }
    let run = match &check.run {
        Field::Absent => {
            let problem = Diagnostic::error("config/missing-run", format!("{} has no 'run'", check.title));
            let hint = "say what to run, as in run = \"make test\", or which of gate's own checks it is, as in builtin = \"syntax\"";
            problems.add(problem.hint(hint), check.name.span(), "");
            return;
        }
        Field::Given(run) => run,
        Field::Bad => return,
    };
    unit_consistency::check(check, run, problems);
    let is_part = |word: &String| word.contains("{files}") && word != "{files}";
    if matches!(run.get_ref(), CommandLine::Words(words) if words.iter().any(is_part)) {
        let problem = Diagnostic::error("config/placeholder", "'{files}' is part of a longer word");
        problems.add(problem.hint("make it a word of its own: it becomes one word for each file"), run.span(), "");
    }
    if run.get_ref().takes_files() && run.get_ref().takes_message() {
        let problem = Diagnostic::error("config/placeholder", "'{files}' and '{message_file}' are in one command");
        problems.add(problem.hint("make them two checks: messages have a stage of their own"), run.span(), "");
        return;
    }
    let fix = check.fix.given().filter(|fix| fix.get_ref().takes_files());
    let takes = Some(run).filter(|run| run.get_ref().takes_files()).or(fix);
    if let Some(takes) = takes.filter(|_| !check.files.is_bad() && check.files.items().is_empty()) {
        let problem = Diagnostic::error("config/no-files", "'{files}' stands for no files: the check has no 'files'");
        problems.add(problem.hint("say which files it is about, as in files = [\"**/*.py\"]"), takes.span(), "");
    }
}

/// What is about the message of a commit is about nothing else.
fn message(check: &CheckDraft, problems: &mut Problems<'_>) {
    if !check.is_about_message() {
        return;
    }
    for stage in check.on.items().iter().filter(|stage| *stage.get_ref() != Stage::CommitMsg) {
        let problem =
            Diagnostic::error("config/message-stage", format!("there is no message at stage {}", stage.get_ref()))
                .hint("a check of a message runs at commit-msg only: leave out 'on'");
        problems.add(problem, stage.span(), "");
    }
}

fn no_placeholder(command: &Field<CommandLine>, key: &str, problems: &mut Problems<'_>) {
    let Some(command) = command.given() else { return };
    if command.get_ref().text().contains("{files}") {
        let problem = Diagnostic::error("config/placeholder", format!("this '{key}' is given no files"));
        problems.add(problem.hint("'{files}' has a meaning in the 'run' of a check only"), command.span(), "");
    }
}

fn environment(check: &CheckDraft, problems: &mut Problems<'_>) {
    for name in check.pass_env.items() {
        if check.env.items().iter().any(|other| other.get_ref() == name.get_ref()) {
            let message = format!("'{}' is in both 'env' and 'pass-env'", name.get_ref());
            let problem = Diagnostic::error("config/env-twice", message)
                .hint("'env' if its value can change the result; 'pass-env' if it is a secret that can't");
            problems.add(problem, name.span(), "");
        }
    }
}

fn timeouts(check: &CheckDraft, problems: &mut Problems<'_>) {
    let Some(idle) = check.idle_timeout.given() else { return };
    let timeout = check.timeout.given().map(|timeout| *timeout.get_ref());
    if !check.timeout.is_bad() && *idle.get_ref() >= timeout.unwrap_or(super::Check::TIMEOUT) {
        let problem = Diagnostic::warning("config/idle-timeout", "'idle-timeout' is not shorter than 'timeout'");
        problems.add(problem.hint("it never ends the check: leave it out, or shorten it"), idle.span(), "");
    }
}

fn stages(check: &CheckDraft, problems: &mut Problems<'_>) {
    let Some(required) = check.required.given().filter(|required| !required.get_ref()) else { return };
    if check.stages().is_some_and(|stages| stages.is_empty()) {
        let early = Stage::PreCommit;
        let problem = Diagnostic::error("config/never-runs", format!("{} would never run", check.title))
            .hint(format!("say where it runs, as in on = [\"{early}\"], or leave out 'required = false'"));
        problems.add(problem, required.span(), "not required, and without 'on'");
    }
}
