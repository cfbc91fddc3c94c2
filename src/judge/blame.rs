//! Whether what fails on a change that is to land fails without it too: nobody is blamed for what main already fails.

use std::collections::{BTreeMap, BTreeSet};

use super::landing::is_as_before;
use super::planned::Planned;
use super::{Refusal, Request, Setting, Site, judge};
use crate::change::{BaseSpec, ChangeSpec, Source};
use crate::check::{CheckName, FailedTests, Outcome, StepName};
use crate::event::Silent;
use crate::plan::{Decision, Reason, Step};
use crate::record::Entry;
use crate::verdict::Standing;

/// How the steps that ran ended, and the plan they are of.
type Ran<'a> = (&'a Planned, &'a BTreeMap<StepName, Outcome>, &'a BTreeMap<StepName, FailedTests>);

/// How the base stands, and which tests fail on it.
type Seen = (Standing, BTreeMap<StepName, FailedTests>);

/// What the base comes to, looked at by running on it what fails on the candidate; `None` where there is nothing to look
/// for, or it is known anyway.
///
/// Where all that fails fails there too, what ran and differs is run there as well: it may be what the change mends.
pub(super) fn base(
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
    (planned, outcomes, tests): Ran<'_>,
) -> Result<Option<Seen>, Refusal> {
    let Some(commit) = planned.change.base_commit().filter(|_| request.spec.source.lands()) else { return Ok(None) };
    let failing =
        |step: &&Step| step.check.required && outcomes.get(&step.name).is_some_and(|outcome| outcome.is_failure());
    let failing: Vec<&Step> = planned.plan.steps.iter().filter(failing).collect();
    // What the change defines in another way, the target's own gate.toml has under another name.
    let is_alike = |step: &&Step| step.base.as_ref() == Some(&step.fingerprint) && !is_as_before(&step.check.name);
    // Where it is told which tests fail, those of the base tell which of them are the change's.
    let may_be_alike = |step: &&Step| is_alike(step) || (step.base.is_some() && tests.contains_key(&step.name));
    if planned.standing != Standing::Unknown || failing.is_empty() || !failing.iter().all(may_be_alike) {
        return Ok(None);
    }
    let spec = ChangeSpec { source: Source::Commit(commit.to_string()), base: BaseSpec::Nothing };
    let mut look = |steps: &mut dyn Iterator<Item = &Step>| {
        let only: BTreeSet<CheckName> = steps.map(|step| step.check.name.clone()).collect();
        let request = Request { spec: spec.clone(), only, ..of_target(request) };
        let quiet = Setting { sink: &Silent, cache: setting.cache.clone(), ..*setting };
        judge(&request, &quiet, site).map(|judged| judged.entry)
    };
    let seen = look(&mut failing.iter().copied())?;
    let mut broken = failed(&seen);
    let mut base_tests = seen.failed_tests();
    let mut run = seen.id;
    if failing.iter().all(|step| broken.contains(&step.name)) {
        // What the change mends may have run in another shard, where nothing failed that would have it looked for.
        let elsewhere = |step: &Step| step.reasons.iter().any(|reason| matches!(reason, Reason::OtherShard { .. }));
        let ran = |step: &&Step| (step.decision == Decision::Run || elsewhere(step)) && step.check.required;
        let differs = |step: &&Step| step.base.is_some() && !is_as_before(&step.check.name) && !is_alike(step);
        let mut others = planned.plan.steps.iter().filter(ran).filter(differs).peekable();
        if others.peek().is_some() {
            let seen = look(&mut others)?;
            broken.extend(failed(&seen));
            base_tests.extend(seen.failed_tests());
            run = seen.id;
        }
    }
    let steps: Vec<StepName> = broken.into_iter().collect();
    Ok((!steps.is_empty()).then_some((Standing::Broken { run, steps }, base_tests)))
}

/// A request as it is for what is on the target already.
fn of_target(request: &Request) -> Request {
    Request { trusts_itself: true, fail_fast: false, sharding: None, overriding: None, ..request.clone() }
}

fn failed(entry: &Entry) -> BTreeSet<StepName> {
    let failed = entry.steps.iter().filter(|step| step.outcome.is_some_and(Outcome::is_failure));
    failed.map(|step| step.name.clone()).collect()
}
