//! Identifies programs and toolchains, with a memo on disk.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::fact::Fact;
use super::machine::Machine;
use super::named::{Named, fact};
use super::pins::{Place, Site};
use super::program::Interpreter;
use super::survey::{Survey, shown_in};
use super::toolchain::Tool;
use super::trees::{Trees, within};
use super::wrapper::{self, Wanted};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, ObjectId};
use crate::git::Repo;

/// The programs of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The shell line; `None` if the command is words.
    pub shell: Option<&'a str>,
    /// The words; empty if the command is a shell line.
    pub words: &'a [String],
    /// The folder it runs in, relative to the root; empty for the root.
    pub dir: &'a Path,
    /// Programs that are declared beside it.
    pub tools: &'a [String],
}

impl Request<'_> {
    /// The names of the programs that the command needs and that PATH has to find.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let started = match self.shell {
            Some(line) => wrapper::of_line(line),
            None => wrapper::of_words(self.words),
        };
        let needed = started.into_iter().filter(|program| !program.optional).map(|program| program.name);
        let mut names: Vec<String> = needed.chain(self.tools.iter().cloned()).collect();
        names.retain(|name| !name.contains('/') && !name.starts_with('~'));
        names.sort();
        names.dedup();
        names
    }
}

/// Identifies programs and toolchains.
pub struct Toolbox {
    pub(super) machine: Machine,
    trees: Trees,
    sites: HashMap<(ObjectId, PathBuf), Arc<Site>>,
    surveys: HashMap<ObjectId, Arc<Survey>>,
    facts: HashMap<Digest, Vec<Fact>>,
    /// Folders of the tree on PATH.
    tree_path: Vec<PathBuf>,
    /// Whether the machine is asked what its programs and toolchains are.
    asks: bool,
}

impl Toolbox {
    /// A toolbox that looks programs up in the PATH of `env` (the environment that steps get), with the memo at `path`.
    ///
    /// Tools are asked in folders beside the memo. It should lie beside the checkouts, so that what tools find in folders
    /// further up is the same for both.
    #[must_use]
    pub fn open(path: &Path, env: &[(OsString, OsString)]) -> Self {
        Self {
            machine: Machine::new(path, env),
            trees: Trees::default(),
            sites: HashMap::new(),
            surveys: HashMap::new(),
            facts: HashMap::new(),
            tree_path: Vec::new(),
            asks: true,
        }
    }

    /// The same where no program is looked for and none is started: beside the platform, only what the tree says counts.
    #[must_use]
    pub fn asking_nothing(self) -> Self {
        Self { asks: false, ..self }
    }

    /// The same where a checkout of the tree will be at `checkout`: what is in folders of PATH there are files of the tree.
    #[must_use]
    pub fn in_checkout(mut self, checkout: &Path) -> Self {
        let folders = self.machine.environment.path().iter();
        self.tree_path = folders.filter_map(|folder| folder.strip_prefix(checkout).ok().map(Path::to_owned)).collect();
        self
    }

    /// The facts that hold for every step of a tree: platform and the toolchains of every ecosystem that it shows.
    ///
    /// # Errors
    /// When the tree can't be read. A toolchain that the machine does not have is a fact too.
    pub fn of_tree(&mut self, repo: &Repo, tree: ObjectId) -> Result<Vec<Fact>, Diagnostic> {
        Ok(self.tree_facts(repo, tree)?)
    }

    /// The facts about the programs of one check, and about every file of the tree that its command names: the program
    /// itself (`./build.sh`), a script, a configuration.
    ///
    /// # Errors
    /// When the tree can't be read. A program that the machine does not have is a fact too.
    pub fn of_check(&mut self, repo: &Repo, tree: ObjectId, request: &Request<'_>) -> Result<Vec<Fact>, Diagnostic> {
        Ok(self.check_facts(repo, tree, request)?)
    }

    /// Writes the memo if it changed; replaced in one step.
    ///
    /// # Errors
    /// A warning: tools will be asked again the next time.
    pub fn save(&self) -> Result<(), Diagnostic> {
        self.machine.memo.save().map_err(|error| {
            Diagnostic::warning("tool/memo", format!("can't remember what tools are: {error}"))
                .hint("tools will be asked again the next time; make room, or the cache folder writable")
        })
    }

