//! The formats are those of others, and others' programs agree.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::forged::{IN_TOTO, Shelf, pre_authentication};
use super::{Project, RULES, assert_reused, proved};

/// Has `topic` judged, and signed with a key that main trusts.
fn signed_with(make: &dyn Fn(&Project) -> String) -> Project {
    let project = Project::new(RULES);
    let line = make(&project);
    project.push_rules("main", &RULES.replace("@KEY@", &line));
    project.origin.git(&["checkout", "--quiet", "topic"]);
    project.origin.git(&["rebase", "--quiet", "main"]);
    let ran = project.sign(&project.verdict(), "mine");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    project
}

#[test]
fn keys_of_every_kind_that_can_be_checked_count() {
    for how in [&["-t", "ed25519"][..], &["-t", "ecdsa", "-b", "256"], &["-t", "ecdsa", "-b", "384"]] {
        let project = signed_with(&|project| {
            project.make_key("mine", how);
            project.public("mine")
        });
        assert_reused(&project.judged(&[]).1, "words");
    }
}

#[test]
fn a_plain_ed25519_key_counts() {
    let project = signed_with(&|project| {
        let (key, repo) = (project.key("mine"), &project.origin);
        let args = ["genpkey", "-algorithm", "ed25519", "-out", key.to_str().unwrap()];
        assert_eq!(repo.run(&repo.home(), "openssl", &args).code, 0);
        let args = ["pkey", "-in", key.to_str().unwrap(), "-pubout", "-outform", "DER", "-out", "mine.der"];
        assert_eq!(repo.run(&repo.home(), "openssl", &args).code, 0);
        let der = fs_err::read(repo.home().join("mine.der")).unwrap();
        // The last 32 bytes are the key (RFC 8410); SSH has it behind the name of its kind, each with its length (RFC 8709).
        let blob = [b"\0\0\0\x0bssh-ed25519\0\0\0\x20".as_slice(), &der[der.len() - 32..]].concat();
        format!("ssh-ed25519 {}", STANDARD.encode(blob))
    });
    let (_, document) = project.judged(&[]);
    assert_reused(&document, "words");
    let by = document["steps"][0]["reasons"][0]["by"].as_str().unwrap();
    assert!(by.starts_with("SHA256:"), "{by}");
}

#[test]
fn keys_that_can_t_be_checked_are_refused() {
    for how in
        [&["-t", "rsa", "-b", "2048"][..], &["-t", "rsa", "-b", "2048", "-m", "PEM"], &["-t", "ecdsa", "-b", "521"]]
    {
        let project = Project::new(RULES);
        project.make_key("mine", how);
        let ran = project.sign(&project.verdict(), "mine");
        assert_eq!(ran.code, 2, "{how:?}: {}", ran.stdout);
        assert!(ran.stderr.contains("ssh-keygen -t ed25519 -f FILE"), "{how:?}: {}", ran.stderr);
    }
}

#[test]
fn a_key_that_can_t_be_checked_can_t_be_trusted() {
    for (line, how) in [("", &["-t", "rsa", "-b", "2048"][..]), ("ssh-ed25519 nonsense", &["-t", "ed25519"])] {
        let project = Project::new(RULES);
        project.make_key("mine", how);
        let line = if line.is_empty() { project.public("mine") } else { line.to_owned() };
        project.push_rules("main", &RULES.replace("@KEY@", &line));
        project.origin.git(&["checkout", "--quiet", "topic"]);
        project.origin.git(&["rebase", "--quiet", "main"]);
        let ran = project.clone().gate(&["merge-check", "--into", "main"]);
        assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("is no public key"), "{}", ran.stderr);
    }
}

#[test]
fn ssh_keygen_itself_accepts_the_signature() {
    let project = proved();
    let shelf = Shelf::of(&project);
    let folder = project.origin.root();
    let signature = STANDARD.decode(shelf.envelope["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    fs_err::write(folder.join("sig"), signature).unwrap();
    fs_err::write(folder.join("signers"), format!("ci {}\n", project.public("ci"))).unwrap();
    let verify = |payload: &[u8]| {
        fs_err::write(folder.join("signed"), pre_authentication(IN_TOTO, payload)).unwrap();
        let line = "ssh-keygen -Y verify -n gate -I ci -f signers -s sig < signed";
        project.origin.run(&folder, "sh", &["-c", line]).code == 0
    };
    assert!(verify(&shelf.payload()));
    assert!(!verify(b"another payload"));
}

#[test]
fn openssl_itself_accepts_the_signature_of_a_plain_key() {
    let project = Project::new(RULES);
    let (key, repo) = (project.key("mine"), &project.origin);
    let args = ["genpkey", "-algorithm", "ed25519", "-out", key.to_str().unwrap()];
    assert_eq!(repo.run(&repo.home(), "openssl", &args).code, 0);
    assert_eq!(project.sign(&project.verdict(), "mine").code, 0);
    let shelf = Shelf::of(&project);
    let signature = STANDARD.decode(shelf.envelope["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    fs_err::write(repo.home().join("sig"), signature).unwrap();
    fs_err::write(repo.home().join("signed"), pre_authentication(IN_TOTO, &shelf.payload())).unwrap();
    let args = ["pkeyutl", "-verify", "-rawin", "-inkey", key.to_str().unwrap(), "-in", "signed", "-sigfile", "sig"];
    let ran = repo.run(&repo.home(), "openssl", &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn what_is_signed_is_a_test_result_of_in_toto() {
    let project = proved();
    let shelf = Shelf::of(&project);
    assert_eq!(shelf.envelope["payloadType"], IN_TOTO);
    let statement = shelf.statement();
    let tree = project.origin.git(&["rev-parse", "topic^{tree}"]);
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://in-toto.io/attestation/test-result/v0.1");
    assert_eq!(statement["subject"][0], serde_json::json!({"name": "tree", "digest": {"gitTree": tree}}));
    let predicate = &statement["predicate"];
    assert_eq!(predicate["result"], "PASSED");
    assert_eq!(predicate["passedTests"], serde_json::json!(["words"]));
    assert_eq!(
        (&predicate["warnedTests"], &predicate["failedTests"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    // Each resource has a name and at least one digest of lower-case hexadecimal digits.
    let resources = [&statement["subject"], &predicate["configuration"]].map(|list| list.as_array().unwrap());
    assert!(resources.iter().all(|list| !list.is_empty()));
    for resource in resources.into_iter().flatten() {
        assert!(resource["name"].is_string(), "{resource}");
        let digests = resource["digest"].as_object().unwrap();
        let is_digest = |text: &str| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(
            !digests.is_empty() && digests.values().all(|digest| is_digest(digest.as_str().unwrap())),
            "{resource}"
        );
    }
}

#[test]
fn a_rejected_change_is_signed_as_a_failure() {
    let project = Project::new(RULES);
    project.origin.write("words", "bad\n");
    project.origin.commit("third");
    project.prove();
    let predicate = Shelf::of(&project).statement()["predicate"].clone();
    assert_eq!((&predicate["result"], &predicate["failedTests"]), (&"FAILED".into(), &serde_json::json!(["words"])));
}
