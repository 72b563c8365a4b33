//! Exports of Zapier: chains of steps, with paths, become scenarios of steps and branches.

mod apps;
mod file;
mod filter;
mod formatter;
mod steps;
mod triggers;
mod values;

use crate::ImportError;
use crate::counterparts::Counterparts;
use crate::draft::{Action, Branch, Data, Draft, ForEach, Route, Step};
use crate::ledger::{Ledger, readable};
use crate::ours::Expr;
use crate::report::State;
use crate::settle::Translated;
use file::{Node, Zap};
use serde_json::Value;
use values::{Reading, Readings, Values};

/// How many paths may stand in one another; Zapier has ten at most.
const DEEPEST: usize = 10;

/// What a file's Zaps say, in our language: a scenario for each.
pub(crate) fn translate(stem: &str, content: &Value, known: &Counterparts) -> Result<Vec<Translated>, ImportError> {
    let zaps = content["zaps"].as_array().map(Vec::as_slice).unwrap_or_default();
    if zaps.len() > crate::MAX_MODULES {
        return Err(ImportError::TooManyModules);
    }
    let read: Result<Vec<Zap<'_>>, ImportError> =
        zaps.iter().enumerate().map(|(place, zap)| Zap::read(stem, place, zap)).collect();
    let read = read?;
    if read.iter().map(|zap| zap.nodes.len()).sum::<usize>() > crate::MAX_MODULES {
        return Err(ImportError::TooManyModules);
    }
    let mut accounts = Ledger::new(known);
    Ok(read
        .iter()
        .map(|zap| {
            accounts.forget_nodes();
            scenario(zap, &mut accounts)
        })
        .collect())
}

/// A Zap on its way into our language.
pub(crate) struct Walk<'z, 'a, 'l, 'k> {
    pub(crate) zap: &'z Zap<'a>,
    pub(crate) ledger: &'l mut Ledger<'k>,
    pub(crate) readings: Readings,
}

fn scenario(zap: &Zap<'_>, ledger: &mut Ledger<'_>) -> Translated {
    let mut draft = Draft { name: zap.title.clone(), ..Draft::default() };
    let mut walk = Walk { zap, ledger, readings: Readings::new() };
    for (place, root) in zap.roots.iter().enumerate() {
        let node = &zap.nodes[*root];
        if place == 0 && node.kind == "read" {
            draft.timezone =
                node.value["meta"]["timezone"].as_str().filter(|zone| zone.contains('/')).map(str::to_owned);
            walk.start(*root, &mut draft);
            let steps = walk.chain(zap.children(*root), 0);
            draft.steps.extend(steps);
        } else {
            draft
                .remarks
                .push("Some steps hang on nothing in the file: they stand where they are run by hand.".to_owned());
            let steps = walk.chain(&[*root], 0);
            draft.steps.extend(steps);
        }
    }
    draft.remarks.dedup();
    let (report, originals) = ledger.close();
    Translated { draft, report, originals }
}

impl Walk<'_, '_, '_, '_> {
    /// The steps that hang on a step, one after another.
    fn chain(&mut self, first: &[usize], depth: usize) -> Vec<Step> {
        let zap = self.zap;
        let mut steps = Vec::new();
        let mut left = first.to_vec();
        while let Some(at) = left.first().copied() {
            // Whatever hangs beside it is walked after it, as paths are.
            let beside = left.split_off(1);
            let node = &zap.nodes[at];
            left = zap.children(at).to_vec();
            if node.is_of("BranchingAPI") && node.kind != "filter" {
                steps.extend(self.paths(at, depth));
                left.clear();
            } else if node.app.contains("Looping") {
                steps.push(self.turns(at, depth));
                left.clear();
            } else {
                let mut made = Vec::new();
                match steps::make(self, node, &mut made) {
                    Ok(()) => steps.append(&mut made),
                    Err(reason) => steps.push(self.todo(node, reason)),
                }
            }
            for other in beside {
                steps.extend(self.chain(&[other], depth + 1));
            }
        }
        steps
    }

    /// Keeps a step as it is; what others read of it is found in its place.
    pub(crate) fn todo(&mut self, node: &Node<'_>, reason: String) -> Step {
        let step = self.ledger.todo(&node.origin, reason);
        let id = step.id.clone().unwrap_or_default();
        self.readings.insert(node.origin.id.clone(), Reading::plain(Expr::name(id)));
        step
    }

