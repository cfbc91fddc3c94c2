//! From the texts of gate.toml and gate.local.toml to valid rules.

use super::draft::Draft;
use super::problems::Problems;
use super::{File, Rules, Source, consistency, local, order};
use crate::diagnostic::Diagnostic;

/// Valid rules, and what is worth knowing about them.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The rules.
    pub rules: Rules,
    /// What was found that is no error.
    pub warnings: Vec<Diagnostic>,
}

/// Reads gate.toml and, where there is one, gate.local.toml.
///
/// # Errors
/// Everything that is wrong with the files, in their order; warnings are among it.
pub fn load(source: &Source, local: Option<&Source>) -> Result<Loaded, Vec<Diagnostic>> {
    let mut problems = Problems::new(source);
    let shared = Draft::read(source, File::Shared, &mut problems);
    if let Some(refusal) = consistency::version(&shared) {
        problems.retain(|problem| problem.code == "config/syntax");
        let (span, refusal) = refusal;
        problems.add(refusal, span, "");
        return Err(problems.into_sorted());
    }
    if shared.complete {
        consistency::check(&shared, &mut problems);
        order::check(&shared.checks, &[], &mut problems);
    }
    let own = local.map(|source| {
        let mut problems = Problems::new(source);
        let draft = Draft::read(source, File::Local, &mut problems);
        if draft.complete {
            consistency::check(&draft, &mut problems);
            local::check(&draft, &shared, &mut problems);
            order::check(&draft.checks, &shared.checks, &mut problems);
        }
        (draft, problems)
    });
    let (own, own_problems) = own.unzip();
    let failed = problems.any_errors() || own_problems.as_ref().is_some_and(Problems::any_errors);
    let mut found = problems.into_sorted();
    found.extend(own_problems.into_iter().flat_map(Problems::into_sorted));
    if failed {
        return Err(found);
    }
    let rules = shared.finish().and_then(|rules| match own {
        Some(own) => own.finish_onto(rules),
        None => Ok(rules),
    });
    let Ok(rules) = rules else {
        let message = format!("gate can't use '{}', and can't say why", source.name);
        found.push(Diagnostic::error("config/internal", message));
        return Err(found);
    };
    if !rules.checks.values().any(|check| check.required) {
        let warning = Diagnostic::warning(
            "config/no-checks",
            "no check is required, so nothing says that a change is deployable",
        );
        found.push(warning.hint("add a check, as in [check.test] with run = \"make test\""));
    }
    Ok(Loaded { rules, warnings: found })
}
