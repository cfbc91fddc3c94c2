//! What a valid gate.toml says, with every default filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::Duration;

use super::{CommandLine, Condition, HookRules, PerUnit, ServerRules, Subject, UnitRules};
use crate::check::{Builtin, CheckName, Hook, Stage};
use crate::path::{Mode, Pattern, RepoPath, Selection};

/// Everything that gate.toml (and gate.local.toml) says.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The versions of gate that the file is for, as `[gate] version` says it; every version if `None`.
    pub version: Option<String>,
    /// `[main]`.
    pub main: Main,
    /// `[policy]`.
    pub policy: Policy,
    /// `[server]`.
    pub server: ServerRules,
    /// `[workspace]`.
    pub workspace: WorkspaceRules,
    /// `[unit.NAME]` and `[[units.rule]]`.
    pub units: UnitRules,
    /// `[check.NAME]`, by name.
    pub checks: BTreeMap<CheckName, Check>,
    /// `[hook.NAME]`.
    pub hooks: BTreeMap<Hook, HookRules>,
    /// How many slots there are, where gate.local.toml says so.
    pub slots: Option<NonZeroUsize>,
    /// Checks that gate.local.toml skips at the early stages; never at the merge stage.
    pub local_skips: BTreeSet<CheckName>,
}

/// `[main]`: what must stay deployable.
#[derive(Clone, Debug)]
pub struct Main {
    /// Names or patterns (`*` does not cross `/`) of branches, without `refs/heads/`.
    pub branches: Vec<Pattern>,
}

/// `[policy]`.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of gate.toml, and none depends on another")]
pub struct Policy {
    /// What a step is worth whose inputs equal those of a base that has no receipt for it.
    pub unproved_base: UnprovedBase,
    /// Against what a group of a merge queue is judged.
    pub queue: Queue,
    /// Whether a pass on a retry is refused.
    pub reject_flaky: bool,
    /// Whether a pass with fewer tests than the same inputs had, or none where there were some, is no pass.
    pub reject_fewer_tests: bool,
    /// Files whose change is named in the verdict, because they decide what the checks do.
    pub guarded: Vec<Pattern>,
    /// Who may grant allowances, as their keys are named; with nobody listed there are none.
    pub override_by: Vec<String>,
    /// Whether evidence for others may come from a checkout with kept folders.
    pub warm: bool,
    /// Whose evidence stands in for a run.
    pub trust: Vec<Trust>,
}

/// `[[policy.trust]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The public key, as a `.pub` file of ssh-keygen's holds it.
    pub key: String,
    /// What all has to hold of a run's environment.
    pub environment: Vec<Condition>,
}

/// What a step is worth whose inputs equal those of a base that has no receipt for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnprovedBase {
    /// The step is skipped, and the verdict is relative to the base.
    #[default]
    Assume,
    /// The step runs.
    Run,
}

/// Against what a group of a merge queue is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Queue {
    /// The target's tip: the queue may land a group past one ahead that failed.
    #[default]
    Tip,
    /// The group ahead: nothing lands past one that failed.
    Ahead,
}

/// `[workspace]`: what a private checkout needs beside the candidate's files.
#[derive(Clone, Debug)]
pub struct WorkspaceRules {
    /// Files and folders of the user's checkout that are brought into it.
    pub share: Vec<RepoPath>,
    /// Ignored files and folders that stay between runs, because the tools that own them check their own inputs.
    pub keep: Vec<Pattern>,
    /// Commands that make what the tree does not hold.
    pub prepare: Vec<Prepare>,
    /// The most bytes that the idle checkouts of one repository may take together.
    pub max_size: u64,
}

/// `[[workspace.prepare]]`.
#[derive(Clone, Debug)]
pub struct Prepare {
    /// What to run.
    pub run: CommandLine,
    /// What it depends on: it runs again when these change, or what it made did.
    pub inputs: Vec<Pattern>,
    /// Where to run it; the root if `None`.
    pub dir: Option<RepoPath>,
    /// Variables of the user's environment that it gets.
    pub env: Vec<String>,
}

