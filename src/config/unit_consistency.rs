//! What is wrong between the keys of a check that goes over units.

use std::ops::Range;

use toml::Spanned;

use super::CommandLine;
use super::check_draft::CheckDraft;
use super::problems::Problems;
use crate::diagnostic::Diagnostic;

/// What goes over units says so in its command, and the other way round.
pub(super) fn check(check: &CheckDraft, run: &Spanned<CommandLine>, problems: &mut Problems<'_>) {
    let command = run.get_ref();
    let dir = check.dir.given().map(|dir| dir.get_ref().as_bstr().to_string()).unwrap_or_default();
    let by_file = check.tests.given();
    let Some(units) = check.units.given() else { return without_units(check, run, problems) };
    let mut add = |code: &'static str, what: String, hint: &str, span: Range<usize>| {
        problems.add(Diagnostic::error(code, what).hint(hint), span, "");
    };
    if !command.is_about_units() && !dir.contains("{unit") {
        let what = "the command is the same for every unit".to_owned();
        add("config/no-units", what, "name the unit in it, as in run = \"cargo test -p {unit}\"", units.span());
    }
    if let Some(option) = command.doubtful_option() {
        let what = format!("whether '{option}' is meant for each unit can't be told");
        let hint = "write '{units:OPTION}' for the option before each, or put the option elsewhere";
        add("config/placeholder", what, hint, run.span());
    }
    match by_file {
        Some(_) if !command.takes_tests() => {
            let hint = "name them in it, as in run = \"pytest {tests}\"";
            add("config/placeholder", "the command is not given the test files".to_owned(), hint, run.span());
        }
        None if command.takes_tests() && !check.tests.is_bad() => {
            let what = "'{tests}' stands for nothing: the check is not for test files".to_owned();
            add("config/placeholder", what, "add tests = \"files\"", run.span());
        }
        _ => {}
    }
    if command.takes_files() || command.takes_message() {
        let what = "'{files}' and '{message_file}' don't go with 'units'".to_owned();
        add("config/placeholder", what, "make them two checks", run.span());
    }
    if let Some(files) = check.files.given().filter(|_| by_file.is_none()) {
        let what = "'files' says nothing of units".to_owned();
        add(
            "config/no-units",
            what,
            "leave it out: a unit's own files are known; or use 'inputs' for more",
            files.span(),
        );
    }
    if let Some(fix) = check.fix.given() {
        add(
            "config/no-units",
            "'fix' goes over no units".to_owned(),
            "make it a check of its own with 'files'",
            fix.span(),
        );
    }
}

/// What means something with `units` only.
fn without_units(check: &CheckDraft, run: &Spanned<CommandLine>, problems: &mut Problems<'_>) {
    if check.units.is_bad() {
        return;
    }
    let mut add = |what: &str, hint: &str, span: Range<usize>| {
        problems.add(Diagnostic::error("config/no-units", what.to_owned()).hint(hint), span, "");
    };
    let dir = check.dir.given().is_some_and(|dir| dir.get_ref().as_bstr().to_string().contains("{unit"));
    if run.get_ref().is_about_units() || dir {
        let what = "there is no unit for '{unit}': the check has no 'units'";
        add(what, "say which units, as in units = \"cargo\"", run.span());
    }
    let lone = [check.tests.given().map(Spanned::span), check.groups.given().map(Spanned::span)];
    for span in lone.into_iter().flatten() {
        let hint = "leave it out, or say which units, as in units = \"python\"";
        add("it means something with 'units' only", hint, span);
    }
}
