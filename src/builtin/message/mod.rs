//! `commit-message`: whether the message of a commit is in order.
//!
//! Lines that begin with `#`, and everything below the scissors, are dropped as git drops them. An empty message is left
//! to git, which refuses it. Subjects that git itself writes (`Merge …`, `Revert "…"`, `Reapply "…"`, `fixup! …`,
//! `squash! …`, `amend! …`) are held neither to Conventional Commits nor to a length.

mod cleaned;
mod conventional;
mod trailers;
mod words;

use crate::check::MessageRules;
use crate::diagnostic::Diagnostic;

use super::file::Found;
use cleaned::Cleaned;

/// How subjects begin that git writes.
const GITS_OWN: &[&str] = &["Merge ", "Revert \"", "Reapply \"", "fixup! ", "squash! ", "amend! "];

/// What is wrong with a message, as git hands it to its hooks.
#[must_use]
pub fn look_at_message(rules: &MessageRules, message: &[u8]) -> Vec<Diagnostic> {
    let text = String::from_utf8_lossy(message);
    let cleaned = Cleaned::of(&text);
    let Some(subject) = cleaned.lines.first() else { return Vec::new() };
    let mut found = Found::new("commit message", text.as_bytes());
    if !GITS_OWN.iter().any(|start| subject.text.starts_with(start)) {
        length(rules.max_subject, subject, &mut found);
        if rules.conventional {
            conventional::look(rules, &cleaned, &mut found);
        }
    }
    if let Some(second) = cleaned.lines.get(1).filter(|second| !second.text.is_empty()) {
        let problem = Diagnostic::error("message/no-blank-line", "the second line is not empty");
        found.at(second.span(), "", problem.hint("leave a line empty between the subject and what follows"));
    }
    trailers::look(&rules.trailers, &cleaned, &mut found);
    words::look(&rules.forbid, &cleaned, &mut found);
    found.finish()
}

