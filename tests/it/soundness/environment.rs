//! What the machine adds: programs, toolchains, variables.

use std::path::Path;

use super::{FAILED, PASSED, REUSED, judge, repository, said};
use crate::repo::TestRepo;

/// Puts a folder of programs first on PATH.
fn prepend_path(repo: &TestRepo, folder: &Path) {
    let path = std::env::join_paths([folder.to_owned(), "/usr/bin".into(), "/bin".into()]).unwrap();
    repo.set_env("PATH", path);
}

fn write_tool(repo: &TestRepo, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let folder = repo.root().join("tools");
    fs_err::create_dir_all(&folder).unwrap();
    fs_err::write(folder.join(name), text).unwrap();
    fs_err::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn another_program_of_the_same_path_is_another_environment() {
    let repo = repository("[check.a]\nrun = [\"node\", \"--check\"]\n", &[("a", "1")]);
    prepend_path(&repo, &repo.root().join("tools"));
    write_tool(&repo, "node", "#!/bin/sh\nexit 0\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    write_tool(&repo, "node", "#!/bin/sh\nexit 1\n");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn another_program_in_a_shell_line_is_another_environment() {
    let repo = repository("[check.a]\nrun = \"true && FOO=1 node x | cat\"\n", &[("a", "1")]);
    prepend_path(&repo, &repo.root().join("tools"));
    write_tool(&repo, "node", "#!/bin/sh\nexit 0\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    write_tool(&repo, "node", "#!/bin/sh\n# another\nexit 0\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
}

/// rustup's proxies stay the same file whatever toolchain they stand for.
#[test]
fn another_toolchain_behind_a_proxy_is_another_environment() {
    let repo = repository("[check.a]\nrun = \"rustc x\"\n", &[("Cargo.toml", ""), ("a", "1")]);
    let home = repo.root().join("rustup");
    fs_err::create_dir_all(&home).unwrap();
    fs_err::write(home.join("settings.toml"), "one").unwrap();
    repo.set_env("RUSTUP_HOME", &home);
    prepend_path(&repo, &repo.root().join("tools"));
    for (name, code) in [("one", 0), ("two", 1)] {
        let bin = home.join("toolchains").join(name).join("bin");
        fs_err::create_dir_all(&bin).unwrap();
        let program = format!("#!/bin/sh\n[ \"$1\" = -vV ] && echo rustc {name} && exit\nexit {code}\n");
        write_tool(&repo, "rustc-tmp", &program);
        fs_err::rename(repo.root().join("tools/rustc-tmp"), bin.join("rustc")).unwrap();
    }
    let rustup = "#!/bin/sh\nname=$(cat \"$RUSTUP_HOME/settings.toml\")\nbin=\"$RUSTUP_HOME/toolchains/$name/bin\"\n\
                  case \"${0##*/}\" in\n  rustup) [ \"$1\" = which ] && echo \"$bin/$2\" ;;\n  *) exec \"$bin/${0##*/}\" \"$@\" ;;\nesac\n";
    write_tool(&repo, "rustup", rustup);
    std::os::unix::fs::symlink("rustup", repo.root().join("tools/rustc")).unwrap();
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    fs_err::write(home.join("settings.toml"), "two").unwrap();
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn another_python_behind_a_shim_is_another_environment() {
    let repo = repository("[check.a]\nrun = \"python3 x\"\n", &[("a", "1")]);
    let root = repo.root().join("pyenv");
    repo.set_env("PYENV_ROOT", &root);
    fs_err::create_dir_all(root.join("shims")).unwrap();
    fs_err::write(root.join("version"), "3.1\n").unwrap();
    for (version, code) in [("3.1", 0), ("3.2", 1)] {
        let bin = root.join("versions").join(version).join("bin");
        fs_err::create_dir_all(&bin).unwrap();
        write_tool(&repo, "tmp", &format!("#!/bin/sh\n[ \"$1\" = -VV ] && echo {version} && exit\nexit {code}\n"));
        fs_err::rename(repo.root().join("tools/tmp"), bin.join("python3")).unwrap();
    }
    let shim = "#!/bin/sh\nexec pyenv exec \"${0##*/}\" \"$@\"\n";
    write_tool(&repo, "tmp", shim);
    fs_err::rename(repo.root().join("tools/tmp"), root.join("shims/python3")).unwrap();
    let pyenv = "#!/bin/sh\nbin=\"$PYENV_ROOT/versions/$(cat \"$PYENV_ROOT/version\")/bin\"\n\
                 case $1 in\n  which) echo \"$bin/$2\" ;;\n  exec) shift; p=$1; shift; exec \"$bin/$p\" \"$@\" ;;\nesac\n";
    write_tool(&repo, "pyenv", pyenv);
    let folders = [root.join("shims"), repo.root().join("tools"), "/usr/bin".into(), "/bin".into()];
    repo.set_env("PATH", std::env::join_paths(folders).unwrap());
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    fs_err::write(root.join("version"), "3.2\n").unwrap();
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_variable_that_is_not_declared_is_not_there() {
    let repo = repository("[check.a]\nrun = 'test -z \"$FOO\"'\n", &[]);
    repo.set_env("FOO", "set");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
}

#[test]
fn a_declared_variable_counts() {
    let repo = repository("[check.a]\nenv = [\"FOO\"]\nrun = 'test \"$FOO\" = good'\n", &[]);
    repo.set_env("FOO", "good");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.set_env("FOO", "bad");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn gits_own_variables_never_reach_a_check() {
    let repo = repository("[check.a]\nrun = '! env | grep ^GIT_'\n", &[("a", "1")]);
    repo.write("a", "2");
    repo.git(&["add", "a"]);
    repo.set_env("GIT_INDEX_FILE", repo.path().join(".git/index"));
    assert_eq!(said(&repo.check(&["--staged"]).1, "a"), PASSED);
}
