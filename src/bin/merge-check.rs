//! The program `merge-check`: `gate merge-check` under a name of its own, for hosts that call a program by name.

use std::process::ExitCode;

fn main() -> ExitCode {
    gate::cli::main_of_merge_check()
}
