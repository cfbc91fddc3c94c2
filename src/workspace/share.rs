//! Bringing files and folders of the user's checkout into a private one.
use super::{Error, checkout::Workspace, spec::Updated, update::Session};
pub(super) fn bring(_w: &mut Workspace, _s: &Session<'_>, _u: &mut Updated) -> Result<(), Error> {
    Ok(())
}
