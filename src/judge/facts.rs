//! Gathers what the checks of one tree come to on this machine.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Refusal;
use super::expanding::{UnitInput, UnitInputs};
use super::site::{Site, config_home};
use super::surroundings::Added;
use super::{Place, Request};
use crate::check::{CheckName, Stage};
use crate::config::{Check, CommandLine, Rules, Work};
use crate::digest::{Digest, Hasher, ObjectId};
use crate::input::{self, Fold, Folds, Input};
use crate::judge::refusal::RefusalKind;
use crate::path::{Mode, RepoPath, Selection};
use crate::plan::{Facts, Field, MESSAGE};
use crate::tool::{FILE, Fact, PINS, Request as ToolRequest, Toolbox};
use crate::workspace;

/// What checks of one tree come to.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    /// By check, for every check of the stage and what those need.
    pub facts: BTreeMap<CheckName, Facts>,
    /// What holds for every step.
    pub shared: Vec<Field>,
}

impl Gathered {
    /// What of it the machine adds.
    pub(super) fn added(&self) -> Added {
        Added::of(&self.shared, &self.facts)
    }

    /// The same with what another machine adds.
    pub(super) fn replace(&mut self, added: &Added) {
        added.replace(&mut self.shared, &mut self.facts);
    }
}

/// Gathers facts; folds and tools are remembered between the two trees and between runs.
pub(super) struct Gatherer<'a> {
    site: &'a Site,
    stage: Stage,
    /// Whether the machine is asked what it adds to what trees say. Not where others' trees are only looked at: a tree must
    /// not choose there what is started, and what steps add has to be asked for where they run.
    asks: bool,
    user_env: &'a [(OsString, OsString)],
    folds: Folds,
    toolbox: Toolbox,
    /// What settings do to the files of a checkout, once it was asked for.
    content: Option<Digest>,
    /// What the candidate says of itself, which no base does.
    message: Option<Digest>,
}

impl<'a> Gatherer<'a> {
    pub(super) fn new(
        site: &'a Site,
        request: &Request,
        user_env: &'a [(OsString, OsString)],
        step_env: &[(OsString, OsString)],
    ) -> Self {
        let folds = Folds::open(&site.state.join("folds"));
        let toolbox = Toolbox::open(&site.pool.dir().join("tools"), step_env).in_checkout(&site.some_checkout());
        let asks = request.place != Place::Server;
        let toolbox = if asks { toolbox } else { toolbox.asking_nothing() };
        Self { site, stage: request.stage, asks, user_env, folds, toolbox, content: None, message: None }
    }

    /// What the checks of the stage come to over a tree, under rules.
    pub(super) fn gather(&mut self, rules: &Rules, tree: ObjectId, units: &UnitInputs) -> Result<Gathered, Refusal> {
        let checks: Vec<&Check> = rules.checks.values().filter(|check| check.on.contains(&self.stage)).collect();
        let scopes: Vec<Scopes> = checks.iter().map(|check| Scopes::of(check)).collect();
        let prepared: Vec<Selection> =
            rules.workspace.prepare.iter().map(|prepare| Selection::new(&prepare.inputs, &[])).collect();
        let selections: Vec<&Selection> = scopes.iter().flat_map(Scopes::all).chain(&prepared).collect();
        let folds = self.folds.take(&self.site.repo, tree, &selections)?;
        let (check_folds, prepare_folds) = folds.split_at(selections.len() - prepared.len());
        let mut facts = BTreeMap::new();
        let mut rest = check_folds.iter();
        for (check, scopes) in checks.iter().zip(&scopes) {
            let folds = scopes.take(&mut rest)?;
            let mut of_check = self.facts(check, &folds, tree)?;
            if let Some(unit) = units.get(&check.name) {
                of_check = over_unit(of_check, unit, !check.inputs.is_empty());
            }
            facts.insert(check.name.clone(), of_check);
        }
        let shared = self.shared(rules, prepare_folds, tree)?;
        Ok(Gathered { facts, shared })
    }

    /// What the trees that are gathered from now on are said to be, until it is said otherwise.
    pub(super) fn say(&mut self, message: Option<&[u8]>) {
        self.message = message.map(Digest::of);
    }

