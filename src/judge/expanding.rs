//! From checks that go over units to one check for each: what plan, run and ledger know of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::site::Site;
use super::{Refusal, RefusalKind};
use crate::change::Change;
use crate::check::{CheckName, Stage};
use crate::config::{Check, CommandLine, PerUnit, Rules, Subject};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::git::Delta;
use crate::path::{Mode, RepoPath, Selection};
use crate::plan::Touched;
use crate::unit::{Folder, Graph, NameError, Reader, Unit, Widened};

/// What the checks of one tree that are about units come to.
pub(super) type UnitInputs = BTreeMap<CheckName, UnitInput>;

/// What one of them comes to.
#[derive(Clone, Debug)]
pub(super) struct UnitInput {
    /// Equal only where everything is equal that it depends on through its unit.
    pub digest: Digest,
    /// How many files are the unit's own; none where there is no unit.
    pub count: u64,
    /// What of the change touches it.
    pub touched: Option<Touched>,
}

/// Both sides' checks that are about units.
#[derive(Clone, Debug, Default)]
pub(super) struct Expanded {
    pub candidate: UnitInputs,
    pub base: UnitInputs,
    /// The candidate's graph, where any check goes over units.
    pub graph: Option<Arc<Graph>>,
}

/// Where what was read is remembered, in the folder of the repository's state.
pub(super) const MEMO: &str = "units";

/// One tree's graph, and what of its checks is asked.
struct Side<'a> {
    graph: &'a Graph,
    stage: Stage,
    inputs: UnitInputs,
    /// Which unit each new check is about, by the check it came from.
    families: BTreeMap<CheckName, BTreeMap<CheckName, usize>>,
}

/// Puts in the place of each check of a stage that goes over units one for each unit, on both sides. Where there is no
/// unit, the check stays, and selects nothing.
pub(super) fn expand(
    (stage, change): (Stage, &Change),
    (rules, base): (&mut Rules, Option<&mut Rules>),
    site: &mut Site,
) -> Result<Expanded, Refusal> {
    let mut expanded = Expanded::default();
    let is_over_units = |rules: &Rules| rules.checks.values().any(|check| is_meant(check, stage));
    if !is_over_units(rules) && !base.as_deref().is_some_and(is_over_units) {
        return Ok(expanded);
    }
    let mut reader = Reader::open(&site.state.join(MEMO));
    let graph = reader.graph(&site.repo, change.candidate.tree, &rules.units)?;
    let mut before = None;
    if let (Some(base), Some(tree)) = (base, change.base_tree()) {
        let graph = reader.graph(&site.repo, tree, &base.units)?;
        // What its rules name and it does not have counts as new in the candidate.
        expanded.base = Side::new(&graph, stage).expand(base, |_, _| Ok(()))?;
        before = Some(graph);
    }
    site.warnings.extend(graph.widened().iter().map(|widened| told(widened, &graph)));
    let unknown = |check: &Check, error: &NameError| Err(unknown_unit(check, error));
    expanded.candidate = Side::new(&graph, stage).expand(rules, unknown)?;
    touch(&mut expanded, rules, (&graph, before.as_ref()), change);
    expanded.graph = Some(Arc::new(graph));
    site.warnings.extend(reader.save().err());
    Ok(expanded)
}

/// The names of checks that are meant by some: of one that goes over units, all of its steps.
pub(super) fn meant<'n>(
    rules: &Rules,
    names: impl Iterator<Item = &'n CheckName>,
) -> BTreeMap<CheckName, &'n CheckName> {
    let mut meant = BTreeMap::new();
    for name in names {
        if rules.checks.contains_key(name) {
            meant.insert(name.clone(), name);
        }
        let steps = rules.checks.values().filter(|check| check.subject.as_ref().is_some_and(|of| of.check == *name));
        meant.extend(steps.map(|check| (check.name.clone(), name)));
    }
    meant
}

fn is_meant(check: &Check, stage: Stage) -> bool {
    check.per_unit.is_some() && check.subject.is_none() && check.on.contains(&stage)
}

