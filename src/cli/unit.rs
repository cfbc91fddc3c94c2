//! `gate unit`: the packages of the repository, and who depends on whom.

use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};

use super::args::ChangeArgs;
use super::{Context, Exit, Failure, why};
use crate::check::Stage;
use crate::diagnostic::Diagnostic;
use crate::event::Silent;
use crate::judge::{self, Request, Site, UnitGraphs};
use crate::path::{Mode, RepoPath};
use crate::process::Control;
use crate::report::units::{self, Compared, Shown};
use crate::unit::{Folder, Graph, Kind, NameError};

const EXAMPLES: &str = "\
Examples:
  gate unit list
  gate unit graph --format dot | dot -Tsvg > units.svg
  gate unit why app core                    the way from one to the other
  gate unit why app docs/a.md               why a file matters to it
  gate unit affected --commit HEAD
  gate unit rules .nvmrc";

/// Look at the repository's packages, and who depends on whom
///
/// They are read from a tree alone: manifests, lock files, imports, and what gate.toml says. Nothing is run. A check with
/// `units` has a step for each of them.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub(super) enum UnitCommand {
    List(ListArgs),
    Graph(GraphArgs),
    Why(WhyArgs),
    Affected(AffectedArgs),
    Rules(RulesArgs),
}

/// List the units
#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Write the document of `gate unit graph --format json`
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

/// Show who depends directly on whom, and what says so
#[derive(Args, Debug)]
pub(super) struct GraphArgs {
    /// Write text, json, dot (for Graphviz) or mermaid
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "FORMAT")]
    format: GraphFormat,
    /// Show what source files import, too; of dot and mermaid, instead
    #[arg(long)]
    files: bool,
    /// Only units of this kind, such as cargo
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,
    #[command(flatten)]
    change: ChangeArgs,
}

/// Explain why a unit depends on another, or on a path: exit code 1 where it does not
#[derive(Args, Debug)]
pub(super) struct WhyArgs {
    /// Who: a unit's name, or a file of it
    #[arg(id = "who", value_name = "UNIT|PATH")]
    from: std::ffi::OsString,
    /// On what
    #[arg(id = "whom", value_name = "UNIT|PATH")]
    to: std::ffi::OsString,
    #[command(flatten)]
    change: ChangeArgs,
}

