//! `gate hook`: what the shims call.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{Read, Write};

use clap::Args;

use super::args::Format;
use super::audience::Audience;
use super::finished::Finished;
use super::skips::Skips;
use super::{Context, Exit, Failure};
use crate::change::{BaseSpec, ChangeSpec, Source};
use crate::check::{Hook, Stage};
use crate::config::{Doing, Rules};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::fix::{self, Target};
use crate::git::{InProgress, Repo};
use crate::hook::{self, Pushed};
use crate::judge::{self, Refusal, Request, Site};
use crate::process::Control;

/// Answer a git hook: what the installed hooks call
///
/// `GATE_SKIP=check,...` skips checks, `GATE=0` all that may be skipped, and `GATE_REASON` says why. What is skipped is
/// recorded, and the merge stage runs it.
#[derive(Args, Debug)]
pub(super) struct HookArgs {
    /// The hook, by the name that git gives it
    #[arg(value_parser = named)]
    name: Hook,
    /// What git hands to the hook
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

fn named(name: &str) -> Result<Hook, String> {
    let known = Hook::ALL.map(Hook::as_str).join(", ");
    Hook::named(name).ok_or_else(|| format!("the hooks that gate answers are {known}"))
}

/// Answers a hook.
pub(super) fn run(args: &HookArgs, context: &Context) -> Result<Exit, Failure> {
    let control = super::context::control()?;
    let answer = Answer { hook: args.name, context, control: &control, is_ungated_said: Cell::new(false) };
    match args.name {
        Hook::PreCommit | Hook::PreMergeCommit => answer.staged(Stage::PreCommit, None),
        Hook::CommitMsg => answer.staged(Stage::CommitMsg, Some(message(args, context)?)),
        Hook::PrePush => answer.push(args),
        Hook::PostCheckout | Hook::PostMerge => Ok(answer.warm(args)),
        // Nothing is asked of a message before it is written.
        Hook::PrepareCommitMsg => Ok(Exit::Success),
        Hook::PreReceive => super::receive::run(&control, context),
    }
}

/// The message, from the file that git names.
fn message(args: &HookArgs, context: &Context) -> Result<Vec<u8>, Failure> {
    let wanted = || {
        Diagnostic::error("hook/no-message", "no file with the commit's message is named")
            .hint("git names it; by hand: gate hook commit-msg FILE")
    };
    let file = args.args.first().ok_or_else(|| Failure::new(Exit::Usage, wanted()))?;
    Ok(fs_err::read(context.cwd.join(file))?)
}

struct Answer<'a> {
    hook: Hook,
    context: &'a Context,
    control: &'a Control,
    /// Whether it was said of one commit that it is not under gate: of the others it goes without saying.
    is_ungated_said: Cell<bool>,
}

