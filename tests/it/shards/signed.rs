//! What several runners say together, signed as one.

use serde_json::{Value, json};

use super::{Host, platforms};
use crate::signer::Signer;

/// Signs what documents come to, and gives how many steps have a result in it.
fn sign(host: &Host, signer: &Signer, joined: &Value) -> String {
    let file = host.repo.root().join("joined.json");
    fs_err::write(&file, joined.to_string()).unwrap();
    let ran = signer.sign(&host.repo, &file);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    ran.stdout.split(", ").find(|part| part.ends_with("with a result")).unwrap().to_owned()
}

#[test]
fn a_joined_verdict_is_signed_with_the_steps_of_all_shards_and_stands_in_for_their_runs() {
    let signers_of = Host::new(&[], &[]);
    let signer = Signer::new(&signers_of.repo, "ci");
    let rules = format!("{}{}", super::rules(), signer.trusted());
    let host = Host::new(&[("gate.toml", &rules)], &[("f3", "better\n"), ("f7", "better\n")]);
    let (code, joined) = host.joined(&host.shards());
    assert_eq!((code, &joined["proof"]), (0, &json!("proved")));
    assert_eq!(sign(&host, &signer, &joined), "12 steps with a result");
    let clone = host.clone("after");
    let run = |args: &[&str]| host.repo.run(&clone, env!("CARGO_BIN_EXE_gate"), args);
    assert_eq!(run(&["evidence", "fetch"]).code, 0);
    let ran = run(&["merge-check", "--into", "origin/main", "--from", "origin/topic", "--format", "json"]);
    let document = ran.document();
    let reused = document["steps"].as_array().unwrap().iter().filter(|step| step["reasons"][0]["kind"] == "evidence");
    assert_eq!((ran.code, reused.count(), &document["proof"]), (0, 12, &json!("proved")), "{document:#}");
}

#[test]
fn what_two_platforms_say_is_signed_for_each() {
    let signers_of = Host::new(&[], &[]);
    let signer = Signer::new(&signers_of.repo, "ci");
    let host = platforms::host(&[("f3", "better\n")]);
    host.repo.git(&["checkout", "--quiet", "main"]);
    host.repo.write("gate.toml", format!("{}\n{}", host.repo.read("gate.toml"), signer.trusted()));
    host.repo.commit("trust");
    let (code, joined) = host.joined(&platforms::both(&host));
    assert_eq!(code, 0, "{joined:#}");
    assert_eq!(sign(&host, &signer, &joined), "13 steps with a result", "one on each");
    let clone = host.clone("after");
    let run = |args: &[&str]| host.repo.run(&clone, env!("CARGO_BIN_EXE_gate"), args);
    assert_eq!(run(&["evidence", "fetch"]).code, 0);
    let ran = run(&["merge-check", "--into", "origin/main", "--from", "origin/topic", "--format", "json"]);
    let document = ran.document();
    assert_eq!(
        (ran.code, &document["verdict"], &document["proof"]),
        (0, &json!("deployable"), &json!("proved")),
        "{document:#}"
    );
}
