//! Reads graphs: a tree's entries, what each file says, and what all of them together come to.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::BString;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::graph::Links;
use super::memo::{self, Memo};
use super::{Bazel, Buck, Cargo, Ecosystem, Entry, Facts, Found, Go, Gradle, Graph, Kind, Listing, Maven, Npm, Python};
use crate::config::UnitRules;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{Delta, Error, Repo};
use crate::path::{Mode, RepoPath};

/// From so many files read anew, or differences, on, writing a new memo once is cheaper than doing without every time.
const FAR: usize = 64;

/// How many files are read before they are looked at: what is in memory at once.
const AT_ONCE: usize = 256;

/// What a link's text is remembered under.
const LINK: &str = "link";

/// Reads graphs, and remembers between runs what files say.
pub struct Reader {
    path: PathBuf,
    memo: Memo,
    /// What files say, as it is used; by ecosystem.
    shelves: HashMap<Kind, Box<dyn Any>>,
    /// What of the memo was asked for.
    used: BTreeSet<memo::Key>,
    /// How much was read that the memo did not hold.
    read: usize,
    /// The tree that was asked for last, with its entries.
    latest: Option<(ObjectId, Listing)>,
    /// The graph that was asked for last.
    last: Option<Last>,
}

/// A graph, with all that it was made from beside contents.
struct Last {
    tree: ObjectId,
    rules: UnitRules,
    links: Links,
    graph: Graph,
}

/// What a method says for each ecosystem, by its kind.
macro_rules! of_each {
    ($reader:ident.$method:ident($($argument:expr),*)) => {
        [
            (Kind::Cargo, $reader.$method(&Cargo, $($argument),*)?),
            (Kind::Npm, $reader.$method(&Npm, $($argument),*)?),
            (Kind::Go, $reader.$method(&Go, $($argument),*)?),
            (Kind::Python, $reader.$method(&Python, $($argument),*)?),
            (Kind::Maven, $reader.$method(&Maven, $($argument),*)?),
            (Kind::Gradle, $reader.$method(&Gradle, $($argument),*)?),
            (Kind::Bazel, $reader.$method(&Bazel, $($argument),*)?),
            (Kind::Buck, $reader.$method(&Buck, $($argument),*)?),
        ]
    };
}

