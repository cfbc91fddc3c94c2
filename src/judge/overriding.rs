//! Whether a change may land all the same, because somebody whom the target's policy lists says so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use jiff::civil::Date;
use jiff::{Timestamp, tz::Offset};

use super::landing::as_people_name_it;
use super::planned::Planned;
use super::{Asked, Identity, Refusal, Request, Site, allowance};
use crate::check::StepName;
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::verdict::{Cause, Kind, Overridden, Verdict};

/// The trailer of a commit's message that overrides a check: its name, the last day on which that holds, and why.
const TRAILER: &str = "Gate-Override:";
/// How it is known who signed.
const SIGNATURE: &str = "signature";

/// A wish that a change lands all the same.
struct Wish {
    reason: String,
    until: Option<String>,
    checks: BTreeSet<String>,
    /// Who is known to ask, by what the server says.
    identity: Option<Identity>,
    /// Whether the commit itself says it, so that its signature is about that too.
    is_signed: bool,
}

/// What lets a change land that the verdict does not.
///
/// # Errors
/// When the commit or the keys can't be read, or what checks signatures can't be run.
pub(super) fn find(
    request: &Request,
    now: SystemTime,
    site: &mut Site,
    (planned, verdict): (&Planned, &Verdict),
) -> Result<Option<Overridden>, Refusal> {
    if !request.spec.source.lands() || !matches!(verdict.kind, Kind::Rejected | Kind::Undecided) {
        return Ok(None);
    }
    // Without a policy of the base's there is nobody who may.
    let names = planned.before.as_ref().map(|policy| policy.override_by.clone()).unwrap_or_default();
    let Some(wish) = wish(request, site, now, &names)? else { return Ok(None) };
    let failed = match open(&planned.plan, verdict) {
        Ok(failed) => failed,
        Err(cause) => {
            let hint = "a change to the gate itself is allowed by the trailer Gate-Allow: gate merge-check --help";
            site.warnings.push(refused(&format!("it is about checks, and this is not one: {cause}")).hint(hint));
            return Ok(None);
        }
    };
    let left: Vec<&str> = failed.difference(&wish.checks).map(String::as_str).collect();
    if !wish.checks.is_empty() && !left.is_empty() {
        site.warnings.push(refused(&format!("it does not name {}", left.join(", "))));
        return Ok(None);
    }
    let signed = |site: &Site| allowance::signer(site, &request.spec.source, &planned.change, &names);
    let by = match wish.identity {
        Some(Identity { name, how }) => Some((name, how)),
        None if wish.is_signed => signed(site)?.map(|name| (name, SIGNATURE.to_owned())),
        None => None,
    };
    let Some((by, how)) = by else {
        let asked = request.overriding.as_ref().and_then(|asked| asked.identity.as_ref());
        let who = asked.map_or_else(|| "whoever asks".to_owned(), |identity| format!("'{}'", identity.name));
        let told = refused(&format!("{who} is not among those whom [policy] override of the branch lists"));
        site.warnings.push(told.hint(match signed(site)? {
            // That it is signed says who made it, and not who wants it to land.
            Some(_) => "who signed the commit is, and has to say so in its message: Gate-Override: CHECK DAY REASON",
            None => "it has to be one of these, or the commit has to be signed by one of them",
        }));
        return Ok(None);
    };
    Ok(Some(Overridden { by, how, reason: wish.reason, checks: failed.into_iter().collect(), until: wish.until }))
}

fn refused(why: &str) -> Diagnostic {
    Diagnostic::warning("override/refused", format!("the override does not count: {why}"))
}

/// The checks without whose pass the change does not land; what else stands against it, if something does.
fn open(plan: &Plan, verdict: &Verdict) -> Result<BTreeSet<String>, String> {
    let steps = verdict.open_steps().map_err(told)?;
    let check = |step: &StepName| {
        let name = plan.step(step).map_or(step.as_str(), |found| found.check.name.as_str());
        as_people_name_it(name).to_owned()
    };
    Ok(steps.into_iter().map(check).collect())
}

fn told(cause: &Cause) -> String {
    match cause {
        Cause::Weakened { check, .. } => format!("{check} is weakened"),
        Cause::Loosened { key, .. } => format!("{key} is loosened"),
        Cause::GuardedFile { path } => format!("'{path}' is guarded"),
        Cause::Conflict { path, .. } => format!("'{path}' conflicts"),
        Cause::RulesRemoved => "gate.toml is taken away".to_owned(),
        _ => "there is no check to pass".to_owned(),
    }
}

