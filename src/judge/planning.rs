//! From what is asked to a plan in which everything that is proved is reused.

use std::collections::{BTreeMap, BTreeSet};

use super::comparing::{Compared, Sought, compare, seek};
use super::facts::{Gathered, Gatherer};
use super::planned::Planned;
use super::rules::{self, Found};
use super::site::Site;
use super::surroundings::Surroundings;
use super::{Place, Refusal, Request, Setting};
use super::{errands, expanding, foreign, landing, sharding};
use crate::change::{self, Change};
use crate::check::{CheckName, FailedTests, Stage, StepName};
use crate::config::{Check, Main, Policy, Rules};
use crate::digest::ObjectId;
use crate::evidence::Proofs;
use crate::git::Repo;
use crate::input::{self, Input};
use crate::plan::{Decision, Fingerprint, Plan, Question, Side, Step};
use crate::record::{Ledger, RecallPolicy};
use crate::verdict::{Cause, Standing};

/// The checks that the user skips, with why. The merge stage skips nothing.
fn skips(request: &Request, rules: &Rules) -> BTreeMap<CheckName, String> {
    if request.stage == Stage::Merge {
        return BTreeMap::new();
    }
    let local = rules.local_skips.iter().map(|name| (name.clone(), "gate.local.toml".to_owned()));
    let skips: BTreeMap<CheckName, String> = local.chain(request.skips.clone()).collect();
    let meant = expanding::meant(rules, skips.keys());
    meant.into_iter().filter_map(|(step, name)| Some((step, skips.get(name)?.clone()))).collect()
}

/// Both sides' rules and facts.
struct Sides {
    candidate: Gathered,
    base: Option<(Rules, Gathered)>,
    under: Option<ObjectId>,
}

pub(super) fn plan(request: &Request, setting: &Setting<'_>, site: &mut Site) -> Result<Planned, Refusal> {
    let sought = seek(request, site)?;
    plan_sought(sought, request, setting, site)
}

