//! What is known about a step before it starts: its environment, and the programs that make it up.

use super::batch::{Batch, Room, batches};
use super::command::StepEnv;
use super::settings::Settings;
use crate::plan::Step;
use crate::process::{Jobserver, argument_room};

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
        let at_once = settings.slots.get() / check.slots.get().min(settings.slots.get());
        let room = Room { bytes: argument_room(&env.variables), at_once };
        let batches = batches(check, step.files.as_ref(), room).map_err(|error| error.to_string())?;
        Ok(Self { env, batches })
    }
}