impl<'a> Side<'a> {
    fn new(graph: &'a Graph, stage: Stage) -> Self {
        Self { graph, stage, inputs: UnitInputs::new(), families: BTreeMap::new() }
    }

    fn expand(
        mut self,
        rules: &mut Rules,
        unknown: impl Fn(&Check, &NameError) -> Result<(), Refusal>,
    ) -> Result<UnitInputs, Refusal> {
        let families: Vec<Check> = rules.checks.values().filter(|check| is_meant(check, self.stage)).cloned().collect();
        for family in families {
            let Some(per_unit) = &family.per_unit else { continue };
            let steps = match self.graph.meant(&per_unit.units) {
                Ok(units) => self.steps(&family, per_unit, &units),
                Err(error) => {
                    unknown(&family, &error)?;
                    rules.checks.remove(&family.name);
                    continue;
                }
            };
            if steps.is_empty() {
                let none = UnitInput { digest: Digest::of(b"no unit"), count: 0, touched: None };
                self.inputs.insert(family.name.clone(), none);
                continue;
            }
            rules.checks.remove(&family.name);
            self.families
                .insert(family.name.clone(), steps.iter().map(|(unit, check)| (check.name.clone(), *unit)).collect());
            rules.checks.extend(steps.into_iter().map(|(_, check)| (check.name.clone(), check)));
        }
        self.order(rules);
        Ok(self.inputs)
    }

    /// One check for each unit, or for each test file of one.
    fn steps(&mut self, family: &Check, per_unit: &PerUnit, units: &[usize]) -> Vec<(usize, Check)> {
        let selection = (!family.files.is_empty()).then(|| Selection::new(&family.files, &family.exclude));
        let mut steps = Vec::new();
        for at in units {
            let name = self.graph.full_name(*at);
            if !per_unit.by_test_file {
                let check = step(family, per_unit, (&self.graph.units()[*at], &name), None);
                let inputs = self.graph.inputs(*at);
                self.add(&check, inputs.digest, inputs.count);
                steps.push((*at, check));
                continue;
            }
            for file in self.graph.tests(*at, selection.as_ref()) {
                let check = step(family, per_unit, (&self.graph.units()[*at], &name), Some(file));
                self.add(&check, self.graph.test_inputs(*at, file), 1);
                steps.push((*at, check));
            }
        }
        steps
    }

    fn add(&mut self, check: &Check, digest: Digest, count: u64) {
        self.inputs.insert(check.name.clone(), UnitInput { digest, count, touched: None });
    }

    /// Has steps need and follow steps instead of the checks that they came from: those of the same unit and of what it
    /// depends on, or all where one side goes over no units.
    fn order(&self, rules: &mut Rules) {
        for check in rules.checks.values_mut() {
            let own = check.subject.as_ref().and_then(|of| self.families.get(&of.check)?.get(&check.name).copied());
            // Where nothing that it waits for goes over units, who is reached makes no difference.
            let is_over_units = check.needs.iter().any(|name| self.families.contains_key(name));
            let reached = own.filter(|_| is_over_units).map(|unit| self.graph.closure(unit));
            let reached: Option<BTreeSet<usize>> = reached.map(|closure| closure.into_iter().collect());
            check.needs =
                self.ordered(&check.needs, |unit| reached.as_ref().is_none_or(|reached| reached.contains(&unit)));
            check.after = self.ordered(&check.after, |unit| own.is_none_or(|own| own == unit));
        }
    }

    fn ordered(&self, names: &BTreeSet<CheckName>, is_meant: impl Fn(usize) -> bool) -> BTreeSet<CheckName> {
        let mut ordered = BTreeSet::new();
        for name in names {
            match self.families.get(name) {
                Some(steps) => {
                    ordered.extend(steps.iter().filter(|(_, unit)| is_meant(**unit)).map(|(step, _)| step.clone()));
                }
                None => drop(ordered.insert(name.clone())),
            }
        }
        ordered
    }
}

