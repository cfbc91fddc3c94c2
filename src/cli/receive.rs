//! What a server's pre-receive hook answers.

use std::io::{Read, Write};

use super::{Context, Exit, Failure};
use crate::diagnostic::{Diagnostic, Severity};
use crate::event::{Event, Sink};
use crate::judge::{self, Setting};
use crate::process::Control;
use crate::report::push::{self, Line};
use crate::server::{self, Answer, Push, Received, Said};

/// What GitLab shows to people of what a hook says.
const GITLAB: &str = "GL-HOOK-ERR: ";

/// Judges what git hands over on standard input, and tells whoever pushed.
///
/// # Errors
/// When nothing could be judged at all.
pub(super) fn run(control: &Control, context: &Context) -> Result<Exit, Failure> {
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input)?;
    let updates = server::read(&input).map_err(|shown| Failure::new(Exit::Usage, shown))?;
    let outside = context.outside(control);
    let repo = judge::repository(&outside)?;
    let push = Push::read(&context.env, &repo);
    let says = Says { context, gitlab: push.gitlab };
    // Whoever runs the server may have no home; and what is kept of a push belongs beside the repository.
    let cache = repo.common_dir().join("gate/cache");
    let setting = Setting { cache, sink: &says, ..outside };
    let received = server::receive(&updates, &push, &repo, &setting)?;
    says.diagnostics(&push.warnings);
    says.diagnostics(received.site.as_ref().map(|site| site.warnings.as_slice()).unwrap_or_default());
    says.all(&received);
    Ok(exit(&received))
}

/// Whoever pushed: git shows them what the hook writes to its standard error.
struct Says<'a> {
    context: &'a Context,
    gitlab: bool,
}

impl Sink for Says<'_> {
    fn emit(&self, event: Event) {
        if let Event::Notice { text } = event {
            self.line(&Line::telling(text));
        }
    }
}

impl Says<'_> {
    fn line(&self, line: &Line) {
        let start = if self.gitlab && line.decides { GITLAB } else { "" };
        // Nobody is there any more to be told that it can't be written.
        let _unwritten = writeln!(self.context.stderr(), "{start}gate: {}", line.text);
    }

    fn diagnostics(&self, shown: &[Diagnostic]) {
        for shown in shown {
            let decides = shown.severity == Severity::Error || shown.code.starts_with("override/");
            let line = |text: String| Line { text, decides };
            self.line(&line(push::plain(&shown.message)));
            if let Some(hint) = &shown.hint {
                self.line(&line(format!("  {}", push::plain(hint))));
            }
        }
    }

    fn all(&self, received: &Received) {
        for answer in &received.answers {
            self.answer(answer, received);
        }
        let refused = received.answers.iter().filter(|answer| !answer.said.passes()).count();
        if refused > 0 && received.answers.len() > refused {
            self.line(&Line::deciding("nothing of this push is taken: a push is taken whole or not at all".into()));
        }
    }

    fn answer(&self, answer: &Answer, received: &Received) {
        let name = answer.name.to_string();
        let name = name.strip_prefix("refs/heads/").unwrap_or(&name);
        match &answer.said {
            Said::Free => {}
            Said::Allowed => self.line(&Line::telling(format!("{}: its rules allow that", push::plain(name)))),
            Said::Refused(refusal) => {
                let shown: Vec<Diagnostic> = refusal.diagnostics.iter().map(|shown| about(name, shown)).collect();
                self.diagnostics(&shown);
            }
            Said::Judged(judged) => {
                let logs = received.site.as_ref().map(|site| site.state.join("logs")).unwrap_or_default();
                for line in push::lines(name, &judged.entry, self.context.now, &logs) {
                    self.line(&line);
                }
            }
        }
    }
}

/// A problem with the ref and the place that it is about.
fn about(name: &str, shown: &Diagnostic) -> Diagnostic {
    let place =
        shown.place.as_ref().map(|place| format!("{}:{}: ", place.file, place.line_and_column().0)).unwrap_or_default();
    // What is said of a branch has its name in it.
    let name = if shown.code.starts_with("server/") { String::new() } else { format!("{name}: ") };
    Diagnostic { message: format!("{name}{place}{}", shown.message), ..shown.clone() }
}

/// The worst that is said of any ref.
fn exit(received: &Received) -> Exit {
    let worst = |answer: &Answer| match &answer.said {
        Said::Free | Said::Allowed => Exit::Success,
        Said::Judged(judged) => judged.signal.map_or_else(|| Exit::from(&judged.entry), Exit::Signal),
        Said::Refused(refusal) => Exit::from(refusal.kind),
    };
    received.answers.iter().map(worst).find(|exit| *exit != Exit::Success).unwrap_or(Exit::Success)
}
