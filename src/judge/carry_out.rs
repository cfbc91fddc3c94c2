//! Runs what a plan says is to be run, in a private checkout of the candidate.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use super::looking;
use super::planned::Planned;
use super::planning;
use super::site::Site;
use super::together::{self, Together};
use super::{Place, Refusal, Request, Setting, disturbance, errands, workshop};
use crate::check::{Ended, Outcome, StepName};
use crate::config::GitView;
use crate::diagnostic::{Diagnostic, Severity};
use crate::event::Event;
use crate::plan::{Decision, FileWork, Plan, Reason, Step};
use crate::record::new_id;
use crate::run;
use crate::verdict::Ground;
use crate::workspace::{self, Spec, Updated, Workspace};

/// Makes a private checkout ready for what is asked, without running any step; gives its folder.
///
/// # Errors
/// When it can't be made.
pub fn warm(request: &Request, setting: &Setting<'_>, site: &mut Site) -> Result<PathBuf, Refusal> {
    let id = new_id(setting.now, std::process::id());
    let planned = planning::plan(request, setting, site)?;
    let carrier = Carrier { id: &id, request, setting, site, slots: slots(request, &planned) };
    let mut workspace = site.pool.take(planned.change.candidate.tree)?;
    let mut notes = carrier.recover(Some(workspace.dir()));
    let (_, updated) = carrier.ready(&mut workspace, &planned, GitView::Snapshot)?;
    notes.extend(updated.notices);
    let dir = workspace.dir().to_owned();
    drop(workspace);
    notes.extend(carrier.trim(&planned));
    site.warnings.extend(notes);
    Ok(dir)
}

/// What came of it.
pub(super) struct Carried {
    /// How every step that was to run ended.
    pub ended: Vec<Ended>,
    /// Steps that a touched file keeps from earning receipts.
    pub disturbed: BTreeSet<StepName>,
    /// Steps that ran where their results depend on something else: their passes stand in for no later run here.
    pub foreign: BTreeSet<StepName>,
    /// What the steps ran on.
    pub ground: Ground,
    /// What is worth telling.
    pub notes: Vec<Diagnostic>,
    /// Whether steps ran in a checkout that had kept folders from an earlier run.
    pub warm: bool,
    /// Whether steps ran once more because the checkout had not been the candidate from the start.
    repeated: bool,
}

/// Everything that a run works with.
struct Carrier<'a> {
    id: &'a str,
    request: &'a Request,
    setting: &'a Setting<'a>,
    site: &'a Site,
    slots: NonZeroUsize,
}

/// A checkout that is ready: what steps start from, and what it was asked to be.
struct Ready {
    env: Vec<(OsString, OsString)>,
    spec: Spec,
}

pub(super) fn carry_out(
    id: &str,
    request: &Request,
    setting: &Setting<'_>,
    site: &Site,
    planned: &mut Planned,
) -> Result<Carried, Refusal> {
    let with = Carrier { id, request, setting, site, slots: slots(request, planned) };
    let ground = with.ground(planned);
    let mut carried = Carried {
        ended: Vec::new(),
        disturbed: BTreeSet::new(),
        foreign: BTreeSet::new(),
        ground,
        notes: Vec::new(),
        warm: false,
        repeated: false,
    };
    if planned.plan.running().any(|step| step.check.builtin().is_some()) {
        with.announce(&planned.plan);
        let own = (&planned.plan, planned.change.candidate.tree);
        carried.ended = looking::look(id, request, setting, site, own)?;
    }
    if request.place == Place::Server {
        with.announce(&planned.plan);
        let (ended, foreign) = errands::run(id, request, setting, site, planned)?;
        carried.ended.extend(ended);
        carried.foreign = foreign;
    } else if !planned.plan.running().any(is_command) {
        carried.notes = with.recover(None);
        with.announce(&planned.plan);
    } else if request.place == Place::Here {
        carried.notes = with.recover(None);
        // A report says then that what ran is no proof, and that nothing of it is kept.
        let running = planned.plan.steps.iter_mut().filter(|step| step.decision == Decision::Run);
        running.for_each(|step| step.reasons.push(Reason::Here));
        let dir = site.repo.work_dir().map(PathBuf::from).unwrap_or_default();
        let part = planned.plan.part(is_command, &outcomes(&carried.ended));
        carried.ended.extend(with.run_together(&planned.plan, &part, &dir, &Site::step_env(setting)));
    } else {
        with.run_privately(planned, &mut carried)?;
    }
    Ok(carried)
}

