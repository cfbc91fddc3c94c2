//! The jobs that a plan is written as, in each CI's words.

use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value;

use super::{Host, SHARDS};
use crate::repo::Ran;

fn plan(host: &Host, args: &[&str]) -> Ran {
    host.repo.gate(&[&["plan", "--into", "main", "--from", "topic", "--durations", "times.json"], args].concat())
}

#[track_caller]
fn planned(host: &Host, format: &str) -> String {
    let ran = plan(host, &["--shards", &SHARDS.to_string(), "--format", format]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout
}

/// Runs a shell line of a job in a clone of its own, with gate on PATH.
fn job(host: &Host, clone: &std::path::Path, line: &str) -> Ran {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_gate")).parent().unwrap();
    host.repo.run(clone, "sh", &["-c", &format!("PATH={}:$PATH; {line}", folder.display())])
}

#[test]
fn a_matrix_runs_every_step_once_and_its_shards_join() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let text = planned(&host, "github-matrix");
    assert_eq!(text.lines().count(), 1, "an output of a job is one line");
    let matrix: Value = serde_json::from_str(&text).unwrap();
    let jobs = matrix["include"].as_array().unwrap();
    assert_eq!(jobs.len(), SHARDS);
    let all = host.clone("all");
    let mut steps = Vec::new();
    for entry in jobs {
        let (shard, index, args) = (entry["shard"].as_str().unwrap(), &entry["index"], entry["args"].as_str().unwrap());
        steps.extend(entry["steps"].as_array().unwrap().iter().map(|step| step.as_str().unwrap().to_owned()));
        let clone = host.clone(&format!("job-{index}"));
        let report = all.join(format!("{index}.json"));
        let line = format!("gate merge-check --shard {shard} {args} --report json={}", report.display());
        let ran = job(&host, &clone, &line);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(entry["estimate_s"].as_f64().unwrap() > 0.5);
    }
    steps.sort();
    let mut expected: Vec<String> = (0..12).map(|number| format!("c{number}")).collect();
    expected.sort();
    assert_eq!(steps, expected);
    let ran = job(&host, &all, "gate verdict *.json --durations kept.json");
    assert_eq!(ran.code, 3, "times.json is no shard: {}", ran.stdout);
    let ran = job(&host, &all, "gate verdict [0-9].json --durations kept.json");
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let kept: Value = serde_json::from_str(&fs_err::read_to_string(all.join("kept.json")).unwrap()).unwrap();
    assert_eq!(kept["steps"].as_object().unwrap().len(), 12);
}

#[test]
fn nothing_to_run_is_still_one_job() {
    let assume = super::rules().replace("unproved-base = \"run\"", "unproved-base = \"assume\"");
    let host = Host::new(&[("gate.toml", &assume)], &[("unrelated", "1\n")]);
    let matrix: Value = serde_json::from_str(&planned(&host, "github-matrix")).unwrap();
    assert_eq!(matrix["include"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&matrix["include"][0]["shard"], &matrix["include"][0]["steps"]),
        (&"1/1".into(), &Value::from(Vec::<Value>::new()))
    );
    assert!(host.repo.path().join("gate.toml").is_file());
    let text = planned(&host, "text");
    assert!(text.ends_with("shard 1/1: nothing to run (about 0.00s)\n"), "{text}");
}

fn text<'a>(yaml: &'a Yaml<'a>, key: &str) -> &'a Yaml<'a> {
    yaml.as_mapping_get(key).unwrap_or_else(|| panic!("no {key} in {yaml:?}"))
}

