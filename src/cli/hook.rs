//! `gate hook`: what the shims call.

use std::ffi::OsString;
use std::io::{Read, Write};

use clap::Args;

use super::args::Format;
use super::audience::Audience;
use super::skips::Skips;
use super::{Context, Exit, Failure};
use crate::change::{BaseSpec, ChangeSpec, Source};
use crate::check::{Hook, Stage};
use crate::config::{Doing, Rules};
use crate::diagnostic::Diagnostic;
use crate::git::{InProgress, Repo};
use crate::hook::{self, Asked, Pushed};
use crate::judge::{self, Place, Refusal, Request, Site, Sought};
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
    let answer = Answer { hook: args.name, context, control: &control };
    match args.name {
        Hook::PreCommit | Hook::PreMergeCommit => answer.staged(Stage::PreCommit, None),
        Hook::CommitMsg => answer.staged(Stage::CommitMsg, Some(message(args, context)?)),
        Hook::PrePush => answer.push(args),
        Hook::PostCheckout | Hook::PostMerge => Ok(answer.warm(args)),
        // Nothing is asked of a message before it is written.
        Hook::PrepareCommitMsg => Ok(Exit::Success),
        Hook::PreReceive => Err(Failure::new(
            Exit::Undecided,
            Diagnostic::error("hook/not-yet", "this version of gate can't judge what a server receives")
                .hint("remove the hook: gate uninstall"),
        )),
    }
}

/// The message, from the file that git names.
fn message(args: &HookArgs, context: &Context) -> Result<Vec<u8>, Failure> {
    let wanted = || Diagnostic::error("hook/no-message", "git names no file with the message");
    let file = args.args.first().ok_or_else(|| Failure::new(Exit::Usage, wanted()))?;
    Ok(fs_err::read(context.cwd.join(file))?)
}

struct Answer<'a> {
    hook: Hook,
    context: &'a Context,
    control: &'a Control,
}

/// How one judgement ended.
enum Judged {
    Exit(Exit),
    /// Neither the tree nor what it is compared with has a gate.toml.
    Ungated,
}

