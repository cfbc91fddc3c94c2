//! Steps that somebody else runs for whoever judges.

use std::collections::{BTreeMap, BTreeSet};

use super::planning::Planned;
use super::{Brought, Errand, Refusal, Request, Setting, Site};
use crate::check::{Ended, StepName};
use crate::plan::Step;

/// What is said of a step that is only looked up.
const MISSING: &str = "nothing proves it yet, and nothing is run on this server";

/// Has the commands of a plan run by whoever does that, if somebody does; each that nobody ran was not started.
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
    let steps: Vec<&Step> = planned.plan.running().filter(|step| step.check.builtin().is_none()).collect();
    let Some(elsewhere) = setting.elsewhere.filter(|_| !steps.is_empty()) else {
        let ended = steps.iter().map(|step| Ended::never(&step.name, MISSING.to_owned())).collect();
        return Ok((ended, BTreeSet::new()));
    };
    let errand = Errand {
        change: &planned.change,
        branch: request.spec.source.branch(),
        checks: steps.iter().map(|step| step.check.name.clone()).collect(),
        repo: &site.repo,
        logs: site.logs(id),
        starts: request.starts,
    };
    let brought = elsewhere.run(&errand)?;
    let brought: BTreeMap<StepName, Brought> =
        brought.into_iter().map(|brought| (brought.ended.step.clone(), brought)).collect();
    let (mut ended, mut foreign) = (Vec::new(), BTreeSet::new());
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
