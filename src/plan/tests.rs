//! Plans, from the outside.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::change::{Base, BaseChoice, Candidate, Change, Delta, NoBase};
use crate::check::{CheckName, Stage};
use crate::config::{Main, Policy, Rules, UnprovedBase, WorkspaceRules};
use crate::digest::{Digest, ObjectId};
use crate::input::Fold;
use crate::path::{Mode, Pattern, RepoPath};

/// A repository as planning sees it: paths with contents, on both sides.
#[derive(Debug)]
struct World {
    base: Option<BTreeMap<String, u8>>,
    candidate: BTreeMap<String, u8>,
    base_rules: Rules,
    rules: Rules,
    only: BTreeSet<CheckName>,
    skips: BTreeMap<CheckName, String>,
    fresh: bool,
}

fn rules(checks: Vec<Check>) -> Rules {
    Rules {
        server: crate::config::ServerRules::default(),
        version: None,
        main: Main { branches: Vec::new() },
        policy: Policy::default(),
        workspace: WorkspaceRules::default(),
        units: crate::config::UnitRules::default(),
        hooks: BTreeMap::new(),
        checks: checks.into_iter().map(|check| (check.name.clone(), check)).collect(),
        slots: None,
        local_skips: BTreeSet::new(),
    }
}

fn check(name: &str, files: &[&str], needs: &[&str]) -> Check {
    let mut check = Check::sample(name, "true");
    check.files = files.iter().map(|text| Pattern::parse(text).unwrap()).collect();
    check.needs = needs.iter().map(|need| need.parse().unwrap()).collect();
    check
}

fn id(content: u8) -> ObjectId {
    ObjectId::from_bytes([content; 20])
}

fn files(list: &[(&str, u8)]) -> BTreeMap<String, u8> {
    list.iter().map(|(path, content)| ((*path).to_owned(), *content)).collect()
}

fn fold(files: &BTreeMap<String, u8>, selection: &crate::path::Selection) -> Fold {
    let taken = files.iter().filter(|(path, _)| selection.matches(&RepoPath::from(path.as_str()), Mode::File));
    let text = format!("{:?}", taken.clone().collect::<Vec<_>>());
    Fold { digest: Digest::of(text.as_bytes()), count: taken.count() as u64, links: 0 }
}

impl World {
    fn new(base: &[(&str, u8)], candidate: &[(&str, u8)], checks: Vec<Check>) -> Self {
        Self {
            base: Some(files(base)),
            candidate: files(candidate),
            base_rules: rules(checks.clone()),
            rules: rules(checks),
            only: BTreeSet::new(),
            skips: BTreeMap::new(),
            fresh: false,
        }
    }

    fn facts(rules: &Rules, files: &BTreeMap<String, u8>) -> BTreeMap<CheckName, Facts> {
        let of = |check: &Check| Facts {
            inputs: fold(files, &check.scope()),
            selected: fold(files, &check.file_scope()).count,
            common: check.common_scope().map(|scope| fold(files, &scope)),
            environment: Vec::new(),
            behind: Vec::new(),
            touched: None,
        };
        rules.checks.values().map(|check| (check.name.clone(), of(check))).collect()
    }

    fn change(&self) -> Change {
        let Some(base) = &self.base else {
            let base = Base::None(NoBase::Unborn);
            return Change {
                base,
                candidate: Candidate { commit: None, tree: id(2) },
                deltas: Vec::new(),
                conflicts: Vec::new(),
            };
        };
        let side = |files: &BTreeMap<String, u8>, path: &String| {
            files.get(path).map(|content| crate::change::Side { mode: Mode::File, id: id(*content) })
        };
        let paths: BTreeSet<&String> = base.keys().chain(self.candidate.keys()).collect();
        let deltas = paths
            .into_iter()
            .map(|path| Delta {
                path: RepoPath::from(path.as_str()),
                old: side(base, path),
                new: side(&self.candidate, path),
            })
            .filter(|delta| delta.old != delta.new)
            .collect();
        Change {
            base: Base::Known { commit: None, tree: id(1), choice: BaseChoice::Head },
            candidate: Candidate { commit: None, tree: id(2) },
            deltas,
            conflicts: Vec::new(),
        }
    }

