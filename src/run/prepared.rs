//! What is known about a step before it starts: its environment, and the programs that make it up.

use std::path::PathBuf;

use super::batch::{Batch, Room, batches};
use super::command::StepEnv;
use super::names::file_name;
use super::settings::Settings;
use crate::plan::{CommandLine, Step};
use crate::process::{Jobserver, argument_room};

/// The variable that says where a step's copy of the message lies.
const MESSAGE_FILE: &str = "GATE_MESSAGE_FILE";
/// The word that stands for it in a command.
const PLACEHOLDER: &str = "{message_file}";

/// A step that can be started.
pub(crate) struct Prepared {
    /// What its processes have in their environment.
    pub(crate) env: StepEnv,
    /// Its programs.
    pub(crate) batches: Vec<Batch>,
}

impl Prepared {
    /// Prepares a step, or says why it can't be started.
    pub(crate) fn new(step: &Step, settings: &Settings, jobserver: Option<&Jobserver>) -> Result<Self, String> {
        let check = &step.check;
        let envs = (settings.env.as_slice(), settings.user_env.as_slice());
        let mut env = StepEnv::new(envs, &check.env, &check.pass_env, step.name.as_str());
        if let Some((name, value)) = jobserver.map(Jobserver::variable)
            && !env.has(name)
        {
            env.set(name.into(), value.into());
        }
        if check.command().is_some_and(CommandLine::takes_message) {
            let copy = message(step, settings)?;
            env.set(MESSAGE_FILE.into(), copy.into());
        }
        let at_once = settings.slots.get() / check.slots.get().min(settings.slots.get());
        let room = Room { bytes: argument_room(&env.variables), at_once };
        let mut batches = batches(check, step.files.as_ref(), room).map_err(|error| error.to_string())?;
        let copy = env.variables.iter().find(|(name, _)| name == MESSAGE_FILE).map(|(_, copy)| copy.clone());
        if let Some(copy) = copy {
            let words = batches.iter_mut().flat_map(|batch| &mut batch.args);
            words.filter(|word| *word == PLACEHOLDER).for_each(|word| word.clone_from(&copy));
        }
        Ok(Self { env, batches })
    }
}

/// Writes the step's own copy of the message: what a step does to it is nobody else's matter.
fn message(step: &Step, settings: &Settings) -> Result<PathBuf, String> {
    let text = settings.message.as_ref().ok_or("it is about a message, and there is none")?;
    let path = settings.logs.join(format!("{}.message", file_name(step.name.as_str())));
    let written = fs_err::create_dir_all(&settings.logs).and_then(|()| fs_err::write(&path, text));
    written.map(|()| path).map_err(|error| error.to_string())
}
