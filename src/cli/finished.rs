//! A finished run, and what reports of it are made of.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::args::Format;
use super::{Context, Failure};
use crate::judge::{Judged, Site};
use crate::output::Root;
use crate::path::RepoPath;
use crate::record::Entry;
use crate::report::jsonl::Lines;
use crate::report::{self, Account, Detail, Source, Style, View};

/// How wide text in a file is.
const WIDTH: usize = 120;

/// A finished run, and where it came from.
pub(super) struct Finished<'a> {
    /// The run.
    pub(super) entry: &'a Entry,
    /// Whether it stands in the ledger.
    pub(super) recorded: bool,
    /// What the process was started with.
    pub(super) context: &'a Context,
    /// Where it ran; `None` for what was joined from documents alone.
    site: Option<&'a Site>,
    /// Read when it is first asked for: text needs none of it.
    account: OnceCell<Account<'a>>,
}

impl<'a> Finished<'a> {
    /// A run that has just ended.
    pub(super) fn judged(judged: &'a Judged, site: &'a Site, context: &'a Context) -> Self {
        Self { recorded: judged.recorded, ..Self::recorded(&judged.entry, site, context) }
    }

    /// A run out of the ledger.
    pub(super) fn recorded(entry: &'a Entry, site: &'a Site, context: &'a Context) -> Self {
        Self { entry, recorded: true, context, site: Some(site), account: OnceCell::new() }
    }

    /// A run that was joined from documents: no ledger has it, and no log is at hand.
    pub(super) fn joined(entry: &'a Entry, context: &'a Context) -> Self {
        Self { entry, recorded: false, context, site: None, account: OnceCell::new() }
    }

    /// Writes the run to standard output.
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn report(&self, format: Format, view: &View<'_>) -> Result<(), Failure> {
        match format {
            Format::Text => write!(self.context.stdout(), "{}", report::text::render(self.entry, view))?,
            Format::Jsonl => Lines::new(io::stdout()).finish(self.entry)?,
            Format::File(_) => write!(self.context.stdout(), "{}", self.text(format)?)?,
        }
        Ok(())
    }

    /// The run in a format, as a file holds it.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub(super) fn text(&self, format: Format) -> io::Result<String> {
        if let Format::File(format) = format {
            return Ok(report::file::render(format, self.account())?);
        }
        let view = View { style: Style::plain(), width: WIDTH, detail: Detail::Every, ..self.context.view() };
        let logs = self.site.map(|site| site.state.join("logs"));
        Ok(report::text::render(self.entry, &View { logs: logs.as_deref(), recorded: self.recorded, ..view }))
    }

    /// The run with what its steps wrote.
    pub(super) fn account(&self) -> &Account<'a> {
        self.account.get_or_init(|| Account { recorded: self.recorded, ..self.read() })
    }

    fn read(&self) -> Account<'a> {
        let Some(site) = self.site else {
            let source = Source { logs: None, roots: &[], holds: &|_| true };
            return Account::read(self.entry, BTreeSet::new(), source, self.context.now);
        };
        let (repo, tree) = (&site.repo, self.entry.candidate.tree);
        let logs = site.state.join("logs");
        // In a tree that is gone nothing can be looked up: then every path is taken as it is printed.
        let is_known = repo.tree(tree).is_ok();
        let known: std::cell::RefCell<BTreeMap<RepoPath, bool>> = std::cell::RefCell::default();
        let holds = |path: &RepoPath| {
            let look = || repo.leaf(tree, path).map_or(true, |leaf| leaf.is_some());
            !is_known || *known.borrow_mut().entry(path.clone()).or_insert_with(look)
        };
        let source = Source { logs: Some(&logs), roots: &roots(site), holds: &holds };
        Account::read(self.entry, changed(self.entry, site), source, self.context.now)
    }
}

/// The paths in which candidate and base differ: none where there is no base, or their trees are gone.
fn changed(entry: &Entry, site: &Site) -> BTreeSet<RepoPath> {
    let Some(base) = &entry.base else { return BTreeSet::new() };
    let deltas = site.repo.diff(Some(base.tree), Some(entry.candidate.tree)).unwrap_or_default();
    deltas.into_iter().map(|delta| delta.path).collect()
}

/// Where tools may say that files lie: in private checkouts, and with --here in the user's own; by the names that were
/// given and by their real ones.
fn roots(site: &Site) -> Vec<Root> {
    let (pool, user) = (site.pool.dir(), site.repo.work_dir());
    let real = |path: &std::path::Path| fs_err::canonicalize(path).ok();
    let pools = [Some(pool.to_owned()), real(pool)].into_iter().flatten().map(Root::Checkouts);
    let users = [user.map(ToOwned::to_owned), user.and_then(real)].into_iter().flatten().map(Root::Checkout);
    pools.chain(users).collect()
}
