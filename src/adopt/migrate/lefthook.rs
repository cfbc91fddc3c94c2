//! `lefthook.yml` and its kin: <https://lefthook.dev/configuration/>.

use serde_json::Value;

use super::super::files::Files;
use super::forms::Programs;
use super::glob::{self, Dialect};
use super::globs::both;
use super::hook::{Hook, Mends, Old, Wanted, one_line};
use super::kinds;
use super::line::{FILES, Line, MESSAGE, without_git_add};
use super::own_hooks::commitlint;
use super::value::{Notation, entries, is_true, items, read, text, texts};

/// The names that it may have, in the order in which lefthook looks.
const STEMS: [&str; 3] = ["lefthook", ".lefthook", ".config/lefthook"];
const LOCAL: [&str; 3] = ["lefthook-local", ".lefthook-local", ".config/lefthook-local"];
const ENDINGS: [&str; 5] = [".yml", ".yaml", ".json", ".jsonc", ".toml"];

/// The hooks at which gate runs checks.
const HOOKS: [(&str, &str); 4] =
    [("pre-commit", "pre-commit"), ("pre-merge-commit", "pre-commit"), ("pre-push", "pre-push"), ("commit-msg", "")];

/// Keys of the configuration that are no hooks.
const SETTINGS: [&str; 21] = [
    "$schema",
    "ai",
    "assert_lefthook_installed",
    "colors",
    "extends",
    "glob_matcher",
    "install_non_git_hooks",
    "lefthook",
    "min_version",
    "no_auto_install",
    "no_tty",
    "output",
    "rc",
    "refetch",
    "remotes",
    "skip_lfs",
    "skip_output",
    "source_dir",
    "source_dir_local",
    "templates",
    "remote",
];

/// How deep groups of jobs may lie in each other.
const DEPTH: usize = 8;

/// What the configuration comes to; `None` where there is none.
pub(super) fn old(files: &Files, programs: &Programs<'_>) -> Option<Old> {
    let find = |stems: [&str; 3]| {
        let names = ENDINGS.iter().flat_map(|ending| stems.iter().map(move |stem| format!("{stem}{ending}")));
        names.into_iter().find(|name| files.has(name))
    };
    let place = find(STEMS)?;
    let mut old = Old::new(format!("lefthook in {place}"), format!("lefthook uninstall, then remove {place}"));
    if let Some(local) = find(LOCAL) {
        old.leave(local, "it is one person's own: what it adds belongs in gate.local.toml");
    }
    match read(files.text(&place), Notation::of(&place)) {
        Ok(config) => Reader { config: &config, files, programs, old: &mut old }.read(),
        Err(why) => old.leave(place, one_line(&why)),
    }
    Some(old)
}

struct Reader<'a, 'b> {
    config: &'a Value,
    files: &'a Files,
    programs: &'a Programs<'a>,
    old: &'b mut Old,
}

/// A job, with what the groups around it and its hook say.
#[derive(Clone)]
struct Job<'a> {
    name: String,
    hook: &'a str,
    stage: &'static str,
    table: &'a Value,
    root: Option<String>,
    exclude: Vec<String>,
    script: Option<String>,
}