    fn plan_of(&self, change: &Change) -> Plan {
        let facts = Self::facts(&self.rules, &self.candidate);
        let base_facts = self.base.as_ref().map(|files| Self::facts(&self.base_rules, files));
        let side = |rules, facts| Side { rules, facts, shared: &[], commit: None, under: None };
        Plan::propose(&Question {
            stage: Stage::Merge,
            change,
            candidate: side(&self.rules, &facts),
            base: base_facts.as_ref().map(|facts| side(&self.base_rules, facts)),
            only: &self.only,
            skips: &self.skips,
            fresh: self.fresh,
            files: &BTreeMap::new(),
        })
    }

    fn plan(&self) -> Plan {
        self.plan_of(&self.change())
    }

    /// Each step with its decision and the kind of its first reason.
    fn says(&self) -> Vec<(String, Decision, Reason)> {
        let steps = self.plan().steps;
        steps.into_iter().map(|step| (step.name.to_string(), step.decision, step.reasons[0].clone())).collect()
    }
}

fn said(name: &str, decision: Decision, reason: Reason) -> (String, Decision, Reason) {
    (name.to_owned(), decision, reason)
}

fn inputs_changed(path: &str, edit: &str, paths: usize) -> Reason {
    Reason::InputsChanged { path: path.to_owned(), edit: edit.to_owned(), paths }
}

#[test]
fn runs_what_the_change_reaches_and_says_why() {
    let checks = vec![check("a", &["a/**"], &[]), check("b", &["b/**"], &[]), check("whole", &[], &[])];
    let world = World::new(&[("a/x", 1), ("b/x", 1)], &[("a/x", 2), ("b/x", 1)], checks);
    assert_eq!(
        world.says(),
        [
            said("a", Decision::Run, inputs_changed("a/x", "modified", 1)),
            said("b", Decision::Skip, Reason::Unchanged),
            said("whole", Decision::Run, inputs_changed("a/x", "modified", 1)),
        ]
    );
}

#[test]
fn a_deletion_is_a_change() {
    let world = World::new(&[("a/x", 1), ("a/y", 1)], &[("a/y", 1)], vec![check("a", &["a/**"], &[])]);
    assert_eq!(world.says(), [said("a", Decision::Run, inputs_changed("a/x", "deleted", 1))]);
}

#[test]
fn a_need_brings_its_dependents() {
    let checks = vec![check("build", &["a/**"], &[]), check("test", &["b/**"], &["build"])];
    let world = World::new(&[("a/x", 1), ("b/x", 1)], &[("a/x", 2), ("b/x", 1)], checks);
    let build = StepNameOf("build").into();
    assert_eq!(world.says()[1], said("test", Decision::Run, Reason::NeedChanged { step: build }));
}

#[test]
fn a_running_step_brings_back_the_need_whose_products_are_gone() {
    let checks = vec![check("build", &["a/**"], &[]), check("test", &["b/**"], &["build"])];
    let world = World::new(&[("a/x", 1), ("b/x", 1)], &[("a/x", 1), ("b/x", 2)], checks);
    let decision = |holds: bool| {
        let mut plan = world.plan();
        assert_eq!(plan.settle(|_| holds), []);
        (plan.steps[0].decision, plan.steps[0].reasons[0].clone())
    };
    assert_eq!(decision(true), (Decision::Skip, Reason::Unchanged));
    assert_eq!(decision(false), (Decision::Run, Reason::NeededBy { step: StepNameOf("test").into() }));
}

#[test]
fn another_definition_runs_and_a_new_check_runs() {
    let mut world = World::new(&[("a", 1)], &[("a", 1)], vec![check("a", &[], &[])]);
    world.rules.checks.values_mut().for_each(|check| check.work = CommandLine::Shell("false".into()).into());
    assert_eq!(world.says(), [said("a", Decision::Run, Reason::DefinitionChanged { field: "run".into() })]);
    world.base_rules.checks.clear();
    assert_eq!(world.says(), [said("a", Decision::Run, Reason::NewCheck)]);
}

#[test]
fn what_is_only_told_or_scheduled_reruns_nothing() {
    let mut world = World::new(&[("a", 1)], &[("a", 1)], vec![check("a", &[], &[])]);
    for check in world.rules.checks.values_mut() {
        check.description = Some("other".into());
        check.timeout *= 2;
        check.slots = std::num::NonZeroUsize::new(2).unwrap();
        check.locks = BTreeSet::from(["x".to_owned()]);
    }
    assert_eq!(world.says(), [said("a", Decision::Skip, Reason::Unchanged)]);
}

#[test]
fn without_a_base_everything_runs() {
    let mut world = World::new(&[], &[("a", 1)], vec![check("a", &[], &[])]);
    world.base = None;
    assert_eq!(world.says(), [said("a", Decision::Run, Reason::NoBase { why: NoBase::Unborn })]);
}

