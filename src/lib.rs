//! `gate` keeps a main branch deployable.

pub mod path;
pub mod digest;
pub mod diagnostic;
pub mod check;
pub mod event;
pub mod process;
pub mod git;
pub mod config;
pub mod change;
pub mod input;
pub mod tool;
pub mod plan;
pub mod workspace;
pub mod run;
pub mod verdict;
pub mod record;
pub mod judge;
pub mod report;
pub mod adopt;
pub mod cli;