impl Answer<'_> {
    /// Judges what is about to be committed.
    fn staged(&self, stage: Stage, message: Option<Vec<u8>>) -> Result<Exit, Failure> {
        let spec = ChangeSpec { source: Source::Staged, base: BaseSpec::Usual };
        let request = Request { message, ..Request::new(spec, stage) };
        self.judge(request)
    }

    /// Judges one change.
    fn judge(&self, mut request: Request) -> Result<Exit, Failure> {
        let audience = Audience::new(Format::Text, self.context);
        let setting = self.context.setting(self.control, audience.sink())?;
        let skips = Skips::read(self.context)?;
        let all = skips.is_everything();
        let found = Site::open(&setting).and_then(|mut site| {
            let sought = judge::seek(&request, &mut site)?;
            Ok((site, sought))
        });
        let (mut site, sought) = match found {
            Ok(found) => found,
            // Whoever switches the gate off is not held up by what is wrong with it.
            Err(refusal) if all => return Ok(self.unrecorded(&refusal)),
            Err(refusal) => return Err(refusal.into()),
        };
        if all && sought.rules().is_none() {
            self.hint("gate: skipped by GATE=0, and not recorded: there is no gate.toml in what is judged");
            return Ok(Exit::Success);
        }
        let busy = sought.rules().and_then(|rules| busy(self.hook, rules, &site.repo));
        let mends = busy.is_none() && !all && self.mends(sought.rules());
        request.skips = skips.all_for(busy).of(sought.rules(), request.stage);
        let judged = if mends {
            // The candidate is another one after that: it is sought again.
            fix::fix(&request, &setting, &mut site, Target::Index).and_then(|fixed| {
                let mut judged = judge::judge(&request, &setting, &mut site)?;
                judged.entry.fixes = Some(fixed.fixes());
                Ok(judged)
            })
        } else {
            judge::judge_sought(sought, &request, &setting, &mut site)
        };
        let judged = match judged {
            Ok(judged) => judged,
            Err(refusal) if is_ungated(&refusal) => return Ok(self.ungated()),
            Err(refusal) if all => return Ok(self.unrecorded(&refusal)),
            Err(refusal) => return Err(refusal.into()),
        };
        let told = audience.tell(&Finished::judged(&judged, &site, self.context), &site.warnings);
        match judged.signal {
            Some(signal) => Ok(Exit::Signal(signal)),
            None => told.map(|()| Exit::from(judged.entry.verdict)),
        }
    }

    /// Whether what can be mended is mended first: `[hook.pre-commit] fix`.
    fn mends(&self, rules: Option<&Rules>) -> bool {
        // After pre-merge-commit git commits the tree that it had before: what is mended in the index is not in it.
        let hooks = rules.filter(|_| self.hook == Hook::PreCommit).map(|rules| &rules.hooks);
        hooks.and_then(|hooks| hooks.get(&Hook::PreCommit)).is_some_and(|hook| hook.fix)
    }

    /// Judges every ref of a push by itself.
    fn push(&self, args: &HookArgs) -> Result<Exit, Failure> {
        let mut input = Vec::new();
        std::io::stdin().lock().read_to_end(&mut input)?;
        let pushed = hook::read(&input).map_err(|error| Failure::new(Exit::Usage, error))?;
        let name = args.args.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let parts = self.parts(&pushed, &name)?;
        let mut worst = Exit::Success;
        for (number, part) in parts.iter().enumerate() {
            if let Some(same) = parts[..number].iter().find(|other| other.spec == part.spec) {
                self.say(&format!("{}: judged already, as {}", part.heading, same.heading))?;
                continue;
            }
            if parts.len() > 1 {
                self.say(&format!("{}:", part.heading))?;
            }
            match self.judge(Request::new(part.spec.clone(), Stage::PrePush))? {
                Exit::Signal(signal) => return Ok(Exit::Signal(signal)),
                exit if worst == Exit::Success => worst = exit,
                _ => {}
            }
        }
        Ok(worst)
    }

    /// What there is to judge of a push, ref by ref.
    fn parts(&self, pushed: &[Pushed], name: &str) -> Result<Vec<Part>, Failure> {
        if pushed.is_empty() {
            return Ok(Vec::new());
        }
        let setting = self.context.setting(self.control, &crate::event::Silent)?;
        let mut site = Site::open(&setting)?;
        let remote = hook::remote_name(&site.repo, name).map_err(Refusal::from)?;
        let mut parts = Vec::new();
        for one in pushed {
            match one.commit(&site.repo).map_err(Refusal::from)? {
                Ok(tip) => parts.extend(parts_of((one, tip), &remote, &mut site)?),
                Err(why) => self.say(&format!("{}: nothing to check: {why}", one.there))?,
            }
        }
        Ok(parts)
    }

    /// Makes a private checkout ready beforehand, where `prepare` has something to do. Nothing is lost if it can't be.
    fn warm(&self, args: &HookArgs) -> Exit {
        // The third argument of post-checkout says whether a branch or only files were checked out.
        let only_files = self.hook == Hook::PostCheckout && args.args.get(2).is_some_and(|flag| flag == "0");
        if !only_files && let Err(refusal) = self.try_to_warm() {
            self.context.warn(&refusal);
        }
        Exit::Success
    }

    fn try_to_warm(&self) -> Result<(), Vec<Diagnostic>> {
        let terminal = self.context.terminal();
        let setting = self.context.setting(self.control, &terminal).map_err(Failure::into_diagnostics)?;
        let mut site = Site::open(&setting).map_err(|refusal| refusal.diagnostics)?;
        let request = Request::new(commit("HEAD", BaseSpec::Usual), Stage::Merge);
        let sought = judge::seek(&request, &mut site).map_err(|refusal| refusal.diagnostics)?;
        if sought.rules().is_some_and(|rules| !rules.workspace.prepare.is_empty()) {
            judge::warm(&request, &setting, &mut site).map_err(|refusal| refusal.diagnostics)?;
        }
        Ok(())
    }

    fn ungated(&self) -> Exit {
        if !self.is_ungated_said.replace(true) {
            self.hint("gate: not under gate: there is no gate.toml here; 'gate init' writes one");
        }
        Exit::Success
    }

    fn unrecorded(&self, refusal: &Refusal) -> Exit {
        let what = refusal.diagnostics.first().map(|diagnostic| diagnostic.message.as_str()).unwrap_or_default();
        self.hint(&format!("gate: skipped by GATE=0, and not recorded: {what}"));
        Exit::Success
    }

    fn say(&self, line: &str) -> Result<(), Failure> {
        Ok(writeln!(self.context.stdout(), "{line}")?)
    }

    fn hint(&self, line: &str) {
        // There is nowhere left to say that standard error can't be written.
        let _unwritten = writeln!(self.context.stderr(), "{line}");
    }
}

