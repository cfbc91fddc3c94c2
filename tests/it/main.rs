//! gate as a program, against real repositories, and the source held to its own rules.
#![cfg(test)]

mod changes;
mod complaints;
mod faults;
mod hooks;
mod fixers;
mod documents;
mod evidence;
mod formats;
mod init;
mod install;
mod land;
mod merges;
mod readme;
mod refusals;
mod repo;
mod signer;
mod recipes;
mod scenarios;
mod server;
mod shards;
mod unit_graphs;
mod soundness;
mod tidy;
mod units;
