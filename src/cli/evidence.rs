//! `gate evidence`: signed verdicts, which others take for their own runs.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Context, Exit, Failure};
use crate::config::Policy;
use crate::diagnostic::Diagnostic;
use crate::event::Silent;
use crate::evidence::{self, Appraised, Piece, SigningKey, Statement, Worth};
use crate::git::Repo;
use crate::judge::{self, Site};
use crate::process::Control;
use crate::record::{self, Entry};
use crate::report::evidence::{render, render_signed, render_unreadable};

const EXAMPLES: &str = "\
Examples:
  gate evidence push --key ~/.ssh/ci_ed25519                       sign the last run, and give it to origin
  gate evidence push --key KEY --from verdict.json                 sign what another job has judged
  gate evidence fetch                                              take what others have signed
  gate evidence show HEAD~1
  gate evidence verify --by origin/main

The verdict's document comes from: gate merge-check --report json=verdict.json";

/// Sign verdicts, and exchange them through git: what a trusted key has signed stands in for a run
///
/// A finished run of the merge stage is written as a statement of in-toto (a test result), in an envelope of DSSE, to a ref
/// of its signer's own below `refs/gate/evidence/`. Where a change is to land, a step that somebody has signed for need not
/// run: if what the step depends on is the same as far as the tree decides it, if the base's gate.toml trusts the key in
/// `[[policy.trust]]`, and if the run's environment is one that it accepts there.
///
/// No step may be able to read the key: gate refuses to sign where it could.
#[derive(Subcommand, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) enum EvidenceCommand {
    Push(PushArgs),
    Fetch(FetchArgs),
    Show(ShowArgs),
    Verify(VerifyArgs),
}

/// Sign a finished run, and give a remote what was signed here
#[derive(Args, Debug)]
pub(super) struct PushArgs {
    /// The remote, by name or address; left out: the one that the clone came from
    remote: Option<String>,
    /// The key to sign with: an SSH key (its public half if an agent has it), or an Ed25519 key in PKCS #8; left out: the
    /// file that git's setting gate.signingKey names; without either nothing is signed, and what is there is pushed
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The run to sign, as `gate log` lists it; left out: the last one of the merge stage
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// The verdict to sign, as a document that `--report json=FILE` wrote
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    from: Option<PathBuf>,
    /// Only sign: give it to nobody
    #[arg(long, conflicts_with = "remote")]
    no_push: bool,
}

/// Take what a remote has of it
#[derive(Args, Debug)]
pub(super) struct FetchArgs {
    /// The remote, by name or address; left out: the one that the clone came from
    remote: Option<String>,
}

/// Show what was signed of a tree
#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// A commit or a tree
    #[arg(default_value = "HEAD")]
    revision: String,
    /// The commit whose gate.toml says who is trusted
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    by: String,
}

/// Check every signature, and say what counts: exit code 1 if something is not what it says
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// The commit whose gate.toml says who is trusted
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    by: String,
}

/// Does what is asked.
///
/// # Errors
/// When the evidence can't be read, signed or exchanged.
pub(super) fn run(command: &EvidenceCommand, context: &Context) -> Result<Exit, Failure> {
    let control = Control::new();
    let setting = context.setting(&control, &Silent)?;
    // Without gate's own store: what is signed goes into the repository itself.
    let repo = judge::repository(&setting)?;
    match command {
        EvidenceCommand::Push(args) => push(args, &repo, context),
        EvidenceCommand::Fetch(args) => {
            let remote = remote(args.remote.as_deref(), &repo)?;
            evidence::fetch(&repo, &remote)?;
            let found = evidence::all(&repo)?;
            writeln!(context.stdout(), "evidence: {} known now", pieces(found.pieces.len()))?;
            Ok(Exit::Success)
        }
        EvidenceCommand::Show(args) => show(args, &repo, context),
        EvidenceCommand::Verify(args) => verify(args, &repo, context),
    }
}

fn push(args: &PushArgs, repo: &Repo, context: &Context) -> Result<Exit, Failure> {
    let configured = || repo.config("gate.signingKey").ok().flatten().map(PathBuf::from);
    let key = args.key.clone().or_else(configured);
    if key.is_none() && (args.run.is_some() || args.from.is_some() || args.no_push) {
        let shown = Diagnostic::error("evidence/no-key", "there is no key to sign with");
        let hint = "name its file with --key, or in git's setting gate.signingKey";
        return Err(Failure::new(Exit::Usage, shown.hint(hint)));
    }
    if let Some(path) = &key {
        let key = SigningKey::read(&context.cwd.join(path))?;
        let site = context.site()?;
        evidence::refuse_exposed(&key, &exposure(&site, context))?;
        let statement = Statement::of(&entry(args, &site, context)?)?;
        let envelope = key.sign(&statement)?;
        let id = key.public().id();
        evidence::add(repo, &id, &statement, &envelope)?;
        write!(context.stdout(), "{}", render_signed(statement.run(), &key.public().label()))?;
    }
    if args.no_push {
        return Ok(Exit::Success);
    }
    let remote = remote(args.remote.as_deref(), repo)?;
    let pushed = evidence::push(repo, &remote)?;
    let mut stdout = context.stdout();
    match pushed.iter().filter(|pushed| pushed.was_new).count() {
        0 if pushed.is_empty() => writeln!(stdout, "nothing was signed here: name a key with --key")?,
        0 => writeln!(stdout, "{remote} has it all")?,
        _ => writeln!(stdout, "pushed to {remote}")?,
    }
    Ok(if pushed.is_empty() { Exit::Usage } else { Exit::Success })
}