/// `[check.NAME]`.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of gate.toml, and none depends on another")]
pub struct Check {
    /// The name.
    pub name: CheckName,
    /// What it is for, for people.
    pub description: Option<String>,
    /// The files it is about.
    pub files: Vec<Pattern>,
    /// What is left out of `files` and `inputs`.
    pub exclude: Vec<Pattern>,
    /// What it depends on beside `files`.
    pub inputs: Vec<Pattern>,
    /// How it goes over units; `None` where it is one step.
    pub per_unit: Option<PerUnit>,
    /// What it is about, where it is one step of a check that goes over units.
    pub subject: Option<Subject>,
    /// What to do.
    pub work: Work,
    /// The command that mends what the check finds.
    pub fix: Option<CommandLine>,
    /// The stages it belongs to, the merge stage included for every required check.
    pub on: BTreeSet<Stage>,
    /// Checks whose products it uses: they run before it, in the same checkout.
    pub needs: BTreeSet<CheckName>,
    /// Checks that run before it if they run at all.
    pub after: BTreeSet<CheckName>,
    /// Where to run it; the root if `None`.
    pub dir: Option<RepoPath>,
    /// Variables that are passed and count in the fingerprint.
    pub env: Vec<String>,
    /// Variables that are passed, masked in logs, and do not count.
    pub pass_env: Vec<String>,
    /// Programs whose content counts in the fingerprint beside the one that `run` starts.
    pub tools: Vec<String>,
    /// JUnit files that it writes, from the folder that it runs in.
    pub junit: Vec<Pattern>,
    /// The longest it may take.
    pub timeout: Duration,
    /// The longest it may go without writing anything.
    pub idle_timeout: Option<Duration>,
    /// How often it is tried again after a failure.
    pub retries: u32,
    /// How many slots it takes.
    pub slots: NonZeroUsize,
    /// Names that no two running steps share, on the whole machine.
    pub locks: BTreeSet<String>,
    /// For how long a pass counts.
    pub reuse: Reuse,
    /// What to run after every end of the step.
    pub cleanup: Option<CommandLine>,
    /// What of git's history it sees.
    pub git: GitView,
    /// Whether nothing is deployable without its pass.
    pub required: bool,
    /// Whether a developer may skip it at an early stage.
    pub skippable: bool,
    /// Where it has to pass, such as `linux-x86_64`, each for itself; wherever it is run if empty.
    pub platforms: BTreeSet<String>,
    /// Whether it passes where its patterns match nothing.
    pub allow_empty: bool,
    /// Whether it comes from gate.local.toml: it is then at early stages only, and not `required`.
    pub local: bool,
}

/// For how long a pass counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// As long as the fingerprint is the same.
    Always,
    /// Not at all.
    Never,
    /// As long as the fingerprint is the same and it is not older.
    For(Duration),
}

impl Reuse {
    /// Whether a pass counts that is so old; `None` is the age of one that is dated later than now.
    #[must_use]
    pub fn admits(self, age: Option<Duration>) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::For(limit) => age.is_some_and(|age| age <= limit),
        }
    }
}

/// What of git's history a check sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GitView {
    /// One commit of the candidate's tree, without parents, author and date being fixed.
    #[default]
    Snapshot,
    /// The real history, up to the candidate's commit.
    History,
}

/// What a check does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// It runs a command.
    Command(CommandLine),
    /// gate looks itself.
    Builtin(Builtin),
}

impl From<CommandLine> for Work {
    fn from(command: CommandLine) -> Self {
        Self::Command(command)
    }
}

impl Work {
    /// What it does, as text: equal for equal work of the same kind only.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Command(command) => command.text(),
            Self::Builtin(builtin) => format!("gate's own {builtin:?}"),
        }
    }
}

impl Default for Main {
    fn default() -> Self {
        Self { branches: ["main", "master"].into_iter().filter_map(|name| Pattern::parse(name).ok()).collect() }
    }
}

impl Default for WorkspaceRules {
    fn default() -> Self {
        Self { share: Vec::new(), keep: Vec::new(), prepare: Vec::new(), max_size: Self::MAX_SIZE }
    }
}

impl WorkspaceRules {
    /// `max-size` where gate.toml does not say it: 20 GB.
    pub const MAX_SIZE: u64 = 20_000_000_000;
}

impl Check {
    /// `timeout` where gate.toml does not say it: one hour.
    pub const TIMEOUT: Duration = Duration::from_hours(1);

    /// The command that it runs, if it runs one.
    #[must_use]
    pub fn command(&self) -> Option<&CommandLine> {
        match &self.work {
            Work::Command(command) => Some(command),
            Work::Builtin(_) => None,
        }
    }

    /// What gate looks at itself, if it does.
    #[must_use]
    pub fn builtin(&self) -> Option<&Builtin> {
        match &self.work {
            Work::Command(_) => None,
            Work::Builtin(builtin) => Some(builtin),
        }
    }

    /// Whether what it says of a file depends on that file and on `inputs` only, so that receipts are per file.
    #[must_use]
    pub fn takes_files(&self) -> bool {
        match &self.work {
            Work::Command(command) => command.takes_files(),
            Work::Builtin(builtin) => builtin.is_per_file(),
        }
    }

    /// Whether it is given what is of this kind: gate itself reads no link for a file.
    #[must_use]
    pub fn is_given(&self, mode: Mode) -> bool {
        mode.is_file() || self.builtin().is_none()
    }

