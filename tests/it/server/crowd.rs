//! Many who push at once.

use super::{RULES, Server};

#[test]
fn whoever_comes_second_is_told_so_and_nothing_breaks() {
    let server = Server::with(RULES);
    let clones: Vec<_> = (0..6).map(|number| server.repo.root().join(format!("clone{number}"))).collect();
    for (number, clone) in clones.iter().enumerate() {
        let folder = server.folder();
        let args = ["clone", "--quiet", folder.to_str().unwrap(), clone.to_str().unwrap()];
        assert_eq!(server.repo.run(&server.repo.root(), "git", &args).code, 0);
        // Every second one would break main.
        let content = if number % 2 == 0 { format!("[{number}]\n") } else { "[\n".to_owned() };
        fs_err::write(clone.join("data.json"), content).unwrap();
        let commit = ["commit", "--quiet", "--all", "--message", &format!("{number}")];
        assert_eq!(server.repo.run(clone, "git", &commit).code, 0);
    }
    let mut pushes: Vec<_> = clones
        .iter()
        .map(|clone| server.repo.command(clone, "git").args(["push", "--quiet"]).spawn().unwrap())
        .collect();
    let taken: Vec<bool> = pushes.iter_mut().map(|push| push.wait().unwrap().success()).collect();
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{taken:?}");
    assert!(taken.iter().skip(1).step_by(2).all(|taken| !taken), "{taken:?}");
    server.is_whole();
    let data = server.git(&["show", "main:data.json"]);
    assert!(data.ends_with(']'), "{data}");
    for clone in &clones {
        server.repo.run(clone, "git", &["pull", "--quiet", "--rebase"]);
    }
}
