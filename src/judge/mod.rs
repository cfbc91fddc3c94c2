//! The straight line: from what is asked to a verdict and its entry in the ledger.

mod refusal;
mod asked;
mod elsewhere;
mod request;
mod site;
mod rules;
mod sharding;
mod facts;
mod surroundings;
mod unknown;
mod expanding;
mod comparing;
mod graphs;
mod planned;
mod planning;
mod landing;
mod foreign;
mod allowance;
mod overriding;
mod errands;
mod blame;
mod together;
mod carry_out;
mod run_for;
mod workshop;
mod looking;
mod disturbance;
mod earned;
mod telling;
mod audit;
mod join;
mod across;
mod explain;

pub use across::join;
pub use asked::{Asked, Identity};
pub use audit::{Audited, audit};
pub use carry_out::{slots, warm};
pub use comparing::{Sought, seek};
pub use elsewhere::{Brought, Elsewhere, Errand};
pub use explain::{Explanation, PathExplanation, explain_check, explain_path, unknown_target};
pub use graphs::{UnitGraphs, unit_graphs};
pub use join::Document;
pub use landing::as_people_name_it;
pub use overriding::asks;
pub use planned::Planned;
pub use refusal::{Refusal, RefusalKind};
pub use request::{Over, Place, Request, Setting, Sharding};
pub use rules::{rules_at, rules_here, rules_of};
pub use run_for::{run_for, surroundings_for};
pub use site::{Site, config_home, repository, runners};
pub use surroundings::Surroundings;
pub use workshop::{Env, spec};

use std::collections::BTreeMap;

use crate::check::{Outcome, StepName};
use crate::record::{About, Entry, ShardEntry, new_id};
use crate::verdict::{LandClearance, Tests, Trial};

/// What came of a request.
#[derive(Debug)]
pub struct Judged {
    /// The finished run.
    pub entry: Entry,
    /// Whether it stands in the ledger.
    pub recorded: bool,
    /// What lets it land, where it may.
    pub clearance: Option<LandClearance>,
    /// The signal that ended it early, if one did.
    pub signal: Option<i32>,
}

/// Plans what is asked, without running anything: every step with its decision and reasons.
///
/// # Errors
/// A refusal: there is nothing that could be judged.
pub fn plan(request: &Request, setting: &Setting<'_>, site: &mut Site) -> Result<Planned, Refusal> {
    let mut planned = planning::plan(request, setting, site)?;
    planning::settle(&mut planned, &site.repo, |_| false)?;
    Ok(planned)
}

/// The same for what was sought for the same request, except that steps which others need may still be decided to run.
///
/// # Errors
/// As [`plan`].
pub fn plan_sought(
    sought: Sought,
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Planned, Refusal> {
    planning::plan_sought(sought, request, setting, site)
}

/// Judges what is asked.
///
/// # Errors
/// A refusal: there is no verdict at all, which is never a pass.
pub fn judge(request: &Request, setting: &Setting<'_>, site: &mut Site) -> Result<Judged, Refusal> {
    let sought = seek(request, site)?;
    judge_sought(sought, request, setting, site)
}

/// Judges what was sought for the same request.
///
/// # Errors
/// As [`judge`].
pub fn judge_sought(
    sought: Sought,
    request: &Request,
    setting: &Setting<'_>,
    site: &mut Site,
) -> Result<Judged, Refusal> {
    let began = std::time::Instant::now();
    let id = new_id(setting.now, std::process::id());
    let mut planned = planning::plan_sought(sought, request, setting, site)?;
    let carried = carry_out::carry_out(&id, request, setting, site, &mut planned)?;
    let tests = telling::failed_tests(&planned, &carried.ended);
    let fewer_tests = telling::fewer_tests(&planned, &carried.ended, &site.ledger);
    let outcomes: BTreeMap<StepName, Outcome> =
        carried.ended.iter().map(|ended| (ended.step.clone(), ended.outcome)).collect();
    if let Some((standing, tests)) = blame::base(request, setting, site, (&planned, &outcomes, &tests))? {
        (planned.standing, planned.base_tests) = (standing, tests);
    }
    let trial = Trial {
        lands: request.spec.source.lands(),
        plan: &planned.plan,
        outcomes: &outcomes,
        tests: Tests { candidate: &tests, base: &planned.base_tests },
        fewer_tests: &fewer_tests,
        policy: &planned.rules.policy,
        standing: &planned.standing,
        weakenings: &planned.weakenings,
        ground: carried.ground,
        disturbed: &carried.disturbed,
    };
    let (verdict, doubtful) = (trial.decide(), trial.doubtful());
    let overridden = overriding::find(request, setting.now, site, (&planned, &verdict))?;
    let notes = carried.notes.iter().chain(&site.warnings).map(|note| note.message.clone()).collect();
    let earned = earned::earned(&planned, &carried, &doubtful);
    let proving = earned::proving(&planned, &earned);
    let warm = carried.warm || earned::rests_on_warm(&planned, &site.ledger);
    let about = About { id, started: setting.now, duration: began.elapsed(), notes, proving, warm };
    let mut entry = Entry::new(about, &planned.change, &planned.plan, &carried.ended, &verdict);
    entry.overridden = overridden;
    telling::tell_base_tests(&planned, &mut entry);
    entry.shard = planned.shard().map(|(shard, shards)| ShardEntry {
        index: shard.index(),
        of: shard.of().get(),
        plan: shards.digest(),
        proof: trial.rests_on(),
    });
    let mut recorded = false;
    if request.place != Place::Here {
        let appended = site.ledger.append(&entry, &planned.plan, &earned);
        recorded = site.ledger.keeps() && appended.is_ok();
        site.warnings.extend(appended.err().map(|error| (&error).into()));
    }
    // What lets some of the steps be without a pass says nothing of the others.
    let overridden = entry.overridden.as_ref().filter(|_| !entry.narrowed);
    let clearance = verdict.land_clearance(&planned.change, overridden);
    Ok(Judged { entry, recorded, clearance, signal: setting.control.signal() })
}