/// List the units that a change affects, and why
#[derive(Args, Debug)]
pub(super) struct AffectedArgs {
    /// Write a document for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

/// List the rules that say what files affect that belong to no unit, or tell which one decides for a path
#[derive(Args, Debug)]
pub(super) struct RulesArgs {
    /// A file's path
    #[arg(value_name = "PATH")]
    path: Option<std::ffi::OsString>,
    #[command(flatten)]
    change: ChangeArgs,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// For Graphviz
    Dot,
    /// For Mermaid
    Mermaid,
}

fn kind(text: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(Kind::as_str).join(", ");
    Kind::named(text).ok_or_else(|| format!("the kinds are: {}", known()))
}

/// What a word on the command line means.
enum Meant {
    Unit(usize),
    Path(RepoPath, Mode),
}

/// Runs the subcommand.
///
/// # Errors
/// When there is no tree to read, gate.toml is not valid, or a name means nothing.
pub(super) fn run(command: UnitCommand, context: &Context) -> Result<Exit, Failure> {
    match command {
        UnitCommand::List(args) => list(args, context),
        UnitCommand::Graph(args) => graph(args, context),
        UnitCommand::Why(args) => explain(args, context),
        UnitCommand::Affected(args) => affected(args, context),
        UnitCommand::Rules(args) => rules(args, context),
    }
}

/// The graphs of a change.
fn read(change: ChangeArgs, context: &Context) -> Result<(UnitGraphs, Site), Failure> {
    let control = Control::new();
    let mut site = Site::open(&context.setting(&control, &Silent)?)?;
    let graphs = judge::unit_graphs(&Request::new(change.spec(), Stage::Merge), &mut site)?;
    // What checks there are is not what was asked.
    site.warnings.retain(|warning| warning.code != "config/no-checks");
    context.warn(&site.warnings);
    Ok((graphs, site))
}

fn list(args: ListArgs, context: &Context) -> Result<Exit, Failure> {
    let (graphs, _site) = read(args.change, context)?;
    let text =
        if args.json { document(&graphs, Shown::default())? } else { units::list(&graphs.candidate, &context.view()) };
    write!(context.stdout(), "{text}")?;
    Ok(Exit::Success)
}

fn graph(args: GraphArgs, context: &Context) -> Result<Exit, Failure> {
    let (graphs, _site) = read(args.change, context)?;
    let shown = Shown { kind: args.kind, files: args.files };
    let text = match args.format {
        GraphFormat::Text => units::text(&graphs.candidate, shown, &context.view()),
        GraphFormat::Json => document(&graphs, shown)?,
        GraphFormat::Dot => units::dot(&graphs.candidate, shown),
        GraphFormat::Mermaid => units::mermaid(&graphs.candidate, shown),
    };
    write!(context.stdout(), "{text}")?;
    Ok(Exit::Success)
}

fn document(graphs: &UnitGraphs, shown: Shown) -> Result<String, Failure> {
    let tree = graphs.change.candidate.tree;
    Ok(units::document(&graphs.candidate, tree, shown).map_err(std::io::Error::from)?)
}

fn affected(args: AffectedArgs, context: &Context) -> Result<Exit, Failure> {
    let (graphs, _site) = read(args.change, context)?;
    let compared = Compared { change: &graphs.change, candidate: &graphs.candidate, base: graphs.base.as_ref() };
    let text = if args.json {
        units::affected_json(&compared).map_err(std::io::Error::from)?
    } else {
        units::affected(&compared, &context.view())
    };
    write!(context.stdout(), "{text}")?;
    Ok(Exit::Success)
}

fn rules(args: RulesArgs, context: &Context) -> Result<Exit, Failure> {
    let (graphs, site) = read(args.change, context)?;
    let graph = &graphs.candidate;
    let asked = match &args.path {
        Some(path) => Some(place(graph, path, &site, context).ok_or_else(|| outside(path))?),
        None => None,
    };
    let asked = asked.as_ref().map(|(path, mode)| (path, *mode));
    write!(context.stdout(), "{}", units::rules(graph, asked, &context.view()))?;
    Ok(Exit::Success)
}

fn explain(args: WhyArgs, context: &Context) -> Result<Exit, Failure> {
    let (graphs, site) = read(args.change, context)?;
    let (graph, view) = (&graphs.candidate, context.view());
    let from = meant(graph, &args.from, &site, context)?;
    let to = meant(graph, &args.to, &site, context)?;
    let mut stdout = context.stdout();
    let from = match from {
        Meant::Unit(unit) => vec![unit],
        Meant::Path(path, mode) => {
            write!(stdout, "{}", units::whose(graph, (&path, mode), &view))?;
            let units = graph.owner(&path, mode).units;
            if units.is_empty() {
                write!(stdout, "{}", units::from_path(&path, &view))?;
            }
            units
        }
    };
    let mut is_any = false;
    for from in from {
        let (text, is_there) = match &to {
            Meant::Unit(to) => units::to_unit(graph, from, *to, &view),
            Meant::Path(path, mode) => units::to_path(graph, from, (path, *mode), &view),
        };
        write!(stdout, "{text}")?;
        is_any |= is_there;
    }
    Ok(if is_any { Exit::Success } else { Exit::Rejected })
}

/// A word as a unit's name, or else as a path. What looks like a name, and is none, is a slip.
fn meant(graph: &Graph, word: &std::ffi::OsStr, site: &Site, context: &Context) -> Result<Meant, Failure> {
    let error = match word.to_str().map(|name| graph.find(name)) {
        Some(Ok(unit)) => return Ok(Meant::Unit(unit)),
        Some(Err(error @ NameError::Several(..))) => return Err(unknown(&error)),
        Some(Err(error)) => Some(error),
        None => None,
    };
    let Some((path, mode)) = place(graph, word, site, context) else {
        let is_slip = |error: &NameError| matches!(error, NameError::Unknown(_, Some(_)));
        return Err(error.filter(is_slip).map_or_else(|| outside(word), |error| unknown(&error)));
    };
    let is_there = graph.listing().get(&path).is_some();
    let is_slip = |error: &NameError| matches!(error, NameError::Unknown(name, near) if near.is_some() || !name.contains(['/', '.']));
    match error.filter(|error| !is_there && is_slip(error)) {
        Some(error) => Err(unknown(&error)),
        None => Ok(Meant::Path(path, mode)),
    }
}

/// A word as a path of the repository: of a folder, the first file in it.
fn place(graph: &Graph, word: &std::ffi::OsStr, site: &Site, context: &Context) -> Option<(RepoPath, Mode)> {
    let path = why::path(site, context, Path::new(word))?;
    if let Some(entry) = graph.listing().get(&path) {
        return Some((path, entry.mode));
    }
    let below = graph.listing().below(&Folder::from(path.clone())).first();
    Some(below.map_or((path, Mode::File), |entry| (entry.path.clone(), entry.mode)))
}

fn outside(word: &std::ffi::OsStr) -> Failure {
    let message = format!("'{}' is no path of the repository", word.to_string_lossy());
    Failure::new(Exit::Usage, Diagnostic::error("unit/outside", message))
}

fn unknown(error: &NameError) -> Failure {
    let hint = match error {
        NameError::Unknown(_, Some(near)) => format!("did you mean '{near}'? 'gate unit list' lists them"),
        NameError::Unknown(_, None) => "'gate unit list' lists them".to_owned(),
        NameError::Several(..) => "write it as it is named here".to_owned(),
    };
    Failure::new(Exit::Usage, Diagnostic::error("unit/unknown", error.to_string()).hint(hint))
}