#[test]
fn policy_may_want_proof() {
    let mut world = World::new(&[("a", 1)], &[("a", 1)], vec![check("a", &[], &[])]);
    world.rules.policy.unproved_base = UnprovedBase::Run;
    assert_eq!(world.says(), [said("a", Decision::Run, Reason::UnprovedBase)]);
}

#[test]
fn patterns_that_match_nothing_are_said_so() {
    let world = World::new(&[("a", 1)], &[("a", 2)], vec![check("a", &["nowhere/**"], &[])]);
    assert_eq!(world.says(), [said("a", Decision::Skip, Reason::SelectsNothing)]);
}

#[test]
fn only_brings_what_is_needed() {
    let checks = vec![check("build", &[], &[]), check("other", &[], &[]), check("test", &[], &["build"])];
    let mut world = World::new(&[("a", 1)], &[("a", 2)], checks);
    world.only = BTreeSet::from(["test".parse().unwrap()]);
    let decisions: Vec<Decision> = world.says().into_iter().map(|(_, decision, _)| decision).collect();
    assert_eq!(decisions, [Decision::Run, Decision::Skip, Decision::Run]);
    assert!(world.plan().narrowed);
}

#[test]
fn a_skipped_need_skips_its_dependents_and_both_are_owed() {
    let checks = vec![check("build", &[], &[]), check("test", &[], &["build"])];
    let mut world = World::new(&[("a", 1)], &[("a", 2)], checks);
    world.skips = BTreeMap::from([("build".parse().unwrap(), "hurry".to_owned())]);
    let asked = Reason::Asked { why: "hurry".to_owned() };
    assert_eq!(world.says(), ["build", "test"].map(|name| said(name, Decision::Skip, asked.clone())));
}

/// A name of a step, from text.
struct StepNameOf(&'static str);

impl From<StepNameOf> for crate::check::StepName {
    fn from(name: StepNameOf) -> Self {
        Self::from(&name.0.parse::<CheckName>().unwrap())
    }
}

fn world_strategy() -> impl Strategy<Value = World> {
    let tree = || prop::collection::btree_map("[ab]/[xyz]", 0u8..3, 1..6);
    let patterns = prop::collection::vec(prop::sample::select(vec!["a/**", "b/**", "**/x", "a/y", "**"]), 0..3);
    let checks = prop::collection::vec((patterns, any::<bool>()), 1..5);
    (tree(), tree(), checks).prop_map(|(base, candidate, checks)| {
        let name = |at: usize| format!("c{at}");
        let checks = checks.into_iter().enumerate().map(|(at, (patterns, needs))| {
            let need = name(at.saturating_sub(1));
            let needs: Vec<&str> = if needs && at > 0 { vec![&need] } else { Vec::new() };
            check(&name(at), &patterns, &needs)
        });
        let checks: Vec<Check> = checks.collect();
        let mut world = World::new(&[], &[], checks);
        (world.base, world.candidate) = (Some(base), candidate);
        world
    })
}

proptest! {
    #[test]
    fn the_order_of_deltas_is_irrelevant(world in world_strategy()) {
        let change = world.change();
        let mut turned = change.clone();
        turned.deltas.reverse();
        let decisions = |plan: Plan| plan.steps.into_iter().map(|step| (step.name, step.decision)).collect::<Vec<_>>();
        prop_assert_eq!(decisions(world.plan_of(&change)), decisions(world.plan_of(&turned)));
    }

    #[test]
    fn one_more_changed_file_never_removes_a_running_step(mut world in world_strategy(), path in "[ab]/[xyz]") {
        let running = |world: &World| world.plan().running().map(|step| step.name.clone()).collect::<BTreeSet<_>>();
        let before = running(&world);
        prop_assume!(world.base.as_ref().unwrap().get(&path) == world.candidate.get(&path));
        world.candidate.insert(path, 9);
        prop_assert!(before.is_subset(&running(&world)));
    }

    #[test]
    fn a_step_is_skipped_as_unchanged_only_if_nothing_in_its_scope_or_its_needs_differs(world in world_strategy()) {
        let plan = world.plan();
        let base = world.base.as_ref().unwrap();
        for step in plan.steps.iter().filter(|step| step.reasons[0] == Reason::Unchanged) {
            let scope = step.check.scope();
            prop_assert_eq!(fold(base, &scope), fold(&world.candidate, &scope));
            for need in &step.needs {
                prop_assert_ne!(plan.step(need).unwrap().decision, Decision::Run);
            }
        }
    }
}
