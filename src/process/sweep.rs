//! Finds what outlives a process.
//!
//! On Linux gate is the reaper of everything that descends from it (`PR_SET_CHILD_SUBREAPER`): when a process ends, what
//! it had started becomes a child of gate, whatever group or session it moved to. It is told apart by its group and by
//! the mark in its environment. Elsewhere only the group is known.

use rustix::process::Pid;

use super::group::Group;

/// What is asked about: a process that has ended and is not yet reaped.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only the group is known there"))]
pub(super) struct Question<'a> {
    /// Its group.
    pub(super) group: Group,
    /// The mark in the environment of everything that descends from it.
    pub(super) mark: &'a str,
    /// Begins the mark of every process of its supervisor.
    pub(super) prefix: &'a str,
    /// The processes of its supervisor that are not yet reaped, it among them.
    pub(super) known: &'a [Known],
}

/// A process that was started and is not yet reaped: it is nobody's leftover.
pub(super) struct Known {
    /// The mark in the environment of everything that descends from it.
    pub(super) mark: String,
    /// Its number, once it is running.
    pub(super) pid: Option<Pid>,
}

/// A process that outlived the one asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Survivor {
    pub(super) pid: Pid,
    /// What it was started as, for people.
    pub(super) name: String,
}

/// What the marks of this gate's processes end in, and those of a gate that runs inside a check do not.
pub(super) fn own_suffix() -> String {
    format!("@{}", std::process::id())
}

#[cfg(target_os = "linux")]
pub(super) use linux::{adopt, reap, survivors};

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::{adopt, reap, survivors};

#[cfg(target_os = "linux")]
mod linux {
    use std::path::PathBuf;
    use std::time::Duration;

    use bstr::ByteSlice;
    use rustix::process::{Pid, WaitId, WaitIdOptions, getpgrp, getpid, set_child_subreaper, waitid};

    use super::{Question, Survivor, own_suffix};
    use crate::process::child::{MARK, OWN_MARK};

    /// How often an environment that seems empty is looked at, and how long it is waited in between.
    const LOOKS: u32 = 4;
    const MOMENT: Duration = Duration::from_millis(1);

    /// Makes gate the parent of whatever loses its own.
    pub(in crate::process) fn adopt() {
        // Where it is not allowed, a process that leaves its group is not found; the group still is.
        let _refused = set_child_subreaper(Some(getpid()));
    }

    /// Lets go of a process that has ended.
    pub(in crate::process) fn reap(pid: Pid) {
        let _alive = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
    }

    /// The processes that are alive and descend from the one asked about.
    pub(in crate::process) fn survivors(question: &Question<'_>) -> Vec<Survivor> {
        let is_known = |pid: &Pid| question.known.iter().any(|known| known.pid == Some(*pid));
        let mut list = adopted();
        loop {
            let mine = list.iter().filter(|pid| !is_known(pid) && is_of(**pid, question));
            let mine: Vec<Survivor> = mine.map(|pid| Survivor { pid: *pid, name: name(*pid) }).collect();
            let again = adopted();
            // One that ended meanwhile may have left others.
            if !mine.is_empty() || again.iter().all(|pid| list.contains(pid)) {
                return mine;
            }
            list = again;
        }
    }

    /// Children of the main thread: those that were adopted, and those that gate's main thread started itself.
    fn adopted() -> Vec<Pid> {
        let own = getpid().as_raw_nonzero();
        match fs_err::read_to_string(format!("/proc/self/task/{own}/children")) {
            Ok(list) => list.split_ascii_whitespace().filter_map(pid).collect(),
            Err(_) => children_by_parent(own.get()),
        }
    }

    /// The same for kernels that keep no list.
    fn children_by_parent(parent: i32) -> Vec<Pid> {
        let Ok(entries) = fs_err::read_dir("/proc") else { return Vec::new() };
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str().and_then(pid));
        pids.filter(|pid| stat(*pid).is_some_and(|stat| stat.parent == parent)).collect()
    }

    fn pid(text: &str) -> Option<Pid> {
        text.parse().ok().and_then(Pid::from_raw)
    }

    struct Stat {
        state: u8,
        parent: i32,
        group: i32,
    }

    /// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>; the name may hold anything, even parentheses.
    fn stat(pid: Pid) -> Option<Stat> {
        let text = fs_err::read(file(pid, "stat")).ok()?;
        let after = &text[text.rfind_byte(b')')? + 1..];
        let mut fields = after.fields();
        let state = *fields.next()?.first()?;
        let mut number = || fields.next()?.to_str().ok()?.parse().ok();
        Some(Stat { state, parent: number()?, group: number()? })
    }

    fn file(pid: Pid, name: &str) -> PathBuf {
        format!("/proc/{}/{name}", pid.as_raw_nonzero()).into()
    }

    fn is_of(pid: Pid, question: &Question<'_>) -> bool {
        let Some(stat) = stat(pid) else { return false };
        let in_group = stat.group == question.group.0.as_raw_nonzero().get();
        if stat.state == b'Z' || stat.state == b'X' {
            if in_group {
                reap(pid);
            }
            return false;
        }
        if in_group || stat.group == getpgrp().as_raw_nonzero().get() {
            return in_group;
        }
        let mark = mark(pid).unwrap_or_default();
        if mark == question.mark {
            true
        } else if mark == OWN_MARK || question.known.iter().any(|known| known.mark == mark) {
            false
        } else if mark.starts_with(question.prefix) {
            // Whose it was is reaped already.
            true
        } else if mark.ends_with(&own_suffix()) {
            // Another supervisor of this gate answers for it.
            false
        } else {
            // It cleared its environment, or belongs to a gate that ran inside. Where nothing else is running it can
            // come only from the process asked about; else whichever ends last takes it along.
            question.known.len() == 1
        }
    }

    /// The mark in the environment of a process, if it has one.
    fn mark(pid: Pid) -> Option<String> {
        let mut environment = Vec::new();
        for _ in 0..LOOKS {
            environment = fs_err::read(file(pid, "environ")).ok()?;
            if !environment.is_empty() {
                break;
            }
            // It is just starting another program, or really has none.
            std::thread::sleep(MOMENT);
        }
        let mut variables = environment.split(|byte| *byte == 0);
        let mark = variables.find_map(|variable| variable.strip_prefix(MARK.as_bytes())?.strip_prefix(b"="))?;
        Some(mark.to_str_lossy().into_owned())
    }

    fn name(pid: Pid) -> String {
        let words = fs_err::read(file(pid, "cmdline")).unwrap_or_default();
        let line = words.trim_end_with(|c| c == '\0').replace(b"\0", b" ");
        line.to_str_lossy().chars().filter(|c| !c.is_control()).take(80).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use rustix::process::Pid;

    use super::{Question, Survivor};

    /// Nothing adopts here.
    pub(in crate::process) fn adopt() {}

    /// Only own children are reaped, by whoever started them.
    pub(in crate::process) fn reap(_pid: Pid) {}

    /// One entry for the group if it has a member beside its ended leader, which can't be signalled (macOS says EPERM).
    pub(in crate::process) fn survivors(question: &Question<'_>) -> Vec<Survivor> {
        let alive = question.group.has_member();
        alive.then(|| Survivor { pid: question.group.0, name: "a process of its group".into() }).into_iter().collect()
    }
}