    /// Whether it is about the message of a commit: it has a place at the stage commit-msg only.
    #[must_use]
    pub fn is_about_message(&self) -> bool {
        match &self.work {
            Work::Command(command) => command.takes_message(),
            Work::Builtin(builtin) => builtin.is_about_message(),
        }
    }

    /// Whether something can mend what it finds.
    #[must_use]
    pub fn can_fix(&self) -> bool {
        self.fix.is_some() || self.builtin().is_some_and(Builtin::can_fix)
    }

    /// Whether its failure refuses the change at the stages it belongs to: it is required, or the user's own.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.required || self.local
    }

    /// The paths its result depends on; every path if it names none.
    #[must_use]
    pub fn scope(&self) -> Selection {
        if matches!(self.builtin(), Some(Builtin::Symlinks | Builtin::Submodules)) {
            // What they say of a path depends on what there is elsewhere.
            return Selection::everything();
        }
        if self.takes_files() && self.files.is_empty() {
            // What else it depends on does not narrow what it is about.
            return Selection::new(&[], &self.exclude);
        }
        let include: Vec<Pattern> = self.files.iter().chain(&self.inputs).cloned().collect();
        Selection::new(&include, &self.exclude)
    }

    /// The files that `{files}` stands for.
    #[must_use]
    pub fn file_scope(&self) -> Selection {
        Selection::new(&self.files, &self.exclude)
    }

    /// What every file's result depends on where the command takes files; nothing if there are no `inputs`.
    #[must_use]
    pub fn common_scope(&self) -> Option<Selection> {
        (!self.inputs.is_empty()).then(|| Selection::new(&self.inputs, &self.exclude))
    }

    /// What of the definition counts in a fingerprint: what can change a result, and not how it is scheduled or shown.
    #[must_use]
    pub fn definition(&self) -> Vec<(&'static str, String)> {
        let texts =
            |patterns: &[Pattern]| patterns.iter().map(|p| format!("{:?}", p.as_str())).collect::<Vec<_>>().join(" ");
        // A line for a shell may read like a list of words, or like what gate does itself.
        let kind = match &self.work {
            Work::Command(CommandLine::Shell(_)) => "line",
            Work::Command(CommandLine::Words(_)) => "words",
            Work::Builtin(_) => "builtin",
        };
        vec![
            ("kind", kind.to_owned()),
            ("run", self.work.text()),
            ("files", texts(&self.files)),
            ("exclude", texts(&self.exclude)),
            ("inputs", texts(&self.inputs)),
            ("dir", self.dir.as_ref().map_or_else(String::new, ToString::to_string)),
            ("env", self.env.join(" ")),
            ("pass-env", self.pass_env.join(" ")),
            ("tools", self.tools.join(" ")),
            ("unit", self.subject.as_ref().map_or_else(String::new, Subject::text)),
            (
                "units",
                self.per_unit.as_ref().filter(|_| self.subject.is_none()).map_or_else(String::new, PerUnit::text),
            ),
            ("git", if self.git == GitView::History { "history" } else { "snapshot" }.to_owned()),
        ]
    }
}

#[cfg(test)]
impl Check {
    /// A check with every default, for the tests of other modules.
    pub(crate) fn sample(name: &str, run: &str) -> Self {
        Self {
            name: name.parse().unwrap(),
            description: None,
            files: Vec::new(),
            exclude: Vec::new(),
            inputs: Vec::new(),
            per_unit: None,
            subject: None,
            work: CommandLine::Shell(run.to_owned()).into(),
            fix: None,
            on: BTreeSet::from([Stage::Merge]),
            needs: BTreeSet::new(),
            after: BTreeSet::new(),
            dir: None,
            env: Vec::new(),
            pass_env: Vec::new(),
            tools: Vec::new(),
            junit: Vec::new(),
            timeout: Self::TIMEOUT,
            idle_timeout: None,
            retries: 0,
            slots: NonZeroUsize::MIN,
            locks: BTreeSet::new(),
            reuse: Reuse::Always,
            cleanup: None,
            git: GitView::Snapshot,
            required: true,
            skippable: true,
            platforms: BTreeSet::new(),
            allow_empty: false,
            local: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_words_and_built_in_checks_are_told_apart() {
        let words = Check { work: CommandLine::Words(vec!["./a".to_owned()]).into(), ..Check::sample("a", "") };
        let line = Check::sample("a", r#"["./a"]"#);
        let builtin = Check { work: Work::Builtin(Builtin::CaseConflict), ..Check::sample("a", "") };
        let like_it = Check::sample("a", &builtin.work.text());
        assert_eq!(words.work.text(), line.work.text());
        assert_ne!(words.definition(), line.definition());
        assert_ne!(builtin.definition(), like_it.definition());
    }
}
