//! One private checkout: what it is asked and what it answers.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Error;
use super::attributes::Rules;
use super::folders::Folders;
use super::layout::{Layout, Place};
use super::left::end_left;
use super::lock::Lock;
use super::made::{Made, Product};
use super::manifest::Manifest;
use super::products::Products;
use super::record::{Phase, Record};
use super::root::Root;
use super::session::{Session, Trust};
use super::spec::Spec;
use super::sweep::selection;
use crate::digest::Digest;
use crate::path::RepoPath;

/// A private checkout, locked for this run. It is free again when this is dropped or the process ends.
pub struct Workspace {
    pub(super) layout: Layout,
    pub(super) place: Place,
    pub(super) dir: PathBuf,
    pub(super) cold: bool,
    pub(super) record: Record,
    pub(super) record_file: File,
    pub(super) files: Manifest,
    pub(super) modules: Manifest,
    pub(super) folders: Folders,
    pub(super) rules: Rules,
    pub(super) made: Made,
    pub(super) products: Products,
    /// Files that this update wrote, by how it knows what they hold: their objects say it (`None`), or this digest.
    pub(super) written: BTreeMap<RepoPath, Option<Digest>>,
    /// When the last update ended.
    pub(super) ended: SystemTime,
    _lock: Lock,
}

impl Workspace {
    /// Opens a checkout that is locked for us; makes its folders if they are not there.
    pub(super) fn open(layout: &Layout, place: Place, lock: Lock) -> Result<Self, Error> {
        let (dir, state) = (place.work(), place.state());
        fs_err::create_dir_all(&state).map_err(|source| Error::io("make", &state, source))?;
        fs_err::create_dir_all(&dir).map_err(|source| Error::io("make", &dir, source))?;
        end_left(&place).map_err(|source| Error::io("end what was left in", &dir, source))?;
        let path = place.record();
        let record = Record::load(&path);
        let record_file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let record_file = record_file.map_err(|source| Error::io("open", &path, source))?.into_file();
        Ok(Self {
            layout: layout.clone(),
            cold: record == Record::default(),
            record_file,
            files: Manifest::default(),
            modules: Manifest::default(),
            folders: Folders::default(),
            rules: Rules::default(),
            made: Made::load(&place.made()),
            products: Products::default(),
            written: BTreeMap::new(),
            ended: SystemTime::now(),
            record,
            dir,
            place,
            _lock: lock,
        })
    }

    /// Where the files are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The checkout's number in its pool.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.place.number()
    }

    /// Whether it was made from nothing for this run.
    #[must_use]
    pub fn is_cold(&self) -> bool {
        self.cold
    }

    /// Whether it still holds the products of a step with this fingerprint: nothing was written or removed by gate since.
    #[must_use]
    pub fn holds(&self, fingerprint: &Digest) -> bool {
        self.made.steps.contains(&(*fingerprint, self.record.generation))
    }

    /// Remembers that it holds the products of a step with this fingerprint.
    ///
    /// # Errors
    /// When its state can't be written.
    pub fn remember(&mut self, fingerprint: &Digest) -> Result<(), Error> {
        let now = self.record.generation;
        self.made.steps.retain(|(known, generation)| *generation == now && known != fingerprint);
        self.made.steps.push((*fingerprint, now));
        self.save_made()
    }

    pub(super) fn save_made(&self) -> Result<(), Error> {
        let file = self.place.made();
        self.made.save(&file).map_err(|source| Error::io("write", &file, source))
    }

    pub(super) fn store_record(&self) -> Result<(), Error> {
        self.record.store(&self.record_file).map_err(|source| Error::io("write", &self.place.record(), source))
    }

    /// Forgets what was made for a definition that is no more, so that it is swept.
    pub(super) fn forget_made(&mut self, spec: &Spec) -> Result<(), Error> {
        let before = self.made.clone();
        let keep = selection(&spec.keep).map(|keep| keep.canonical().to_owned()).unwrap_or_default();
        let shared =
            |product: &Product| product.paths.iter().all(|path| spec.share.iter().any(|s| s.as_bstr() == path));
        self.made.shared.retain(shared);
        self.made.keep = keep;
        if self.made == before {
            return Ok(());
        }
        self.folders.forget();
        self.save_made()
    }

    pub(super) fn root(&self) -> Result<Root, Error> {
        Root::open(&self.dir).map_err(|source| Error::io("open", &self.dir, source))
    }

    /// Reads what is known of the checkout, and says how far it goes.
    pub(super) fn load(&mut self, session: &Session<'_>) -> Trust {
        let (index, modules) = (self.place.index(), self.place.modules());
        let is_ours = file_mark(&index).is_some_and(|mark| mark == self.record.manifest);
        let files = if is_ours || self.record.phase == Phase::Flux { Manifest::load(&index) } else { None };
        let folders = Folders::load(&self.place.folders());
        let whole = files.is_some() && folders.is_some();
        self.files = files.unwrap_or_default();
        self.modules = Manifest::load(&modules).unwrap_or_default();
        self.folders = folders.unwrap_or_default();
        let rules = fs_err::read(self.place.attributes()).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let known = rules.is_some() || !self.record.filters;
        self.rules = rules.unwrap_or_default();
        let readable = session.repo.tree(self.record.new).is_ok();
        let trusted = self.record.phase == Phase::Clean && is_ours && whole && known && readable;
        if trusted { Trust::Recorded } else { Trust::Nothing }
    }
}

/// What tells whether a file was written by somebody else.
pub(super) fn file_mark(path: &Path) -> Option<[u64; 3]> {
    use std::os::unix::fs::MetadataExt;
    let found = fs_err::metadata(path).ok()?;
    let time = found.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some([found.ino(), found.len(), u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)])
}