/// One thing to be judged of a push.
struct Part {
    /// The ref and the commit, for people.
    heading: String,
    spec: ChangeSpec,
}

impl Part {
    fn new(pushed: &Pushed, commit: ObjectId, spec: ChangeSpec) -> Self {
        let id = commit.to_string();
        Self { heading: format!("{} at {}", pushed.there, &id[..id.len().min(10)]), spec }
    }
}

/// What there is to judge of a ref: its commits one by one where that is asked for, and what it is to be.
fn parts_of((pushed, tip): (&Pushed, ObjectId), remote: &str, site: &mut Site) -> Result<Vec<Part>, Refusal> {
    let alone = |id: ObjectId| commit(&id.to_string(), BaseSpec::Usual);
    // What is wrong with it is told when it is judged.
    let Ok(sought) = judge::seek(&Request::new(alone(tip), Stage::PrePush), site) else {
        return Ok(vec![Part::new(pushed, tip, alone(tip))]);
    };
    let rules = sought.rules().and_then(|rules| rules.hooks.get(&Hook::PrePush));
    let mut parts = Vec::new();
    if rules.is_some_and(|rules| rules.each_commit) {
        let below = pushed.below(tip, &site.repo, remote)?;
        parts.extend(below.into_iter().map(|id| Part::new(pushed, id, alone(id))));
    }
    let spec = pushed.asks(tip, &site.repo, remote, |branch| sought.guards(branch));
    parts.push(Part::new(pushed, tip, spec));
    Ok(parts)
}

fn commit(revision: &str, base: BaseSpec) -> ChangeSpec {
    ChangeSpec { source: Source::Commit(revision.to_owned()), base }
}

fn is_ungated(refusal: &Refusal) -> bool {
    refusal.diagnostics.iter().any(|diagnostic| diagnostic.code == "config/absent")
}

/// What git is in the middle of, if the hook is to run nothing then.
fn busy(hook: Hook, rules: &Rules, repo: &Repo) -> Option<String> {
    // A merge that goes through by itself is committed by another hook of the same stage, and git notes only afterwards
    // that there is one.
    let by_itself = hook == Hook::PreMergeCommit;
    let hook = if by_itself { Hook::PreCommit } else { hook };
    let skip = &rules.hooks.get(&hook)?.skip_during;
    let now = repo.in_progress().into_iter().map(|state| match state {
        InProgress::Merge => Doing::Merge,
        InProgress::Rebase => Doing::Rebase,
        InProgress::CherryPick => Doing::CherryPick,
        InProgress::Revert => Doing::Revert,
    });
    let found = by_itself.then_some(Doing::Merge).into_iter().chain(now).find(|doing| skip.contains(doing))?;
    Some(format!("[hook.{hook}] skip-during: a {} is in progress", found.as_str()))
}
