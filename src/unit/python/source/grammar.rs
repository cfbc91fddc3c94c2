//! The names of the grammar that matter here: <https://github.com/tree-sitter/tree-sitter-python>.

use std::sync::OnceLock;

use tree_sitter::{Language, Node};

/// What a node of the syntax is, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `import a.b as c`.
    Import,
    /// `from a import b`.
    ImportFrom,
    /// A call.
    Call,
    /// A text, of one piece or several.
    String,
    /// `name = value`.
    Assignment,
    /// `name += value`.
    Augmented,
    /// `for name in values`, as a statement or in a comprehension.
    For,
    /// An operator between two values.
    Operator,
    /// A list, tuple or set.
    List,
    /// An identifier.
    Identifier,
    /// What names come in by: parameters, `as`, `:=`, patterns.
    Binding,
    /// A statement that is an expression alone.
    Expression,
    /// Anything else.
    Other,
}

/// The grammar.
pub(super) fn language() -> &'static Language {
    static LANGUAGE: OnceLock<Language> = OnceLock::new();
    LANGUAGE.get_or_init(|| tree_sitter_python::LANGUAGE.into())
}

/// What a node is.
pub(super) fn form(node: Node<'_>) -> Form {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let language = language();
        let kinds = 0..u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let named = |kind: u16| language.node_kind_is_named(kind).then(|| language.node_kind_for_id(kind)).flatten();
        kinds.map(|kind| named(kind).map_or(Form::Other, of_name)).collect()
    });
    forms.get(usize::from(node.kind_id())).copied().unwrap_or(Form::Other)
}

fn of_name(name: &str) -> Form {
    match name {
        "import_statement" => Form::Import,
        "import_from_statement" => Form::ImportFrom,
        "call" => Form::Call,
        "string" | "concatenated_string" => Form::String,
        "assignment" => Form::Assignment,
        "augmented_assignment" => Form::Augmented,
        "for_statement" | "for_in_clause" => Form::For,
        "binary_operator" => Form::Operator,
        "list" | "tuple" | "set" | "expression_list" => Form::List,
        "identifier" => Form::Identifier,
        "parameters" | "lambda_parameters" | "as_pattern_target" | "named_expression" | "case_pattern" => Form::Binding,
        "expression_statement" => Form::Expression,
        _ => Form::Other,
    }
}