impl<'a> Reader<'a, '_> {
    fn read(mut self) {
        for key in ["extends", "remotes", "remote"].into_iter().filter(|key| !self.config[key].is_null()) {
            self.old.leave(key, "what it brings in from elsewhere is not read: carry it over by hand");
        }
        let config = self.config;
        for (name, hook) in entries(config).filter(|(name, _)| !SETTINGS.contains(name)) {
            match HOOKS.iter().find(|(known, _)| *known == name) {
                Some((_, stage)) => self.hook(name, stage, hook),
                None if hook.is_object() => {
                    self.old.leave(one_line(name), "gate runs no checks at that hook");
                }
                None => {}
            }
        }
    }

    fn hook(&mut self, name: &'a str, stage: &'static str, hook: &'a Value) {
        for key in ["skip", "only", "setup"].into_iter().filter(|key| !hook[key].is_null()) {
            self.old.leave(format!("{name}: {key}"), reason(key));
        }
        let hook_name = name;
        let base = |table: &'a Value, name: String| Job {
            name,
            hook: hook_name,
            stage,
            table,
            root: None,
            exclude: texts(&hook["exclude"]),
            script: None,
        };
        let mut commands: Vec<(&str, &Value)> = entries(&hook["commands"]).collect();
        commands.sort_by_key(|(name, command)| (priority(command), number(name), (*name).to_owned()));
        let mut jobs: Vec<Job<'a>> = commands.into_iter().map(|(name, table)| base(table, name.to_owned())).collect();
        let mut scripts: Vec<(&str, &Value)> = entries(&hook["scripts"]).collect();
        scripts.sort_by_key(|(name, script)| (priority(script), number(name), (*name).to_owned()));
        jobs.extend(
            scripts.into_iter().map(|(script, table)| Job {
                script: Some(format!("{name}/{script}")),
                ..base(table, script.to_owned())
            }),
        );
        for (at, table) in items(&hook["jobs"]).enumerate() {
            let mut job = base(table, title(table, name, at));
            job.script = text(&table["script"]).map(|script| format!("{name}/{script}"));
            jobs.push(job);
        }
        self.jobs(jobs, is_true(&hook["piped"]), 0);
    }

    /// The jobs of a group.
    fn inner(job: &Job<'a>) -> Vec<Job<'a>> {
        let group = &job.table["group"];
        let root = text(&group["root"]).or_else(|| job.root.clone());
        let jobs = items(&group["jobs"]).enumerate();
        let inner = jobs.map(|(at, table)| Job {
            name: title(table, &job.name, at),
            table,
            root: root.clone(),
            script: text(&table["script"]).map(|script| format!("{}/{script}", job.hook)),
            ..job.clone()
        });
        inner.collect()
    }

    /// Carries jobs over; with `piped`, each runs after the one before it.
    fn jobs(&mut self, jobs: Vec<Job<'a>>, piped: bool, depth: usize) {
        let mut last: Option<String> = None;
        for job in jobs {
            let first = self.old.carried.len();
            let (group, name) = (&job.table["group"], one_line(&job.name));
            let carried = if group.is_object() && depth < DEPTH {
                self.jobs(Self::inner(&job), is_true(&group["piped"]), depth + 1);
                Ok(())
            } else {
                self.job(job)
            };
            if let Err(why) = carried {
                self.old.leave(name, one_line(&why));
            }
            let before = last.iter().filter(|_| piped);
            let new = self.old.carried[first..].iter_mut().map(|(_, entry)| entry);
            new.for_each(|entry| entry.after.extend(before.clone().cloned()));
            last = self.old.carried[first..].last().map(|(_, entry)| entry.name.clone()).or(last);
        }
    }

    fn job(&mut self, job: Job<'a>) -> Result<(), String> {
        let table = job.table;
        if is_true(&table["skip"]) {
            return Err("it is skipped always".to_owned());
        }
        let line = self.line(&job)?;
        if line.is_commitlint() && job.stage.is_empty() {
            self.commitlint(&job.name);
            return Ok(());
        }
        if job.stage.is_empty() && !line.takes_message() {
            return Err("it runs at commit-msg without being given the message".to_owned());
        }
        for key in ["skip", "only", "interactive", "use_stdin"].into_iter().filter(|key| !table[key].is_null()) {
            self.old.leave(format!("{}: {key}", one_line(&job.name)), reason(key));
        }
        let root = text(&table["root"]).or_else(|| job.root.clone());
        let root = root.map(|root| root.trim_matches('/').trim_start_matches("./").to_owned());
        let dir = root.filter(|root| !root.is_empty() && root != ".");
        let wanted = self.wanted(&job, dir.as_deref());
        let on = [job.stage].into_iter().filter(|stage| !stage.is_empty()).collect();
        let mends = if is_true(&table["stage_fixed"]) { Mends::Itself } else { Mends::Unsaid };
        // Names of hooks' checks stay apart from each other by the stage where they are the same.
        let hook = Hook { name: job.name, line, wanted, on, dir, mends, is_brought: false };
        self.old.add(hook, self.files, self.programs);
        Ok(())
    }

    /// What a job runs.
    fn line(&self, job: &Job<'_>) -> Result<Line, String> {
        let table = job.table;
        let mut line = match (&job.script, text(&table["run"])) {
            (Some(script), _) => self.script(job, script)?,
            (None, Some(run)) => run.trim().to_owned(),
            (None, None) => return Err("it runs nothing".to_owned()),
        };
        if [FILES, MESSAGE].iter().any(|text| line.contains(text) && (*text != FILES || table["files"].is_null())) {
            return Err("its command holds a placeholder of gate's".to_owned());
        }
        for files in ["{staged_files}", "{push_files}", "{all_files}"] {
            line = line.replace(files, FILES);
        }
        if job.stage.is_empty() {
            line = line.replace("{1}", MESSAGE).replace("{0}", MESSAGE);
            line = line.replace(&format!("\"{MESSAGE}\""), MESSAGE).replace(&format!("'{MESSAGE}'"), MESSAGE);
        }
        let line = without_git_add(&line);
        if ["{0}", "{1}", "{2}", "{3}", "{cmd}", "{lefthook_job_name}"].iter().any(|text| line.contains(text)) {
            return Err("its command takes what gate does not give".to_owned());
        }
        let mut sets = String::new();
        for (name, value) in entries(&table["env"]) {
            let value = text(value).unwrap_or_default();
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let value = shlex::try_quote(&value).ok().filter(|_| is_name && !value.contains('$'));
            let value = value.ok_or("its `env` can't be written on the command line")?;
            sets.extend(["export ", name, "=", &value, "; "]);
        }
        Ok(if sets.is_empty() { Line::parse(&line) } else { Line::Shell(format!("{sets}{line}")) })
    }

    /// A script in lefthook's own folder.
    fn script(&self, job: &Job<'_>, script: &str) -> Result<String, String> {
        let folder = text(&self.config["source_dir"]).unwrap_or_else(|| ".lefthook".to_owned());
        let path = format!("{}/{script}", folder.trim_matches('/').trim_start_matches("./"));
        if !self.files.has(&path) {
            return Err(format!("there is no {path}"));
        }
        let path = shlex::try_quote(&path).map_err(|_| "its name holds a NUL character")?.into_owned();
        let runner = text(&job.table["runner"]).unwrap_or_default();
        let arguments = text(&job.table["args"]).unwrap_or_default();
        let message = if job.stage.is_empty() && arguments.is_empty() { "{1}" } else { "" };
        let words = [runner.as_str(), &path, &arguments, message];
        Ok(words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
    }

    fn commitlint(&mut self, name: &str) {
        let (what, entry) = commitlint(name);
        self.old.push(what, entry);
    }

    /// The files that a job is about.
    fn wanted(&self, job: &Job<'_>, dir: Option<&str>) -> Wanted {
        let table = job.table;
        let dialect = match text(&self.config["glob_matcher"]).as_deref() {
            Some("doublestar") => Dialect::Doublestar,
            _ => Dialect::Gobwas,
        };
        let mut wanted = Wanted::default();
        let globs: Vec<String> = texts(&table["glob"]).into_iter().filter(|glob| !glob.is_empty()).collect();
        let found: Option<Vec<Vec<String>>> = globs.iter().map(|glob| glob::patterns(glob, dialect)).collect();
        match found {
            Some(found) => wanted.files = found.concat(),
            None => wanted.wider.push(format!("glob: {}", globs.join(", "))),
        }
        if let Some(dir) = dir {
            // Globs are about whole paths, and the folder is asked of each file beside them.
            let inside = vec![format!("{}/**", super::globs::literal(dir))];
            wanted.files = both(&wanted.files, &inside).filter(|files| !files.is_empty()).unwrap_or(inside);
        }
        for kind in texts(&table["file_types"]) {
            let patterns = kinds::patterns(&kind, self.files);
            match patterns.and_then(|patterns| both(&wanted.files, &patterns)) {
                Some(files) if !files.is_empty() => wanted.files = files,
                _ => wanted.wider.push(format!("file_types: {kind}")),
            }
        }
        for exclude in texts(&table["exclude"]).iter().chain(&job.exclude) {
            match glob::patterns(exclude, dialect) {
                Some(patterns) => wanted.exclude.extend(patterns),
                None => wanted.wider.push(format!("exclude: {exclude}")),
            }
        }
        if !table["files"].is_null() {
            wanted.wider.push("files: what its own command listed".to_owned());
        }
        wanted
    }
}

fn title(table: &Value, around: &str, at: usize) -> String {
    let named = text(&table["name"]).or_else(|| text(&table["run"]).map(|run| Line::parse(&run).title()));
    named
        .or_else(|| text(&table["script"]))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("{around}-{}", at + 1))
}

