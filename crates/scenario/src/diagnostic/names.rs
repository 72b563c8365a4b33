//! `E02…`: names that stand for something elsewhere (modules, connections, steps), and the parameters of modules.

use super::{Diagnostic, Fix, Place, alternatives};

/// Names that stand for something in other languages, and what to write here.
const ABSENT: &[(&str, &str)] = &[
    ("undefined", "what is absent is `()` or `null`: `x?.y == null`, or give a default with `x?.y ?? …`"),
    ("None", "what is absent is `()` or `null`"),
    ("True", "write `true`"),
    ("False", "write `false`"),
    ("Math", "numbers have their functions as methods: `x.round()`, `[a, b].max()`"),
    ("JSON", "write `x.to_json()` and `text.parse_json()`"),
    ("Object", "maps have their functions as methods: `x.keys()`, `x.values()`"),
    ("Date", "write `now()`, or `text.parse_date(…)`"),
    ("type", "a key that is no word is written in brackets: `trigger.headers[\"content-type\"]`"),
    ("and", "write `&&` for and"),
    ("or", "write `||` for or"),
    ("not", "write `!` for not"),
];

impl Diagnostic {
    /// A module that the catalogue does not have.
    pub(crate) fn unknown_module<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0201", place, format!("there is no module `{name}`")).correct(
            name,
            known,
            "`hookmill modules` lists what there is",
        )
    }

    /// A parameter that the module does not have.
    pub(crate) fn unknown_parameter(place: Place, key: &str, of: &str, known: &[&str]) -> Self {
        let otherwise = match known {
            [] => format!("`{of}` takes none"),
            known => format!("it has {}", alternatives(known)),
        };
        Self::error("E0202", place, format!("`{of}` has no parameter `{key}`")).correct(
            key,
            known.iter().copied(),
            &otherwise,
        )
    }

    /// A parameter that must be given and is not. `of`: the module, or the parameter whose part it is.
    pub(crate) fn missing_parameter(place: Place, key: &str, of: &str, module: &str) -> Self {
        Self::error("E0203", place, format!("`{of}` needs the parameter `{key}`"))
            .hint(format!("`hookmill modules {module}` shows how it is used"))
    }

    /// A parameter of the wrong kind.
    pub(crate) fn wrong_parameter(place: Place, name: &str, wanted: &str, found: &str) -> Self {
        let diagnostic = Self::error("E0204", place, format!("`{name}` must be {wanted}, not {found}"));
        match (wanted, found) {
            ("text", "a number" | "true or false") => diagnostic.hint("put it in quotes").fix(Fix::quote(place)),
            _ => diagnostic,
        }
    }

    /// A parameter that is none of the possible words.
    pub(crate) fn parameter_not_in(place: Place, name: &str, found: &str, known: &[&str]) -> Self {
        let otherwise = format!("it may be {}", alternatives(known));
        Self::error("E0205", place, format!("`{name}` cannot be `{found}`")).correct(
            found,
            known.iter().copied(),
            &otherwise,
        )
    }

    /// A number, or a length, that is too small or too large.
    pub(crate) fn parameter_out_of_range(place: Place, name: &str, range: &str, found: &str) -> Self {
        Self::error("E0206", place, format!("`{name}` must be {range}, not {found}"))
    }

    /// A text or list that must have something in it.
    pub(crate) fn empty_parameter(place: Place, name: &str) -> Self {
        Self::error("E0211", place, format!("`{name}` must not be empty"))
    }

    /// A module that works through a connection and was given none.
    pub(crate) fn missing_connection(place: Place, module: &str, types: &[&str]) -> Self {
        Self::error("E0207", place, format!("`{module}` needs a `connection`"))
            .hint(format!("name one of type {} from connections.yaml", alternatives(types)))
    }

    /// A connection that does not exist.
    pub(crate) fn unknown_connection<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0208", place, format!("there is no connection `{name}`")).suggest(
            name,
            known,
            "connections are listed in connections.yaml",
        )
    }

    /// A connection of a type that the module cannot use.
    pub(crate) fn wrong_connection(place: Place, name: &str, found: &str, module: &str, types: &[&str]) -> Self {
        Self::error(
            "E0209",
            place,
            format!("the connection `{name}` is of type `{found}`, which `{module}` cannot use"),
        )
        .hint(format!("it takes connections of type {}", alternatives(types)))
    }

    /// A connection that is not named literally.
    pub(crate) fn computed_connection(place: Place) -> Self {
        Self::error("E0210", place, "a connection must be named literally")
            .hint("what a step may use is fixed by the author; to choose, use a `route` with one step for each")
    }

    /// A name that an expression reads and nothing defines.
    pub(crate) fn unknown_name<'c>(place: Place, name: &str, visible: impl IntoIterator<Item = &'c str>) -> Self {
        let diagnostic = Self::error("E0220", place, format!("nothing here is called `{name}`"));
        match ABSENT.iter().find(|(word, _)| *word == name) {
            Some((_, hint)) => diagnostic.hint(*hint),
            None if crate::functions::find(name).is_some() => {
                diagnostic.hint(format!("a function is called: `x.{name}()`"))
            }
            None => diagnostic.suggest(name, visible, "expressions see `trigger`, and earlier steps by their `id`"),
        }
    }

    /// A variable that is read and never written.
    pub(crate) fn unknown_variable<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0225", place, format!("no step assigns the variable `{name}`")).suggest(
            name,
            known,
            "an `assign` step writes variables",
        )
    }

    /// A scenario that is not there to be called.
    pub(crate) fn unknown_scenario<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0212", place, format!("there is no scenario `{name}`")).suggest(
            name,
            known,
            "a scenario's id is the name of its file, without `.yaml`",
        )
    }

    /// A scenario that cannot be called.
    pub(crate) fn not_callable(place: Place, name: &str) -> Self {
        Self::error("E0213", place, format!("the scenario `{name}` cannot be called"))
            .hint(format!("give `{name}` a trigger `call: {{}}`, beside those it has"))
    }

    /// A scenario that is not named literally.
    pub(crate) fn computed_name(place: Place, what: &str) -> Self {
        Self::error("E0214", place, format!("{what} must be named literally"))
            .hint("to choose among scenarios, use a `route` with one `call` for each")
    }

    /// A secret that does not exist.
    pub(crate) fn unknown_secret<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0215", place, format!("there is no secret `{name}`")).suggest(
            name,
            known,
            "secrets are listed in secrets.yaml",
        )
    }

    /// A secret where others would see it.
    pub(crate) fn secret_out_of_place(place: Place, name: &str, owner: &str) -> Self {
        Self::error("E0216", place, format!("`secrets.{name}` cannot stand here: {owner} takes no secret"))
            .hint("a secret may stand in the URL, headers and body of a call, and as the key of a crypto function")
    }

    /// A step that has not run when its output is read.
    pub(crate) fn later_step(place: Place, id: &str, defined: Place) -> Self {
        Self::error("E0221", place, format!("the step `{id}` has not run at this point"))
            .hint(format!("it stands in line {}; move it before this one", defined.line))
    }

    /// A step that reads its own output, or a loop's that is read within it.
    pub(crate) fn own_output(place: Place, id: &str) -> Self {
        Self::error("E0224", place, format!("the output of `{id}` is not there before the step has ended"))
            .hint("read an earlier step, or `trigger`")
    }

    /// A step inside of a branch, read from outside.
    pub(crate) fn branch_step(place: Place, id: &str, defined: Place) -> Self {
        Self::error("E0222", place, format!("the step `{id}` is not visible here: it stands inside of a branch")).hint(
            format!(
                "the branch in line {} may not be taken; move what needs `{id}` into it, or the step out of it",
                defined.line
            ),
        )
    }

    /// A step inside of a loop, read from outside.
    pub(crate) fn loop_step(place: Place, id: &str) -> Self {
        Self::error(
            "E0223",
            place,
            format!("the step `{id}` is not visible here: it runs once for each item of a loop"),
        )
        .hint("let the loop `collect` what is needed, and read the loop's own id")
    }

    /// A step that a test names and the scenario does not have.
    pub(crate) fn unknown_step<'c>(place: Place, name: &str, known: impl IntoIterator<Item = &'c str>) -> Self {
        Self::error("E0230", place, format!("no step has the id or module `{name}`")).correct(
            name,
            known,
            "name a step by its `id`, or by its module where it has none",
        )
    }
}
