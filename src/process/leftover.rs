//! Finds and ends what a gate that was killed has left running.

use std::time::{Duration, Instant};

use rustix::process::Pid;

use super::group::Group;

/// How long the dead may take to be gone.
const DYING: Duration = Duration::from_secs(5);

const POLL: Duration = Duration::from_millis(5);

/// How often in a row nothing must be found: a process that is just starting another program has no environment for a
/// moment, and is not found in it.
const LOOKS: u32 = 4;

/// What tells a process from a later one of the same number: when it began, since which start of the machine. `None` if
/// there is no such process or it is dead.
#[must_use]
pub fn identity(pid: u32) -> Option<String> {
    system::identity(pid)
}

/// Ends what is left of a supervisor that is gone: by its name, which everything that it started has in its environment,
/// and by the groups of these processes, where their leaders are still who they were. Gives how many processes or
/// groups there were.
#[must_use]
pub fn end_leftovers(supervisor: &str, leaders: &[(u32, String)]) -> usize {
    let is_same = |(pid, known): &&(u32, String)| identity(*pid).as_ref() == Some(known);
    let same = leaders.iter().filter(is_same);
    let groups: Vec<Group> = same.filter_map(|(pid, _)| Pid::from_raw(i32::try_from(*pid).ok()?).map(Group)).collect();
    for group in &groups {
        group.kill();
    }
    let mut ended = groups.len();
    let give_up = Instant::now() + DYING;
    let mut looks = 0;
    while looks < LOOKS && Instant::now() < give_up {
        let left: Vec<Pid> = system::marked(supervisor);
        ended = ended.max(left.len());
        looks = if left.is_empty() { looks + 1 } else { 0 };
        left.into_iter().for_each(super::group::kill);
        // They are not our children, so nothing tells when they are gone.
        std::thread::sleep(POLL);
    }
    ended
}

#[cfg(target_os = "linux")]
mod system {
    use bstr::ByteSlice;
    use rustix::process::Pid;

    use super::super::child::MARK;

    pub(super) fn identity(pid: u32) -> Option<String> {
        let stat = fs_err::read(format!("/proc/{pid}/stat")).ok()?;
        // The 3rd and the 22nd field; the second one, in parentheses, may hold anything.
        let mut fields = stat[stat.rfind_byte(b')')? + 1..].fields();
        let is_dead = matches!(fields.next()?, b"Z" | b"X");
        let began = fields.nth(18).filter(|_| !is_dead)?.to_str().ok()?.to_owned();
        let boot = fs_err::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some(format!("{} {began}", boot.trim()))
    }

    /// The living processes with the mark of a supervisor.
    pub(super) fn marked(supervisor: &str) -> Vec<Pid> {
        let Ok(entries) = fs_err::read_dir("/proc") else { return Vec::new() };
        let start = format!("{MARK}={supervisor}.");
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
        let marked = |pid: &i32| {
            // That of a process which has ended is empty.
            let environment = fs_err::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(start.as_bytes()))
        };
        pids.filter(marked).filter_map(Pid::from_raw).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use rustix::process::Pid;

    use crate::process::Program;

    pub(super) fn identity(pid: u32) -> Option<String> {
        let ran = Program::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).run().ok()?;
        let text = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The environment of others is not to be had here.
    pub(super) fn marked(_supervisor: &str) -> Vec<Pid> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_process_is_ended() {
        let spawn = |mark: &str| {
            #[expect(clippy::disallowed_methods, reason = "a process that nobody supervises is wanted")]
            let mut command = std::process::Command::new("sleep");
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            command.arg("1000").env(super::super::child::MARK, mark).spawn().unwrap()
        };
        let name = format!("left-{}", std::process::id());
        let (mut by_group, mut by_mark) = (spawn("other"), spawn(&format!("{name}.7")));
        let mut stranger = spawn(&format!("{name}x.7"));
        let known = identity(by_group.id()).unwrap();
        assert_eq!(identity(by_group.id()), Some(known.clone()));
        let leaders = [(by_group.id(), known), (stranger.id(), "another boot 1".to_owned())];
        assert!(end_leftovers(&name, &leaders) > 0);
        let mut all = [&mut by_group, &mut by_mark, &mut stranger];
        let dead = all.each_mut().map(|child| child.try_wait().unwrap().is_some());
        for child in all {
            let _dead = child.kill();
            child.wait().unwrap();
        }
        assert_eq!(dead, [true, cfg!(target_os = "linux"), false], "in its group, by its mark, a stranger");
    }
}
