//! Trailers that a message must have, by git's rules: <https://git-scm.com/docs/git-interpret-trailers>.

use super::cleaned::{Cleaned, Line};
use crate::builtin::file::Found;
use crate::diagnostic::Diagnostic;

/// What git itself puts into a block of trailers. With one of them, other lines may stand in it as well.
const GITS_OWN: &[&str] = &["Signed-off-by: ", "(cherry picked from commit "];

/// Looks for every one.
pub(super) fn look(wanted: &[String], message: &Cleaned<'_>, found: &mut Found<'_>) {
    let block = block(message);
    let has = |name: &String| {
        let trailers = block.iter().filter_map(|line| trailer(line.text));
        trailers.into_iter().any(|(key, value)| key.eq_ignore_ascii_case(name) && !value.trim().is_empty())
    };
    for name in wanted.iter().filter(|name| !has(name)) {
        let problem = Diagnostic::error("message/no-trailer", format!("there is no trailer '{name}'"));
        let hint = if name.eq_ignore_ascii_case("signed-off-by") {
            "git commit --signoff adds it".to_owned()
        } else {
            format!("end the message with a paragraph of trailers: '{name}: …'")
        };
        found.whole(problem.hint(hint));
    }
}

/// The last paragraph, if it is one of trailers: all of its lines are, or some are and git wrote one of them and they
/// are a quarter.
fn block<'a>(message: &'a Cleaned<'_>) -> &'a [Line<'a>] {
    let last = message.last_paragraph();
    let is_continued = |line: &&Line<'_>| line.text.starts_with([' ', '\t']);
    let heads: Vec<&Line<'_>> = last.iter().filter(|line| !is_continued(line)).collect();
    let is_gits = |line: &&&Line<'_>| GITS_OWN.iter().any(|start| line.text.starts_with(start));
    let own = heads.iter().filter(is_gits).count();
    let trailers = heads.iter().filter(|line| trailer(line.text).is_some() || is_gits(line)).count();
    let others = heads.len() - trailers;
    if others == 0 || (own > 0 && trailers * 3 >= others) { last } else { &[] }
}

/// The key and the value of a line.
fn trailer(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim_end_matches([' ', '\t']);
    let is_token = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_token.then_some((key, value))
}