/// What is to be signed.
fn entry(args: &PushArgs, site: &Site, context: &Context) -> Result<Entry, Failure> {
    let unread = |error: String, file: &PathBuf| {
        let shown =
            Diagnostic::error("evidence/verdict", format!("'{}' is no verdict of gate's: {error}", file.display()));
        Failure::new(Exit::Usage, shown.hint("write one: gate merge-check --report json=FILE"))
    };
    if let Some(file) = &args.from {
        let bytes = fs_err::read(context.cwd.join(file))?;
        let entry: Entry = serde_json::from_slice(&bytes).map_err(|error| unread(error.to_string(), file))?;
        if entry.schema != record::SCHEMA {
            return Err(unread(format!("it is a '{}'", entry.schema.escape_debug()), file));
        }
        return Ok(entry);
    }
    let by_id = |id: &str| site.ledger.entry(id).map_err(|error| Failure::new(Exit::Usage, (&error).into()));
    if let Some(id) = &args.run {
        return by_id(id);
    }
    let last = site.ledger.last_of_merge_stage().map_err(|error| Failure::new(Exit::Internal, (&error).into()))?;
    last.map_or_else(
        || {
            let shown = Diagnostic::error("evidence/no-run", "no run of the merge stage is recorded here");
            Err(Failure::new(Exit::Usage, shown.hint("judge first: gate merge-check, or gate check")))
        },
        |id| by_id(&id),
    )
}

fn exposure(site: &Site, context: &Context) -> evidence::Exposure {
    evidence::Exposure {
        in_step: context.variable("GATE_STEP").is_some(),
        runners: context.cache_dir().map(|cache| judge::runners(site, &cache)).unwrap_or_default(),
    }
}

fn show(args: &ShowArgs, repo: &Repo, context: &Context) -> Result<Exit, Failure> {
    let tree = repo.resolve(&args.revision).map_err(judge::Refusal::from)?.tree;
    let policy = policy(&args.by, context)?;
    let found = evidence::all(repo)?;
    let is_here = |piece: &Appraised| piece.run().is_some_and(|run| run.candidate.tree == tree);
    let here: Vec<Appraised> = appraised(&found.pieces, &policy)?.into_iter().filter(is_here).collect();
    if here.is_empty() {
        writeln!(context.stdout(), "no evidence of tree {}; what others have: gate evidence fetch", tree.short())?;
        return Ok(Exit::Success);
    }
    write!(context.stdout(), "{}", render(&here, &context.view()))?;
    Ok(Exit::Success)
}

fn verify(args: &VerifyArgs, repo: &Repo, context: &Context) -> Result<Exit, Failure> {
    let policy = policy(&args.by, context)?;
    let found = evidence::all(repo)?;
    let pieces = appraised(&found.pieces, &policy)?;
    let mut stdout = context.stdout();
    let bad: Vec<Appraised> = pieces.iter().filter(|piece| piece.worth == Worth::Forged).cloned().collect();
    write!(stdout, "{}", render(&bad, &context.view()))?;
    write!(stdout, "{}", render_unreadable(&found))?;
    let count = |worth: Worth| pieces.iter().filter(|piece| piece.worth == worth).count();
    let wrong = bad.len() + found.unreadable.len();
    let (counts, strange) = (count(Worth::Counts) + count(Worth::Elsewhere), count(Worth::Untrusted));
    writeln!(stdout, "evidence: {counts} signed by trusted keys, {strange} by others, {wrong} not what they say")?;
    Ok(if wrong == 0 { Exit::Success } else { Exit::Rejected })
}

/// What each piece says and is worth under a policy.
fn appraised(pieces: &[Piece], policy: &Policy) -> Result<Vec<Appraised>, Failure> {
    let trusted = evidence::Trusted::of(policy)?;
    Ok(pieces.iter().map(|piece| Appraised::new(piece, &trusted, policy.warm)).collect())
}

fn policy(revision: &str, context: &Context) -> Result<Policy, Failure> {
    let mut site = context.site()?;
    let rules = judge::rules_at(&mut site, revision)?;
    Ok(rules.map(|rules| rules.policy).unwrap_or_default())
}

fn remote(named: Option<&str>, repo: &Repo) -> Result<String, Failure> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    repo.origin().map_err(judge::Refusal::from)?.ok_or_else(|| {
        let shown =
            Diagnostic::error("evidence/no-remote", "the repository has no remote, or several and none called origin");
        Failure::new(Exit::Usage, shown.hint("name one: gate evidence push REMOTE"))
    })
}

impl From<evidence::Error> for Failure {
    fn from(error: evidence::Error) -> Self {
        let exit = match &error {
            evidence::Error::Key { .. } | evidence::Error::NothingToSign(_) => Exit::Usage,
            evidence::Error::TrustedKey(..) => Exit::Configuration,
            evidence::Error::Exposed(..) => Exit::Rejected,
            _ => Exit::Internal,
        };
        Self::new(exit, (&error).into())
    }
}

fn pieces(number: usize) -> String {
    if number == 1 { "1 piece".to_owned() } else { format!("{number} pieces") }
}
