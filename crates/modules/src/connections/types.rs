//! What a form asks for each type of connection: the fields, and their words in every language.

use crate::app::{Apps, ConnectionType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The list, as it is written.
const TEXT: &str = include_str!("types.yaml");

/// A type of connection.
#[derive(Clone, Debug, Serialize)]
pub struct Type {
    /// `bearer`, `smtp`…
    #[serde(rename = "type")]
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its settings.
    pub fields: Vec<Field>,
    /// What people who speak another language call it, by language.
    pub i18n: BTreeMap<String, Title>,
}

/// A setting of a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The key in `connections.yaml`.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// What it may be, where that is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Title and description in other languages.
    #[serde(default)]
    pub i18n: BTreeMap<String, Words>,
    #[serde(rename = "zh-TW", skip_serializing)]
    taiwan: Option<Words>,
    #[serde(rename = "zh-CN", skip_serializing)]
    mainland: Option<Words>,
}

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line.
    Text,
    /// A credential: written, never read back.
    Secret,
    /// A URL.
    Url,
    /// A number.
    Number,
    /// JSON that is a credential.
    Json,
    /// One of several.
    Choice,
    /// Several texts, parted by commas.
    List,
}

impl FieldKind {
    /// Whether it is written and never read back.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Json)
    }
}

/// A name in another language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Title {
    /// What it is called.
    pub title: String,
}

/// Words of a setting in another language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Words {
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    shared: Vec<Field>,
    web: Vec<Field>,
    types: BTreeMap<String, Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    #[serde(default)]
    web: bool,
    fields: Vec<Field>,
    #[serde(rename = "zh-TW")]
    taiwan: Title,
    #[serde(rename = "zh-CN")]
    mainland: Title,
}

/// Those that everybody has.
static EVERYBODYS: LazyLock<Everybodys> = LazyLock::new(|| {
    let file: File = serde_yaml::from_str(TEXT).expect("a test reads the same text");
    let File { shared, web, types } = file;
    let types = types.into_iter().map(|(name, written)| typed(name, written, &web, &shared)).collect();
    Everybodys { types, shared }
});

struct Everybodys {
    types: Vec<Type>,
    /// Settings that all types have.
    shared: Vec<Field>,
}

/// All types, by name: everybody's, and these of apps.
pub(crate) fn all(own: impl Iterator<Item = Arc<ConnectionType>>) -> Arc<[Type]> {
    let own = own.map(|own| of_app(&own, &EVERYBODYS.shared));
    let mut types: Vec<Type> = EVERYBODYS.types.iter().cloned().chain(own).collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    types.into()
}

/// The type of this name.
pub fn of(apps: &Apps, name: &str) -> Option<Type> {
    let everybodys = EVERYBODYS.types.iter().find(|found| found.name == name).cloned();
    everybodys.or_else(|| Some(of_app(&*apps.connection_type(name)?, &EVERYBODYS.shared)))
}

/// A type that an app defines.
fn of_app(own: &ConnectionType, shared: &[Field]) -> Type {
    let fields = own.fields.iter().map(|field| {
        let (required, choices) = (field.required, field.choices.clone());
        let kind = match field {
            field if field.secret => FieldKind::Secret,
            field if field.is_url => FieldKind::Url,
            field if !field.choices.is_empty() => FieldKind::Choice,
            _ => FieldKind::Text,
        };
        let i18n = field.title.others.iter().map(|(language, title)| {
            let words = Words { title: title.clone(), description: field.about.of(language).to_owned() };
            (language.clone(), words)
        });
        let (title, description) = (field.title.en.clone(), field.about.en.clone());
        let (name, i18n) = (field.name.clone(), i18n.collect());
        Field { name, kind, required, title, description, choices, i18n, taiwan: None, mainland: None }
    });
    let i18n = own.title.others.iter().map(|(language, title)| (language.clone(), Title { title: title.clone() }));
    let fields = fields.chain(shared.iter().cloned().map(Field::with_languages)).collect();
    Type { name: own.name.clone(), title: own.title.en.clone(), fields, i18n: i18n.collect() }
}

impl Type {
    /// The setting of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

fn typed(name: String, written: Written, web: &[Field], shared: &[Field]) -> Type {
    let Written { title, web: is_web, fields, taiwan, mainland } = written;
    let web = if is_web { web } else { &[] };
    let fields = fields.into_iter().chain(web.iter().cloned()).chain(shared.iter().cloned());
    let i18n = BTreeMap::from([("zh-TW".to_owned(), taiwan), ("zh-CN".to_owned(), mainland)]);
    Type { name, title, fields: fields.map(Field::with_languages).collect(), i18n }
}

impl Field {
    fn with_languages(mut self) -> Self {
        let words = [("zh-TW", self.taiwan.take()), ("zh-CN", self.mainland.take())];
        self.i18n.extend(words.into_iter().filter_map(|(language, words)| Some((language.to_owned(), words?))));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::{KINDS, kept};
    use super::*;
    use serde_json::{Map, Value, json};

    #[test]
    fn every_type_is_described_in_every_language() {
        let apps = Apps::shipped();
        let names: Vec<&str> = apps.types().iter().map(|found| found.name.as_str()).collect();
        let mut known: Vec<&str> = apps.connection_names().chain(KINDS).collect();
        known.sort_unstable();
        assert_eq!(names, known);
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for field in apps.types().iter().flat_map(|found| &found.fields) {
            assert_eq!(field.i18n.len(), 2, "{}", field.name);
            let is_told = |text: &str| text.is_empty() || is_chinese(text);
            assert!(
                field.i18n.values().all(|words| is_told(&words.description) && !words.title.is_empty()),
                "{}",
                field.name
            );
            assert_eq!(field.kind == FieldKind::Choice, !field.choices.is_empty());
        }
    }

    /// A setting that the reader does not ask for is told as a mistake, and so is one that it misses.
    #[test]
    fn the_fields_are_those_that_are_read() {
        let apps = Apps::shipped();
        for found in apps.types().iter() {
            let given: Map<String, Value> = found.fields.iter().map(|it| (it.name.clone(), example(it))).collect();
            let faults = kept::faults(&apps, &found.name, &given);
            let unknown: Vec<_> = faults.iter().filter(|fault| fault.message.contains("no setting")).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", found.name);
            let odd = kept::faults(&apps, &found.name, &Map::from_iter([("odd".to_owned(), json!("x"))]));
            let hint = odd.iter().find_map(|it| it.hint.as_ref()?.strip_prefix("it takes ")).unwrap();
            for asked in hint.split(", ").filter(|asked| *asked != "type") {
                assert!(found.field(asked).is_some(), "{} asks for {asked}", found.name);
            }
            let missed = kept::faults(&apps, &found.name, &Map::new());
            let required = found.fields.iter().filter(|field| field.required);
            for field in required {
                assert!(missed.iter().any(|fault| fault.message.contains(&field.name)), "{missed:?}");
            }
        }
    }

    fn example(field: &Field) -> Value {
        match field.kind {
            FieldKind::Choice => json!("false"),
            FieldKind::Url => json!("https://example.com"),
            _ => json!("x"),
        }
    }
}
