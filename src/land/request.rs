//! What is asked.

use std::num::NonZeroUsize;

use crate::change::{BaseSpec, ChangeSpec, Method, Source};
use crate::check::Stage;
use crate::digest::ObjectId;
use crate::judge::Request;

/// What is asked.
#[derive(Clone, Debug)]
pub struct LandRequest {
    /// The branches to land, in order: any revisions.
    pub branches: Vec<String>,
    /// The branch to land on; where it is left out, the guarded one.
    pub into: Option<String>,
    /// The remote whose branch it is; without one it is this repository's.
    pub remote: Option<String>,
    /// How they are brought together.
    pub method: Method,
    /// How many branches are judged together at most.
    pub batch: NonZeroUsize,
    /// How often it starts again because the target moved.
    pub retries: u32,
    /// Whether all is done but the landing.
    pub dry_run: bool,
    /// How what would land is judged; the change is filled in.
    pub judging: Request,
}

impl LandRequest {
    /// A request to land branches on the guarded branch of this repository.
    #[must_use]
    pub fn new(branches: Vec<String>) -> Self {
        let spec = ChangeSpec { source: Source::WorkTree, base: BaseSpec::Usual };
        Self {
            branches,
            into: None,
            remote: None,
            method: Method::Merge,
            batch: NonZeroUsize::MIN.saturating_add(3),
            retries: 10,
            dry_run: false,
            judging: Request::new(spec, Stage::Merge),
        }
    }

    /// A request to judge what a commit comes to on the target's tip.
    pub(super) fn judge(&self, (into, branch): (ObjectId, &str), from: ObjectId, method: Method) -> Request {
        let place = self.remote.as_ref().map(|remote| format!("{remote}/")).unwrap_or_default();
        let source = Source::Merge { target: format!("{place}{branch}"), into, from, method };
        Request { spec: ChangeSpec { source, base: BaseSpec::Usual }, ..self.judging.clone() }
    }
}
