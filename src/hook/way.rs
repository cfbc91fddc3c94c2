//! In which way git is brought to call gate.

use std::ffi::OsStr;
use std::path::Path;

use super::Error;
use super::author::{Author, knows_its_name};
use super::ground::{Ground, HooksPath, same_folder};
use super::shim::Earlier;
use super::slot::{self, Foreign, Slot, State};
use crate::check::Hook;

/// Configuration can name hooks from this version of git on: <https://git-scm.com/docs/git-hook#_configuration>.
const CONFIGURED_SINCE: (u32, u32) = (2, 54);

/// Whether a version of git reads hooks from its configuration.
pub(super) fn knows_configured(git: (u32, u32)) -> bool {
    git >= CONFIGURED_SINCE
}

/// In which way git is brought to call gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Configuration names gate's hooks beside all others, which stay what they are.
    Configured,
    /// The shims lie in the usual folder; a hook that was there is put aside and runs first.
    Usual,
    /// The shims lie in a folder of gate's own, to which `core.hooksPath` leads; what git ran before runs from where it
    /// lies.
    Own(Earlier),
}

/// What decides.
#[derive(Clone, Debug)]
pub(super) struct Circumstances {
    /// The version of git.
    pub(super) git: (u32, u32),
    /// Whether earlier hooks are to run no more.
    pub(super) replace: bool,
    /// Where git was told to look by somebody else, if that is not the usual folder.
    pub(super) told: Option<HooksPath>,
    /// Whether what is in the usual folder has to stay as it is: the folder is a link, so that what is written there
    /// appears elsewhere; or a hook in it does something else when it is moved, or comes back there by itself.
    pub(super) settled: bool,
}

impl Circumstances {
    /// Looks.
    ///
    /// # Errors
    /// When a hook can't be looked at.
    pub(super) fn of(ground: &Ground, hooks: &[Hook], (git, replace): ((u32, u32), bool)) -> Result<Self, Error> {
        let usual = ground.usual();
        let leads_away = usual.canonicalize().is_ok_and(|real| real != usual);
        let elsewhere = |path: &&HooksPath| !same_folder(&ground.resolve(&path.value), &usual);
        let told = ground.of_others().filter(elsewhere).cloned().or_else(|| husky_to_come(ground));
        Ok(Self { git, replace, told, settled: leads_away || any_immovable(&usual, hooks)? })
    }

    /// Decides.
    ///
    /// # Errors
    /// When git looks elsewhere in one worktree alone, which no setting for the whole repository changes.
    pub(super) fn way(&self) -> Result<Way, Error> {
        if knows_configured(self.git) && !self.replace {
            return Ok(Way::Configured);
        }
        match &self.told {
            Some(told) if told.scope == "worktree" => Err(Error::Worktree(told.value.to_string_lossy().into_owned())),
            Some(told) => Ok(Way::Own(Earlier::In(told.value.clone()))),
            None if self.settled => Ok(Way::Own(Earlier::FromShim(USUAL_FROM_OWN.into()))),
            None => Ok(Way::Usual),
        }
    }
}

/// What husky sets `core.hooksPath` to.
pub(super) const HUSKY: &str = ".husky/_";

/// The usual folder, seen from gate's own.
pub(super) const USUAL_FROM_OWN: &str = "../../hooks";

/// What husky will tell git once it is installed: its folder is in the working tree already. Led there beforehand, git
/// stays with gate when it is.
fn husky_to_come(ground: &Ground) -> Option<HooksPath> {
    let is_hook = |name: &OsStr| slot::names_a_hook(name);
    let hooks = fs_err::read_dir(ground.runs_in.join(".husky")).ok().filter(|_| !ground.bare)?;
    hooks.filter_map(Result::ok).find(|entry| is_hook(&entry.file_name()))?;
    Some(HooksPath { scope: "local".to_owned(), value: HUSKY.into(), ours: false })
}

fn any_immovable(folder: &Path, hooks: &[Hook]) -> Result<bool, Error> {
    for hook in hooks {
        let slot = Slot::new(folder, hook.as_str());
        if let State::Foreign(foreign) = slot.state()?
            && foreign.executable
            && (knows_its_name(&foreign.text) || comes_back(&slot, &foreign))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a hook's manager would put its own in gate's place without being asked, or lose what it has put aside itself.
fn comes_back(slot: &Slot, foreign: &Foreign) -> bool {
    match foreign.author {
        // It renews its hooks during a commit that changes its configuration.
        Some(Author::Lefthook) => true,
        // Installed again it overwrites what it put aside with what it finds in its place.
        Some(Author::PreCommit) => slot::there(&slot.aside(".legacy")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Circumstances {
        Circumstances { git: (2, 47), replace: false, told: None, settled: false }
    }

    fn told(scope: &str) -> HooksPath {
        HooksPath { scope: scope.into(), value: ".husky/_".into(), ours: false }
    }

    #[track_caller]
    fn check(circumstances: &Circumstances, expected: &Way) {
        assert_eq!(&circumstances.way().unwrap(), expected);
    }

    #[test]
    fn configuration_is_preferred_where_git_knows_it() {
        check(&plain(), &Way::Usual);
        for git in [(2, 54), (2, 55), (3, 0)] {
            check(&Circumstances { git, told: Some(told("worktree")), ..plain() }, &Way::Configured);
            check(&Circumstances { git, replace: true, ..plain() }, &Way::Usual);
        }
        check(&Circumstances { git: (2, 53), ..plain() }, &Way::Usual);
    }

    #[test]
    fn what_others_keep_is_left_alone() {
        let own = Way::Own(Earlier::In(".husky/_".into()));
        for scope in ["system", "global", "local"] {
            check(&Circumstances { told: Some(told(scope)), ..plain() }, &own);
        }
        let from_usual = Way::Own(Earlier::FromShim(USUAL_FROM_OWN.into()));
        check(&Circumstances { settled: true, ..plain() }, &from_usual);
        let refused = Circumstances { told: Some(told("worktree")), ..plain() };
        assert!(matches!(refused.way(), Err(Error::Worktree(_))));
    }
}
