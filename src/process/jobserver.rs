//! Lets compilers that run in different steps share the machine.
//!
//! GNU make's protocol (<https://www.gnu.org/software/make/manual/html_node/POSIX-Jobserver.html>): who wants to do more than
//! one thing at once takes a byte out of a pipe for each further one, and puts it back. cargo looks for it in
//! `CARGO_MAKEFLAGS`, and so do build scripts. It is a pipe and not a named one, as cargo's own is: build scripts (those
//! of the cmake and openssl-src crates, for example) hand it on to make, and make before 4.4 dies of a named one.
//! `MAKEFLAGS` is left alone: it would turn makefiles parallel that are not made for it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd, ioctl_fionread};

/// Scripts like to use small numbers for files of their own, and a cargo below would take those for the pipe.
const LOWEST: i32 = 100;

/// A pipe full of tokens, inherited by every process that is started while it lives.
#[derive(Debug)]
pub struct Jobserver {
    tokens: u64,
    read: File,
    write: File,
}

impl Jobserver {
    /// One for this many jobs at once; each process that uses it has one of them without asking.
    ///
    /// # Errors
    /// When the operating system gives no pipe.
    pub fn new(jobs: usize) -> io::Result<Self> {
        let (read, write) = rustix::pipe::pipe()?;
        let (read, write) = (inherited(&read)?, inherited(&write)?);
        let tokens = u64::try_from(jobs.saturating_sub(1)).unwrap_or(u64::MAX).min(1024);
        let mut server = Self { tokens, read: read.into(), write: write.into() };
        server.refill()?;
        Ok(server)
    }

    /// What processes must have in their environment to find it: a name and a value.
    #[must_use]
    pub fn variable(&self) -> (&'static str, String) {
        let ends = format!("{},{}", self.read.as_raw_fd(), self.write.as_raw_fd());
        ("CARGO_MAKEFLAGS", format!("-j --jobserver-fds={ends} --jobserver-auth={ends}"))
    }

    /// Puts back what ended processes took with them. To be called only while none is running.
    ///
    /// # Errors
    /// When the pipe can't be used.
    pub fn refill(&mut self) -> io::Result<()> {
        let there = ioctl_fionread(&self.read)?;
        let count = |tokens: u64| usize::try_from(tokens).unwrap_or(0);
        if there > self.tokens {
            self.read.read_exact(&mut vec![0; count(there - self.tokens)])?;
        }
        self.write.write_all(&vec![b'+'; count(self.tokens.saturating_sub(there))])
    }
}

/// The same end of a pipe under a high number, which processes inherit.
fn inherited(end: &OwnedFd) -> io::Result<OwnedFd> {
    let high = fcntl_dupfd_cloexec(end, LOWEST)?;
    fcntl_setfd(&high, FdFlags::empty())?;
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Program;

    fn there(server: &Jobserver) -> u64 {
        ioctl_fionread(&server.read).unwrap()
    }

    #[test]
    fn lost_and_surplus_tokens_are_made_good() {
        let mut server = Jobserver::new(4).unwrap();
        assert_eq!(there(&server), 3);
        server.read.read_exact(&mut [0; 2]).unwrap();
        server.refill().unwrap();
        assert_eq!(there(&server), 3);
        server.write.write_all(b"++").unwrap();
        server.refill().unwrap();
        assert_eq!(there(&server), 3);
    }

    #[test]
    fn a_process_finds_it_by_the_variable() {
        let server = Jobserver::new(3).unwrap();
        let (name, value) = server.variable();
        // `/dev/fd` opens the pipe anew, so the shell need not know numbers of two and more digits.
        let script = "fd=${CARGO_MAKEFLAGS##*=}; head -c 1 /dev/fd/${fd%,*}";
        let ran = Program::new("sh").args(["-c", script]).env(name, value).run().unwrap();
        assert_eq!((ran.stdout.as_slice(), there(&server)), (&b"+"[..], 1));
    }
}
