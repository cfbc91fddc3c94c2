//! `--format` and `--report`: how a finished run is written, and where else.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::args::Format;
use super::audience::Audience;
use super::finished::Finished;
use super::{Context, Exit};
use crate::diagnostic::Diagnostic;
use crate::report::{self, FileFormat};

/// How a finished run is written. Every command that ends with one flattens this, asks [`ReportArgs::audience`] before it
/// runs, and gives what came of it to [`ReportArgs::write`].
#[derive(Args, Clone, Debug)]
pub(super) struct ReportArgs {
    /// Write text, json, jsonl, github, gitlab, junit, sarif, checkstyle, tap or markdown
    ///
    /// To standard output. In a job of GitHub Actions, github also writes a summary of the job and the outputs verdict,
    /// deployable, run and tree of the step.
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "FORMAT",
        help_heading = "Options"
    )]
    pub(super) format: Format,
    /// Write a report to a file, too; as often as you like
    ///
    /// In any format but jsonl. A file that can't be written is told of, and gate does not exit with 0 then.
    #[arg(
        long,
        value_name = "FORMAT=PATH",
        help_heading = "Options",
        value_parser = OsStringValueParser::new().try_map(|text| report_file(&text))
    )]
    report: Vec<ReportFile>,
}

/// A file that a report goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ReportFile {
    format: Format,
    path: PathBuf,
}

fn report_file(text: &OsStr) -> Result<ReportFile, String> {
    let bytes = text.as_bytes();
    let equals = bytes.iter().position(|byte| *byte == b'=').filter(|at| at + 1 < bytes.len());
    let at = equals.ok_or("a format, an equals sign and a path are needed: junit=report.xml")?;
    let name = String::from_utf8_lossy(&bytes[..at]);
    let format = Format::from_str(&name, false).map_err(|_| format!("there is no format '{name}'"))?;
    if format == Format::Jsonl {
        return Err("jsonl tells what happens meanwhile: use --format jsonl".to_owned());
    }
    Ok(ReportFile { format, path: PathBuf::from(OsString::from_vec(bytes[at + 1..].to_vec())) })
}

impl ReportArgs {
    /// Who is told what happens meanwhile, and the result.
    pub(super) fn audience(&self, context: &Context) -> Audience {
        Audience::new(self.format, context)
    }

    /// Writes the files, and what the CI host takes beside standard output. `exit` is what the command exits with; where
    /// anything could not be written it is never success.
    pub(super) fn write(&self, finished: &Finished<'_>, exit: Exit, context: &Context) -> Exit {
        let files = self.report.iter().filter_map(|file| {
            let path = context.cwd.join(&file.path);
            finished
                .text(file.format)
                .and_then(|text| replace(&path, text.as_bytes()))
                .err()
                .map(|error| unwritten(&file.path, &error))
        });
        let mut problems: Vec<Diagnostic> = files.collect();
        let all = self.report.iter().map(|file| file.format).chain([self.format]);
        if all.into_iter().any(|format| format == Format::File(FileFormat::Github)) {
            problems.extend(for_github(finished, context));
        }
        context.warn(&problems);
        if problems.is_empty() || exit != Exit::Success { exit } else { Exit::Internal }
    }
}

/// Puts a file in place at once, so that nobody reads half of one; its folder is made.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    // What a link leads to is replaced, not the link.
    let path = &fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs_err::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        // A pipe or a terminal can't be replaced.
        return fs_err::OpenOptions::new().write(true).open(path)?.write_all(content);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs_err::create_dir_all(folder)?;
    // Others may have to read it, as far as the user's mask lets them: the job that takes it up may be another user's.
    let permissions = std::fs::Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().prefix(".gate-").permissions(permissions).tempfile_in(folder)?;
    file.write_all(content)?;
    file.persist(path)?;
    Ok(())
}

/// A job's summary and a step's outputs, where GitHub Actions asks for them
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary>).
fn for_github(finished: &Finished<'_>, context: &Context) -> Vec<Diagnostic> {
    let path = |name: &str| context.variable(name).map(PathBuf::from);
    let summary = path("GITHUB_STEP_SUMMARY").and_then(|path| {
        let taken = fs_err::metadata(&path).map_or(0, |found| found.len());
        let room = usize::try_from(report::github::SUMMARY.saturating_sub(taken)).unwrap_or_default();
        let page = report::markdown::render(finished.account(), room);
        // One more byte and the host refuses what other commands of the step wrote, too.
        let page = if page.len() <= room { page } else { String::new() };
        append(&path, &page).err().map(|error| unwritten(&path, &error))
    });
    let outputs = path("GITHUB_OUTPUT").and_then(|path| {
        let outputs = report::github::outputs(finished.account());
        append(&path, &outputs).err().map(|error| unwritten(&path, &error))
    });
    summary.into_iter().chain(outputs).collect()
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    fs_err::OpenOptions::new().append(true).create(true).open(path)?.write_all(text.as_bytes())
}

fn unwritten(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("the report '{}' can't be written: {error}", path.display());
    Diagnostic::error("report/unwritten", message).hint("nothing else is changed by that: the verdict stands")
}