/// Plans what was sought.
pub(super) fn plan_sought(
    sought: Sought,
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Planned, Refusal> {
    let Sought { found, rules: Some(rules) } = sought else { return without_rules(request, sought.found, site) };
    let compared = compare((found, rules), request, site)?;
    let again =
        setting.elsewhere.filter(|_| request.place == Place::Server).map(|elsewhere| (elsewhere, compared.clone()));
    let planned = lay_out(compared, None, request, setting, site)?;
    let Some((elsewhere, compared)) = again.filter(|_| errands::left(&planned).next().is_some()) else {
        return Ok(planned);
    };
    // What has to run depends on where it runs: only with that it is known whether it has run there before.
    match elsewhere.surroundings(&errands::errand("", request, site, &planned))? {
        Some(told) => lay_out(compared, Some(&told), request, setting, site),
        None => Ok(planned),
    }
}

/// What the two trees come to where the steps of a request run.
///
/// # Errors
/// As [`plan`](super::plan).
pub(super) fn surroundings(
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Option<Surroundings>, Refusal> {
    let Sought { found, rules: Some(rules) } = seek(request, site)? else { return Ok(None) };
    let compared = compare((found, rules), request, site)?;
    let sides = sides(&compared, None, request, setting, site)?;
    let base = sides.base.as_ref().map(|(_, base)| base.added());
    Ok(Some(Surroundings { candidate: sides.candidate.added(), base }))
}

fn sides(
    Compared { change, rules, base, units, .. }: &Compared,
    told: Option<&Surroundings>,
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Sides, Refusal> {
    let under = under(request, site, change)?;
    let step_env = site.private_env(setting, &site.some_checkout());
    let mut gatherer = Gatherer::new(site, request, setting.env, &step_env);
    gatherer.say(request.message.as_deref());
    let mut candidate = gatherer.gather(rules, change.candidate.tree, &units.candidate)?;
    gatherer.say(None);
    let mut base = match (base, change.base_tree()) {
        (Some(rules), Some(tree)) => Some((rules.clone(), gatherer.gather(rules, tree, &units.base)?)),
        _ => None,
    };
    let warnings = gatherer.save();
    drop(gatherer);
    site.warnings.extend(warnings);
    if let Some(told) = told {
        candidate.replace(&told.candidate);
        if let (Some(added), Some((_, base))) = (&told.base, &mut base) {
            base.replace(added);
        }
    }
    Ok(Sides { candidate, base, under })
}

/// Plans what was compared, for where steps run as it is `told`.
fn lay_out(
    compared: Compared,
    told: Option<&Surroundings>,
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Planned, Refusal> {
    let sides = sides(&compared, told, request, setting, site)?;
    let Compared { change, rules, before, weakenings, units, .. } = compared;
    let graph = units.graph;
    let remembered = change.base_tree().filter(|_| request.trusts_ledger);
    let standing = remembered.map_or(Standing::Unknown, |tree| site.ledger.standing(tree));
    let base_tests = tests_of(&site.ledger, &standing);
    let files = files(request, &site.repo, &rules, &sides, &change)?;
    let skips = skips(request, &rules);
    let only: BTreeSet<CheckName> = expanding::meant(&rules, request.only.iter()).into_keys().collect();
    let mut plan = Plan::propose(&question((request, &only, &skips), &rules, &sides, &change, &files));
    // Before anything is recalled: what one runner knows must not move a step to where another does not look for it.
    let (shards, own) = sharding::spread(request, &rules, (&change, &mut plan));
    let list = |step: &Step| files_of(&site.repo, &step.check, change.candidate.tree);
    let warnings = site.ledger.recall(&mut plan, &recall_policy(request, setting), list)?;
    site.warnings.extend(warnings);
    // A change trusts nobody for its own sake: what is trusted is for the base to say.
    let trusting = match sides.base {
        _ if request.fresh => None,
        None => request.trusts_itself.then(|| rules.policy.clone()),
        Some((rules, _)) => Some(rules.policy),
    };
    let (shared, known, under) = (sides.candidate.shared, BTreeMap::new(), sides.under);
    let mut planned = Planned {
        change,
        rules,
        plan,
        standing,
        base_tests,
        weakenings,
        known,
        shared,
        under,
        before,
        graph,
        shards,
        own,
    };
    if request.stage == Stage::Merge && request.place != Place::Here {
        ask_others((&trusting.unwrap_or_default(), request), setting, site, &mut planned)?;
    }
    Ok(planned)
}

/// The commit that the candidate lies on top of, where it is none itself.
fn under(request: &Request, site: &Site, change: &Change) -> Result<Option<ObjectId>, Refusal> {
    match change.candidate.commit {
        Some(_) => Ok(None),
        None if request.spec.source.lands() => Ok(change.base_commit()),
        None => Ok(site.repo.head()?.commit()),
    }
}

/// Which tests failed in the run that found the base broken.
fn tests_of(ledger: &Ledger, standing: &Standing) -> BTreeMap<StepName, FailedTests> {
    let Standing::Broken { run, .. } = standing else { return BTreeMap::new() };
    ledger.entry(run).map(|entry| entry.failed_tests()).unwrap_or_default()
}

/// Takes what others have signed, so far as the base's policy trusts them.
fn ask_others(
    (policy, request): (&Policy, &Request),
    setting: &Setting<'_>,
    site: &Site,
    planned: &mut Planned,
) -> Result<(), Refusal> {
    let proofs = Proofs::open(&site.repo, policy, &request.coming)?;
    planned.known = foreign::recall(&proofs, (&mut planned.plan, request.place != Place::Server), setting.now)?;
    let is_known = |step: &&mut Step| planned.known.contains_key(&step.name) && step.decision == Decision::Run;
    for step in planned.plan.steps.iter_mut().filter(is_known) {
        // It is all of its files together that fail.
        if let Some(files) = step.files.as_mut().filter(|files| files.assumed) {
            files.take_all(files_of(&site.repo, &step.check, planned.change.candidate.tree)?);
        }
    }
    if let (Standing::Unknown, Some(base)) = (&planned.standing, planned.change.base_tree()) {
        planned.standing = foreign::standing(&proofs, base)?;
    }
    Ok(())
}

/// The plan for a candidate without rules. Where the base has some, the change takes them away, or conflicts with it:
/// nothing runs, and that is what is said of it. Where it has none either, there is nothing to judge by.
fn without_rules(request: &Request, found: change::Found, site: &mut Site) -> Result<Planned, Refusal> {
    let usual = Main::default();
    let change = change::against(&site.repo, &request.spec, found, &|branch| Site::guards(&usual, branch))?;
    let (rules, weakenings) = if change.conflicts.is_empty() {
        let found = change.base_tree().map_or(Ok(Found::Absent), |tree| rules::find(&site.repo, tree))?;
        let rules = match found {
            Found::Blob(blob) => rules::of_base(site, blob)?.ok_or_else(rules::removed)?,
            Found::Absent => return Err(rules::absent(site)),
        };
        (rules, vec![Cause::RulesRemoved])
    } else {
        landing::conflicting(&change, site)?
    };
    let mut plan = Plan { stage: request.stage, steps: Vec::new(), narrowed: !request.only.is_empty() };
    let (shards, own) = sharding::spread(request, &rules, (&change, &mut plan));
    Ok(Planned {
        change,
        rules,
        plan,
        standing: Standing::Unknown,
        weakenings,
        known: BTreeMap::new(),
        base_tests: BTreeMap::new(),
        shared: Vec::new(),
        under: None,
        before: None,
        graph: None,
        shards,
        own,
    })
}

fn question<'a>(
    (request, only, skips): (&Request, &'a BTreeSet<CheckName>, &'a BTreeMap<CheckName, String>),
    rules: &'a Rules,
    sides: &'a Sides,
    change: &'a Change,
    files: &'a BTreeMap<CheckName, Vec<Input>>,
) -> Question<'a> {
    let (candidate, base) = sides.both(rules, change);
    Question { stage: request.stage, change, candidate, base, only, skips, fresh: request.fresh, files }
}

impl Sides {
    fn both<'a>(&'a self, rules: &'a Rules, change: &Change) -> (Side<'a>, Option<Side<'a>>) {
        let side = |rules: &'a Rules, gathered: &'a Gathered, (commit, under)| Side {
            rules,
            facts: &gathered.facts,
            shared: &gathered.shared,
            commit,
            under,
        };
        let base = self.base.as_ref().map(|(rules, gathered)| side(rules, gathered, (change.base_commit(), None)));
        (side(rules, &self.candidate, (change.candidate.commit, self.under)), base)
    }
}

/// The files of each check whose command takes files: those that the change touches where the others are assumed to
/// pass, and every one otherwise.
fn files(
    request: &Request,
    repo: &Repo,
    rules: &Rules,
    sides: &Sides,
    change: &Change,
) -> Result<BTreeMap<CheckName, Vec<Input>>, Refusal> {
    let (candidate, base) = sides.both(rules, change);
    let mut files = BTreeMap::new();
    let checks = rules.checks.values().filter(|check| check.on.contains(&request.stage) && check.takes_files());
    for check in checks {
        let assumed = !request.fresh && candidate.assumes_files(base.as_ref(), &check.name);
        let taken = if assumed {
            touched(check, change).into_iter().chain(led_to(check, candidate, base)).collect()
        } else {
            files_of(repo, check, change.candidate.tree)?
        };
        files.insert(check.name.clone(), taken);
    }
    Ok(files)
}

/// Every file of a check, for whoever takes files.
fn files_of(repo: &Repo, check: &Check, tree: ObjectId) -> Result<Vec<Input>, Refusal> {
    let mut files = input::files(repo, tree, &check.file_scope())?;
    files.retain(|file| check.is_given(file.mode));
    Ok(files)
}

/// The files that are reached through links, and that the base does not reach so.
fn led_to(check: &Check, candidate: Side<'_>, base: Option<Side<'_>>) -> Vec<Input> {
    let here = candidate.check(&check.name).map(|(_, facts)| &facts.behind);
    let there = base.and_then(|base| base.check(&check.name)).map(|(_, facts)| &facts.behind);
    let is_new = |file: &&Input| there.is_none_or(|known| !known.contains(file));
    here.into_iter().flatten().filter(is_new).cloned().collect()
}

fn touched(check: &Check, change: &Change) -> Vec<Input> {
    let scope = check.file_scope();
    let taken = change.deltas.iter().filter_map(|delta| {
        let side = delta.new.filter(|side| side.mode.is_file() && scope.matches(&delta.path, side.mode))?;
        Some(Input { path: delta.path.clone(), mode: side.mode, id: side.id, through: false })
    });
    taken.collect()
}

/// Has everything run that running steps need and nothing `holds`, over all of its files.
pub(super) fn settle(planned: &mut Planned, repo: &Repo, holds: impl Fn(&Fingerprint) -> bool) -> Result<(), Refusal> {
    let whole = planned.plan.settle(holds);
    for step in planned.plan.steps.iter_mut().filter(|step| whole.contains(&step.name)) {
        let all = files_of(repo, &step.check, planned.change.candidate.tree)?;
        if let Some(files) = &mut step.files {
            files.take_all(all);
        }
    }
    Ok(())
}

fn recall_policy(request: &Request, setting: &Setting<'_>) -> RecallPolicy {
    RecallPolicy { fresh: request.fresh || !request.trusts_ledger, stage: request.stage, now: setting.now }
}