    /// Remembers folds and tools for the next run; what can't be written is only told.
    pub(super) fn save(&self) -> Vec<crate::diagnostic::Diagnostic> {
        [self.folds.save(), self.toolbox.save()].into_iter().filter_map(Result::err).collect()
    }

    fn facts(&mut self, check: &Check, folds: &CheckFolds, tree: ObjectId) -> Result<Facts, Refusal> {
        let dir = check.dir.as_ref().map_or(Path::new(""), |dir| dir.as_path());
        let mut environment = match &check.work {
            Work::Command(run) => self.programs(run, dir, &check.tools, tree)?,
            Work::Builtin(_) => vec![Field::environment("gate", env!("CARGO_PKG_VERSION"))],
        };
        let narrow = check.takes_files() || check.per_unit.is_some();
        let scope = if narrow { check.common_scope() } else { Some(check.scope()) };
        // What is an input anyway is not named twice.
        let is_input =
            |path: &str| scope.as_ref().is_some_and(|scope| scope.matches(&RepoPath::from(path), Mode::File));
        environment.retain(|field| field.name.strip_prefix(FILE).is_none_or(|path| !is_input(path)));
        environment.extend(self.variables(&check.env));
        let behind = self.behind(check, folds, tree)?;
        // A link counts as the files that are behind it.
        let links = if check.takes_files() { folds.files.links } else { 0 };
        let mut selected = folds.files.count.saturating_sub(links) + behind.len() as u64;
        if check.is_about_message() {
            environment.extend(self.message.map(|message| Field::subject(MESSAGE, message.to_string())));
            selected = 1;
        }
        Ok(Facts { inputs: folds.scope, selected, common: folds.common, environment, behind, touched: None })
    }

    /// The files that whoever takes files is given through links.
    fn behind(&self, check: &Check, folds: &CheckFolds, tree: ObjectId) -> Result<Vec<Input>, Refusal> {
        let scope = check.file_scope();
        if !check.takes_files() || (folds.files.links == 0 && !scope.is_everything()) {
            return Ok(Vec::new());
        }
        let repo = &self.site.repo;
        let mut behind = match (scope.is_everything(), check.builtin()) {
            // Whatever is in the tree is taken where it is.
            (true, Some(_)) => Vec::new(),
            (true, None) => input::files(repo, tree, &scope)?,
            (false, _) => input::behind(repo, tree, &scope, &self.folds.links(tree, &scope))?,
        };
        behind.retain(|file| file.through && check.is_given(file.mode));
        Ok(behind)
    }

    fn programs(
        &mut self,
        run: &CommandLine,
        dir: &Path,
        tools: &[String],
        tree: ObjectId,
    ) -> Result<Vec<Field>, Refusal> {
        let request = match run {
            CommandLine::Shell(line) => ToolRequest { shell: Some(line), words: &[], dir, tools },
            CommandLine::Words(words) => ToolRequest { shell: None, words, dir, tools },
        };
        let facts = self.toolbox.of_check(&self.site.repo, tree, &request);
        Ok(fields(facts.map_err(|error| Refusal::new(RefusalKind::Internal, error))?))
    }

    /// The values of variables, where they are those of steps.
    fn variables(&self, names: &[String]) -> Vec<Field> {
        let asked = names.iter().filter(|_| self.asks);
        asked.map(|name| variable(name, self.user_env)).collect()
    }

    /// What decides beside the tree what files a checkout has and what they hold.
    fn checkout(&mut self, tree: ObjectId) -> Result<Vec<Field>, Refusal> {
        let repo = &self.site.repo;
        let content = if let Some(known) = self.content {
            known
        } else {
            *self.content.insert(workspace::content_digest(repo, config_home(self.user_env).as_deref())?)
        };
        let present = workspace::present_submodules(repo, tree)?;
        let present = present.map(|digest| Field::environment("git.submodules", digest.to_string()));
        Ok([Field::environment("git.content", content.to_string())].into_iter().chain(present).collect())
    }