impl Answer<'_> {
    /// Judges what is about to be committed.
    fn staged(&self, stage: Stage, message: Option<Vec<u8>>) -> Result<Exit, Failure> {
        let spec = ChangeSpec { source: Source::Staged, base: BaseSpec::Usual };
        let request = Request { message, ..request(spec, stage) };
        match self.judge(request, &|_, _| Ok(None))? {
            Judged::Exit(exit) => Ok(exit),
            Judged::Ungated => Ok(self.ungated()),
        }
    }

    /// Judges one change. `aim` may say more exactly what is asked, once the candidate's rules are known.
    fn judge(&self, mut request: Request, aim: &Aim<'_>) -> Result<Judged, Failure> {
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
            Err(refusal) if all => return Ok(Judged::Exit(self.unrecorded(&refusal))),
            Err(refusal) => return Err(refusal.into()),
        };
        if let Some(spec) = aim(&site, &sought)? {
            request.spec = spec;
        }
        let busy = sought.rules().and_then(|rules| busy(self.hook, rules, &site.repo));
        request.skips = skips.all_for(busy).of(sought.rules(), request.stage);
        let judged = match judge::judge_sought(sought, &request, &setting, &mut site) {
            Ok(judged) => judged,
            Err(refusal) if is_ungated(&refusal) => return Ok(Judged::Ungated),
            Err(refusal) if all => return Ok(Judged::Exit(self.unrecorded(&refusal))),
            Err(refusal) => return Err(refusal.into()),
        };
        let told = audience.tell(&judged, &site.warnings, self.context);
        match judged.signal {
            Some(signal) => Ok(Judged::Exit(Exit::Signal(signal))),
            None => told.map(|()| Judged::Exit(Exit::from(judged.entry.verdict))),
        }
    }

    /// Judges every ref of a push by itself.
    fn push(&self, args: &HookArgs) -> Result<Exit, Failure> {
        let mut input = Vec::new();
        std::io::stdin().lock().read_to_end(&mut input)?;
        let pushed = hook::read(&input).map_err(|error| Failure::new(Exit::Usage, error))?;
        let name = args.args.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut parts: Vec<(&Pushed, Part)> = Vec::new();
        for one in &pushed {
            let new = self.parts(one, &name)?;
            parts.extend(new.into_iter().map(|part| (one, part)));
        }
        let mut worst = Exit::Success;
        for (number, (one, part)) in parts.iter().enumerate() {
            if parts[..number].iter().any(|(_, other)| other == part) {
                continue;
            }
            if parts.len() > 1 {
                self.say(&part.heading(one))?;
            }
            let exit = self.judge_part(one, part, &name)?;
            if matches!(exit, Exit::Signal(_)) {
                return Ok(exit);
            }
            // The first one says why git stops; the others are told all the same.
            worst = if worst == Exit::Success { exit } else { worst };
        }
        Ok(worst)
    }

    /// What there is to judge of a ref: its commits one by one where that is asked for, and what it is to be.
    fn parts(&self, pushed: &Pushed, remote: &str) -> Result<Vec<Part>, Failure> {
        let Some(new) = pushed.new else {
            self.say(&format!("{}: nothing to check: it is deleted there", pushed.there))?;
            return Ok(Vec::new());
        };
        let setting = self.context.setting(self.control, &crate::event::Silent)?;
        let mut site = Site::open(&setting)?;
        let tip = site.repo.resolve(&new.to_string()).map_err(Refusal::from)?.commit;
        let Some(tip) = tip else {
            self.say(&format!("{}: nothing to check: it is no commit", pushed.there))?;
            return Ok(Vec::new());
        };
        let guess = request(commit(&tip.to_string(), BaseSpec::Usual), Stage::PrePush);
        let sought = judge::seek(&guess, &mut site);
        let each = sought.is_ok_and(|sought| {
            let rules = sought.rules().and_then(|rules| rules.hooks.get(&Hook::PrePush));
            rules.is_some_and(|rules| rules.each_commit)
        });
        let mut parts = Vec::new();
        if each {
            let remote = hook::remote_name(&site.repo, remote).map_err(Refusal::from)?;
            let commits = pushed.commits(&site.repo, remote.as_deref()).map_err(Refusal::from)?;
            parts.extend(
                commits.into_iter().filter(|id| *id != tip).map(|id| Part { commit: Some(id), ..Part::of(pushed) }),
            );
        }
        parts.push(Part::of(pushed));
        Ok(parts)
    }

    fn judge_part(&self, pushed: &Pushed, part: &Part, name: &str) -> Result<Exit, Failure> {
        let id = part.commit.or(part.new).map(|id| id.to_string()).unwrap_or_default();
        let request = request(commit(&id, BaseSpec::Usual), Stage::PrePush);
        let aim = |site: &Site, sought: &Sought| {
            if part.commit.is_some() {
                return Ok(None);
            }
            let remote = hook::remote_name(&site.repo, name).map_err(Refusal::from)?;
            let asked = pushed.asks(&site.repo, remote.as_deref(), |branch| sought.guards(branch));
            Ok(match asked.map_err(Refusal::from)? {
                Asked::Judge(spec) => Some(spec),
                Asked::Nothing(_) => None,
            })
        };
        match self.judge(request, &aim)? {
            Judged::Exit(exit) => Ok(exit),
            Judged::Ungated => Ok(self.ungated()),
        }
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
        let request = request(commit("HEAD", BaseSpec::Usual), Stage::Merge);
        let sought = judge::seek(&request, &mut site).map_err(|refusal| refusal.diagnostics)?;
        if sought.rules().is_some_and(|rules| !rules.workspace.prepare.is_empty()) {
            judge::warm(&request, &setting, &mut site).map_err(|refusal| refusal.diagnostics)?;
        }
        Ok(())
    }

    fn ungated(&self) -> Exit {
        self.hint("gate: not under gate: there is no gate.toml here; 'gate init' writes one");
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

/// What is asked more exactly, once the candidate's rules are known.
type Aim<'a> = dyn Fn(&Site, &Sought) -> Result<Option<ChangeSpec>, Failure> + 'a;

/// One thing to be judged of a ref.
#[derive(Clone, PartialEq, Eq)]
struct Part {
    /// A commit on the way, judged against its own parent.
    commit: Option<crate::digest::ObjectId>,
    /// What the ref is to be.
    new: Option<crate::digest::ObjectId>,
    /// What it is there now.
    old: Option<crate::digest::ObjectId>,
    /// Where: two refs may be guarded differently.
    there: bstr::BString,
}

impl Part {
    fn of(pushed: &Pushed) -> Self {
        Self { commit: None, new: pushed.new, old: pushed.old, there: pushed.there.clone() }
    }

    fn heading(&self, pushed: &Pushed) -> String {
        let id = self.commit.or(self.new).map(|id| id.to_string()).unwrap_or_default();
        format!("{} at {}:", pushed.there, &id[..id.len().min(10)])
    }
}

fn request(spec: ChangeSpec, stage: Stage) -> Request {
    Request {
        spec,
        stage,
        only: std::collections::BTreeSet::new(),
        skips: std::collections::BTreeMap::new(),
        message: None,
        place: Place::Private,
        jobs: None,
        fresh: false,
        fail_fast: false,
    }
}

fn commit(revision: &str, base: BaseSpec) -> ChangeSpec {
    ChangeSpec { source: Source::Commit(revision.to_owned()), base }
}

fn is_ungated(refusal: &Refusal) -> bool {
    refusal.diagnostics.iter().any(|diagnostic| diagnostic.code == "config/absent")
}

/// What git is in the middle of, if the hook is to run nothing then.
fn busy(hook: Hook, rules: &Rules, repo: &Repo) -> Option<String> {
    // A merge that goes through by itself is committed by another hook of the same stage.
    let hook = if hook == Hook::PreMergeCommit { Hook::PreCommit } else { hook };
    let skip = &rules.hooks.get(&hook)?.skip_during;
    let now = repo.in_progress().into_iter().map(|state| match state {
        InProgress::Merge => Doing::Merge,
        InProgress::Rebase => Doing::Rebase,
        InProgress::CherryPick => Doing::CherryPick,
        InProgress::Revert => Doing::Revert,
    });
    let found = now.into_iter().find(|doing| skip.contains(doing))?;
    Some(format!("[hook.{hook}] skip-during: a {} is in progress", found.as_str()))
}
