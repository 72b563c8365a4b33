//! JSON, XML, CSV, texts, feeds.

use crate::draft::{Data, Step};
use crate::make::bundles::Output;
use crate::make::file::Module;
use crate::make::flow::bundles_of;
use crate::make::functions::is_possible;
use crate::make::translator::{Done, Many, Translator, as_it_is};
use crate::make::typed::{Type, Typed};
use crate::make::values::fitted;
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

impl Translator<'_> {
    pub(super) fn data_module(&mut self, module: &Module<'_>) -> Option<Done> {
        Some(match module.kind {
            "json:ParseJSON" => self.parsed(module, ("json.parse", "text", "json", "parsed")),
            "xml:ParseXML" => self.parsed(module, ("xml.parse", "text", "xml", "parsed")),
            "json:CreateJSON" => {
                let value = self.values.data(module.mapper);
                self.written(module, ("json.create", "value", "json"), value)
            }
            "json:TransformToJSON" => {
                let value = self.values.data(module.mapper.get("object").unwrap_or(&Value::Null));
                self.written(module, ("json.create", "value", "json"), value)
            }
            "markdown:Compile" => {
                let text = self.values.data(
                    ["data", "text", "markdown"].iter().find_map(|key| module.given(key)).unwrap_or(&Value::Null),
                );
                self.written(module, ("markdown.to_html", "text", "html"), text)
            }
            "regexp:HTMLToText" => {
                let html = self.text_of(module, "html");
                self.written(module, ("html.to_text", "html", "text"), html)
            }
            "regexp:Replace" => return self.replaced(module),
            "regexp:Parser" | "regexp:AdvancedParser" => return self.matched(module),
            "rss:ActionReadArticles" => self.feed(module),
            "csv:ParseCSV" => self.csv(module),
            _ => return None,
        })
    }

    /// A text that is read as a value.
    fn parsed(&mut self, module: &Module<'_>, (ours, parameter, theirs, otherwise): (&str, &str, &str, &str)) -> Done {
        let text = self.values.data(module.given(theirs).unwrap_or(&Value::Null));
        let (step, id) = self.call(module, Step::call(ours, Data::map([(parameter, text)])), otherwise);
        self.runs(module, Some(&id));
        Done::one(step, as_it_is(module, Expr::name(id)))
    }

    /// A value that is written as a text, which theirs give as a field.
    fn written(&mut self, module: &Module<'_>, (ours, parameter, field): (&str, &str, &str), value: Data) -> Done {
        let (step, id) = self.call(module, Step::call(ours, Data::map([(parameter, value)])), field);
        self.runs(module, Some(&id));
        let name = Expr::name(id);
        Done::one(step, Output::of(name.clone()).with(field, Typed::sure(name, Type::Text)))
    }

    fn replaced(&mut self, module: &Module<'_>) -> Option<Done> {
        let pattern = module.word("pattern")?;
        if let Err(reason) = is_possible(pattern) {
            return Some(self.todo(module, Some(reason)));
        }
        let text = self.text_of(module, "text");
        let with = self.values.data(module.mapper.get("value").unwrap_or(&Value::Null));
        let with = if with == Data::Null { Data::text("") } else { with };
        let mut given = vec![
            ("text", text),
            ("find", Data::Text(self.values.text(pattern))),
            ("with", with),
            ("regex", Data::Bool(true)),
        ];
        given.extend(flags(module).map(|flags| ("flags", flags)));
        if !module.says("global") {
            given.push(("times", Data::int(1)));
        }
        let (step, id) = self.call(module, Step::call("text.replace", Data::map(given)), "text");
        self.runs(module, Some(&id));
        let name = Expr::name(id);
        Some(Done::one(step, Output::of(name.clone()).with("text", Typed::sure(name, Type::Text))))
    }

    fn matched(&mut self, module: &Module<'_>) -> Option<Done> {
        let pattern = module.word("pattern")?;
        if let Err(reason) = is_possible(pattern) {
            return Some(self.todo(module, Some(reason)));
        }
        let text = self.text_of(module, "text");
        let mut given = vec![("text", text), ("pattern", Data::Text(self.values.text(pattern)))];
        given.extend(flags(module).map(|flags| ("flags", flags)));
        let all = module.says("global");
        if !all {
            given.push(("all", Data::Bool(false)));
        }
        let (mut step, id) = self.call(module, Step::call("text.match", Data::map(given)), "matched");
        step.id = Some(id.clone());
        self.runs(module, Some(&id));
        let name = Expr::name(id);
        let (over, item) = if all {
            (name.clone().field("matches"), self.ids.give("", "part"))
        } else {
            (name.clone().field("first"), String::new())
        };
        let one = if all { Expr::name(item.as_str()) } else { over.clone() };
        let many = Many { over, item, output: groups(pattern, one), is_single: !all };
        Some(Done { steps: vec![step], output: Output::of(name), many: Some(many) })
    }

    /// A text that a module works on: what is missing is an empty one, and a number is its digits.
    fn text_of(&mut self, module: &Module<'_>, parameter: &str) -> Data {
        match module.given(parameter) {
            Some(Value::String(text)) => self.values.as_text(text),
            Some(other) => Data::value(self.values.expr(other).into_text()),
            None => Data::text(""),
        }
    }

    fn feed(&mut self, module: &Module<'_>) -> Done {
        let mut given = vec![("url", self.values.data(module.given("url").unwrap_or(&Value::Null)))];
        if let Some(limit) = module.given("maxResults") {
            let limit = self.values.data(limit);
            given.push(("limit", fitted(limit, "integer")));
        }
        if let Some(since) = module.given("filterDateFrom") {
            given.push(("since", self.values.data(since)));
        }
        let (mut step, id) = self.call(module, Step::call("rss.read", Data::map(given)), "feed");
        step.id = Some(id.clone());
        let decision = module.given("filterDateTo").map(|_| "articles after a date are not left out here".to_owned());
        self.note(module, Some(&id), State::Runs, decision);
        let article = self.ids.give("", "article");
        let mut many = bundles_of(Expr::name(id).field("items"), article.clone());
        many.output = article_fields(Expr::name(article));
        Done { steps: vec![step], output: Output::of(Expr::Nothing), many: Some(many) }
    }

    fn csv(&mut self, module: &Module<'_>) -> Done {
        let text = self.values.data(module.given("csv").unwrap_or(&Value::Null));
        let mut given = vec![("text", text)];
        match module.word("delimiterType").or_else(|| module.word("delimiter")) {
            Some("tab") => given.push(("separator", Data::text("tab"))),
            Some("other") => given.push(("separator", Data::text(module.word("delimiter").unwrap_or(",")))),
            Some("semicolon" | ";") => given.push(("separator", Data::text(";"))),
            _ => {}
        }
        let told = module.given("colCount").and_then(super::super::file::plain).and_then(|n| n.parse().ok());
        // Without a number of columns, those that something reads are there.
        let count = told.unwrap_or_else(|| self.csv_columns.get(&module.id).copied().unwrap_or(1));
        let names: Vec<Data> = (1..=count.min(500)).map(|at| Data::text(format!("col{at}"))).collect();
        given.push(("headers", Data::List(names)));
        if module.says("csvContainsHeaders") {
            given.push(("skip", Data::int(1)));
        }
        let (mut step, id) = self.call(module, Step::call("csv.parse", Data::map(given)), "table");
        step.id = Some(id.clone());
        self.runs(module, Some(&id));
        let row = self.ids.give("", "row");
        Done { steps: vec![step], output: Output::of(Expr::Nothing), many: Some(bundles_of(Expr::name(id), row)) }
    }
}

