//! What people see when something is wrong with gate.toml.

use super::{codes, mistakes};

#[test]
#[expect(clippy::too_many_lines, reason = "most of it is what people see")]
fn ten_mistakes_are_reported_at_once() {
    let text = r#"
[main]
branches = "main"

[polcy]
flaky = "reject"

[check.fmt]
rnu = "cargo fmt --check"
files = ["[bad"]

[check.test]
run = "cargo test"
needs = ["biuld"]
timeout = "10 minutes"
slots = 0
env = ["GIT_DIR"]

[check.build]
run = "cargo build"
after = ["lint"]
units = "cargo"

[check.lint]
run = "cargo clippy {files}"
after = ["build"]
required = false
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    error[config/wrong-type]: 'branches' takes a list of patterns, not a text
     --> gate.toml:3:12
      |
    3 | branches = "main"
      |            ^^^^^^ this is a text
      |
      = help: write it as in branches = ["main"]
    error[config/unknown-key]: unknown table 'polcy'
     --> gate.toml:5:2
      |
    5 | [polcy]
      |  ^^^^^
      |
      = help: did you mean 'policy'?
    error[config/unknown-key]: unknown key 'rnu' in [check.fmt]
     --> gate.toml:9:1
      |
    9 | rnu = "cargo fmt --check"
      | ^^^
      |
      = help: did you mean 'run'?
    error[config/bad-pattern]: '[bad' has a '[' that is not closed
      --> gate.toml:10:10
       |
    10 | files = ["[bad"]
       |          ^^^^^^
       |
       = help: close it with ']', or write '\[' for the character itself
    error[config/unknown-check]: unknown check 'biuld'
      --> gate.toml:14:10
       |
    14 | needs = ["biuld"]
       |          ^^^^^^^
       |
       = help: did you mean 'build'?
    error[config/bad-duration]: '10 minutes' is not a duration
      --> gate.toml:15:11
       |
    15 | timeout = "10 minutes"
       |           ^^^^^^^^^^^^
       |
       = help: write it as in "90s", "10m", "1h30m" or "2d"
    error[config/bad-number]: 'slots' takes a whole number from 1 to 1024
      --> gate.toml:16:9
       |
    16 | slots = 0
       |         ^
    error[config/bad-variable]: 'GIT_DIR' is one of git's own variables, which no step is given
      --> gate.toml:17:8
       |
    17 | env = ["GIT_DIR"]
       |        ^^^^^^^^^
       |
       = help: with it, git in a test would write to your repository; set it in the command itself if it must be
    error[config/cycle]: checks wait for each other: build -> lint -> build
      --> gate.toml:21:10
       |
    21 | after = ["lint"]
       |          ^^^^^^
       |
       = help: take one of them out of 'needs' or 'after'
    error[config/no-units]: the command is the same for every unit
      --> gate.toml:22:9
       |
    22 | units = "cargo"
       |         ^^^^^^^
       |
       = help: name the unit in it, as in run = "cargo test -p {unit}"
    error[config/no-files]: '{files}' stands for no files: the check has no 'files'
      --> gate.toml:25:7
       |
    25 | run = "cargo clippy {files}"
       |       ^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: say which files it is about, as in files = ["**/*.py"]
    error[config/never-runs]: [check.lint] would never run
      --> gate.toml:27:12
       |
    27 | required = false
       |            ^^^^^ not required, and without 'on'
       |
       = help: say where it runs, as in on = ["pre-commit"], or leave out 'required = false'
    "#);
}

