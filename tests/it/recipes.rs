//! The recipes for CIs in README.md, and the action, are what the hosts and gate take: each is YAML, each command line is
//! one of gate's, nothing is filtered by path, and the one required job reports whatever happens.

use clap::Parser;
use saphyr::{LoadableYamlNode, Yaml};

/// A file of the project.
fn file(name: &str) -> String {
    fs_err::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The blocks of a language in README.md.
fn blocks(language: &str) -> Vec<String> {
    let readme = file("README.md");
    let start = format!("```{language}\n");
    readme.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// A line of a shell, up to what is no longer an argument.
fn arguments(line: &str) -> &str {
    let end = line.find(['|', '>', ';', ')', ']']).unwrap_or(line.len());
    line[..end].split("  ").next().unwrap().split(" #").next().unwrap().trim_end_matches(['"', '\'', ' '])
}

/// With what a CI puts in place of its expressions and variables.
fn filled(line: &str) -> String {
    let args = "--into main --from topic --durations durations.json";
    let mut line = line.to_owned();
    for (expression, value) in [
        ("${{ matrix.shard }}", "1/3"),
        ("${{ matrix.args }}", args),
        ("\"$GATE_SHARD\"", "1/3"),
        ("$GATE_ARGS", args),
        ("I/N", "1/3"),
        ("|buildkite", ""),
        ("|gitlab", ""),
    ] {
        line = line.replace(expression, value);
    }
    assert!(!line.contains('$') && !line.contains("{{"), "what stands for that in {line}?");
    line
}

/// Asserts that a command line is one of gate's.
#[track_caller]
pub(crate) fn assert_parses(line: &str) {
    let line = filled(line);
    let words = shlex::split(arguments(&line)).unwrap_or_else(|| panic!("{line}"));
    if let Err(error) = gate::cli::Cli::try_parse_from(&words) {
        panic!("{line}: {error}");
    }
}

/// Every command line of gate in a text: where `gate` stands alone, with a command after it.
fn command_lines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let starts = ["merge-check", "plan", "verdict", "check", "install", "show", "audit", "warm", "evidence"];
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        for (at, _) in line.match_indices("gate ") {
            let alone = at == 0 || line[..at].ends_with([' ', '"', '[', '(', '\'']);
            let command = line[at + 5..].split([' ', '"', ')', ']']).next().unwrap();
            if alone && starts.contains(&command) {
                found.push(line[at..].to_owned());
            }
        }
    }
    found
}

#[test]
fn every_command_line_is_one_of_gates() {
    let texts = [blocks("yaml"), blocks("sh"), vec![file("action.yml")]].concat();
    let lines: Vec<String> = texts.iter().flat_map(|text| command_lines(text)).collect();
    assert!(lines.len() > 12, "{lines:?}");
    for line in &lines {
        assert_parses(line);
    }
    for wrong in ["gate plan --shards none", "gate merge-check --shard 3", "gate verdict", "gate plan --format gitlab"]
    {
        let words = shlex::split(wrong).unwrap();
        assert!(gate::cli::Cli::try_parse_from(&words).is_err(), "{wrong}");
    }
}

fn get<'a>(yaml: &'a Yaml<'a>, key: &str) -> Option<&'a Yaml<'a>> {
    yaml.as_mapping_get(key)
}

/// The one document of a text, which has to be YAML.
fn parsed(text: &str) -> Yaml<'_> {
    let mut documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

/// The keys of a mapping, and all below it.
fn keys(yaml: &Yaml<'_>) -> Vec<String> {
    if let Some(mapping) = yaml.as_mapping() {
        let own = mapping.iter().filter_map(|(key, _)| key.as_str().map(ToOwned::to_owned));
        return own.chain(mapping.iter().flat_map(|(_, value)| keys(value))).collect();
    }
    yaml.as_sequence().into_iter().flatten().flat_map(keys).collect()
}

/// The workflows of GitHub and its like in README.md.
fn workflows() -> Vec<String> {
    blocks("yaml").into_iter().filter(|text| text.contains("workflows/")).collect()
}

#[test]
fn nothing_is_filtered_by_path() {
    for text in blocks("yaml") {
        let document = parsed(&text);
        let filters = ["paths-ignore", "changes", "if_changed", "only", "except"];
        let found: Vec<String> = keys(&document).into_iter().filter(|key| filters.contains(&key.as_str())).collect();
        assert!(found.is_empty(), "{found:?} in:\n{text}");
        let on = get(&document, "on").map(keys).unwrap_or_default();
        assert!(!on.contains(&"paths".to_owned()), "{on:?}");
    }
    assert!(workflows().len() >= 3 && blocks("yaml").len() >= 6);
}