    fn tree_facts(&mut self, repo: &Repo, tree: ObjectId) -> Result<Vec<Fact>, Error> {
        let survey = self.survey(repo, tree)?;
        let key = survey.digest();
        if let Some(facts) = self.facts.get(&key) {
            return Ok(facts.clone());
        }
        let mut facts = vec![self.machine.platform()];
        for (site, tools) in &survey.sites {
            facts.extend(site.facts());
            if !self.asks {
                continue;
            }
            let place = Place { repo, site };
            for tool in tools.iter() {
                facts.extend(self.machine.toolchain(place, tool, &Wanted::new(tool.name))?);
            }
            if let Some(value) = site.package_manager() {
                facts.push(Fact { name: site.name("toolchain", "packageManager"), value });
            }
        }
        facts.sort();
        facts.dedup();
        self.facts.insert(key, facts.clone());
        Ok(facts)
    }

    fn check_facts(&mut self, repo: &Repo, tree: ObjectId, request: &Request<'_>) -> Result<Vec<Fact>, Error> {
        let site = self.site(repo, tree, request.dir)?;
        let place = Place { repo, site: &site };
        let named = request.shell.map_or_else(|| Named::in_words(request.words), Named::in_line);
        let mut facts = named.facts(repo, &mut self.trees, (tree, request.dir))?;
        if request.dir != Path::new("") {
            facts.extend(site.facts());
        }
        let wanted = if self.asks { self.programs(repo, tree, request)? } else { Vec::new() };
        for wanted in wanted {
            for folder in self.tree_path.iter().filter(|_| !wanted.name.contains('/')) {
                facts.extend(fact(repo, &mut self.trees, tree, &folder.join(&wanted.name))?);
            }
            let identity = self.machine.identify(place, &wanted)?;
            if identity.is_missing() && wanted.optional {
                continue;
            }
            facts.push(Fact { name: site.name("program", &wanted.shown()), value: identity.value.clone() });
            if let Some(tool) = Tool::named(&wanted.name) {
                facts.extend(self.machine.toolchain(place, tool, &wanted)?);
            }
        }
        if self.asks && request.dir != Path::new("") {
            for tool in shown_in(repo, &mut self.trees, (tree, request.dir), &site)?.iter() {
                facts.extend(self.machine.toolchain(place, tool, &Wanted::new(tool.name))?);
            }
        }
        facts.sort();
        facts.dedup();
        Ok(facts)
    }

    /// The programs of a check that are the machine's: by name, by absolute path, or interpreters of the tree's scripts.
    fn programs(&mut self, repo: &Repo, tree: ObjectId, request: &Request<'_>) -> Result<Vec<Wanted>, Error> {
        let mut wanted = match request.shell {
            Some(line) => wrapper::of_line(line),
            None => wrapper::of_words(request.words),
        };
        if request.shell.is_some() {
            wanted.push(Wanted::new("sh"));
        }
        wanted.extend(request.tools.iter().map(Wanted::new));
        let mut programs = Vec::new();
        for mut program in wanted {
            if let (Some(rest), Some(home)) = (program.name.strip_prefix("~/"), self.machine.environment.get("HOME")) {
                program.name = Path::new(home).join(rest).to_string_lossy().into_owned();
            }
            if program.name.contains('/') && !program.name.starts_with('/') {
                programs.extend(self.interpreter(repo, tree, &request.dir.join(&program.name))?);
            } else {
                programs.push(program);
            }
        }
        programs.sort();
        programs.dedup();
        Ok(programs)
    }

    fn interpreter(&mut self, repo: &Repo, tree: ObjectId, path: &Path) -> Result<Option<Wanted>, Error> {
        let Some(path) = within(path) else { return Ok(None) };
        let Some(script) = self.trees.file(repo, tree, &path)? else { return Ok(None) };
        let interpreter = Interpreter::of(&repo.blob(script)?);
        Ok(interpreter.map(|interpreter| interpreter.wanted()))
    }

    fn site(&mut self, repo: &Repo, tree: ObjectId, dir: &Path) -> Result<Arc<Site>, Error> {
        let key = (tree, dir.to_owned());
        if let Some(site) = self.sites.get(&key) {
            return Ok(site.clone());
        }
        let site = Arc::new(Site::read(repo, (&mut self.trees, &mut self.machine.memo), tree, dir)?);
        self.sites.insert(key, site.clone());
        Ok(site)
    }

    pub(super) fn survey(&mut self, repo: &Repo, tree: ObjectId) -> Result<Arc<Survey>, Error> {
        if let Some(survey) = self.surveys.get(&tree) {
            return Ok(survey.clone());
        }
        let survey = Arc::new(Survey::of(repo, (&mut self.trees, &mut self.machine.memo), tree)?);
        self.surveys.insert(tree, survey.clone());
        Ok(survey)
    }
}
