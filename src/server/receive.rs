//! What becomes of a push, ref by ref.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice};

use super::evidence::{self, accepts_evidence, is_own};
use super::protection::{self, Protection};
use super::runner::Runner;
use super::update::branch;
use super::{Push, Update};
use crate::change::{BaseSpec, ChangeSpec, Source};
use crate::check::Stage;
use crate::config::{Policy, ServerRules};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::judge::{self, Judged, Place, Refusal, RefusalKind, Request, Setting, Site};
use crate::record::Refused;

/// What is said of a push.
pub struct Received {
    /// Ref by ref, in the order of the push.
    pub answers: Vec<Answer>,
    /// Where it was judged; nothing where no rule is about any of it.
    pub site: Option<Site>,
}

/// What is said of one ref of a push.
pub struct Answer {
    /// The ref, as it was pushed.
    pub name: BString,
    /// What is said of it.
    pub said: Said,
}

/// What is said of a ref.
pub enum Said {
    /// No rule is about it.
    Free,
    /// The rules allow it without looking at what is in it: a deletion.
    Allowed,
    /// It was judged.
    Judged(Box<Judged>),
    /// It is refused without a look at what is in it.
    Refused(Refusal),
}

impl Said {
    /// Whether the ref may be taken.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Free | Self::Allowed => true,
            Self::Judged(judged) => judged.signal.is_none() && judged.entry.passes(),
            Self::Refused(_) => false,
        }
    }
}

/// Judges a push. What is refused of it is noted in the ledger.
///
/// # Errors
/// When the repository can't be read.
pub fn receive(updates: &[Update], push: &Push, repo: &Repo, setting: &Setting<'_>) -> Result<Received, Refusal> {
    let runner = Runner::new(setting);
    let mut receiver = Receiver { repo, push, updates, setting, site: None, runner, policy: None, coming: Vec::new() };
    let mut answers = BTreeMap::new();
    let mut order: Vec<usize> = (0..updates.len()).collect();
    // Evidence proves what comes with it, wherever in the push it is.
    order.sort_by_key(|at| !is_own(&updates[*at].name));
    for at in order {
        let update = &updates[at];
        // What can't be found out of one ref is said of it, beside what is said of the others.
        let said = receiver.one(update).unwrap_or_else(Said::Refused);
        answers.insert(at, Answer { name: update.name.clone(), said });
    }
    let answers: Vec<Answer> = answers.into_values().collect();
    receiver.note(&answers);
    Ok(Received { answers, site: receiver.site })
}

struct Receiver<'a> {
    repo: &'a Repo,
    push: &'a Push,
    updates: &'a [Update],
    setting: &'a Setting<'a>,
    /// Opened when the first ref needs it.
    site: Option<Site>,
    runner: Runner<'a>,
    /// The policy that says whose evidence is taken, once it was asked for.
    policy: Option<Policy>,
    /// The refs of evidence that the push brings, so far as they may be taken.
    coming: Vec<(String, ObjectId)>,
}