/// The check of one unit, or of one of its test files.
fn step(family: &Check, per_unit: &PerUnit, (unit, name): (&Unit, &str), file: Option<&RepoPath>) -> Check {
    let text = |path: &RepoPath| path.as_bstr().to_string();
    let folder = |folder: &Folder| folder.to_path().map_or_else(|| ".".to_owned(), |path| text(&path));
    let template = family.command().cloned();
    let subject = Subject {
        check: family.name.clone(),
        unit: unit.name.clone(),
        kind: unit.kind,
        root: folder(&unit.root),
        manifest: text(&unit.manifest),
        workspace: folder(&unit.workspace),
        file: file.map(text),
        together: template.clone().filter(|run| run.takes_units() || run.takes_tests()),
        groups: per_unit.groups,
    };
    let in_place = |run: &CommandLine| run.for_subjects(&[&subject]);
    let dir = family.dir.as_ref().and_then(|dir| subject.dir(dir));
    let work = template.as_ref().map_or_else(|| family.work.clone(), |run| in_place(run).into());
    let about = file.map_or_else(|| name.to_owned(), text);
    Check {
        name: family.name.over(&about),
        files: Vec::new(),
        exclude: if family.inputs.is_empty() { Vec::new() } else { family.exclude.clone() },
        work,
        dir,
        cleanup: family.cleanup.as_ref().map(in_place),
        subject: Some(subject),
        ..family.clone()
    }
}

/// Notes what of the change touches each step that comes to something else than at the base.
fn touch(expanded: &mut Expanded, rules: &Rules, (graph, before): (&Graph, Option<&Graph>), change: &Change) {
    let Some(before) = before else { return };
    for (name, input) in &mut expanded.candidate {
        let old = expanded.base.get(name);
        let subject = rules.checks.get(name).and_then(|check| check.subject.as_ref());
        let (Some(subject), Some(_)) = (subject, old.filter(|old| old.digest != input.digest)) else { continue };
        let full = format!("{}:{}", subject.kind, subject.unit);
        let file = subject.file.as_deref().map(RepoPath::from);
        let mut touching: Vec<&Delta> = Vec::new();
        for graph in [graph, before] {
            let Ok(unit) = graph.find(&full) else { continue };
            let paths = change.deltas.iter().map(|delta| (&delta.path, mode(delta)));
            let paths: BTreeSet<&RepoPath> = graph.touched(unit, file.as_ref(), paths).into_iter().collect();
            touching.extend(change.deltas.iter().filter(|delta| paths.contains(&delta.path)));
        }
        touching.sort_by(|a, b| a.path.cmp(&b.path));
        touching.dedup_by(|a, b| a.path == b.path);
        // The unit's own files say more than what belongs to nobody.
        let root = Folder::from(subject.root.as_str());
        let first = touching.iter().find(|delta| root.holds(&delta.path)).or(touching.first());
        input.touched = first.map(|delta| Touched {
            path: delta.path.to_string(),
            edit: delta.edit().as_str().to_owned(),
            paths: touching.len(),
        });
    }
}

fn mode(delta: &Delta) -> Mode {
    delta.new.or(delta.old).map_or(Mode::File, |side| side.mode)
}

fn told(widened: &Widened, graph: &Graph) -> Diagnostic {
    let whom = match (widened.unit, widened.kind) {
        (Some(unit), _) => format!("unit '{}'", graph.full_name(unit)),
        (None, Some(kind)) => format!("every {kind} unit"),
        (None, None) => "every unit".to_owned(),
    };
    let what = format!("{whom} is taken to depend on every file");
    Diagnostic::warning("unit/widened", format!("{}: {}", widened.file, widened.why)).hint(what)
}

fn unknown_unit(check: &Check, error: &NameError) -> Refusal {
    let shown = Diagnostic::error("unit/unknown", format!("[check.{}] units: {error}", check.name));
    let hint = match error {
        NameError::Unknown(_, Some(near)) => format!("did you mean '{near}'? 'gate unit list' lists them"),
        NameError::Unknown(_, None) => "'gate unit list' lists them".to_owned(),
        NameError::Several(..) => "write it with its kind, as they are named here".to_owned(),
    };
    Refusal::new(RefusalKind::Configuration, shown.hint(hint))
}
