//! The jobs that run the shards of a plan, in the words of a CI: one for each shard, and one that joins what they say.
//!
//! A shard's job may fail without failing the whole: the job that joins them decides, and a shard that says nothing is
//! never a pass there.

use std::fmt::Write;

use serde_json::{Value, json};

use super::words;
use crate::check::StepName;
use crate::record::PlannedShard;

/// What the jobs are made of.
#[derive(Clone, Copy, Debug)]
pub struct Jobs<'a> {
    /// The shards; at least one.
    pub shards: &'a [PlannedShard],
    /// What `gate merge-check` is given beside the shard, quoted for a shell.
    pub args: &'a str,
    /// The file that says how long steps last, if there is one.
    pub durations: Option<&'a str>,
    /// A file of the repository for the jobs to be set up by, where the format has such a thing.
    pub include: Option<&'a str>,
    /// The job that plans: its pipeline's number and its name. Where it hands the file with durations on.
    pub planner: Option<(&'a str, &'a str)>,
    /// The queue that the planning job's agent is of.
    pub queue: Option<&'a str>,
}

/// A matrix of GitHub Actions, on one line, for `strategy.matrix` by `fromJSON`
/// (<https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstrategymatrixinclude>). It is
/// never empty, because a job with an empty matrix is skipped, and what is skipped counts as success there.
#[must_use]
pub fn github(jobs: &Jobs<'_>) -> String {
    let include: Vec<Value> = jobs
        .shards
        .iter()
        .map(|shard| {
            json!({
                "shard": shard.shard,
                "index": shard.index,
                "args": jobs.args,
                "estimate_s": seconds(shard),
                "steps": shard.steps,
            })
        })
        .collect();
    format!("{}\n", json!({ "include": include }))
}

/// A child pipeline of GitLab, for `trigger: include: artifact:` (<https://docs.gitlab.com/ci/yaml/>).
#[must_use]
pub fn gitlab(jobs: &Jobs<'_>) -> String {
    let mut text = String::from("# Written by: gate plan --format gitlab\n");
    // Without a rule of its own a child of a merge request's pipeline has no jobs.
    text.push_str("workflow:\n  rules:\n    - when: always\n");
    if let Some(include) = jobs.include {
        push(&mut text, &format!("include:\n  - local: {}", quoted(include)));
    }
    text.push_str("stages: [shards, verdict]\n");
    for shard in jobs.shards {
        let file = file(shard);
        push(&mut text, &format!("\n{}:\n  stage: shards", quoted(&label(shard))));
        text.push_str("  variables:\n    GIT_DEPTH: \"0\"\n  allow_failure: true\n");
        if let (Some(_), Some((pipeline, job))) = (jobs.durations, jobs.planner) {
            let (pipeline, job) = (quoted(pipeline), quoted(job));
            push(&mut text, &format!("  needs:\n    - pipeline: {pipeline}\n      job: {job}"));
        }
        push(&mut text, &format!("  script:\n    - {}", quoted(&command(jobs, shard))));
        push(&mut text, &format!("  artifacts:\n    when: always\n    paths: [{}]", quoted(&file)));
    }
    text.push_str("\nverdict:\n  stage: verdict\n  when: always\n  variables:\n    GIT_STRATEGY: none\n  needs:\n");
    for shard in jobs.shards {
        push(&mut text, &format!("    - job: {}\n      artifacts: true", quoted(&label(shard))));
    }
    let verdict = format!("{} --report junit=gate-verdict.xml", join(jobs));
    push(&mut text, &format!("  script:\n    - {}", quoted(&verdict)));
    text.push_str("  artifacts:\n    when: always\n    paths: [gate-verdict.json]\n");
    text.push_str("    reports:\n      junit: gate-verdict.xml\n");
    text
}

/// Steps of Buildkite, for `buildkite-agent pipeline upload`
/// (<https://buildkite.com/docs/pipelines/configure/step-types/command-step>).
#[must_use]
pub fn buildkite(jobs: &Jobs<'_>) -> String {
    // Uploading replaces what follows a dollar sign.
    let quoted = |text: &str| quoted(&text.replace('$', "$$"));
    let mut text = String::from("# Written by: gate plan --format buildkite\n");
    if let Some(queue) = jobs.queue {
        push(&mut text, &format!("agents:\n  queue: {}", quoted(queue)));
    }
    text.push_str("steps:\n");
    for shard in jobs.shards {
        push(&mut text, &format!("  - label: {}\n    key: {}", quoted(&label(shard)), quoted(&key(shard))));
        text.push_str("    command:\n");
        if let Some(durations) = jobs.durations {
            let fetch = format!("buildkite-agent artifact download {durations} . || true");
            push(&mut text, &format!("      - {}", quoted(&fetch)));
        }
        push(&mut text, &format!("      - {}", quoted(&command(jobs, shard))));
        push(&mut text, &format!("    artifact_paths: {}\n    soft_fail: true", quoted(&file(shard))));
    }
    text.push_str("  - label: \"gate verdict\"\n    key: \"gate-verdict\"\n    depends_on:\n");
    for shard in jobs.shards {
        push(&mut text, &format!("      - {}", quoted(&key(shard))));
    }
    text.push_str("    allow_dependency_failure: true\n    command:\n");
    push(&mut text, &format!("      - {}", quoted("buildkite-agent artifact download 'gate-shard-*.json' . || true")));
    push(&mut text, &format!("      - {}", quoted(&join(jobs))));
    text.push_str("    artifact_paths: \"gate-verdict.json\"\n");
    text
}