fn strings(yaml: &Yaml<'_>) -> Vec<String> {
    yaml.as_sequence().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_child_pipeline_of_gitlab_joins_whatever_its_shards_end_with() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    host.repo.set_env("CI_PIPELINE_ID", "77");
    host.repo.set_env("CI_JOB_NAME", "plan: \"it\"");
    let source = planned(&host, "gitlab");
    let all = Yaml::load_from_str(&source).unwrap();
    let pipeline = &all[0];
    assert_eq!(strings(text(pipeline, "stages")), ["shards", "verdict"]);
    for index in 1..=SHARDS {
        let job = text(pipeline, &format!("gate {index}/{SHARDS}"));
        assert!(job.as_mapping_get("rules").is_none());
        assert_eq!(text(job, "stage").as_str(), Some("shards"));
        assert_eq!(text(job, "allow_failure").as_bool(), Some(true));
        assert_eq!(text(text(job, "artifacts"), "when").as_str(), Some("always"));
        let need = &text(job, "needs").as_sequence().unwrap()[0];
        assert_eq!((text(need, "pipeline").as_str(), text(need, "job").as_str()), (Some("77"), Some("plan: \"it\"")));
        crate::recipes::assert_parses(&strings(text(job, "script"))[0]);
    }
    let join = text(pipeline, "verdict");
    assert_eq!((text(join, "when").as_str(), text(join, "stage").as_str()), (Some("always"), Some("verdict")));
    assert!(join.as_mapping_get("allow_failure").is_none());
    assert_eq!(text(join, "needs").as_sequence().unwrap().len(), SHARDS);
    crate::recipes::assert_parses(&strings(text(join, "script"))[0]);
}

#[test]
fn steps_of_buildkite_join_whatever_their_shards_end_with() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let source = planned(&host, "buildkite");
    let all = Yaml::load_from_str(&source).unwrap();
    let steps = text(&all[0], "steps").as_sequence().unwrap();
    let (join, shards) = steps.split_last().unwrap();
    assert_eq!(shards.len(), SHARDS);
    let keys: Vec<String> = shards.iter().map(|step| text(step, "key").as_str().unwrap().to_owned()).collect();
    for step in shards {
        assert_eq!(text(step, "soft_fail").as_bool(), Some(true));
        assert!(text(step, "artifact_paths").as_str().unwrap().starts_with("gate-shard-"));
        crate::recipes::assert_parses(strings(text(step, "command")).last().unwrap());
    }
    assert_eq!(strings(text(join, "depends_on")), keys);
    assert_eq!(text(join, "allow_dependency_failure").as_bool(), Some(true));
    assert!(join.as_mapping_get("soft_fail").is_none());
    crate::recipes::assert_parses(strings(text(join, "command")).last().unwrap());
}

#[test]
fn a_plan_says_in_json_what_each_shard_runs() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let document = planned(&host, "json");
    let document = crate::documents::assert_valid(&crate::documents::schema("gate.plan-1"), &document);
    assert_eq!(document["shards"].as_array().unwrap().len(), SHARDS);
}

#[test]
fn shards_are_of_merges_and_their_formats_of_shards() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    for args in [
        &["plan", "--format", "github-matrix"][..],
        &["plan", "--shards", "0"],
        &["plan", "--shards", "257"],
        &["plan", "--shards", "2", "--staged"],
        &["plan", "--shards", "2", "--all"],
        &["plan", "--shards", "2", "--only", "c3"],
        &["plan", "--shards", "2", "--stage", "pre-commit"],
        &["plan", "--into", "main", "--to", "topic"],
        &["plan", "--from", "main"],
        &["plan", "--method", "squash"],
        &["merge-check", "--into", "main", "--shard", "4/3"],
        &["merge-check", "--into", "main", "--shard", "2"],
        // No CI, and no target named.
        &["plan", "--shards", "2"],
    ] {
        assert_eq!(host.repo.gate(args).code, 2, "{args:?}");
    }
    assert_eq!(host.repo.gate(&["plan", "--from", "main", "--to", "topic"]).code, 0);
    assert_eq!(host.repo.gate(&["plan", "--into", "main", "--from", "topic", "--method", "squash"]).code, 0);
}

#[test]
fn a_plan_without_times_says_so_and_spreads_all_the_same() {
    let host = Host::new(&[], &[("f3", "better\n")]);
    let ran = host.repo.gate(&["plan", "--into", "main", "--shards", "3", "--durations", "absent.json"]);
    assert!(ran.code == 0 && ran.stderr.contains("'absent.json' says nothing of durations"), "{}", ran.stderr);
    assert!(ran.stdout.contains("shard 3/3: "), "{}", ran.stdout);
}
