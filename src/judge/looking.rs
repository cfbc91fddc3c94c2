//! The steps that gate carries out itself: its own checks, which need no checkout.

use std::time::{Instant, SystemTime};

use super::site::Site;
use super::{Refusal, Request, Setting};
use crate::builtin::{self, Findings};
use crate::check::{Builtin, Ended, Outcome};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::event::Event;
use crate::input::{self, Input};
use crate::path::Selection;
use crate::plan::{Plan, Step};
use crate::run;

/// Carries out the built-in checks of a plan that are to run; gives how each ended.
pub(super) fn look(
    id: &str,
    request: &Request,
    setting: &Setting<'_>,
    site: &Site,
    (plan, tree): (&Plan, ObjectId),
) -> Result<Vec<Ended>, Refusal> {
    let mut all = Vec::new();
    for step in plan.running() {
        let Some(builtin) = step.check.builtin() else { continue };
        if setting.control.signal().is_some() {
            all.push(Ended::never(&step.name, "the run was ended".to_owned()));
            continue;
        }
        setting.sink.emit(Event::StepStarted { step: step.name.clone(), attempt: 1 });
        let (began, since) = (SystemTime::now(), Instant::now());
        let looked = match builtin {
            Builtin::CommitMessage(rules) => Ok(match &request.message {
                Some(message) => Looked::at_message(&builtin::look_at_message(rules, message)),
                None => Looked::nothing("it is about a message, and there is none"),
            }),
            _ => at_files(builtin, step, site, setting, tree),
        }?;
        let ended = looked.end(step, site, id, began);
        setting.sink.emit(ended.event(since.elapsed()));
        all.push(ended);
    }
    Ok(all)
}

/// What came of looking.
struct Looked {
    outcome: Outcome,
    note: Option<String>,
    text: String,
    passed: Vec<crate::path::RepoPath>,
}

impl Looked {
    fn nothing(note: &str) -> Self {
        Self { outcome: Outcome::NotStarted, note: Some(note.to_owned()), text: String::new(), passed: Vec::new() }
    }

    fn at_message(problems: &[Diagnostic]) -> Self {
        let outcome = if problems.is_empty() { Outcome::Passed } else { Outcome::Failed };
        Self { outcome, note: None, text: rendered(problems.iter()), passed: Vec::new() }
    }

    fn at(files: &[Input], findings: &Findings) -> Self {
        let passed = files.iter().map(|file| &file.path).filter(|path| !findings.failed.contains(*path));
        let outcome = if findings.failed.is_empty() { Outcome::Passed } else { Outcome::Failed };
        let text = rendered(findings.problems.iter().map(|problem| &problem.diagnostic));
        Self { outcome, note: None, text, passed: passed.cloned().collect() }
    }

    fn end(self, step: &Step, site: &Site, id: &str, began: SystemTime) -> Ended {
        let kept = (!self.text.is_empty()).then(|| run::keep_log(&site.logs(id), &step.name, self.text.as_bytes()));
        let (log, lost) = match kept {
            Some(Ok(path)) => (Some(path), None),
            Some(Err(error)) => (None, Some(format!("its findings could not be written: {error}"))),
            None => (None, None),
        };
        Ended {
            step: step.name.clone(),
            outcome: self.outcome,
            exit: None,
            signal: None,
            span: Some((began, SystemTime::now())),
            attempts: 1,
            log,
            tests: None,
            failed_tests: None,
            together: 1,
            passed_files: if step.files.is_some() { self.passed } else { Vec::new() },
            note: self.note.or(lost),
        }
    }
}

fn at_files(
    builtin: &Builtin,
    step: &Step,
    site: &Site,
    setting: &Setting<'_>,
    tree: ObjectId,
) -> Result<Looked, Refusal> {
    let listed;
    let files: &[Input] = match (&step.files, builtin) {
        (Some(work), _) => &work.pending,
        (None, Builtin::CaseConflict) => {
            listed = input::list(&site.repo, tree, &step.check.file_scope())?;
            &listed
        }
        (None, _) => {
            listed = input::list(&site.repo, tree, &Selection::everything())?;
            &listed
        }
    };
    let is_ended = || setting.control.signal().is_some();
    Ok(match builtin::look(builtin, &site.repo, tree, files, &is_ended) {
        Ok(findings) => Looked::at(files, &findings),
        Err(error) if is_ended() => Looked { outcome: Outcome::Cancelled, ..Looked::nothing(&error.to_string()) },
        Err(error) => Looked::nothing(&error.to_string()),
    })
}

fn rendered<'a>(problems: impl Iterator<Item = &'a Diagnostic>) -> String {
    problems.map(|problem| problem.render(false)).collect::<Vec<_>>().join("\n")
}
