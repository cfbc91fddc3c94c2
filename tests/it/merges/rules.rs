//! What the target asks of a change, and the change can't take away.

use super::{assert_code, branch, findings, merge_check, step};
use crate::repo::TestRepo;

const RULES: &str = r#"
[main]
branches = ["main"]

[policy]
guarded = ["Makefile"]

[check.words]
inputs = ["words"]
run = "! grep bad words"
reuse = "1h"
idle-timeout = "1m"
"#;

fn repository() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("gate.toml", RULES);
    repo.write("words", "good\n");
    repo.write("Makefile", "all:\n");
    repo.commit("first");
    branch(&repo, "topic", "main");
    repo
}

fn rejected(kind: &str) -> (String, String) {
    (kind.to_owned(), "rejected".to_owned())
}

#[test]
fn a_check_that_is_made_easier_is_run_as_it_was_too() {
    let repo = repository();
    repo.write("gate.toml", RULES.replace("grep bad", "grep worse"));
    repo.write("words", "bad\n");
    repo.commit("easier");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!(code, 1);
    assert_eq!(findings(&document), [rejected("weakened"), rejected("step")]);
    assert_eq!(step(&document, "words"), Some(("run".into(), "passed".into())));
    assert_eq!(step(&document, "words.before"), Some(("run".into(), "failed".into())));
}

#[test]
fn what_weakens_the_gate_does_not_land_and_is_only_told_elsewhere() {
    let cases = [
        ("removed", RULES.replace("[check.words]", "[check.other]")),
        ("emptied", RULES.replace("inputs = [\"words\"]", "inputs = [\"nothing\"]\nallow-empty = true")),
        ("aging", RULES.replace("reuse = \"1h\"", "reuse = \"2h\"")),
        ("ageless", RULES.replace("reuse = \"1h\"", "")),
        ("patient", RULES.replace("idle-timeout = \"1m\"", "")),
        ("optional", RULES.replace("inputs", "required = false\non = [\"pre-commit\"]\ninputs")),
    ];
    for (what, rules) in cases {
        let repo = repository();
        repo.write("gate.toml", rules);
        repo.commit(what);
        let (code, document) = merge_check(&repo, &["--into", "main"]);
        assert_eq!(code, 1, "{what}");
        assert!(findings(&document).contains(&rejected("weakened")), "{what}");
        let told = repo.check(&["--commit", "HEAD"]).1;
        assert!(findings(&told).contains(&("weakened".into(), "nothing".into())), "{what}: {told}");
    }
}

#[test]
fn what_checkouts_are_made_of_is_the_target_s_to_say() {
    const OURS: &str =
        "\n[workspace]\nshare = [\".env\"]\nkeep = [\"target\"]\n\n[[workspace.prepare]]\nrun = \"true\"\n";
    let check = |rules: &str, expected: Option<&str>| {
        let repo = TestRepo::new();
        repo.write("gate.toml", RULES.to_owned() + OURS);
        repo.write("words", "good\n");
        repo.write(".gitignore", "target\ndist\n.env*\n");
        repo.write(".env", "x\n");
        repo.commit("first");
        branch(&repo, "topic", "main");
        repo.write("gate.toml", RULES.to_owned() + rules);
        repo.commit("topic");
        let (code, document) = merge_check(&repo, &["--into", "main"]);
        let key = document["findings"][0]["cause"]["key"].as_str();
        assert_eq!((code, key), (i32::from(expected.is_some()), expected), "{rules}: {document}");
    };
    // What a command leaves there may be what a check starts.
    check(&OURS.replace("\"true\"", "\"mkdir -p target\""), Some("workspace.prepare"));
    check(&format!("{OURS}env = [\"PATH\"]\n"), Some("workspace.prepare"));
    check(&format!("{OURS}\n[[workspace.prepare]]\nrun = \"true\"\n"), Some("workspace.prepare"));
    check(OURS.split("\n[[").next().unwrap(), Some("workspace.prepare"));
    check(&OURS.replace("[\"target\"]", "[\"target\", \"dist\"]"), Some("workspace.keep"));
    check(&OURS.replace("\".env\"", ""), Some("workspace.share"));
    check(&OURS.replace("keep = [\"target\"]", ""), None);
    check(&format!("{OURS}inputs = [\"words\"]\n"), Some("workspace.prepare"));
}

#[test]
fn guarded_files_are_the_target_s_to_name() {
    let repo = repository();
    repo.write("gate.toml", RULES.replace("guarded = [\"Makefile\"]", ""));
    repo.write("Makefile", "all: nothing\n");
    repo.commit("unguarded");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, findings(&document)), (1, vec![rejected("loosened"), rejected("guarded-file")]));
}

#[test]
fn taking_gate_toml_away_does_not_land() {
    let repo = repository();
    repo.remove("gate.toml");
    repo.commit("free");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, findings(&document)), (1, vec![rejected("rules-removed")]));
}

#[test]
fn a_check_that_is_made_stricter_or_added_lands_where_it_passes() {
    let repo = repository();
    let rules =
        RULES.replace("inputs = [\"words\"]", "inputs = [\"words\", \"more\"]") + "\n[check.new]\nrun = \"true\"\n";
    repo.write("gate.toml", rules);
    repo.commit("stricter");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!((code, &document["verdict"]), (0, &"deployable".into()), "{document}");
}

#[test]
fn starting_is_an_act_of_its_own() {
    let repo = TestRepo::new();
    repo.write("words", "good\n");
    repo.commit("first");
    let ran = repo.gate(&["merge-check", "--into", "main", "--from", "main"]);
    assert_code(&ran, 4);
    branch(&repo, "topic", "main");
    repo.write("gate.toml", RULES);
    repo.commit("under gate");
    let ran = repo.gate(&["merge-check", "--into", "main"]);
    assert_code(&ran, 3);
    assert!(ran.stderr.contains("gate merge-check --start"), "{}", ran.stderr);
    assert_code(&repo.gate(&["merge-check", "--into", "main", "--start"]), 0);
    repo.write("words", "bad\n");
    repo.commit("bad");
    assert_code(&repo.gate(&["merge-check", "--into", "main", "--start"]), 1);
}

#[test]
fn a_pass_on_what_another_step_has_replaced_lands_nothing() {
    let repo = TestRepo::new();
    let rules = "[main]\nbranches = [\"main\"]\n[[workspace.prepare]]\nrun = \"mkdir -p made; echo '! grep bad words' > made/lint\"\n\
        inputs = []\n[check.lint]\nrun = \"sh made/lint\"\n";
    repo.write("gate.toml", rules);
    repo.write(".gitignore", "/made/\n");
    repo.write("words", "good\n");
    repo.commit("first");
    branch(&repo, "topic", "main");
    repo.write("gate.toml", format!("{rules}after = [\"aa\"]\n[check.aa]\nrun = \"echo true > made/lint\"\n"));
    repo.write("words", "bad\n");
    repo.commit("disarmed");
    let (code, document) = merge_check(&repo, &["--into", "main"]);
    assert_eq!(step(&document, "lint"), Some(("run".into(), "passed".into())), "{document}");
    assert_eq!((code, findings(&document)), (3, vec![("disturbed".into(), "undecided".into()); 2]), "{document}");
}