/// What is asked for: with the push, by somebody whom the server knows and the names have; or else in the message of the
/// commit. What comes with a push is nothing that a commit's author has signed: whoever pushes it may be another one.
fn wish(request: &Request, site: &mut Site, now: SystemTime, names: &[String]) -> Result<Option<Wish>, Refusal> {
    let today = today(now);
    let mut asked = None;
    if let Some(Asked { reason, until, checks, identity }) = request.overriding.clone() {
        if let Err(why) = until.as_deref().map_or(Ok(()), |until| holds(until, today)) {
            site.warnings.push(refused(&why));
            return Ok(None);
        }
        let identity = identity.filter(|identity| names.contains(&identity.name));
        let wish = Wish { reason, until, checks, identity, is_signed: false };
        if wish.identity.is_some() {
            return Ok(Some(wish));
        }
        asked = Some(wish);
    }
    let Some(commit) = allowance::landing_commit(&request.spec.source) else { return Ok(asked) };
    let mut wishes: BTreeMap<String, (String, String)> = BTreeMap::new();
    for read in trailers(&site.repo.message(commit)?) {
        match read.and_then(|(check, until, reason)| holds(&until, today).map(|()| (check, until, reason))) {
            Ok((check, until, reason)) => drop(wishes.insert(check, (until, reason))),
            Err(why) => site.warnings.push(refused(&why)),
        }
    }
    let until = wishes.values().map(|(until, _)| until.clone()).min();
    let reasons: BTreeSet<String> = wishes.values().map(|(_, reason)| reason.clone()).collect();
    let reason = reasons.into_iter().collect::<Vec<_>>().join("; ");
    let checks: BTreeSet<String> = wishes.into_keys().collect();
    let said = (!checks.is_empty()).then_some(Wish { reason, until, checks, identity: None, is_signed: true });
    Ok(said.or(asked))
}

/// Whether a commit's message asks for more than the verdict gives, whoever signed it: it allows or overrides something.
#[must_use]
pub fn asks(message: &[u8]) -> bool {
    allowance::asks(message) || !trailers(message).is_empty()
}

/// The check, the day and the reason of each trailer.
fn trailers(message: &[u8]) -> Vec<Result<(String, String, String), String>> {
    let read = |text: &str| {
        let mut words = text.trim().splitn(3, char::is_whitespace).map(str::trim);
        match (words.next(), words.next(), words.next()) {
            (Some(check), Some(until), Some(reason)) if !reason.is_empty() => {
                Ok((check.to_owned(), until.to_owned(), reason.to_owned()))
            }
            _ => Err(format!("'{}' is not a check, a day and a reason", text.trim())),
        }
    };
    allowance::trailers(message, TRAILER).map(read).collect()
}

/// Whether a day is one, and not over.
fn holds(until: &str, today: Date) -> Result<(), String> {
    let day = until.parse().ok().filter(|day: &Date| day.to_string() == until);
    match day {
        None => Err(format!("'{until}' is not a day, as in 2030-12-31")),
        Some(day) if day < today => Err(format!("it held until {until}")),
        Some(_) => Ok(()),
    }
}

fn today(now: SystemTime) -> Date {
    Offset::UTC.to_datetime(Timestamp::try_from(now).unwrap_or(Timestamp::MAX)).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailer_has_a_check_a_day_and_a_reason() {
        let check = |text: &str, expected: Option<(&str, &str, &str)>| {
            let read = trailers(format!("x\n\nGate-Override: {text}\n").as_bytes()).remove(0).ok();
            assert_eq!(read, expected.map(|(a, b, c)| (a.into(), b.into(), c.into())), "{text}");
        };
        check("words 2030-01-02 the list moved", Some(("words", "2030-01-02", "the list moved")));
        check("words 2030-01-02", None);
        check("words", None);
        check("", None);
        assert!(trailers(b"x\n\n Gate-Override: a 2030-01-02 b\n").is_empty());
    }

    #[test]
    fn a_day_holds_to_its_end() {
        let today: Date = "2030-01-02".parse().unwrap();
        assert!(holds("2030-01-02", today).is_ok() && holds("2031-01-01", today).is_ok());
        for text in ["2030-01-01", "2030-13-01", "tomorrow", "", "2030-01-02T00:00:00"] {
            assert!(holds(text, today).is_err(), "{text}");
        }
    }
}
