//! A checkout's turn: it is brought to a candidate before the steps, and looked at after them.

use super::checkout::Workspace;
use super::record::Phase;
use super::session::Session;
use super::settings::Settings;
use super::spec::{Spec, Touched, Updated};
use super::{Error, prepare, private, share, stale, verify};
use crate::digest::ObjectId;
use crate::git::Repo;

impl Workspace {
    /// Brings it to a tree. What is neither of the tree, nor kept, nor made by `prepare` or `share` is removed; what
    /// `share` names is brought, and the `prepare` commands run, unless what they made is there as it was.
    ///
    /// # Errors
    /// When an object or the disk fails, or a prepare command does.
    pub fn update(&mut self, repo: &Repo, tree: ObjectId, spec: &Spec) -> Result<Updated, Error> {
        self.update_telling(repo, tree, spec, &|_| ())
    }

    /// The same; `told` is given each `prepare` command when it begins.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn update_telling(
        &mut self,
        repo: &Repo,
        tree: ObjectId,
        spec: &Spec,
        told: &dyn Fn(&str),
    ) -> Result<Updated, Error> {
        let root = self.root()?;
        let settings = Settings::read(repo, spec.config_home.as_deref())?;
        let session = Session { repo, root: &root, tree, spec, settings: &settings, told };
        let mut updated = Updated::default();
        let trust = self.load(&session);
        self.forget_made(spec)?;
        self.begin(&session)?;
        private::restore(&session, &self.layout, trust)?;
        self.bring(&session, trust, &mut updated)?;
        stale::remove(self, &session, &mut updated)?;
        share::bring(self, &session, &mut updated)?;
        prepare::run_missing(self, &session, &mut updated)?;
        Ok(updated)
    }

    /// The one look after the last step: what is not as the candidate says, was written since `update`, or was left
    /// without being ignored or kept. What a file holds for an instant between is seen too, because the time of an inode's
    /// last change can't be set back.
    ///
    /// # Errors
    /// When the checkout can't be read.
    pub fn verify(&mut self, repo: &Repo, spec: &Spec) -> Result<Vec<Touched>, Error> {
        let root = self.root()?;
        let touched = verify::look(self, &root, repo, spec)?;
        self.folders.save(&self.place.folders()).map_err(|source| Error::io("write", &self.place.folders(), source))?;
        if touched.is_empty() {
            self.record.phase = Phase::Clean;
            self.store_record()?;
        }
        Ok(touched)
    }
}
