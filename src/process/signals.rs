//! How a run is told to end early: by signals, or by whoever holds its [`Control`].

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Tells everything that runs for one call of gate to end.
///
/// It is made once and handed on. Once told, it stays told: what starts later ends at once.
#[derive(Clone, Debug)]
pub struct Control {
    told: Arc<Told>,
    waker: Sender<()>,
    woken: Receiver<()>,
}

/// How urgent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// What runs may still tidy up after itself.
    Gently,
    /// Nothing is waited for: it was told a second time.
    AtOnce,
}

#[derive(Debug, Default)]
struct Told {
    times: AtomicU32,
    signal: AtomicI32,
}

impl Control {
    /// A control that no signal reaches.
    #[must_use]
    pub fn new() -> Self {
        let (waker, woken) = bounded(1);
        Self { told: Arc::default(), waker, woken }
    }

    /// A control that INT, TERM and HUP reach from now on, save those that were ignored when gate was started (as
    /// `nohup` does with HUP).
    ///
    /// # Errors
    /// When the operating system does not allow it.
    pub fn install() -> io::Result<Self> {
        let control = Self::new();
        let ignored = ignored_signals();
        let caught = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
        let mut signals = Signals::new(caught)?;
        let told = control.clone();
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            for signal in signals.forever() {
                told.tell(signal);
            }
        })?;
        Ok(control)
    }

    /// Tells it to end, as if this signal had come.
    pub fn tell(&self, signal: i32) {
        self.told.signal.store(signal, Ordering::Release);
        self.told.times.fetch_add(1, Ordering::AcqRel);
        // A full channel wakes as well as one more message would.
        let _full = self.waker.try_send(());
    }

    /// Whether it was told to end, and how urgently.
    #[must_use]
    pub fn urgency(&self) -> Option<Urgency> {
        match self.told.times.load(Ordering::Acquire) {
            0 => None,
            1 => Some(Urgency::Gently),
            _ => Some(Urgency::AtOnce),
        }
    }

    /// The number of the last signal.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.urgency().map(|_| self.told.signal.load(Ordering::Acquire))
    }

    /// The name of the last signal, such as `SIGINT`.
    #[must_use]
    pub fn signal_name(&self) -> Option<&'static str> {
        self.signal().map(|signal| signal_hook::low_level::signal_name(signal).unwrap_or("a signal"))
    }

    /// Becomes ready each time it is told; one waiter takes each message, so that others must look at
    /// [`Self::urgency`] from time to time.
    pub(super) fn woken(&self) -> &Receiver<()> {
        &self.woken
    }
}

impl Default for Control {
    fn default() -> Self {
        Self::new()
    }
}

/// The signals that are ignored, as the kernel's bit set: signal n is bit n - 1.
#[cfg(target_os = "linux")]
fn ignored_signals() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let field = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    field.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn ignored_signals() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_time_is_urgent() {
        let control = Control::new();
        assert_eq!((control.urgency(), control.signal()), (None, None));
        control.tell(SIGINT);
        assert_eq!((control.urgency(), control.signal_name()), (Some(Urgency::Gently), Some("SIGINT")));
        control.tell(SIGTERM);
        assert_eq!((control.urgency(), control.signal_name()), (Some(Urgency::AtOnce), Some("SIGTERM")));
    }

    #[test]
    fn a_real_signal_arrives() {
        let control = Control::install().unwrap();
        signal_hook::low_level::raise(SIGTERM).unwrap();
        control.woken().recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        assert_eq!(control.signal(), Some(SIGTERM));
    }
}