/// How patterns are meant, where it is not as usual.
fn flags(module: &Module<'_>) -> Option<Data> {
    let sensitive = module.given("sensitive").is_none_or(|value| *value == true || value == "true");
    let mut flags = Vec::new();
    if !sensitive {
        flags.push(("ignore_case", Data::Bool(true)));
    }
    for (theirs, ours) in [("multiline", "multiline"), ("singleline", "dot_all")] {
        if module.says(theirs) {
            flags.push((ours, Data::Bool(true)));
        }
    }
    (!flags.is_empty()).then(|| Data::map(flags))
}

/// How a match is read: groups by number and by name.
fn groups(pattern: &str, one: Expr) -> Output {
    let mut output = Output::of(one.clone()).at("__IMTMATCH__", &["text"], Type::Text);
    let group = |at: usize| one.clone().maybe("groups").maybe_item(Expr::Int(i64::try_from(at).unwrap_or(0)));
    for at in 0..pattern.matches('(').count().min(99) {
        output = output.with(&format!("${}", at + 1), Typed::maybe(group(at), Type::Text));
    }
    for part in pattern.split("(?<").skip(1) {
        if let Some((name, _)) = part.split_once('>') {
            let named = one.clone().maybe("named").maybe(name);
            output = output.with(name, Typed::maybe(named, Type::Text));
        }
    }
    output.with("i", Typed::sure(Expr::name("index").binary(crate::ours::Operator::Plus, Expr::Int(1)), Type::Number))
}

/// Fields of an article by Make's names.
pub(in crate::make) fn article_fields(article: Expr) -> Output {
    Output::of(article)
        .at("description", &["summary"], Type::Text)
        .at("link", &["url"], Type::Text)
        .at("pubDate", &["published"], Type::Date)
        .at("dateCreated", &["published"], Type::Date)
        .at("dateUpdated", &["updated"], Type::Date)
        .at("guid", &["id"], Type::Text)
        .at("fullContent", &["content"], Type::Text)
}
