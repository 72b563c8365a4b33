//! The top of the text.

use crate::check::Checker;
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{Plan, Role, Version, identify};
use crate::text::Node;

pub(super) const KEYS: &[&str] = &[
    "name",
    "description",
    "enabled",
    "timezone",
    "trigger",
    "steps",
    "tests",
    "on_failure",
    "limits",
    "keep",
    "alarms",
];

impl Checker<'_> {
    /// The whole scenario.
    pub(crate) fn scenario(&mut self, root: &Node) -> Option<Plan> {
        let top = self.fields(root, "the scenario", KEYS)?;
        let name = top.get("name").and_then(|node| self.text(node, "`name`")).unwrap_or_default().to_owned();
        let description = top.get("description").and_then(|node| self.text(node, "`description`"));
        let description = description.unwrap_or_default().to_owned();
        let enabled = top.get("enabled").and_then(|node| self.flag(node, "`enabled`")).unwrap_or(true);
        let timezone = top.get("timezone").and_then(|node| self.zone(node)).unwrap_or("UTC").to_owned();
        self.timezone = timezone.as_str().into();
        let triggers = top.get("trigger").map(|node| self.triggers(node, &timezone)).unwrap_or_default();
        let limits = top.get("limits").and_then(|node| self.limits(node)).unwrap_or_default();
        let keep = top.get("keep").and_then(|node| self.keep(node)).unwrap_or_default();
        let alarms = top.get("alarms").and_then(|node| self.alarms(node)).unwrap_or_default();
        match top.get("steps") {
            Some(steps) => _ = self.steps(steps, "`steps`", None),
            None => self.report(Diagnostic::missing_key(top.place, "steps", "the scenario")),
        }
        let on_failure = top.get("on_failure").map(|steps| self.handler(steps, "`on_failure`", None, Role::Failure));
        let tests = top.get("tests").map(|node| self.tests(node)).unwrap_or_default();
        let responds = self.responds();
        let (mut steps, blocks, trigger_reads) = self.take_parts();
        identify(&mut steps, &blocks);
        let version = Version::of(self.source);
        Some(Plan {
            name,
            description,
            enabled,
            timezone,
            version,
            triggers,
            steps,
            blocks,
            on_failure,
            limits,
            keep,
            alarms,
            responds,
            trigger_reads,
            tests,
        })
    }

    /// An IANA zone. Looked up in the database that comes with the program: what a scenario means does not depend on
    /// the machine it is checked on.
    pub(super) fn zone<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let name = self.text(node, "`timezone`")?;
        self.zone_at(node.place, name).map(|_| name)
    }

    /// The zone of this name, which stands at this place.
    pub(super) fn zone_at(&mut self, place: Place, name: &str) -> Option<String> {
        let zones = jiff::tz::TimeZoneDatabase::bundled();
        if zones.get(name).is_ok() {
            return Some(name.to_owned());
        }
        let known: Vec<String> = zones.available().map(|zone| zone.to_string()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.report(Diagnostic::unknown_timezone(place, name, &known));
        None
    }
}