    /// Values of a step; counted, and refused where one is not known.
    pub(crate) fn said<T>(&mut self, say: impl FnOnce(&mut Values<'_>) -> Result<T, String>) -> Result<T, String> {
        let mut values = Values::new(&self.readings);
        let said = say(&mut values);
        let (total, mut unsaid) = (values.total, values.unsaid);
        self.ledger.count(total, total - unsaid.len().min(total));
        match unsaid.is_empty() {
            true => said,
            false => Err(unsaid.remove(0)),
        }
    }

    fn paths(&mut self, at: usize, depth: usize) -> Option<Step> {
        let zap = self.zap;
        let node = &zap.nodes[at];
        if depth >= DEEPEST {
            return Some(self.todo(node, "its paths are nested too deeply".to_owned()));
        }
        let mut route = Route::default();
        for child in zap.children(at) {
            let path = &zap.nodes[*child];
            let named = readable(path.value["title"].as_str().unwrap_or(&path.origin.label), None);
            let is_rest = path.get("isFallback") == &Value::Bool(true) || path.text("type") == "fallback";
            let always = path.get("isAlwaysRun") == &Value::Bool(true);
            let when = self.said(|values| filter::condition(path.get("filter_criteria"), values));
            let state = if when.is_ok() { State::Runs } else { State::NeedsDecision };
            let reason = when.as_ref().err().cloned();
            self.ledger.tell(&path.origin, None, state, reason);
            let steps = self.chain(zap.children(*child), depth + 1);
            match when {
                _ if is_rest => route.otherwise = Some(steps),
                Ok(when) => {
                    let when = (!always && when != Expr::Bool(true)).then_some(when);
                    route.branches.push(Branch { name: named, when, steps });
                }
                // Which messages take a path that is not understood, somebody has to say.
                Err(_) => route.branches.push(Branch { name: named, when: Some(Expr::Bool(false)), steps }),
            }
        }
        self.ledger.tell(&node.origin, None, State::Runs, None);
        if route.branches.is_empty() {
            return None;
        }
        let mut step = Step::new(Action::Route(route));
        step.name = readable(&node.origin.label, None);
        Some(self.ledger.of(&node.origin, step))
    }

    /// Looping: what hangs on it runs for each item.
    fn turns(&mut self, at: usize, depth: usize) -> Step {
        let zap = self.zap;
        let node = &zap.nodes[at];
        if depth >= DEEPEST {
            return self.todo(node, "its loops are nested too deeply".to_owned());
        }
        match self.looped(node) {
            Err(reason) => {
                let step = self.todo(node, reason);
                let inside = self.chain(zap.children(at), depth + 1);
                // What it repeats is kept behind it.
                let steps = std::iter::once(step).chain(inside).collect();
                let branch = Branch { name: None, when: None, steps };
                Step::new(Action::Route(Route { branches: vec![branch], ..Route::default() }))
            }
            Ok((over, item)) => {
                let steps = self.chain(zap.children(at), depth + 1);
                let each = ForEach { over, item: Some(item), batch: None, steps, collect: None };
                let mut step = Step::new(Action::ForEach(each));
                step.name = readable(&node.origin.label, None);
                self.ledger.tell(&node.origin, None, State::Runs, None);
                self.ledger.of(&node.origin, step)
            }
        }
    }

    /// The list of a loop, and the name of its item; its fields are read from that.
    fn looped(&mut self, node: &Node<'_>) -> Result<(Expr, String), String> {
        let item = self.ledger.ids.give("", "entry");
        let name = Expr::name(item.as_str());
        let lists = self.said(|values| {
            let given =
                ["values", "line_items", "items", "text"].iter().map(|key| node.get(key)).find(|it| !it.is_null());
            let given = given.ok_or_else(|| format!("what `{}` repeats is not known", node.action))?;
            Ok(values.data(given))
        })?;
        let over = match lists {
            Data::Map(entries) if entries.is_empty() => return Err("nothing is repeated".to_owned()),
            Data::Map(mut entries) if entries.len() == 1 => {
                let (key, list) = entries.swap_remove(0);
                self.readings.insert(node.origin.id.clone(), Reading::plain(Expr::Map(vec![(key, name)])));
                list.into_expr()
            }
            Data::Map(entries) if of_one_list(&entries).is_some() => {
                let (list, fields) = of_one_list(&entries).unwrap_or((Expr::Nothing, Vec::new()));
                let fields = fields.into_iter().map(|(key, field)| (key, name.clone().maybe(field))).collect();
                self.readings.insert(node.origin.id.clone(), Reading::plain(Expr::Map(fields)));
                list
            }
            Data::Map(entries) => {
                // Several lists side by side: a turn has the values of one place.
                let rows = entries.iter().map(|(_, list)| list.clone().into_expr()).collect();
                let keys = entries.into_iter().enumerate();
                let fields = keys.map(|(place, (key, _))| (key, name.clone().item(Expr::Int(place as i64)))).collect();
                self.readings.insert(node.origin.id.clone(), Reading::plain(Expr::Map(fields)));
                Expr::List(rows).method("transpose", [])
            }
            other => {
                self.readings.insert(node.origin.id.clone(), Reading::plain(name));
                let text = values::present(other.into_expr());
                let separator = node.text("delimiter");
                let separator = if separator.is_empty() { "," } else { separator };
                text.method("split", [Expr::text(separator)])
            }
        };
        Ok((over, item))
    }
}

/// The list of which these are all fields of the items: the list, and the names by which its fields are read.
fn of_one_list(entries: &[(String, Data)]) -> Option<(Expr, Vec<(String, String)>)> {
    let mut all: Option<Expr> = None;
    let mut fields = Vec::new();
    for (key, list) in entries {
        let Data::Text(text) = list else { return None };
        let Expr::Method(of, function, arguments) = text.as_value()? else { return None };
        let [Expr::Closure(_, body)] = arguments.as_slice() else { return None };
        let Expr::Field(item, field, _) = &**body else { return None };
        if function != "map" || **item != Expr::name("item") || all.as_ref().is_some_and(|known| *known != **of) {
            return None;
        }
        all.get_or_insert_with(|| (**of).clone());
        fields.push((key.clone(), field.clone()));
    }
    all.map(|list| (list, fields))
}

#[cfg(test)]
mod tests;
