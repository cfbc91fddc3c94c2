//! Steps that somebody else runs for whoever judges.

use std::collections::{BTreeMap, BTreeSet};

use super::planned::Planned;
use super::{Brought, Errand, Refusal, Request, Setting, Site};
use crate::check::{Ended, StepName};
use crate::plan::Step;

/// What is said of a step that is only looked up.
const MISSING: &str = "nothing proves it yet, and nothing is run on this server";

/// Has the commands of a plan run by whoever does that, if somebody does; each that nobody ran was not started. How one is
/// known to end need not be found out again.
///
/// # Errors
/// As [`Elsewhere::run`].
pub(super) fn run(
    id: &str,
    request: &Request,
    setting: &Setting<'_>,
    site: &Site,
    planned: &Planned,
) -> Result<(Vec<Ended>, BTreeSet<StepName>), Refusal> {
    let (mut ended, mut foreign) = (known(planned), BTreeSet::new());
    let steps: Vec<&Step> = left(planned).collect();
    let Some(elsewhere) = setting.elsewhere.filter(|_| !steps.is_empty()) else {
        ended.extend(steps.iter().map(|step| Ended::never(&step.name, MISSING.to_owned())));
        return Ok((ended, foreign));
    };
    let brought = elsewhere.run(&errand(id, request, site, planned))?;
    let brought: BTreeMap<StepName, Brought> =
        brought.into_iter().map(|brought| (brought.ended.step.clone(), brought)).collect();
    for step in steps {
        match brought.get(&step.name) {
            Some(found) => {
                ended.push(found.ended.clone());
                foreign.extend((found.fingerprint != step.fingerprint.digest()).then(|| step.name.clone()));
            }
            None => ended.push(Ended::never(&step.name, "it was not run where steps are run".to_owned())),
        }
    }
    Ok((ended, foreign))
}

/// What is to be run of a plan.
pub(super) fn errand<'a>(id: &str, request: &'a Request, site: &'a Site, planned: &'a Planned) -> Errand<'a> {
    Errand {
        change: &planned.change,
        branch: request.spec.source.branch(),
        checks: left(planned).map(|step| step.check.name.clone()).collect(),
        repo: &site.repo,
        logs: site.logs(id),
        starts: request.starts,
    }
}

/// The commands of a plan of which nobody knows how they end.
pub(super) fn left(planned: &Planned) -> impl Iterator<Item = &Step> {
    let is_open = |step: &&Step| step.check.builtin().is_none() && !planned.known.contains_key(&step.name);
    planned.plan.running().filter(is_open)
}

/// How steps end, as others have signed it.
fn known(planned: &Planned) -> Vec<Ended> {
    let commands = planned.plan.running().filter(|step| step.check.builtin().is_none());
    let known = commands.filter_map(|step| {
        let known = planned.known.get(&step.name)?;
        let note = format!("as {} has signed of run {}", known.by, known.run);
        Some(Ended { outcome: known.outcome, ..Ended::never(&step.name, note) })
    });
    known.collect()
}
