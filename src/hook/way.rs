//! In which way git is brought to call gate.

use std::path::Path;

use super::Error;
use super::ground::{Ground, HooksPath, same_folder};
use super::manager::knows_its_name;
use super::shim::Earlier;
use super::slot::{Slot, State};
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
    /// Whether the usual folder is a link: what is written there would appear elsewhere.
    pub(super) leads_away: bool,
    /// Whether a hook in the usual folder does something else when it is moved.
    pub(super) immovable: bool,
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
        let told = ground.of_others().filter(elsewhere).cloned();
        Ok(Self { git, replace, told, leads_away, immovable: any_immovable(&usual, hooks)? })
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
            None if self.leads_away || self.immovable => Ok(Way::Own(Earlier::FromShim(USUAL_FROM_OWN.into()))),
            None => Ok(Way::Usual),
        }
    }
}

/// The usual folder, seen from gate's own.
pub(super) const USUAL_FROM_OWN: &str = "../../hooks";

fn any_immovable(folder: &Path, hooks: &[Hook]) -> Result<bool, Error> {
    for hook in hooks {
        if let State::Foreign(foreign) = Slot::new(folder, hook.as_str()).state()?
            && foreign.executable
            && knows_its_name(&foreign.text)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Circumstances {
        Circumstances { git: (2, 47), replace: false, told: None, leads_away: false, immovable: false }
    }

    fn told(scope: &str) -> Option<HooksPath> {
        Some(HooksPath { scope: scope.into(), value: ".husky/_".into(), ours: false })
    }

    #[track_caller]
    fn check(circumstances: &Circumstances, expected: Way) {
        assert_eq!(circumstances.way().unwrap(), expected);
    }

    #[test]
    fn configuration_is_preferred_where_git_knows_it() {
        check(&plain(), Way::Usual);
        for git in [(2, 54), (2, 55), (3, 0)] {
            check(&Circumstances { git, told: told("worktree"), ..plain() }, Way::Configured);
            check(&Circumstances { git, replace: true, ..plain() }, Way::Usual);
        }
        check(&Circumstances { git: (2, 53), ..plain() }, Way::Usual);
    }

    #[test]
    fn what_others_keep_is_left_alone() {
        let own = Way::Own(Earlier::In(".husky/_".into()));
        for scope in ["system", "global", "local"] {
            check(&Circumstances { told: told(scope), ..plain() }, own.clone());
        }
        let from_usual = Way::Own(Earlier::FromShim(USUAL_FROM_OWN.into()));
        check(&Circumstances { leads_away: true, ..plain() }, from_usual.clone());
        check(&Circumstances { immovable: true, ..plain() }, from_usual);
        let refused = Circumstances { told: told("worktree"), ..plain() };
        assert!(matches!(refused.way(), Err(Error::Worktree(_))));
    }
}
