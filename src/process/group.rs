//! A process group: telling all of its members to end.

#[cfg(not(target_os = "linux"))]
use rustix::process::test_kill_process_group;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// The group of a process that was started as the leader of one of its own. The number stays its own for as long as
/// the leader is not reaped or any member is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group(pub(super) Pid);

impl Group {
    /// The group led by a child.
    pub(super) fn of(child: &std::process::Child) -> Option<Self> {
        i32::try_from(child.id()).ok().and_then(Pid::from_raw).map(Self)
    }

    /// Asks every member to end.
    pub(super) fn terminate(self) {
        self.send(Signal::TERM);
    }

    /// Ends every member.
    pub(super) fn kill(self) {
        self.send(Signal::KILL);
    }

    fn send(self, signal: Signal) {
        // Nobody left to tell is what was wanted; a member that changed its user can't be told by anybody but root.
        let _gone = kill_process_group(self.0, signal);
        if signal == Signal::TERM {
            // A stopped process heeds TERM only once it goes on.
            let _gone = kill_process_group(self.0, Signal::CONT);
        }
    }

    /// Whether it has a member; Linux tells better what is left. Where only a process that is not yet reaped is left, the answer depends on the system.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn has_member(self) -> bool {
        test_kill_process_group(self.0).is_ok()
    }
}

/// Ends one process.
pub(super) fn kill(pid: Pid) {
    let _gone = kill_process(pid, Signal::KILL);
}

/// Asks one process to end.
pub(super) fn terminate(pid: Pid) {
    let _gone = kill_process(pid, Signal::TERM);
}
