//! What expressions find around them: `$json`, `$now`, `$execution`, `Math` and the like.

use super::{Kind, Meaning, Translator, Unsaid};
use crate::n8n::reading::Reading;
use crate::ours::Expr;

impl Translator<'_> {
    pub(super) fn global(&mut self, name: &str) -> Result<Meaning, Unsaid> {
        Ok(match name {
            "$json" | "$data" => Meaning::Json(self.input()?.paired()),
            "$input" => Meaning::Node(self.input()?.clone()),
            "$item" | "items" | "$items" => Meaning::Global(name.to_owned()),
            "$now" => Meaning::Value(self.zoned("now"), Kind::Time),
            "$today" => Meaning::Value(self.zoned("today"), Kind::Time),
            "$executionId" => Meaning::Value(Expr::name("run").field("id"), Kind::Text),
            "$itemIndex" | "$position" => {
                let index = if self.sight.in_loop { Expr::name("index") } else { Expr::Int(0) };
                Meaning::Value(index, Kind::Number)
            }
            "$runIndex" => Meaning::Value(Expr::Int(0), Kind::Number),
            "NaN" => Meaning::Value(Expr::Nothing, Kind::Any),
            "$fromAI" => return Err("a model of language gives the value".to_owned()),
            "$binary" => Meaning::Files(self.input()?.paired()),
            _ if name.starts_with('$') || is_global(name) => Meaning::Global(name.to_owned()),
            _ => return Err(format!("`{name}` is not there")),
        })
    }

    fn input(&self) -> Result<&Reading, Unsaid> {
        self.sight.input.as_ref().ok_or_else(|| "nothing comes before it that has data".to_owned())
    }

    /// `now` and `today` in the zone of the workflow.
    pub(super) fn zoned(&self, function: &str) -> Expr {
        Expr::call(function, self.sight.zone.as_deref().map(Expr::text))
    }

    /// A node by its name.
    pub(super) fn node(&self, name: &str) -> Result<Reading, Unsaid> {
        let found = self.sight.nodes.get(name).or_else(|| self.sight.nodes.get(name.trim()));
        found.cloned().ok_or_else(|| format!("the output of “{name}” cannot be seen from here"))
    }

    pub(super) fn global_member(&mut self, global: &str, name: &str) -> Result<Meaning, Unsaid> {
        Ok(match (global, name) {
            ("$node", node) => Meaning::Node(self.node(node)?),
            ("$item(0)", "$node") => Meaning::Global("$node".to_owned()),
            ("$item(0)", "$json" | "json") => self.global("$json")?,
            ("$env" | "$vars" | "$secrets", name) => Meaning::Value(Expr::name("env").field(name), Kind::Text),
            ("$execution", "id") => Meaning::Value(Expr::name("run").field("id"), Kind::Text),
            ("$execution", "mode") => Meaning::Value(Expr::text("production"), Kind::Text),
            ("$execution", "resumeUrl" | "resumeFormUrl") => {
                return Err("the link by which a waiting run goes on is made by `wait_for`".to_owned());
            }
            ("$workflow", "id") => Meaning::Value(Expr::name("run").field("scenario"), Kind::Text),
            ("$workflow", "name") => Meaning::Value(Expr::text(self.sight.workflow.as_str()), Kind::Text),
            ("$workflow", "active") => Meaning::Value(Expr::Bool(true), Kind::Bool),
            ("Math", "PI") => Meaning::Value(Expr::Float(std::f64::consts::PI), Kind::Number),
            ("Number", "MAX_SAFE_INTEGER") => Meaning::Value(Expr::Int(9_007_199_254_740_991), Kind::Number),
            (
                "Math" | "JSON" | "Object" | "Array" | "Number" | "String" | "Date" | "DateTime" | "$item" | "$items",
                _,
            ) => Meaning::Member(global.to_owned(), name.to_owned()),
            ("$parameter" | "$prevNode" | "$credentials" | "$response" | "$request", _) => {
                return Err(format!("`{global}` is not there"));
            }
            _ => return Err(format!("`{global}.{name}` is not there")),
        })
    }

    pub(super) fn deep_member(&mut self, global: &str, first: &str, name: &str) -> Result<Meaning, Unsaid> {
        Err(format!("`{global}.{first}.{name}` is not there"))
    }
}

fn is_global(name: &str) -> bool {
    [
        "Math",
        "JSON",
        "Object",
        "Array",
        "Number",
        "String",
        "Boolean",
        "Date",
        "DateTime",
        "Duration",
        "parseInt",
        "parseFloat",
        "isNaN",
        "encodeURIComponent",
        "decodeURIComponent",
        "encodeURI",
        "decodeURI",
    ]
    .contains(&name)
}
