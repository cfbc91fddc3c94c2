//! The units of a change, for whoever asks about them.

use super::comparing::seek;
use super::expanding::MEMO;
use super::rules::{self, Found};
use super::site::Site;
use super::{Refusal, Request};
use crate::change::{self, Change};
use crate::unit::{Graph, Reader};

/// The graphs of the two trees of a change.
pub struct UnitGraphs {
    /// What changed.
    pub change: Change,
    /// The candidate's.
    pub candidate: Graph,
    /// The base's, where there is one.
    pub base: Option<Graph>,
}

/// Reads the graphs of a change, whatever its checks go over, and without any gate.toml too.
///
/// # Errors
/// When there is no candidate, its gate.toml is not valid, or an object can't be read.
pub fn unit_graphs(request: &Request, site: &mut Site) -> Result<UnitGraphs, Refusal> {
    let sought = seek(request, site)?;
    let (main, units) = sought.rules().map(|rules| (rules.main.clone(), rules.units.clone())).unwrap_or_default();
    let change = change::against(&site.repo, &request.spec, sought.found, &|branch| Site::guards(&main, branch))?;
    let mut reader = Reader::open(&site.state.join(MEMO));
    let candidate = reader.graph(&site.repo, change.candidate.tree, &units)?;
    let base = match change.base_tree() {
        None => None,
        Some(tree) => {
            let there = match rules::find(&site.repo, tree) {
                Ok(Found::Blob(blob)) => rules::of_base(site, blob)?.map(|rules| rules.units),
                Ok(Found::Absent) | Err(_) => None,
            };
            Some(reader.graph(&site.repo, tree, &there.unwrap_or_default())?)
        }
    };
    site.warnings.extend(reader.save().err());
    Ok(UnitGraphs { change, candidate, base })
}