#[test]
fn syntax_errors_are_shown_with_what_can_be_read_beside_them() {
    let text = "[check.a]\nrun = \"x\ntimout = \"1m\"\n[check.b]\nrun = = 1\nslots = 1 2\n";
    insta::assert_snapshot!(mistakes(text), @r#"
    error[config/syntax]: invalid basic string, expected `"`
     --> gate.toml:2:9
      |
    2 | run = "x
      |         ^
    error[config/unknown-key]: unknown key 'timout' in [check.a]
     --> gate.toml:3:1
      |
    3 | timout = "1m"
      | ^^^^^^
      |
      = help: did you mean 'timeout'?
    error[config/syntax]: extra `=`, expected nothing
     --> gate.toml:5:7
      |
    5 | run = = 1
      |       ^
    error[config/syntax]: string values must be quoted, expected literal string
     --> gate.toml:6:9
      |
    6 | slots = 1 2
      |         ^^^
    "#);
}

#[test]
fn an_unclosed_list_is_one_mistake() {
    insta::assert_snapshot!(mistakes("[check.a]\nrun = \"x\"\nfiles = [\"a\", \nenv = [\"B\"]\n\n[check.b]\nrun = \"y\"\n"), @r#"
    error[config/syntax]: string values must be quoted, expected literal string
     --> gate.toml:4:1
      |
    4 | env = ["B"]
      | ^^^
      |
      = help: a '[' or '{' before this place may never be closed
    "#);
}

#[test]
fn what_is_defined_twice_is_shown_where_it_comes_again() {
    insta::assert_snapshot!(mistakes("[check.a]\nrun = \"x\"\nrun = \"y\"\n[check.a]\nretries = 1\n"), @r#"
    error[config/duplicate-key]: 'run' is defined twice
     --> gate.toml:3:1
      |
    3 | run = "y"
      | ^^^
      |
      = help: keep one of them, or give them different names
    error[config/duplicate-key]: 'a' is defined twice
     --> gate.toml:4:8
      |
    4 | [check.a]
      |        ^
      |
      = help: keep one of them, or give them different names
    "#);
}

#[test]
fn cycles_are_shown_as_paths() {
    let text = r#"
[check.a]
run = "x"
needs = ["b"]
[check.b]
run = "x"
after = ["c"]
[check.c]
run = "x"
needs = ["a"]
[check.d]
run = "x"
needs = ["d", "a"]
[check.e]
run = "x"
after = ["f"]
[check.f]
run = "x"
after = ["e"]
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    error[config/cycle]: checks wait for each other: a -> b -> c -> a
     --> gate.toml:4:10
      |
    4 | needs = ["b"]
      |          ^^^
      |
      = help: take one of them out of 'needs' or 'after'
    error[config/self]: [check.d] waits for itself
      --> gate.toml:13:10
       |
    13 | needs = ["d", "a"]
       |          ^^^
       |
       = help: remove its own name
    error[config/cycle]: checks wait for each other: e -> f -> e
      --> gate.toml:16:10
       |
    16 | after = ["f"]
       |          ^^^
       |
       = help: take one of them out of 'needs' or 'after'
    "#);
}

#[test]
fn another_version_of_gate_judges_nothing_else() {
    insta::assert_snapshot!(mistakes("[gate]\nversion = \">=99.0\"\n[check.a]\nnew-key = 1\n"), @r#"
    error[config/version]: this file is for gate >=99.0, and this is gate 0.1.0
     --> gate.toml:2:11
      |
    2 | version = ">=99.0"
      |           ^^^^^^^^
      |
      = help: install a version of gate that fits
    "#);
}

#[test]
fn stages_of_needs_must_meet() {
    let text = r#"
[check.gen]
run = "make gen"
on = ["pre-push"]
required = false
[check.test]
run = "make test"
on = ["pre-commit"]
needs = ["gen"]
[check.later]
run = "make later"
needs = ["gen"]
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    error[config/need-stages]: 'test' needs 'gen', which does not run at pre-commit and merge
     --> gate.toml:9:10
      |
    9 | needs = ["gen"]
      |          ^^^^^
      |
      = help: add the stage to the 'on' of 'gen', or take it from that of 'test'
    error[config/need-stages]: 'later' needs 'gen', which does not run at merge
      --> gate.toml:12:10
       |
    12 | needs = ["gen"]
       |          ^^^^^
       |
       = help: make 'gen' required, or leave it out of 'needs'
    "#);
}

/// Every mistake that can be made in one line of a check, by the code it is reported under.
#[test]
fn every_line_with_a_mistake_has_its_code() {
    let check = |line: &str, expected: &str| {
        assert_eq!(codes(&format!("[check.a]\nrun = \"x\"\n{line}\n")), [expected], "{line}");
    };
    check("units = \"cargo\"", "config/no-units");
    check("units = \"crates\"", "config/unknown-units");
    check("units = []", "config/bad-value");
    check("units = 1", "config/wrong-type");
    check("tests = \"files\"", "config/no-units");
    check("groups = 2", "config/no-units");
    check("dir = \"{unit.root}\"", "config/no-units");
    check("builtin = \"syntax\"", "config/not-its-key");
    check("builtin = \"sintax\"", "config/unknown-builtin");
    check("max-size = \"1MB\"", "config/not-its-key");
    check("fix = \"\"", "config/bad-command");
    check("fix = \"y {files}\"", "config/no-files");
    check("unknown = 1", "config/unknown-key");
    check("files = \"**\"", "config/wrong-type");
    check("files = [1]", "config/wrong-type");
    check("files = [\"a\", \"a\"]", "config/duplicate-item");
    check("files = [\"\"]", "config/bad-text");
    check("files = [\"!a\"]", "config/bad-pattern");
    check("retries = \"1\"", "config/wrong-type");
    check("retries = -1", "config/bad-number");
    check("retries = 99999999999999999999", "config/bad-number");
    check("slots = 0", "config/bad-number");
    check("slots = 1.5", "config/wrong-type");
    check("timeout = 60", "config/wrong-type");
    check("timeout = \"0s\"", "config/bad-duration");
    check("idle-timeout = \"-1s\"", "config/bad-duration");
    check("reuse = \"a day\"", "config/bad-duration");
    check("reuse = 24", "config/wrong-type");
    check("git = \"none\"", "config/bad-value");
    check("on = [\"post-commit\"]", "config/unknown-stage");
    check("on = \"pre-commit\"", "config/wrong-type");
    check("dir = \"../x\"", "config/bad-path");
    check("dir = \"/x\"", "config/bad-path");
    check("env = [\"A=1\"]", "config/bad-variable");
    check("pass-env = [\"GIT_CONFIG\"]", "config/bad-variable");
    check("env = [\"A\"]\npass-env = [\"A\"]", "config/env-twice");
    check("locks = [\"a/b\"]", "config/bad-name");
    check("needs = [\"a\"]", "config/self");
    check("after = [\"b\"]", "config/unknown-check");
    check("cleanup = \"rm {files}\"", "config/placeholder");
    check("cleanup = []", "config/bad-command");
    check("required = false", "config/never-runs");
    check("required = false\non = []", "config/never-runs");
    check("required = 0", "config/wrong-type");
    check("description = \"\"", "config/bad-text");
    check("description = \"a\\u0000b\"", "config/bad-text");
}

#[test]
fn every_command_with_a_mistake_has_its_code() {
    let check = |run: &str, expected: &str| {
        assert_eq!(codes(&format!("[check.a]\nrun = {run}\n")), [expected], "{run}");
    };
    check("\"\"", "config/bad-command");
    check("\" \"", "config/bad-command");
    check("[]", "config/bad-command");
    check("[\"\", \"x\"]", "config/bad-command");
    check("[1]", "config/wrong-type");
    check("1", "config/wrong-type");
    check("\"a\\u0000\"", "config/bad-command");
    check("[\"a\", \"\\u0000\"]", "config/bad-command");
    check("\"x {files}\"", "config/no-files");
    check("[\"x\", \"{files}\"]", "config/no-files");
    check("\"test {unit}\"", "config/no-units");
    let over = |lines: &str| codes(&format!("[check.a]\nunits = \"cargo\"\n{lines}\n"));
    assert_eq!(over("run = \"x -p {units}\""), ["config/placeholder"]);
    assert_eq!(over("run = \"x {units:-p} {unit}\""), [""; 0]);
    assert_eq!(over("run = \"x {tests}\""), ["config/placeholder"]);
    assert_eq!(over("run = \"x {unit}\"\ntests = \"files\""), ["config/placeholder"]);
    assert_eq!(over("run = \"x {unit} {files}\"\nfiles = [\"a\"]"), ["config/placeholder", "config/no-units"]);
    assert_eq!(over("run = \"x {unit}\"\nfix = \"y\""), ["config/no-units"]);
    assert_eq!(over("builtin = \"syntax\""), ["config/no-units"]);
    assert_eq!(codes("[check.a]\nfiles = [\"**\"]\nrun = [\"x\", \"--only={files}\"]\n"), ["config/placeholder"]);
    assert_eq!(codes("[check.a]\n"), ["config/missing-run"]);
    assert_eq!(codes("[check.a]\nbuiltin = \"syntax\"\n"), [""; 0]);
    assert_eq!(codes("[check.a]\nbuiltin = \"syntax\"\nplatforms = [\"x\"]\n"), ["config/not-its-key"]);
    assert_eq!(codes("[check.a]\nbuiltin = \"syntax\"\ntypes = [\"x\"]\n"), ["config/not-its-key"]);
    assert_eq!(codes("[check.a]\nbuiltin = \"schema\"\n"), ["config/no-schema"]);
    assert_eq!(codes("[check.a]\nbuiltin = \"commit-message\"\non = [\"merge\"]\n"), ["config/message-stage"]);
    assert_eq!(codes("[check.a]\nrun = \"x {message_file}\"\non = [\"pre-push\"]\n"), ["config/message-stage"]);
    let both = "[check.a]\nfiles = [\"**\"]\nrun = \"x {message_file} {files}\"\n";
    assert_eq!(codes(both), ["config/placeholder"]);
}

#[test]
fn every_other_table_reports_its_mistakes() {
    let check = |text: &str, expected: &[&str]| assert_eq!(codes(text), expected, "{text}");
    check("[gate]\nversion = \"new\"\n", &["config/bad-version"]);
    check("[gate]\nversion = 1\n", &["config/wrong-type"]);
    check("[main]\nbranches = []\n", &["config/no-branches"]);
    check("[main]\nbranches = [\"refs/heads/main\"]\n", &["config/bad-branch"]);
    check(
        "[policy]\nunproved-base = \"skip\"\nflaky = true\nwarm = 1\n",
        &["config/bad-value", "config/wrong-type", "config/wrong-type"],
    );
    check(
        "[workspace]\nshare = [\"../.env\", \".git/config\"]\nmax-size = \"big\"\n",
        &["config/bad-path", "config/bad-path", "config/bad-size"],
    );
    check("[workspace]\nmax-size = -1\n", &["config/bad-size"]);
    check("[workspace]\nprepare = \"npm ci\"\n", &["config/wrong-type"]);
    check("[workspace.prepare]\nrun = \"npm ci\"\n", &["config/wrong-type"]);
    check("[[workspace.prepare]]\ninputs = [\"a\"]\n", &["config/missing-run"]);
    check(
        "[[workspace.prepare]]\nrun = \"x {files}\"\ntimeout = \"1s\"\n",
        &["config/placeholder", "config/unknown-key"],
    );
    check("[local]\nslots = 1\n", &["config/misplaced"]);
    check("check = 1\n", &["config/wrong-type"]);
    check("[check]\nfmt = \"x\"\n", &["config/wrong-type"]);
    check("[[check.fmt]]\nrun = \"x\"\n", &["config/wrong-type"]);
    check("[check.\"a b\"]\nrun = \"x\"\n", &["config/bad-name"]);
    check("[check.\"\"]\nrun = \"x\"\n", &["config/bad-name"]);
    check("[environment.staging]\ndeploy = \"x\"\n[notify]\n", &["config/not-yet"; 2]);
    check("[unit.y]\n", &["config/empty-unit"]);
    check("[unit.y]\ndepends = [\"y\"]\n", &["config/self"]);
    check("[[units.rule]]\npaths = []\n", &["config/missing-key", "config/no-files"]);
    check("[[units.rule]]\npaths = [\"a\"]\naffects = [\"nothing\", \"cargo\"]\n", &["config/bad-value"]);
    check("[hook.x]\n", &["config/unknown-hook"]);
    check("[hook.pre-push]\nfix = true\n[hook.pre-commit]\neach-commit = true\n", &["config/not-its-key"; 2]);
    check("[hook.pre-push]\nskip-during = [\"lunch\"]\n", &["config/bad-value"]);
    check("checks = 1\n", &["config/unknown-key"]);
}
