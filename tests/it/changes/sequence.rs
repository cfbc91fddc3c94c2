//! A warm checkout is brought from tree to tree, there and back, and is each time what a fresh one would be.

use std::os::unix::fs::symlink;

use super::{Watched, bytes};

/// A small generator, so that a failure can be seen again (xorshift, <https://www.jstatsoft.org/v08/i14/paper>).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}

/// Changes a few paths at random: files, programs, links, folders, attributes, whole folders gone.
fn shake(watched: &Watched, random: &mut Random) {
    const NAMES: [&[u8]; 9] = [b"x", b"y", b"z.bat", b"n\xff", b" s", b"-d", b"x.txt", b"q\"", b"k"];
    let repo = &watched.repo;
    for _ in 0..=random.below(5) {
        let name = |random: &mut Random| bytes(NAMES[random.below(NAMES.len())]);
        let depth = random.below(3);
        let path = (0..depth).fold(name(random).into(), |path: std::path::PathBuf, _| path.join(name(random)));
        let at = repo.path().join(&path);
        // What is in the way goes.
        let mut above = repo.path();
        for part in &path {
            above.push(part);
            if above.is_symlink() || above.is_file() || above == at {
                drop(fs_err::remove_file(&above).or_else(|_| fs_err::remove_dir_all(&above)));
            }
        }
        let content = format!("{}\n", random.below(4));
        match random.below(8) {
            0 | 1 => {}
            2 => repo.write_program(&path, content),
            3 => {
                fs_err::create_dir_all(at.parent().unwrap()).unwrap();
                symlink(["x", "nowhere", "..", "/etc"][random.below(4)], &at).unwrap();
            }
            4 => repo.write(
                at.parent().unwrap().join(".gitattributes"),
                ["*.bat eol=crlf\n", "* text=auto\n", "*.txt ident\n", "x eol=crlf\n"][random.below(4)],
            ),
            _ => repo.write(&path, content),
        }
    }
}

#[test]
fn there_and_back_is_a_fresh_checkout_each_time() {
    let watched = Watched::with_rules("[workspace]\nkeep = [\"cache\"]\n");
    let repo = &watched.repo;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut commits = vec![repo.git(&["rev-parse", "HEAD"])];
    for step in 0..50 {
        if step % 3 == 2 {
            // Back to one that was there before.
            let commit = commits[random.below(commits.len())].clone();
            let seen = watched.check(&["--commit", &commit]);
            seen.is_exactly(&watched, &repo.git(&["rev-parse", &format!("{commit}^{{tree}}")]));
            continue;
        }
        shake(&watched, &mut random);
        match step % 4 {
            0 => commits.push(repo.commit("random")),
            1 => watched.check(&[]).is_exactly(&watched, &watched.tree_of_everything()),
            _ => {
                repo.git(&["add", "--all"]);
                watched.check(&["--staged"]).is_exactly(&watched, &watched.tree_of_index());
            }
        }
    }
}