    /// Platform, toolchains, and what `[workspace]` brings into every checkout.
    fn shared(&mut self, rules: &Rules, prepared: &[Fold], tree: ObjectId) -> Result<Vec<Field>, Refusal> {
        let facts = self.toolbox.of_tree(&self.site.repo, tree);
        let mut shared = fields(facts.map_err(|error| Refusal::new(RefusalKind::Internal, error))?);
        for (prepare, fold) in rules.workspace.prepare.iter().zip(prepared) {
            let dir = prepare.dir.as_ref().map_or(Path::new(""), |dir| dir.as_path());
            let text = prepare.run.text();
            shared.push(Field::subject(format!("workspace.prepare:{text}"), fold.digest.to_string()));
            shared.push(Field::subject(format!("workspace.prepare-dir:{text}"), dir.display().to_string()));
            shared.extend(self.programs(&prepare.run, dir, &[], tree)?);
            shared.extend(self.variables(&prepare.env));
        }
        if rules.workspace.prepare.len() > 1 {
            let order = rules.workspace.prepare.iter().map(|prepare| format!("{:?}", prepare.run.text()));
            shared.push(Field::subject("workspace.prepare-order", order.collect::<Vec<_>>().join(" ")));
        }
        if !self.asks {
            shared.push(Field::environment("machine", "not asked"));
            return Ok(shared);
        }
        shared.extend(self.checkout(tree)?);
        // Sorting, dates and messages follow these, whatever the check names.
        let telling = |name: &OsStr| {
            ["TZ", "LANG", "LANGUAGE", "JAVA_HOME"].iter().any(|known| name == *known)
                || name.as_bytes().starts_with(b"LC_")
        };
        for (name, value) in self.user_env.iter().filter(|(name, _)| telling(name)) {
            shared
                .push(Field::environment(format!("env:{}", name.display()), Digest::of(value.as_bytes()).to_string()));
        }
        for path in &rules.workspace.share {
            shared.push(Field::environment(format!("workspace.share:{path}"), self.site.shared_digest(path)));
        }
        Ok(shared)
    }
}

/// What a check about a unit comes to: what it depends on through that, and through `inputs` where it names some.
fn over_unit(facts: Facts, unit: &UnitInput, has_inputs: bool) -> Facts {
    let mut hasher = Hasher::new("unit-and-inputs", 1);
    hasher.field("unit", unit.digest.as_bytes());
    if has_inputs {
        hasher.field("inputs", facts.inputs.digest.as_bytes());
    }
    let inputs = Fold { digest: hasher.finish(), count: unit.count, links: 0 };
    Facts { inputs, selected: unit.count, touched: unit.touched.clone(), ..facts }
}

/// The selections of one check.
struct Scopes {
    scope: Selection,
    files: Option<Selection>,
    common: Option<Selection>,
}

/// Their folds.
struct CheckFolds {
    scope: Fold,
    files: Fold,
    common: Option<Fold>,
}

impl Scopes {
    fn of(check: &Check) -> Self {
        let both = !check.files.is_empty() && !check.inputs.is_empty();
        Self {
            scope: check.scope(),
            files: both.then(|| check.file_scope()),
            common: check.takes_files().then(|| check.common_scope()).flatten(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Selection> {
        [Some(&self.scope), self.files.as_ref(), self.common.as_ref()].into_iter().flatten()
    }

    /// Takes as many folds off as there are selections, in the same order.
    fn take<'f>(&self, folds: &mut impl Iterator<Item = &'f Fold>) -> Result<CheckFolds, Refusal> {
        let mut next = || folds.next().copied().ok_or_else(|| Refusal::internal("a selection was not folded"));
        let scope = next()?;
        let files = if self.files.is_some() { next()? } else { scope };
        let common = if self.common.is_some() { Some(next()?) } else { None };
        Ok(CheckFolds { scope, files, common })
    }
}

fn fields(facts: Vec<Fact>) -> Vec<Field> {
    let field = |Fact { name, value }| {
        let of_tree = [FILE, PINS].iter().any(|start| name.starts_with(start));
        if of_tree { Field::subject(name, value) } else { Field::environment(name, value) }
    };
    facts.into_iter().map(field).collect()
}

/// A variable counts by the digest of its value, so that no secret is ever stored.
fn variable(name: &str, env: &[(OsString, OsString)]) -> Field {
    let value = env.iter().find(|(key, _)| key == OsStr::new(name)).map(|(_, value)| Digest::of(value.as_bytes()));
    Field::environment(format!("env:{name}"), value.map_or_else(|| "unset".to_owned(), |digest| digest.to_string()))
}