/// The shards for people, a line for each.
#[must_use]
pub fn text(shards: &[PlannedShard]) -> String {
    let mut text = String::new();
    for shard in shards {
        let steps: Vec<&str> = shard.steps.iter().map(StepName::as_str).collect();
        let steps = if steps.is_empty() { "nothing to run".to_owned() } else { steps.join(", ") };
        let time = words::duration(std::time::Duration::from_millis(shard.estimate_ms));
        push(&mut text, &format!("shard {}: {steps} (about {time})", shard.shard));
    }
    text
}

fn push(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _written = writeln!(text, "{line}");
}

/// A text as YAML has it in double quotes, which is how JSON has it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn label(shard: &PlannedShard) -> String {
    format!("gate {}", shard.shard)
}

fn key(shard: &PlannedShard) -> String {
    format!("gate-shard-{}", shard.index)
}

fn file(shard: &PlannedShard) -> String {
    format!("gate-shard-{}.json", shard.index)
}

fn command(jobs: &Jobs<'_>, shard: &PlannedShard) -> String {
    let args = if jobs.args.is_empty() { String::new() } else { format!(" {}", jobs.args) };
    format!("gate merge-check{args} --shard {} --report json={}", shard.shard, file(shard))
}

fn join(jobs: &Jobs<'_>) -> String {
    let files: Vec<String> = jobs.shards.iter().map(file).collect();
    format!("gate verdict {} --report json=gate-verdict.json", files.join(" "))
}

/// In seconds, with one decimal.
fn seconds(shard: &PlannedShard) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let tenths = shard.estimate_ms.div_ceil(100) as f64;
    tenths / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::name;

    fn shards() -> Vec<PlannedShard> {
        let shard = |index: usize, steps: &[&str], estimate_ms| PlannedShard {
            shard: format!("{index}/2"),
            index,
            steps: steps.iter().map(|step| name(step)).collect(),
            estimate_ms,
        };
        vec![shard(1, &["build", "test"], 61_234), shard(2, &[], 0)]
    }

    fn jobs(shards: &[PlannedShard]) -> Jobs<'_> {
        Jobs { shards, args: "--into a --from b", durations: None, include: None, planner: None, queue: None }
    }

    #[test]
    fn a_matrix_is_one_line() {
        let text = github(&jobs(&shards()));
        insta::assert_snapshot!(text, @r#"{"include":[{"args":"--into a --from b","estimate_s":61.3,"index":1,"shard":"1/2","steps":["build","test"]},{"args":"--into a --from b","estimate_s":0.0,"index":2,"shard":"2/2","steps":[]}]}"#);
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn a_child_pipeline() {
        let shards = shards();
        let jobs = Jobs {
            durations: Some("times.json"),
            include: Some(".gitlab/gate.yml"),
            planner: Some(("12", "plan: \"x\"")),
            ..jobs(&shards)
        };
        insta::assert_snapshot!(gitlab(&jobs), @r#"
        # Written by: gate plan --format gitlab
        workflow:
          rules:
            - when: always
        include:
          - local: ".gitlab/gate.yml"
        stages: [shards, verdict]

        "gate 1/2":
          stage: shards
          variables:
            GIT_DEPTH: "0"
          allow_failure: true
          needs:
            - pipeline: "12"
              job: "plan: \"x\""
          script:
            - "gate merge-check --into a --from b --shard 1/2 --report json=gate-shard-1.json"
          artifacts:
            when: always
            paths: ["gate-shard-1.json"]

        "gate 2/2":
          stage: shards
          variables:
            GIT_DEPTH: "0"
          allow_failure: true
          needs:
            - pipeline: "12"
              job: "plan: \"x\""
          script:
            - "gate merge-check --into a --from b --shard 2/2 --report json=gate-shard-2.json"
          artifacts:
            when: always
            paths: ["gate-shard-2.json"]

        verdict:
          stage: verdict
          when: always
          variables:
            GIT_STRATEGY: none
          needs:
            - job: "gate 1/2"
              artifacts: true
            - job: "gate 2/2"
              artifacts: true
          script:
            - "gate verdict gate-shard-1.json gate-shard-2.json --report json=gate-verdict.json --report junit=gate-verdict.xml"
          artifacts:
            when: always
            paths: [gate-verdict.json]
            reports:
              junit: gate-verdict.xml
        "#);
    }

    #[test]
    fn steps_to_upload() {
        let shards = shards();
        let jobs = Jobs { durations: Some("'a $b'"), queue: Some("big"), ..jobs(&shards) };
        insta::assert_snapshot!(buildkite(&jobs), @r#"
        # Written by: gate plan --format buildkite
        agents:
          queue: "big"
        steps:
          - label: "gate 1/2"
            key: "gate-shard-1"
            command:
              - "buildkite-agent artifact download 'a $$b' . || true"
              - "gate merge-check --into a --from b --shard 1/2 --report json=gate-shard-1.json"
            artifact_paths: "gate-shard-1.json"
            soft_fail: true
          - label: "gate 2/2"
            key: "gate-shard-2"
            command:
              - "buildkite-agent artifact download 'a $$b' . || true"
              - "gate merge-check --into a --from b --shard 2/2 --report json=gate-shard-2.json"
            artifact_paths: "gate-shard-2.json"
            soft_fail: true
          - label: "gate verdict"
            key: "gate-verdict"
            depends_on:
              - "gate-shard-1"
              - "gate-shard-2"
            allow_dependency_failure: true
            command:
              - "buildkite-agent artifact download 'gate-shard-*.json' . || true"
              - "gate verdict gate-shard-1.json gate-shard-2.json --report json=gate-verdict.json"
            artifact_paths: "gate-verdict.json"
        "#);
    }
}
