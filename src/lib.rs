//! `gate` keeps a main branch deployable.
//!
//! What is judged is always a pair of git trees, a base and a candidate. gate works out which checks the difference can
//! affect, runs those in parallel on exactly the candidate, reuses what is already proved, and refuses a candidate that
//! would not be deployable.
//!
//! # The straight line
//!
//! ```text
//! arguments            -> cli         ChangeSpec, Settings   what is asked
//! ChangeSpec           -> change      Change                 base, candidate, deltas
//! the candidate's tree -> config      Rules                  what gate.toml says
//! trees, machine       -> input, tool folds over the trees; what the machine's tools are
//! all of it            -> plan        Plan                   every step: run, reuse or skip, why, fingerprint
//! Plan                 -> workspace   Workspace              a private checkout of the candidate, kept warm
//! Plan, Workspace      -> run         Outcomes, Events       in parallel
//! Outcomes             -> verdict     Verdict                what is said of it, and why
//! Verdict              -> record      Entry                  appended to the ledger
//! Entry, Events        -> report      text
//! ```
//!
//! That order is written down once, in `judge`.
//!
//! # What each part must not know
//!
//! - `plan` and `verdict` do no I/O: they take values and return values.
//! - `run` knows no git, and `git` knows no checks.
//! - `report` decides nothing; it shows what others decided.
//! - Only `verdict` says what a change is worth.
//! - Only `process` starts programs. Only `cli` reads the environment.
//! - Nothing writes to what is the user's: not files, index, refs, configuration or objects. gate's own state lies in
//!   the folder `gate` of the common git folder, and in the user's cache folder. Only `fix` writes files and the index,
//!   through `workspace` and `git`, only `land` moves a branch, through `git`, and only `hook` writes hooks and the line of
//!   git's configuration that leads to them, each when somebody asks for it.
//!
//! # Layers
//!
//! A module imports only from modules in rows above its own, and only those that its row names. Modules are declared in
//! the same order. The test suite reads these tables and holds the source to them.
//!
//! | module | responsibility | may import |
//! |---|---|---|
//! | `path` | paths inside a repository, as bytes; patterns | – |
//! | `digest` | digests, object ids, a field-framed hasher with a format number | – |
//! | `diagnostic` | one type for every problem shown to a person | `path` |
//! | `check` | names, stages and outcomes | `path`, `digest` |
//! | `event` | what happens while running, as data; no formatting | `check`, `path` |
//! | `process` | the only spawner: groups, signals, deadlines, log files, clean environment | `diagnostic` |
//! | `git` | the only caller of libgit2 and of the git program | `process`, `path`, `digest`, `diagnostic` |
//! | `config` | gate.toml to valid rules; all mistakes at once; JSON schema | `path`, `check`, `diagnostic` |
//! | `change` | what is asked to a base and a candidate | `git`, `path`, `digest`, `diagnostic` |
//! | `unit` | graph of packages, read from a tree's manifests, lock files and imports | `check`, `config`, `git`, `path`, `digest`, `diagnostic` |
//! | `input` | folds of patterns over trees, with a memo on disk | `git`, `path`, `digest`, `diagnostic` |
//! | `tool` | what the programs and toolchains are, with a memo | `process`, `git`, `path`, `digest`, `diagnostic` |
//! | `plan` | pure: selection, closure, reasons, fingerprints, order | `config`, `change`, `input`, `tool`, `check`, `path`, `digest` |
//! | `workspace` | pool of private checkouts | `process`, `git`, `path`, `digest`, `diagnostic` |
//! | `builtin` | checks in process, on blobs | `git`, `input`, `check`, `path`, `digest`, `diagnostic` |
//! | `output` | problem locations and tests out of what tools print | `path`, `check` |
//! | `run` | scheduler, lifecycle, retries, cancellation | `plan`, `output`, `process`, `event`, `check`, `path`, `diagnostic` |
//! | `verdict` | pure: outcomes, policy and the base's standing to a verdict | `plan`, `config`, `change`, `check`, `path`, `digest` |
//! | `record` | ledger and receipts | `plan`, `verdict`, `change`, `event`, `check`, `path`, `digest`, `diagnostic` |
//! | `evidence` | signed statements in git refs | `record`, `verdict`, `plan`, `config`, `git`, `process`, `check`, `path`, `digest`, `diagnostic` |
//! | `judge` | the straight line: what is asked and settings in, entry and verdict out | all above |
//! | `land` | branches onto their target by compare-and-swap; whether all that is there came that way | all above |
//! | `fix` | mends what checks find: trees to trees, and back into the user's files | all above |
//! | `server` | where a repository is pushed to: what is protected, who pushes, and who runs steps there | all above |
//! | `report` | terminal as a live fold over events; every file format a pure function of an entry | `land`, `record`, `evidence`, `verdict`, `plan`, `output`, `unit`, `event`, `check`, `path`, `digest`, `diagnostic` |
//! | `hook` | installs the shims, and reads what git tells a hook | `process`, `change`, `config`, `git`, `check`, `path`, `digest`, `diagnostic` |
//! | `ci` | reads a CI's environment: what is merged into what | `git`, `digest`, `diagnostic` |
//! | `adopt` | writes a gate.toml from what a repository holds | `change`, `config`, `git`, `path`, `digest`, `diagnostic` |
//! | `cli` | arguments, one file per command, exit codes | all above |
//!
//! Each heavy dependency is known to as few modules as can be, so that replacing it is a change in one place:
//!
//! | crate | imported by |
//! |---|---|
//! | `git2` | `git` |
//! | `rusqlite` | `record` |
//! | `clap` | `cli` |
//! | `clap_complete` | `cli` |
//! | `clap_mangen` | `cli` |
//! | `colored` | `report` |
//! | `indicatif` | `report` |
//! | `toml` | `config`, `unit`, `builtin`, `adopt` |
//! | `proc_macro2` | `unit` |
//! | `jsonc_parser` | `unit`, `builtin`, `adopt` |
//! | `jsonschema` | `config`, `builtin`, `record` (all but `builtin` only in tests) |
//! | `tree_sitter` | `unit` |
//! | `tree_sitter_javascript` | `unit` |
//! | `tree_sitter_python` | `unit` |
//! | `tree_sitter_typescript` | `unit` |
//! | `quick_xml` | `unit`, `builtin`, `output` |
//! | `saphyr` | `builtin`, `adopt` |
//! | `saphyr_parser` | `unit`, `builtin` |
//! | `tree_sitter_go` | `unit` |
//! | `unicode_normalization` | `builtin` |
//! | `ssh_key` | `evidence` |
//! | `ed25519_dalek` | `evidence` |
//! | `base64` | `evidence` |
//! | `schemars` | `check`, `event`, `config`, `change`, `plan`, `verdict`, `record`, `evidence`, `land`, `report`, `hook` (all but `config`, `record`, `land`, `report` and `hook` only derive) |
//! | `globset` | `path` |
//! | `annotate_snippets` | `diagnostic` |
//! | `signal_hook` | `process` |
//! | `rustix` | `process`, `workspace` |
//! | `postcard` | `unit` |
//! | `rayon` | `process`, `unit`, `input`, `workspace`, `builtin`, `run` |

pub mod path;
pub mod digest;
pub mod diagnostic;
pub mod check;
pub mod event;
pub mod process;
pub mod git;
pub mod config;
pub mod change;
pub mod unit;
pub mod input;
pub mod tool;
pub mod plan;
pub mod workspace;
pub mod builtin;
pub mod output;
pub mod run;
pub mod verdict;
pub mod record;
pub mod evidence;
pub mod judge;
pub mod land;
pub mod fix;
pub mod server;
pub mod report;
pub mod hook;
pub mod ci;
pub mod adopt;
pub mod cli;
