//! How large the terminal's window is.

/// The columns and lines of the window that standard error is shown in; 80 and 24 where it is none.
#[must_use]
pub fn window() -> (u16, u16) {
    match rustix::termios::tcgetwinsize(std::io::stderr()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        _ => (80, 24),
    }
}