#[test]
fn a_workflow_of_github_reports_in_every_event_and_the_queue_is_never_cancelled() {
    let texts = workflows();
    let github: Vec<&String> = texts.iter().filter(|text| text.contains("concurrency:")).collect();
    assert_eq!(github.len(), 1, "one head for both");
    let document = parsed(github[0]);
    let on = keys(get(&document, "on").unwrap());
    assert_eq!(on, ["pull_request", "merge_group", "push", "branches"]);
    let concurrency = get(&document, "concurrency").unwrap();
    let group = get(concurrency, "group").unwrap().as_str().unwrap();
    assert_eq!(group, "gate-${{ github.event.pull_request.number || github.run_id }}");
    let cancels = get(concurrency, "cancel-in-progress").unwrap().as_str().unwrap();
    assert_eq!(cancels, "${{ github.event_name == 'pull_request' }}");
}

#[test]
fn the_job_that_joins_always_runs_and_waits_for_all() {
    let texts = workflows();
    let sharded = texts.iter().find(|text| text.contains("gate verdict")).unwrap();
    let document = parsed(sharded);
    let jobs = get(&document, "jobs").unwrap();
    let join = get(jobs, "gate").unwrap();
    assert_eq!(get(join, "if").unwrap().as_str(), Some("always()"));
    let needs = get(join, "needs").unwrap().as_sequence().unwrap();
    let needs: Vec<&str> = needs.iter().map(|need| need.as_str().unwrap()).collect();
    let names: Vec<&str> = jobs.as_mapping().unwrap().keys().map(|name| name.as_str().unwrap()).collect();
    assert_eq!([&needs[..], &["gate"]].concat(), names);
    assert!(!keys(join).contains(&"continue-on-error".to_owned()));
    let strategy = get(get(jobs, "shard").unwrap(), "strategy").unwrap();
    assert_eq!(get(strategy, "fail-fast").unwrap().as_bool(), Some(false));
    let matrix = get(strategy, "matrix").unwrap().as_str();
    assert_eq!(matrix, Some("${{ fromJSON(needs.plan.outputs.matrix) }}"));
    // Each that judges a change reports under the one name that is required; what signs judges none.
    let mut judging = texts.iter().filter(|text| !text.contains("gate evidence push"));
    assert!(judging.all(|text| get(get(&parsed(text), "jobs").unwrap(), "gate").is_some()));
}

#[test]
fn the_action_is_a_composite_one_and_pastes_no_input_into_a_shell() {
    let text = file("action.yml");
    let action = parsed(&text);
    let runs = get(&action, "runs").unwrap();
    assert_eq!(get(runs, "using").unwrap().as_str(), Some("composite"));
    for step in get(runs, "steps").unwrap().as_sequence().unwrap() {
        if let Some(run) = get(step, "run") {
            assert_eq!(get(step, "shell").and_then(Yaml::as_str), Some("bash"), "a composite action has no default");
            assert!(!run.as_str().unwrap().contains("${{"), "{run:?}");
        }
    }
    for key in ["name", "description", "inputs", "outputs"] {
        assert!(get(&action, key).is_some(), "{key}");
    }
    let inputs = keys(get(&action, "inputs").unwrap());
    for (input, _) in text.match_indices("inputs.") {
        let name: String = text[input + 7..].chars().take_while(char::is_ascii_lowercase).collect();
        assert!(inputs.contains(&name), "{name}");
    }
}

#[test]
fn the_action_runs_what_it_says() {
    let text = file("action.yml");
    let action = parsed(&text);
    let steps = get(get(&action, "runs").unwrap(), "steps").unwrap().as_sequence().unwrap();
    let script = get(steps.last().unwrap(), "run").unwrap().as_str().unwrap();
    let repo = crate::repo::TestRepo::with(&[("a", "1\n")]);
    repo.write_program("bin/gate", "#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done\n");
    let run = |mode: &str, shard: &str, args: &str| {
        let variables = [("GATE_RUN", mode), ("GATE_SHARD", shard), ("GATE_ARGS", args)];
        let mut command = repo.command(&repo.path(), "bash");
        let path = format!("{}:/usr/bin:/bin", repo.path().join("bin").display());
        let output = command.args(["-e", "-c", script]).envs(variables).env("PATH", path).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let usual = "<merge-check><--format><github>";
    assert_eq!(run("merge-check", "", ""), (0, usual.to_owned()));
    assert_eq!(
        run("merge-check", "2/3", "--fresh  --jobs 2"),
        (0, format!("{usual}<--shard><2/3><--fresh><--jobs><2>"))
    );
    assert_eq!(run("merge-check", "", "* $(touch x);touch x"), (0, format!("{usual}<*><$(touch><x);touch><x>")));
    assert!(!repo.path().join("x").exists());
    assert_eq!(run("plan", "", "").0, 2);
}