/// What files say, by form and blob.
type Shelf<F> = HashMap<(&'static str, ObjectId), Arc<F>>;

/// A file that says something: where it is, of what form, and its blob.
type Wanted = (RepoPath, &'static str, ObjectId);

impl Reader {
    /// Starts with what the memo at `path` holds; a memo that is missing, damaged or of another format is none.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            memo: memo::read(path),
            shelves: HashMap::new(),
            used: BTreeSet::new(),
            read: 0,
            latest: None,
            last: None,
        }
    }

    /// The graph of a tree, with what its gate.toml says of units.
    ///
    /// # Errors
    /// When an object can't be read.
    pub fn graph(&mut self, repo: &Repo, tree: ObjectId, rules: &UnitRules) -> Result<Graph, Error> {
        let last = self.last.take();
        let listing = self.list(repo, tree)?;
        let links = self.links(repo, &listing)?;
        let graph = match last.filter(|last| last.rules == *rules && last.links == links) {
            Some(last) if self.says_the_same(repo, (last.tree, tree), &links)? => {
                last.graph.with_contents(tree, listing)
            }
            _ => {
                let found = of_each!(self.found(repo, &listing, &links));
                Graph::new(tree, listing, found.into(), &links, rules)
            }
        };
        self.last = Some(Last { tree, rules: rules.clone(), links, graph: graph.clone() });
        Ok(graph)
    }

    /// Whether two trees have the same paths, and each file that says anything says the same in both.
    fn says_the_same(&mut self, repo: &Repo, (old, new): (ObjectId, ObjectId), links: &Links) -> Result<bool, Error> {
        let deltas = repo.diff(Some(old), Some(new))?;
        // A manifest that is a link says what another file does.
        let ends: BTreeSet<RepoPath> = links.keys().filter_map(|link| super::graph::end(links, link)).collect();
        let mut edited = Vec::new();
        for delta in &deltas {
            match (delta.old, delta.new) {
                (Some(old), Some(new)) if old.mode == new.mode && new.mode.is_file() && !ends.contains(&delta.path) => {
                    edited.push((&delta.path, [old.id, new.id]));
                }
                _ => return Ok(false),
            }
        }
        let same = of_each!(self.is_unchanged(repo, &edited));
        Ok(same.into_iter().all(|(_, same)| same))
    }

    /// Whether an ecosystem reads the same out of two contents of each of these files.
    fn is_unchanged<E: Ecosystem>(
        &mut self,
        ecosystem: &E,
        repo: &Repo,
        edited: &[(&RepoPath, [ObjectId; 2])],
    ) -> Result<bool, Error>
    where
        E::Fact: 'static,
    {
        let told = edited.iter().filter_map(|(path, ids)| Some((ecosystem.form(path)?, *path, ids)));
        let told: Vec<(&'static str, &RepoPath, &[ObjectId; 2])> = told.collect();
        let wanted = told.iter().flat_map(|(form, path, ids)| ids.iter().map(|id| ((*path).clone(), *form, *id)));
        let mut known = self.shelf::<E>(ecosystem);
        self.learn(ecosystem, repo, &wanted.collect::<Vec<_>>(), &mut known)?;
        self.shelves.insert(ecosystem.kind(), Box::new(known));
        let said = |form: &str, id: ObjectId| {
            self.memo.facts.get(&(ecosystem.kind(), ecosystem.format(), form.to_owned(), id))
        };
        Ok(told.iter().all(|(form, _, [old, new])| said(form, *old).is_some_and(|fact| Some(fact) == said(form, *new))))
    }

    /// What is known of an ecosystem's files, taken out to be put back.
    fn shelf<E: Ecosystem>(&mut self, ecosystem: &E) -> Shelf<E::Fact>
    where
        E::Fact: 'static,
    {
        let taken = self.shelves.remove(&ecosystem.kind());
        taken.and_then(|shelf| shelf.downcast::<Shelf<E::Fact>>().ok()).map(|known| *known).unwrap_or_default()
    }

    /// Writes the memo if it is worth it; replaced in one step, so that a reader sees the old one or the new one.
    ///
    /// # Errors
    /// A warning: files will be read again the next time.
    pub fn save(self) -> Result<(), Diagnostic> {
        if self.read < FAR {
            return Ok(());
        }
        let Self { path, memo: Memo { mut facts, listed }, used, latest, .. } = self;
        facts.retain(|key, _| used.contains(key));
        memo::write(&path, &Memo { listed: latest.or(listed), facts }).map_err(|error| {
            Diagnostic::warning("unit/memo", format!("can't write '{}': {error}", path.display()))
                .hint("the next run reads every manifest again; make the folder writable")
        })
    }

    /// Every entry of a tree: those of the remembered one, but for what differs.
    fn list(&mut self, repo: &Repo, tree: ObjectId) -> Result<Listing, Error> {
        let near = self.latest.as_ref().or(self.memo.listed.as_ref());
        let known = near.map(|(known, listing)| Ok((repo.diff(Some(*known), Some(tree))?, listing)));
        // What can't be read of the remembered tree (it may be pruned) is no reason not to look at this one.
        let listing = if let Some((deltas, listing)) = known.and_then(Result::<_, Error>::ok) {
            self.read += deltas.len();
            listing.with(&deltas)
        } else {
            self.read += FAR;
            Listing::read(repo, tree)?
        };
        self.latest = Some((tree, listing.clone()));
        Ok(listing)
    }

    /// The links of a tree, with their texts.
    fn links(&mut self, repo: &Repo, listing: &Listing) -> Result<Links, Error> {
        let links: Vec<&Entry> = listing.entries().iter().filter(|entry| entry.mode == Mode::Link).collect();
        let ids: Vec<ObjectId> = links.iter().map(|entry| entry.id).collect();
        repo.fetch_missing(&ids)?;
        let mut texts = BTreeMap::new();
        for entry in links {
            let key = (Kind::Declared, 0, LINK.to_owned(), entry.id);
            let text = if let Some(known) = self.memo.facts.get(&key) {
                known.clone()
            } else {
                self.read += 1;
                let text = BString::from(repo.blob(entry.id)?);
                self.memo.facts.insert(key.clone(), text.clone());
                text
            };
            self.used.insert(key);
            texts.insert(entry.path.clone(), text.into());
        }
        Ok(texts)
    }

    /// What an ecosystem finds in a tree.
    fn found<E: Ecosystem>(
        &mut self,
        ecosystem: &E,
        repo: &Repo,
        listing: &Listing,
        links: &Links,
    ) -> Result<Found, Error>
    where
        E::Fact: 'static,
    {
        let wanted: Vec<Wanted> = listing
            .entries()
            .iter()
            .filter_map(|entry| {
                let form = ecosystem.form(&entry.path)?;
                Some((entry.path.clone(), form, listing.file_behind(entry, links)?))
            })
            .collect();
        let mut known = self.shelf(ecosystem);
        self.learn(ecosystem, repo, &wanted, &mut known)?;
        let fact = |(path, form, id): Wanted| Some((path, (form, Arc::clone(known.get(&(form, id))?))));
        let facts = Facts::new(wanted.into_iter().filter_map(fact).collect());
        let found = ecosystem.link(listing, &facts);
        self.shelves.insert(ecosystem.kind(), Box::new(known));
        Ok(found)
    }

    /// Brings to the shelf what is wanted and not on it: out of the memo, or out of the files themselves.
    fn learn<E: Ecosystem>(
        &mut self,
        ecosystem: &E,
        repo: &Repo,
        wanted: &[Wanted],
        known: &mut Shelf<E::Fact>,
    ) -> Result<(), Error> {
        let (kind, format) = (ecosystem.kind(), ecosystem.format());
        let open: BTreeSet<(&'static str, ObjectId)> = wanted.iter().map(|(_, form, id)| (*form, *id)).collect();
        let open: Vec<_> = open.into_iter().filter(|key| !known.contains_key(key)).collect();
        let keys: Vec<memo::Key> = open.iter().map(|(form, id)| (kind, format, (*form).to_owned(), *id)).collect();
        let facts = &self.memo.facts;
        let recalled: Vec<Option<E::Fact>> =
            (&keys).into_par_iter().map(|key| serde_json::from_slice(facts.get(key)?).ok()).collect();
        let mut missing = Vec::new();
        for ((form, id), fact) in open.into_iter().zip(recalled) {
            match fact {
                Some(fact) => drop(known.insert((form, id), Arc::new(fact))),
                None => missing.push((form, id)),
            }
        }
        self.used.extend(keys);
        self.read += missing.len();
        repo.fetch_missing(&missing.iter().map(|(_, id)| *id).collect::<Vec<_>>())?;
        for part in missing.chunks(AT_ONCE) {
            let blobs = part.iter().map(|(form, id)| Ok((*form, *id, repo.blob(*id)?)));
            let blobs = blobs.collect::<Result<Vec<_>, Error>>()?;
            let read = |(form, id, blob): (&'static str, ObjectId, Vec<u8>)| {
                let fact = ecosystem.read(form, &blob);
                let kept = serde_json::to_vec(&fact).ok();
                (form, id, fact, kept)
            };
            let facts: Vec<_> = blobs.into_par_iter().map(read).collect();
            for (form, id, fact, kept) in facts {
                known.insert((form, id), Arc::new(fact));
                let key = (kind, format, form.to_owned(), id);
                self.memo.facts.extend(kept.map(|kept| (key, BString::from(kept))));
            }
        }
        Ok(())
    }
}

impl Listing {
    /// The listing of a tree that differs so.
    fn with(&self, deltas: &[Delta]) -> Self {
        let changed: BTreeMap<&RepoPath, &Delta> = deltas.iter().map(|delta| (&delta.path, delta)).collect();
        let kept = self.entries().iter().filter(|entry| !changed.contains_key(&entry.path)).cloned();
        let new = deltas.iter().filter_map(|delta| {
            let side = delta.new?;
            Some(Entry { path: delta.path.clone(), mode: side.mode, id: side.id })
        });
        Self::new(kept.chain(new).collect())
    }

    /// The blob of a file, or of the file that a link leads to.
    fn file_behind(&self, entry: &Entry, links: &Links) -> Option<ObjectId> {
        match entry.mode {
            Mode::File | Mode::Executable => Some(entry.id),
            Mode::Submodule => None,
            Mode::Link => {
                let place = super::graph::end(links, &entry.path)?;
                self.get(&place).filter(|entry| entry.mode.is_file()).map(|entry| entry.id)
            }
        }
    }
}