impl Carrier<'_> {
    fn ground(&self, planned: &Planned) -> Ground {
        let shares = planned.rules.workspace.share.iter().any(|path| self.site.is_shared_folder(path));
        match self.request.place {
            Place::Here => Ground::Here,
            Place::Private | Place::Server if shares => Ground::Shared,
            Place::Private | Place::Server => Ground::Private,
        }
    }

    fn announce(&self, plan: &Plan) {
        self.announce_but(plan, 0);
    }

    /// Tells what will run, but for so many that are not seen by themselves.
    fn announce_but(&self, plan: &Plan, hidden: usize) {
        let count = |decision| plan.steps.iter().filter(|step| step.decision == decision).count();
        self.setting.sink.emit(Event::Planned {
            run: self.id.to_owned(),
            stage: plan.stage,
            running: count(Decision::Run).saturating_sub(hidden),
            reused: count(Decision::Reuse),
            skipped: count(Decision::Skip),
            slots: self.slots.get(),
        });
    }

    /// Runs the steps that see a snapshot, then those that see history: they can't be in one checkout at once.
    fn run_privately(&self, planned: &mut Planned, carried: &mut Carried) -> Result<(), Refusal> {
        let mut workspace = self.site.pool.take(planned.change.candidate.tree)?;
        carried.warm = !workspace.is_cold() && !planned.rules.workspace.keep.is_empty();
        // Whoever had it before is dead or done; what a dead one left may still be writing in it.
        carried.notes.extend(self.recover(Some(workspace.dir())));
        if sees(&planned.plan, GitView::History) {
            // What a need left for one view is gone when the checkout is brought to the other.
            planning::settle(planned, &self.site.repo, |_| false)?;
        }
        for view in [GitView::Snapshot, GitView::History] {
            if sees(&planned.plan, view) {
                self.run_view(&mut workspace, planned, view, carried)?;
            }
        }
        drop(workspace);
        carried.notes.extend(self.trim(planned));
        Ok(())
    }

    /// Ends what killed runs have left, wherever they ran.
    fn recover(&self, taken: Option<&Path>) -> Vec<Diagnostic> {
        let env = Site::step_env(self.setting);
        run::recover(&self.setting.cache, (&env, self.setting.env), taken, self.setting.control)
    }

    /// Removes checkouts that are too many. One that can't be removed does not change what was found out.
    fn trim(&self, planned: &Planned) -> Option<Diagnostic> {
        let error = self.site.pool.tidy(planned.rules.workspace.max_size).err()?;
        let error = Diagnostic::from(&error);
        Some(Diagnostic { severity: Severity::Warning, ..error })
    }

    fn run_view(
        &self,
        workspace: &mut Workspace,
        planned: &mut Planned,
        view: GitView,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let ready = match self.ready(workspace, planned, view) {
            Ok((ready, updated)) => {
                carried.notes.extend(updated.notices);
                ready
            }
            Err(error @ (workspace::Error::Prepare { .. } | workspace::Error::Interrupted(_))) => {
                let open = planned.plan.running().filter(|step| is_command(step) && step.check.git == view);
                carried.ended.extend(open.map(|step| Ended::never(&step.name, error.to_string())));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        planning::settle(planned, &self.site.repo, |fingerprint| workspace.holds(&fingerprint.digest()))?;
        let belongs = |step: &Step| is_command(step) && step.check.git == view;
        let part = planned.plan.part(belongs, &outcomes(&carried.ended));
        let began = SystemTime::now();
        let mut ended = self.run_together(&planned.plan, &part, workspace.dir(), &ready.env);
        let touched = workspace.verify(&self.site.repo, &ready.spec)?;
        if disturbance::is_older(&touched, began) && !std::mem::replace(&mut carried.repeated, true) {
            let text = "the private checkout had been changed from outside: it is put right, and the steps run again";
            self.setting.sink.emit(Event::Notice { text: text.to_owned() });
            return self.run_view(workspace, planned, view, carried);
        }
        carried.notes.extend(disturbance::told(&touched));
        carried.disturbed.extend(disturbance::apply(&touched, &mut ended));
        remember(workspace, &part, &ended, &carried.disturbed)?;
        carried.ended.extend(ended);
        Ok(())
    }

    /// Brings a checkout to the candidate and prepares it.
    fn ready(
        &self,
        workspace: &mut Workspace,
        planned: &Planned,
        view: GitView,
    ) -> Result<(Ready, Updated), workspace::Error> {
        let env = self.site.private_env(self.setting, workspace.dir());
        let both = workshop::Env { private: &env, user: self.setting.env };
        let spec = workshop::spec(self.setting.control, planned, view, &both);
        let began = Instant::now();
        self.setting.sink.emit(Event::CheckoutStarted { cold: workspace.is_cold() });
        let told = |command: &str| self.setting.sink.emit(Event::PrepareStarted { command: command.to_owned() });
        let updated = workspace.update_telling(&self.site.repo, planned.change.candidate.tree, &spec, &told)?;
        let duration = began.elapsed();
        self.setting.sink.emit(Event::CheckoutReady { written: updated.written, duration });
        Ok((Ready { env, spec }, updated))
    }

    /// Runs a part of a plan, with steps together that one command takes. Where such a command fails, each of its steps
    /// runs by itself: only then it is known which of them fail.
    fn run_together(&self, whole: &Plan, part: &Plan, dir: &Path, env: &[(OsString, OsString)]) -> Vec<Ended> {
        let known = self.site.ledger.history(part.running().map(|step| &step.name));
        let together = Together::of(part, |step| known.get(step).and_then(|known| known.duration));
        self.announce_but(whole, together.hidden());
        let (ended, failed) = together.apart(self.run(&together.plan, dir.to_owned(), env.to_vec()));
        if failed.is_empty() || self.setting.control.signal().is_some() {
            return ended;
        }
        let open = together::left_over(part, &ended, failed);
        let mut done: Vec<Ended> = ended.into_iter().filter(|ended| !open.contains(&ended.step)).collect();
        let rest = part.part(|step| open.contains(&step.name), &outcomes(&done));
        let text = "a command for several steps failed: each of them runs by itself, to tell which";
        self.setting.sink.emit(Event::Notice { text: text.to_owned() });
        done.extend(self.run(&rest, dir.to_owned(), env.to_vec()));
        done
    }

    fn run(&self, plan: &Plan, dir: PathBuf, env: Vec<(OsString, OsString)>) -> Vec<Ended> {
        let settings = run::Settings {
            run: self.id.to_owned(),
            dir,
            env,
            user_env: self.setting.env.to_vec(),
            logs: self.site.logs(self.id),
            state: self.setting.cache.clone(),
            slots: self.slots,
            fail_fast: self.request.fail_fast,
            message: self.request.message.clone(),
        };
        let known = self.site.ledger.history(plan.running().map(|step| &step.name));
        let history = |step: &StepName| known.get(step).copied().unwrap_or_default();
        run::run(plan, &settings, &history, self.setting.control, self.setting.sink)
    }
}

/// How many slots there are: as asked for, else as gate.local.toml says, else one for each processor.
#[must_use]
pub fn slots(request: &Request, planned: &Planned) -> NonZeroUsize {
    let processors = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    request.jobs.or(planned.rules.slots).unwrap_or_else(processors)
}

/// Whether a step is carried out by a command, and so needs a checkout.
fn is_command(step: &Step) -> bool {
    step.check.builtin().is_none()
}

fn sees(plan: &Plan, view: GitView) -> bool {
    plan.running().any(|step| is_command(step) && step.check.git == view)
}

/// Notes whose products the checkout holds now, of the steps that others need.
fn remember(
    workspace: &mut Workspace,
    part: &Plan,
    ended: &[Ended],
    disturbed: &BTreeSet<StepName>,
) -> Result<(), workspace::Error> {
    let needed: BTreeSet<&StepName> = part.steps.iter().flat_map(|step| &step.needs).collect();
    let passed = |step: &&Step| ended.iter().any(|e| e.step == step.name && e.outcome == Outcome::Passed);
    let whole = |step: &&Step| step.files.as_ref().is_none_or(FileWork::is_whole) && !disturbed.contains(&step.name);
    for step in part.running().filter(|step| needed.contains(&step.name)).filter(passed).filter(whole) {
        workspace.remember(&step.fingerprint.digest())?;
    }
    Ok(())
}

fn outcomes(ended: &[Ended]) -> BTreeMap<StepName, Outcome> {
    ended.iter().map(|ended| (ended.step.clone(), ended.outcome)).collect()
}
