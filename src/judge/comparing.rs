//! From what is asked to the rules of candidate and base, held to one another.

use super::expanding::{self, Expanded};
use super::rules::{self, Found};
use super::site::Site;
use super::unknown::{unknown_check, unskippable};
use super::{Refusal, RefusalKind, Request, allowance, landing};
use crate::change::{self, Change};
use crate::check::{CheckName, Stage};
use crate::config::{Main, Policy, Rules};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::verdict::{Cause, weakenings};

/// What a request is about, before it is compared with anything.
pub struct Sought {
    pub(super) found: change::Found,
    pub(super) rules: Option<(ObjectId, Rules)>,
}

impl Sought {
    /// Whether a branch is one that must stay deployable.
    #[must_use]
    pub fn guards(&self, branch: &str) -> bool {
        match self.rules() {
            Some(rules) => Site::guards(&rules.main, branch),
            None => Site::guards(&Main::default(), branch),
        }
    }

    /// The candidate's rules, if it has a gate.toml.
    #[must_use]
    pub fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref().map(|(_, rules)| rules)
    }
}

/// Finds the candidate and reads its rules.
///
/// # Errors
/// When there is no candidate, or its gate.toml is not valid.
pub fn seek(request: &Request, site: &mut Site) -> Result<Sought, Refusal> {
    let found = change::candidate(&site.repo, &request.spec, &site.store)?;
    let rules = match rules::find(&site.repo, found.candidate.tree)? {
        // Nothing is run on what does not fit together, and markers in gate.toml are no mistakes in it.
        _ if !found.conflicts.is_empty() => None,
        Found::Blob(blob) => Some((blob, rules::of_candidate(site, blob)?)),
        Found::Absent => None,
    };
    Ok(Sought { found, rules })
}

/// A candidate's rules and its base's, held to one another.
#[derive(Clone)]
pub(super) struct Compared {
    pub(super) change: Change,
    pub(super) rules: Rules,
    pub(super) base: Option<Rules>,
    /// The base's own policy, where it has one.
    pub(super) before: Option<Policy>,
    pub(super) weakenings: Vec<Cause>,
    /// What the checks come to that are about units.
    pub(super) units: Expanded,
}

pub(super) fn compare(
    (found, (blob, mut rules)): (change::Found, (ObjectId, Rules)),
    request: &Request,
    site: &mut Site,
) -> Result<Compared, Refusal> {
    refuse_unknown(request, &rules)?;
    refuse_silence(request)?;
    let guarded = |branch: &str| Site::guards(&rules.main, branch);
    let change = change::against(&site.repo, &request.spec, found, &guarded)?;
    rules::refuse_nested(site, &change)?;
    let mut base = base_rules(site, &change, blob, &rules)?;
    let before = base.as_ref().map(|base| base.policy.clone());
    let weakenings = held_to_base(request, site, &change, (&mut rules, &mut base))?;
    // Only now it is known which steps there are of a check that goes over units.
    let units = expanding::expand((request.stage, &change), (&mut rules, base.as_mut()), site)?;
    let gone = |name: &&CheckName| !name.is_whole() && !rules.checks.contains_key(name);
    let unknown: Vec<Diagnostic> =
        request.only.iter().filter(gone).map(|name| unknown_check(&rules, request.stage, name)).collect();
    if !unknown.is_empty() {
        return Err(Refusal { kind: RefusalKind::Usage, diagnostics: unknown });
    }
    Ok(Compared { change, rules, base, before, weakenings, units })
}

/// Holds the candidate's rules to the base's, and says what the change does to the gate itself.
fn held_to_base(
    request: &Request,
    site: &mut Site,
    change: &Change,
    (rules, base): (&mut Rules, &mut Option<Rules>),
) -> Result<Vec<Cause>, Refusal> {
    let lands = request.spec.source.lands();
    if lands {
        landing::refuse_start(request, base.as_ref())?;
    }
    let Some(base) = base else { return Ok(Vec::new()) };
    let mut causes = weakenings(base, rules, change);
    let allowances = if causes.is_empty() { None } else { allowance::find(site, &request.spec.source, change, base)? };
    if let Some(allowances) = &allowances {
        causes = allowances.apply(causes);
    }
    // No change makes its own judge more lenient.
    rules.policy = base.policy.clone();
    if lands {
        landing::hold_to_both(rules, base, allowances.as_ref());
    }
    Ok(causes)
}

/// Refuses names of checks that the stage does not have: a slip of the pen must not select nothing and call that clear.
fn refuse_unknown(request: &Request, rules: &Rules) -> Result<(), Refusal> {
    let there = |name: &CheckName| {
        let check = name.whole().parse().ok().and_then(|whole: CheckName| rules.checks.get(&whole));
        check.is_some_and(|check| check.on.contains(&request.stage))
    };
    let unknown = request.only.iter().filter(|name| !there(name));
    let mut diagnostics: Vec<Diagnostic> = unknown.map(|name| unknown_check(rules, request.stage, name)).collect();
    diagnostics.extend(request.skips.keys().filter_map(|name| unskippable(rules, request.stage, name)));
    if diagnostics.is_empty() { Ok(()) } else { Err(Refusal { kind: RefusalKind::Usage, diagnostics }) }
}

/// Refuses to judge a message where there is none: that nothing was found against it would mean nothing.
fn refuse_silence(request: &Request) -> Result<(), Refusal> {
    if request.stage != Stage::CommitMsg || request.message.is_some() {
        return Ok(());
    }
    let shown =
        Diagnostic::error("plan/no-message", "the commit-msg stage judges a commit's message, and there is none");
    let hint = "git hands it to its hook; to try a message by hand: gate hook commit-msg FILE";
    Err(Refusal::new(RefusalKind::Usage, shown.hint(hint)))
}

/// The base's rules: the candidate's own where gate.toml is the same file.
fn base_rules(site: &mut Site, change: &Change, candidate: ObjectId, rules: &Rules) -> Result<Option<Rules>, Refusal> {
    let Some(tree) = change.base_tree() else { return Ok(None) };
    match rules::find(&site.repo, tree) {
        Ok(Found::Blob(blob)) if blob == candidate => Ok(Some(rules.clone())),
        Ok(Found::Blob(blob)) => rules::of_base(site, blob),
        Ok(Found::Absent) | Err(_) => Ok(None),
    }
}
