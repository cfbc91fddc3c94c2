//! README.md shows what the commands write.

use super::{Project, RULES};

/// What a command writes, without what differs from run to run.
fn plain(text: &str) -> String {
    let untimed = text.lines().map(|line| line.split_once(" has signed, ").map_or(line, |(what, _)| what));
    let mut words: Vec<&str> = untimed.flat_map(str::split_whitespace).collect();
    for at in 1..words.len() {
        match words[at - 1] {
            "run" => words[at] = "ID",
            "tree" => words[at] = "TREE,",
            _ => {}
        }
    }
    words.join(" ")
}

#[test]
fn readme_shows_what_the_commands_write() {
    let readme = fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let section = readme.split("\n## Evidence\n").nth(1).unwrap();
    let block = section.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let project = Project::new(RULES);
    let (signer, clone) = (project.clone(), project.clone());
    fs_err::copy(project.key("ci"), signer.path().join("ci-key")).unwrap();
    fs_err::copy(project.verdict(), signer.path().join("verdict.json")).unwrap();
    for shown in block.split("$ gate ").skip(1) {
        let (command, expected) = shown.split_once('\n').unwrap();
        let words: Vec<&str> = command.split(' ').collect();
        let ran = if words[1] == "push" { signer.gate(&words) } else { clone.gate(&words) };
        assert_eq!((ran.code, plain(&ran.stdout)), (0, plain(expected)), "{command}: {}", ran.stderr);
    }
}