fn length(most: u32, subject: &cleaned::Line<'_>, found: &mut Found<'_>) {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let Some((cut, _)) = subject.text.char_indices().nth(most) else { return };
    let count = subject.text.chars().count();
    let message = format!("the subject has {count} characters, more than {most}");
    found.at(subject.start + cut..subject.span().end, "", Diagnostic::error("message/long-subject", message));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rules() -> MessageRules {
        MessageRules {
            conventional: true,
            types: MessageRules::TYPES.iter().map(ToString::to_string).collect(),
            scopes: Vec::new(),
            max_subject: 40,
            trailers: Vec::new(),
            forbid: Vec::new(),
        }
    }

    #[track_caller]
    fn check(rules: &MessageRules, message: &str, codes: &[&str]) {
        let found = look_at_message(rules, message.as_bytes());
        let found: Vec<&str> = found.iter().map(|found| found.code.trim_start_matches("message/")).collect();
        assert_eq!(found, codes, "{message:?}");
    }

    #[test]
    fn subjects_follow_the_convention() {
        for subject in [
            "feat: x",
            "fix(api): x",
            "feat(a b/c)!: x",
            "FEAT!: x",
            "Merge branch 'x'",
            "fixup! whatever",
            "Revert \"x\"",
        ] {
            check(&rules(), subject, &[]);
        }
        for subject in
            ["x", "feat:x", "feat : x", "feat(): x", "feat(a: x", "feat!(a): x", "feat: ", "(a): x", ": x", "wip: x"]
        {
            check(&rules(), subject, &["conventional"]);
        }
        let scoped = MessageRules { scopes: vec!["api".into()], ..rules() };
        check(&scoped, "fix(api): x", &[]);
        check(&scoped, "fix: x", &[]);
        check(&scoped, "fix(cli): x", &["conventional"]);
    }

    #[test]
    fn breaking_changes_are_footers() {
        check(&rules(), "fix: x\n\nbody\n\nBREAKING CHANGE: y\n", &[]);
        check(&rules(), "fix: x\n\nBREAKING-CHANGE: y\n", &[]);
        check(&rules(), "fix: x\n\nBREAKING CHANGE:\n", &["breaking-change"]);
        check(&rules(), "fix: x\n\nBREAKING CHANGE y\n", &["breaking-change"]);
        check(&rules(), "fix: x\n\nBreaking Change: y\n", &["breaking-change"]);
        check(&rules(), "fix: x\n\nThis is no breaking change: it adds\n", &[]);
    }

    #[test]
    fn subjects_are_short_and_stand_alone() {
        check(&rules(), &format!("feat: {}", "\u{e4}".repeat(34)), &[]);
        check(&rules(), &format!("feat: {}", "\u{e4}".repeat(35)), &["long-subject"]);
        check(&rules(), "feat: x\nbody", &["no-blank-line"]);
        check(&rules(), &format!("Merge {}", "x".repeat(90)), &[]);
    }

    #[test]
    fn what_git_drops_is_not_looked_at() {
        check(&rules(), "\n\n# c\nfeat: x\n# c\n\nbody\n", &[]);
        let scissors = "# ------------------------ >8 ------------------------\nWIP\ndiff";
        let strict = MessageRules { forbid: vec!["wip".into()], ..rules() };
        check(&strict, &format!("feat: x\n\nbody\n{scissors}"), &[]);
        check(&strict, &format!("# WIP\n{scissors}"), &["conventional", "forbidden-word"]);
        check(&rules(), "", &[]);
        check(&rules(), "\n# Please enter the commit message\n#\n# On branch main\n", &[]);
        check(&rules(), "#123 mend it", &["conventional"]);
    }

    #[test]
    fn trailers_must_be_there() {
        let strict = MessageRules { trailers: vec!["Signed-off-by".into()], ..rules() };
        check(&strict, "feat: x\n\nbody\n\nSigned-off-by: A <a@example.org>\n", &[]);
        check(&strict, "feat: x\n\nsigned-off-by: A\n  and more\nTicket: 1\n# c\n", &[]);
        check(&strict, "feat: x\n\nbody\n\nsome\nwords\nof\nSigned-off-by: A\n", &[]);
        check(&strict, "feat: x\n\nSigned-off-by: A\n\nbody\n", &["no-trailer"]);
        check(&strict, "feat: x\n\nSigned-off-by:\n", &["no-trailer"]);
        check(&strict, "Signed-off-by: A", &["conventional", "no-trailer"]);
        check(&strict, "feat: x\n\nSigned-off-by A\n", &["no-trailer"]);
    }

    #[test]
    fn forbidden_words_are_whole_words() {
        let strict = MessageRules { forbid: vec!["wip".into(), "do not merge".into(), "\u{c4}rger".into()], ..rules() };
        check(&strict, "feat: WIP", &["forbidden-word"]);
        check(&strict, "feat: wipe, swip, wip_x", &[]);
        check(&strict, "feat: x\n\n(Do Not Merge)", &["forbidden-word"]);
        check(&strict, "feat: x\n\nso ein \u{e4}rger!", &["forbidden-word"]);
    }

    #[test]
    fn a_problem_points_into_what_git_handed_over() {
        let found = look_at_message(&rules(), b"# c\n\nfeat: x\nbody");
        let place = found[0].place.as_ref().unwrap();
        assert_eq!((place.line_and_column(), &place.text[place.span.clone()]), ((4, 1), "body"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes in prop::collection::vec(prop::sample::select(&b"fix: (a)!#\n\n \t\xff\xe2-B"[..]), 0..50)) {
            let strict = MessageRules { trailers: vec!["A".into()], forbid: vec!["fix".into(), String::new()], ..rules() };
            for found in look_at_message(&strict, &bytes) {
                prop_assert!(!found.render(false).is_empty());
            }
        }
    }
}
