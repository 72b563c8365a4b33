//! Options of functions: the map that comes last. A name that no one knows is an error, so that a misspelled option is
//! never ignored in silence.

use super::Call;
use crate::expression::fault::Fault;
use crate::expression::nearest;
use crate::expression::value::{as_map, as_text, describe};
use rhai::{Dynamic, ImmutableString, Map};

/// The options of one call.
pub(super) struct Options {
    function: &'static str,
    given: Map,
}

impl Options {
    /// The options at this position, of which only `known` ones may be given. A text in place of the map stands for the
    /// first of them: `x.sha256("base64")` is `x.sha256(#{output: "base64"})`.
    pub(super) fn of(call: &mut Call, position: usize, known: &[&'static str]) -> Result<Self, Fault> {
        let function = call.name();
        let value = call.any(position);
        let given = if value.is_unit() {
            Map::new()
        } else if let (Some(_), Some(first)) = (as_text(value), known.first()) {
            Map::from([((*first).into(), value.clone())])
        } else if as_map(value).is_some() {
            call.map(position)?.clone()
        } else {
            return Err(call.unsuitable(position, "a map of options"));
        };
        match given.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self { function, given }),
            Some(unknown) => {
                let meant = nearest(unknown, known.iter().copied());
                let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
                Err(call.fail(&format!("it has no option `{unknown}`, but `{}`{meant}", known.join("`, `"))))
            }
        }
    }

    /// A value of any type; none where it was not given or is `()`.
    pub(super) fn any(&self, name: &str) -> Option<&Dynamic> {
        self.given.get(name).filter(|value| !value.is_unit())
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Result<Option<ImmutableString>, Fault> {
        self.read(name, "a text", as_text)
    }

    /// True or false.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        self.read(name, "true or false", |value| value.as_bool().ok())
    }

    /// A whole number from 0.
    pub(super) fn count(&self, name: &str) -> Result<Option<usize>, Fault> {
        let wanted = "a whole number from 0";
        self.read(name, wanted, |value| value.as_int().ok().and_then(|number| usize::try_from(number).ok()))
    }

    /// One of these words; where none was given, the first.
    pub(super) fn choice<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T, Fault> {
        let written = self.text(name)?;
        let Some(written) = written.as_deref().or(words.first().map(|(first, _)| *first)) else {
            return Err(self.wrong(name, "one of no words", &Dynamic::UNIT));
        };
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(written));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.wrong(name, &format!("one of {}", words.join(", ")), &written.into())
        })
    }

    /// The fault of an option that is not what it should be.
    pub(super) fn wrong(&self, name: &str, wanted: &str, given: &Dynamic) -> Fault {
        let message = format!("`{}`: `{name}` is {wanted}, not {}", self.function, describe(given));
        crate::expression::fault::failed(message)
    }

    fn read<T>(&self, name: &str, wanted: &str, read: impl Fn(&Dynamic) -> Option<T>) -> Result<Option<T>, Fault> {
        let Some(value) = self.any(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| self.wrong(name, wanted, value))
    }
}
