//! Why a text is not a pattern.

/// No path is longer on the systems that gate runs on.
pub(super) const MAX_BYTES: usize = 4096;

/// How many patterns the braces of one text may stand for.
pub(super) const MAX_ALTERNATIVES: usize = 1000;

/// Why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It has no characters.
    #[error("the pattern is empty")]
    Empty,
    /// It has more bytes than a path can have.
    #[error("the pattern is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Its braces stand for more patterns than anyone can mean.
    #[error("'{0}' stands for more than {MAX_ALTERNATIVES} patterns")]
    TooMany(String),
    /// It begins with `!`.
    #[error("'{0}' begins with '!': patterns have no negation")]
    Negated(String),
    /// It begins with `/`.
    #[error("'{0}' begins with '/'")]
    Absolute(String),
    /// It ends in `/`.
    #[error("'{0}' ends in '/'")]
    TrailingSlash(String),
    /// Two slashes follow each other.
    #[error("'{0}' has a folder without a name")]
    EmptyComponent(String),
    /// A component is `.` or `..`, which no path in a repository has.
    #[error("'{0}' has the component '{1}'")]
    Dots(String, String),
    /// A `[` without its `]`.
    #[error("'{0}' has a '[' that is not closed")]
    UnclosedClass(String),
    /// A class with something that it can't hold.
    #[error("'{0}' has '{1}' between brackets")]
    Class(String, char),
    /// A `{` without its `}`.
    #[error("'{0}' has a '{{' that is not closed")]
    UnclosedBrace(String),
    /// A `}` without its `{`.
    #[error("'{0}' has a '}}' that closes nothing")]
    UnopenedBrace(String),
    /// A backslash before nothing, or before `/`.
    #[error("'{0}' has a backslash that escapes nothing")]
    Escape(String),
    /// The glob library refuses it: a range that runs backwards, for one.
    #[error("'{0}' can't be matched: {1}")]
    Glob(String, String),
}

impl PatternError {
    /// What to do about it, in one line.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Empty => "write '**' for every file",
            Self::TooLong | Self::TooMany(_) => "split it into several patterns",
            Self::Negated(_) => "name what to leave out in 'exclude'; write '\\!' for a name that begins with '!'",
            Self::Absolute(_) => "patterns start at the root of the repository already: leave the '/' out",
            Self::TrailingSlash(_) => "add '**' for everything below the folder",
            Self::EmptyComponent(_) => "write one '/' between folders, or '/**/' for any number of folders",
            Self::Dots(..) => "write the path from the root of the repository, without '.' and '..'",
            Self::UnclosedClass(_) => "close it with ']', or write '\\[' for the character itself",
            Self::Class(..) => "a class holds single ASCII characters, no '/' and no '\\': write {a,b} instead",
            Self::UnclosedBrace(_) => "close it with '}', or write '\\{' for the character itself",
            Self::UnopenedBrace(_) => "write '\\}' for the character itself",
            Self::Escape(_) => "write '\\\\' for the character itself",
            Self::Glob(..) => return None,
        })
    }
}