fn reason(key: &str) -> &'static str {
    match key {
        "skip" | "only" => {
            "a check depends on what is in the tree, not on branch or time; for merges and rebases see `skip-during` of [hook.pre-commit]"
        }
        "setup" => "what a checkout lacks is made by [[workspace.prepare]]: carry it over by hand",
        "interactive" => "a check has no terminal to ask at",
        _ => "a check is given nothing on its standard input",
    }
}

fn priority(table: &Value) -> u64 {
    table["priority"].as_u64().filter(|priority| *priority > 0).unwrap_or(u64::MAX)
}

/// The number that a name begins with; names without one come last.
fn number(name: &str) -> u64 {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use crate::adopt::Files;
    use crate::adopt::propose::taken;

    fn old(config: &str) -> String {
        let files = [
            ("lefthook.yml", config),
            ("web/a.js", ""),
            ("b.rb", ""),
            (".lefthook/commit-msg/template.sh", ""),
            ("lefthook-local.yml", ""),
        ];
        taken(&Files::of(&files))
    }

    const COMMANDS: &str = r#"
pre-commit:
  parallel: true
  exclude:
    - "vendor/*"
  commands:
    eslint:
      root: web/
      glob: "*.{js,ts}"
      run: yarn eslint --fix {staged_files} && git add {staged_files}
      stage_fixed: true
    format:
      glob: "*.rb"
      run: ./bin/format {staged_files}
      stage_fixed: true
      env:
        MODE: all "files"
    types:
      glob: "*.ts"
      run: npm run types
      skip:
        - merge
        - ref: main
    off:
      skip: true
      run: make off
pre-push:
  commands:
    tests:
      run: go test ./...
commit-msg:
  commands:
    commitlint:
      run: npx commitlint --edit {1}
    own:
      run: ./check-message "{1}"
    blind:
      run: make blind
  scripts:
    template.sh:
      runner: bash
    gone.sh:
      runner: bash
post-merge:
  commands:
    deps:
      run: npm ci
"#;

    #[test]
    fn commands_become_checks() {
        insta::assert_snapshot!(old(COMMANDS), @r#"
        found lefthook in lefthook.yml; lefthook uninstall, then remove lefthook.yml
        carried commitlint as commitlint
        carried own as own
        carried template.sh as template-sh
        carried eslint as eslint
        carried format as format
        carried types as types
        carried tests as tests
        left lefthook-local.yml: it is one person's own: what it adds belongs in gate.local.toml
        left blind: it runs at commit-msg without being given the message
        left gone.sh: there is no .lefthook/commit-msg/gone.sh
        left post-merge: gate runs no checks at that hook
        left off: it is skipped always
        left types: skip: a check depends on what is in the tree, not on branch or time; for merges and rebases see `skip-during` of [hook.pre-commit]
        note types ran for some files only: what it looks at is not known, so it depends on all

        # What commitlint's own settings say is not read: set it here.
        [check.commitlint]
        builtin = "commit-message"
        max-subject = 100

        [check.own]
        run = "./check-message {message_file}"

        [check.template-sh]
        run = "bash .lefthook/commit-msg/template.sh {message_file}"

        [check.eslint]
        files = ["web/**/*.{js,ts}"]
        exclude = ["vendor/**"]
        inputs = [
            "**/.eslintrc*",
            "**/.eslintignore",
            "**/eslint.config.*",
            "**/package.json",
            "**/tsconfig*.json",
        ]
        run = "yarn eslint {files}"
        fix = "yarn eslint --fix {files}"
        dir = "web"
        on = ["pre-commit"]

        # It changes files, which fails the check where there is something to change.
        # Each file is looked at by itself: name in `inputs` what else the result depends on.
        [check.format]
        files = ["**/*.rb"]
        exclude = ["vendor/**"]
        run = "export MODE='all \"files\"'; ./bin/format {files}"
        fix = "export MODE='all \"files\"'; ./bin/format {files}"
        on = ["pre-commit"]

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.types]
        run = "npm run types"
        on = ["pre-commit"]

        [check.tests]
        run = "go test ./..."
        on = ["pre-push"]
        "#);
    }

    const JOBS: &str = r#"
glob_matcher: doublestar
extends: [other.yml]
pre-push:
  piped: true
  jobs:
    - name: first
      run: make first
    - group:
        root: web
        piped: true
        jobs:
          - run: make second {push_files}
            glob: ["**/*.js", "!x"]
            exclude: ["web/gen/**"]
          - name: third
            run: make third {2}
    - run: make fourth {files}
      files: git ls-files -m
      file_types: [ruby]
pre-commit:
  jobs:
    - name: first
      run: make first
"#;

    #[test]
    fn jobs_and_groups_become_checks() {
        insta::assert_snapshot!(old(JOBS), @r#"
        found lefthook in lefthook.yml; lefthook uninstall, then remove lefthook.yml
        carried first as first
        carried make second {push_files} as make-second-push_files
        carried make fourth as make-fourth
        left lefthook-local.yml: it is one person's own: what it adds belongs in gate.local.toml
        left extends: what it brings in from elsewhere is not read: carry it over by hand
        left third: its command takes what gate does not give

        # Without `files` or `inputs` a check depends on every file: narrow it where you know better.
        [check.first]
        run = "make first"
        on = ["pre-commit", "pre-push"]

        # Wider than before: glob: **/*.js, !x.
        # Each file is looked at by itself: name in `inputs` what else the result depends on.
        [check.make-second-push_files]
        files = ["web/**"]
        exclude = ["web/gen/**"]
        run = "make second {files}"
        dir = "web"
        on = ["pre-push"]

        # Wider than before: files: what its own command listed.
        [check.make-fourth]
        files = ["**/*.{gemspec,rake,rb}"]
        run = "make fourth {files}"
        after = ["make-second-push_files"]
        on = ["pre-push"]
        "#);
    }

    #[test]
    fn every_notation_and_place_is_read() {
        let yaml = "pre-commit:\n  jobs:\n    - run: make x\n";
        let json = "{\"pre-commit\": {\"jobs\": [{\"run\": \"make x\"}]}} // why\n";
        let toml = "[[pre-commit.jobs]]\nrun = \"make x\"\n";
        for (path, text) in [
            ("lefthook.yaml", yaml),
            (".lefthook.yml", yaml),
            (".config/lefthook.yml", yaml),
            ("lefthook.json", json),
            ("lefthook.jsonc", json),
            (".config/lefthook.toml", toml),
        ] {
            let text = taken(&Files::of(&[(path, text)]));
            assert!(text.contains(&format!("found lefthook in {path}")) && text.contains("run = \"make x\""), "{text}");
        }
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        for (config, why) in [
            ("pre-commit: [", "it is no YAML"),
            ("pre-commit:\n  commands:\n    x: 1\n", "left x: it runs nothing"),
            ("pre-commit:\n  jobs: [{run: 'sh -c \"x {staged_files}\"'}]\n", "takes files inside quotes"),
            ("pre-commit:\n  jobs: [{run: 'x {files}'}]\n", "holds a placeholder"),
            ("pre-commit:\n  jobs: [{run: x, env: {'a b': 1}}]\n", "its `env` can't be written"),
            ("pre-commit:\n  jobs: [{run: x, root: ../y}]\n", "it can't be written as a check"),
        ] {
            let text = old(config);
            assert!(text.contains(why), "{config}: {text}");
        }
    }
}