impl Receiver<'_> {
    fn one(&mut self, update: &Update) -> Result<Said, Refusal> {
        let behind = self.repo.ref_behind(&update.name)?;
        if is_own(&behind) {
            let policy = match &self.policy {
                Some(policy) => policy,
                None => self.policy.insert(evidence::policy(self.repo, self.updates)?),
            };
            let accepted = accepts_evidence(self.repo, policy, update)?;
            if accepted.is_ok() {
                self.coming.extend(update.new.map(|new| (behind.to_str_lossy().into_owned(), new)));
            }
            return Ok(accepted.map_or_else(forbidden, |()| Said::Free));
        }
        let Some(branch) = branch(behind.as_bstr()) else { return Ok(Said::Free) };
        let Some(protection) = protection::of(self.repo, branch, update.old)? else { return Ok(Said::Free) };
        if let Err(shown) = may_be(self.repo, &protection.server, branch, update)? {
            return Ok(forbidden(shown));
        }
        let Some(new) = update.new else { return Ok(Said::Allowed) };
        if !protection.has_rules && !protection.starts {
            return Ok(Said::Refused(not_under_gate(branch)));
        }
        self.judge(branch, new, &protection)
    }

    fn judge(&mut self, branch: &BStr, new: ObjectId, protection: &Protection) -> Result<Said, Refusal> {
        let source = Source::Received { branch: branch.to_str_lossy().into_owned(), onto: protection.onto, new };
        let spec = ChangeSpec { source, base: BaseSpec::Usual };
        let request = Request {
            place: Place::Server,
            starts: protection.starts,
            overriding: self.push.asked.clone(),
            coming: self.coming.clone(),
            trusts_itself: protection.starts,
            ..Request::new(spec, Stage::Merge)
        };
        self.runner.allow(protection.server.budget);
        let elsewhere: &dyn judge::Elsewhere = &self.runner;
        let elsewhere = protection.server.run.then_some(elsewhere);
        let setting = Setting { cache: self.setting.cache.clone(), elsewhere, ..*self.setting };
        let site = match &mut self.site {
            Some(site) => site,
            site => site.insert(Site::open(&setting)?),
        };
        Ok(Said::Judged(Box::new(judge::judge(&request, &setting, site)?)))
    }

    /// Notes in the ledger what is refused, so that whoever looks after the repository sees it. Nothing of it is kept but
    /// names: what was pushed is gone after that.
    fn note(&mut self, answers: &[Answer]) {
        let refused = self.updates.iter().zip(answers).filter(|(_, answer)| !answer.said.passes());
        for (update, answer) in refused {
            let site = match &mut self.site {
                Some(site) => site,
                site => match Site::open(self.setting) {
                    Ok(opened) => site.insert(opened),
                    // It is refused whether that is noted or not.
                    Err(_) => return,
                },
            };
            let (why, run) = match &answer.said {
                Said::Judged(judged) => (judged.entry.verdict.to_string(), Some(judged.entry.id.clone())),
                Said::Refused(refusal) => {
                    let first = refusal.diagnostics.first();
                    (first.map(|shown| shown.message.clone()).unwrap_or_default(), None)
                }
                Said::Free | Said::Allowed => continue,
            };
            let by = self.push.by.as_ref().map(|by| by.name.clone());
            let name = update.name.to_str_lossy().into_owned();
            let refused = Refused { at: self.setting.now, name, old: update.old, new: update.new, by, why, run };
            let noted = site.ledger.refused(&refused);
            site.warnings.extend(noted.err().map(|error| (&error).into()));
        }
    }
}

fn forbidden(shown: Diagnostic) -> Said {
    Said::Refused(Refusal::new(RefusalKind::Forbidden, shown))
}

/// Whether the branch may be made, deleted or set to something else at all.
fn may_be(repo: &Repo, rules: &ServerRules, branch: &BStr, update: &Update) -> Result<Result<(), Diagnostic>, Refusal> {
    let said_by = |key: &str| format!("that is for {key} of its gate.toml to say");
    let (allowed, code, what, hint) = match (update.old, update.new) {
        (_, None) => (rules.delete, "server/delete", "deleted", said_by("[server] delete")),
        (None, Some(_)) => (rules.create, "server/create", "made by a push", said_by("[server] create")),
        (Some(old), Some(new)) => {
            let allowed = rules.force_push || repo.descends_from(new, old)?;
            let hint = format!("git pull --rebase, or merge what '{branch}' is at, and push again without --force");
            (allowed, "server/force-push", "set to what leaves commits out", hint)
        }
    };
    let shown = Diagnostic::error(code, format!("'{branch}' must stay deployable: it may not be {what}"));
    Ok(if allowed { Ok(()) } else { Err(shown.hint(hint)) })
}

fn not_under_gate(branch: &BStr) -> Refusal {
    let message = format!("'{branch}' must stay deployable, and has no valid gate.toml that says what has to hold");
    let hint = format!("whoever looks after the server starts it there: gate trust init {branch}; then push again");
    Refusal::new(RefusalKind::Undecided, Diagnostic::error("server/not-under-gate", message).hint(hint))
}
