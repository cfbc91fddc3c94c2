//! The grammars that source files are read by, and the few kinds of nodes that matter.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use tree_sitter::{Language as Grammar, ParseOptions, ParseState, Parser, Tree};

/// A grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// JavaScript with JSX.
    JavaScript,
    /// TypeScript without JSX, where `<T>x` is a cast.
    TypeScript,
    /// TypeScript with JSX, which reads most of Flow too.
    Tsx,
}

/// What the nodes that matter are called in a grammar.
pub(super) struct Kinds {
    pub(super) array: u16,
    pub(super) arguments: u16,
    pub(super) binary: u16,
    pub(super) call: u16,
    pub(super) comment: u16,
    pub(super) escape: u16,
    pub(super) export: u16,
    pub(super) fragment: u16,
    pub(super) identifier: u16,
    pub(super) import: u16,
    pub(super) import_keyword: u16,
    pub(super) import_require: u16,
    pub(super) member: u16,
    pub(super) meta: u16,
    pub(super) module: u16,
    pub(super) new: u16,
    pub(super) pair: u16,
    pub(super) string: u16,
    pub(super) substitution: u16,
    pub(super) template: u16,
    pub(super) ternary: u16,
    pub(super) variable: u16,
    /// Those that stand for what is in them: parentheses, casts.
    pub(super) wraps: [u16; 5],
}

impl Kinds {
    fn new(grammar: &Grammar) -> Self {
        let named = |kind: &str| grammar.id_for_node_kind(kind, true);
        Self {
            array: named("array"),
            arguments: named("arguments"),
            binary: named("binary_expression"),
            call: named("call_expression"),
            comment: named("comment"),
            escape: named("escape_sequence"),
            export: named("export_statement"),
            fragment: named("string_fragment"),
            identifier: named("identifier"),
            import: named("import_statement"),
            import_keyword: named("import"),
            import_require: named("import_require_clause"),
            member: named("member_expression"),
            meta: named("meta_property"),
            module: named("module"),
            new: named("new_expression"),
            pair: named("pair"),
            string: named("string"),
            substitution: named("template_substitution"),
            template: named("template_string"),
            ternary: named("ternary_expression"),
            variable: named("variable_declarator"),
            wraps: [
                "parenthesized_expression",
                "as_expression",
                "satisfies_expression",
                "non_null_expression",
                "await_expression",
            ]
            .map(named),
        }
    }
}

impl Language {
    /// What its nodes are called.
    pub(super) fn kinds(self) -> &'static Kinds {
        static KINDS: LazyLock<[Kinds; 3]> =
            LazyLock::new(|| Language::ALL.map(|language| Kinds::new(&language.grammar())));
        &KINDS[self as usize]
    }

    const ALL: [Self; 3] = [Self::JavaScript, Self::TypeScript, Self::Tsx];

    fn grammar(self) -> Grammar {
        match self {
            Self::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        }
    }

    /// The syntax tree of a text; `None` where it takes far more steps than texts of its length do.
    pub(super) fn parse(self, content: &[u8]) -> Option<Tree> {
        thread_local! {
            static PARSERS: RefCell<[Option<Parser>; 3]> = const { RefCell::new([None, None, None]) };
        }
        PARSERS.with_borrow_mut(|parsers| {
            let slot = &mut parsers[self as usize];
            if slot.is_none() {
                let mut parser = Parser::new();
                parser.set_language(&self.grammar()).ok()?;
                *slot = Some(parser);
            }
            parse(slot.as_mut()?, content)
        })
    }
}

fn parse(parser: &mut Parser, content: &[u8]) -> Option<Tree> {
    // Counted in the parser's steps, not in time: what a file says must not depend on how busy the machine is.
    let mut left = content.len() / STEP_BYTES + MIN_STEPS;
    let mut progress = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut |at, _| content.get(at..).unwrap_or_default(), None, Some(options));
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// How many bytes a parser is given for each of the steps after which it reports.
const STEP_BYTES: usize = 8;

/// How many such steps any text is given.
const MIN_STEPS: usize = 10_000;
