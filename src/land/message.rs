//! What commits that land say of themselves.

use super::members::Member;

/// The message of a merge, as git words it.
pub(super) fn merge(members: &[&Member], target: &str) -> String {
    let kinds: Vec<(&str, &str)> = members.iter().filter_map(|member| member.title.rsplit_once(' ')).collect();
    let same = kinds.first().filter(|(kind, _)| kinds.len() > 1 && kinds.iter().all(|(other, _)| other == kind));
    let listed = match same {
        Some((kind, _)) => {
            let names: Vec<&str> = kinds.iter().map(|(_, name)| *name).collect();
            let plural = if kind.ends_with("ch") { "es" } else { "s" };
            format!("{kind}{plural} {}", list(&names))
        }
        None => list(&members.iter().map(|member| member.title.as_str()).collect::<Vec<_>>()),
    };
    format!("Merge {listed} into {target}\n")
}

/// The message of one commit that stands for all of a branch's.
pub(super) fn squash(member: &Member, subjects: &[String]) -> String {
    if subjects.is_empty() {
        return format!("Squash {}\n", member.title);
    }
    format!("Squash {}\n\n* {}\n", member.title, subjects.join("\n* "))
}

fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::ObjectId;

    fn member(title: &str) -> Member {
        Member { name: "x".into(), title: title.into(), head: ObjectId::EMPTY_TREE, is_apart: false }
    }

    #[test]
    fn merges_are_worded_as_git_words_them() {
        let says = |titles: &[&str]| {
            let members: Vec<Member> = titles.iter().map(|title| member(title)).collect();
            merge(&members.iter().collect::<Vec<_>>(), "main")
        };
        assert_eq!(says(&["branch 'a'"]), "Merge branch 'a' into main\n");
        assert_eq!(says(&["branch 'a'", "branch 'b'"]), "Merge branches 'a' and 'b' into main\n");
        let three = ["remote-tracking branch 'o/a'", "remote-tracking branch 'o/b'", "remote-tracking branch 'o/c'"];
        assert_eq!(says(&three), "Merge remote-tracking branches 'o/a', 'o/b' and 'o/c' into main\n");
        assert_eq!(says(&["branch 'a'", "commit '1234'"]), "Merge branch 'a' and commit '1234' into main\n");
    }
}
