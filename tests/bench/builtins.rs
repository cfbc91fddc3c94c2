//! What the checks cost that need no program, beside those that prek brings with it.

use std::fmt::Write;

use crate::contest::{Competitor, compete, tell};
use crate::peers::find;
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// The same checks over the same files, all of them looked at: as they lie after commits, each object for itself, and as
/// they lie after a clone, in a pack.
pub(crate) fn same_checks(extent: Extent) -> Result<(), Fault> {
    for files in extent.pick(vec![500], vec![5_000, 50_000]) {
        let scratch = repository(files)?;
        contest(&scratch, extent, &format!("12 built-in checks, {files} files"))?;
        scratch.git(&["repack", "-adq"])?;
        contest(&scratch, extent, &format!("12 built-in checks, {files} files, packed"))?;
    }
    Ok(())
}

fn contest(scratch: &Scratch, extent: Extent, what: &str) -> Result<(), Fault> {
    let gate = scratch.gate(&["check", "--all", "--fresh", "--stage", "pre-commit"]);
    let mut all = vec![Competitor::new("gate", || gate.succeed())];
    if let Some(prek) = find("prek") {
        let prek = scratch.program(prek, &["run", "--all-files"]);
        all.push(Competitor::new("prek", move || prek.succeed()));
    }
    tell(what, "1.00", &compete(extent.pick(3, 10), all)?);
    Ok(())
}

/// A repository of configuration and source, a hundred files in each folder.
fn repository(files: usize) -> Result<Scratch, Fault> {
    let scratch = Scratch::new(0, &[("gate.toml", own()), (".pre-commit-config.yaml", prek())])?;
    for number in 0..files {
        let folder = scratch.path().join(format!("dir{}", number / 100));
        if number % 100 == 0 {
            fs_err::create_dir_all(&folder)?;
        }
        let (ending, text) = file(number);
        fs_err::write(folder.join(format!("file{number}.{ending}")), text)?;
    }
    scratch.git(&["add", "--all"])?;
    scratch.git(&["commit", "--quiet", "--message", "files"])?;
    Ok(scratch)
}

/// gate's checks that do what prek's do.
fn own() -> String {
    let names = [
        ("syntax", "**/*.{toml,json,yaml,xml}"),
        ("merge-conflict", "**"),
        ("large-files", "**"),
        ("private-key", "**"),
        ("case-conflict", "**"),
        ("trailing-whitespace", "**"),
        ("final-newline", "**"),
        ("line-endings", "**"),
        ("symlinks", "**"),
    ];
    let check = |(name, files)| format!("builtin = \"{name}\"\nfiles = [\"{files}\"]\non = [\"pre-commit\"]");
    gate_toml(names.map(check))
}

/// prek's, all at once.
fn prek() -> String {
    let hooks = [
        ("check-toml", ""),
        ("check-json", ""),
        ("check-yaml", ""),
        ("check-xml", ""),
        ("check-merge-conflict", "--assume-in-merge"),
        ("check-added-large-files", "--enforce-all"),
        ("detect-private-key", ""),
        ("check-case-conflict", ""),
        ("trailing-whitespace", ""),
        ("end-of-file-fixer", ""),
        ("mixed-line-ending", ""),
        ("check-symlinks", ""),
    ];
    let mut text = String::from("repos:\n- repo: builtin\n  hooks:\n");
    for (id, option) in hooks {
        let args = if option.is_empty() { String::new() } else { format!(", args: ['{option}']") };
        // Writing to a string can't fail.
        let _written = writeln!(text, "  - {{id: {id}, priority: 0{args}}}");
    }
    text
}

/// A file's ending and its text: of a hundred, thirty are JSON, twenty YAML, fifteen TOML, five XML, thirty prose and
/// source.
fn file(number: usize) -> (&'static str, String) {
    let lines = 20 + number * 7 % 60;
    let all = |line: &dyn Fn(usize) -> String| (0..lines).map(line).collect::<Vec<_>>();
    match number % 100 {
        0..30 => {
            let entries =
                all(&|line| format!("    \"key{line}\": {{ \"id\": {number}, \"tags\": [\"a\", \"b{line}\"] }}"));
            ("json", format!("{{\n{}\n}}\n", entries.join(",\n")))
        }
        30..50 => ("yaml", all(&|line| format!("key{line}:\n  id: {number}\n  tags: [a, b{line}]\n")).concat()),
        50..65 => ("toml", all(&|line| format!("[key{line}]\nid = {number}\ntags = [\"a\", \"b{line}\"]\n")).concat()),
        65..70 => {
            let elements = all(&|line| format!("  <key n=\"{line}\"><id>{number}</id></key>\n"));
            ("xml", format!("<?xml version=\"1.0\"?>\n<keys>\n{}</keys>\n", elements.concat()))
        }
        70..85 => (
            "md",
            all(&|line| format!("Line {line} of text {number}, with *some* words in it.\n\n")).concat() + "End.\n",
        ),
        _ => (
            "py",
            all(&|line| format!("def function_{line}(argument):\n    return argument + {number}\n\n\n")).concat()
                + "END = 1\n",
        ),
    }
}
