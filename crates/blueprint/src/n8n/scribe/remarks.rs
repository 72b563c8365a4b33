//! Notes on the canvas become remarks: above the step that they lie under, above what starts the scenario, or they say
//! what the whole is for.

use super::{Scribe, Told};
use crate::draft::{Draft, Step};
use crate::n8n::workflow::Note;
use crate::notes;
use std::collections::BTreeSet;

/// How far from a node a note may lie that belongs to it, in the units of the canvas: a node is 100 wide.
const NEAR: f64 = 160.0;

/// How much of a scenario's nodes a note may cover and still be about some of them, in percent.
const SOME: usize = 75;

/// Where a remark belongs.
enum Place {
    Step(usize),
    Trigger(usize),
    Head,
}

impl Scribe<'_> {
    /// Puts the notes where they belong; `told` knows those that an earlier scenario of the file has.
    pub(super) fn remark(&mut self, told: &mut Told) {
        let mut written: Vec<Option<usize>> = Vec::new();
        for step in &self.draft.steps {
            step.each(&mut |step| written.push(self.node_of(step)));
        }
        let mut notes: Vec<(usize, &Note)> = self.workflow.notes.iter().enumerate().collect();
        // Of several above one step, that which covers more stands first.
        notes.sort_by(|(_, a), (_, b)| b.area().total_cmp(&a.area()));
        let mut above: Vec<Vec<String>> = vec![Vec::new(); written.len()];
        for (number, note) in notes {
            let lines = notes::lines(&note.text);
            if lines.is_empty() || told.notes.contains(&number) || !self.is_mine(note) {
                continue;
            }
            told.notes.insert(number);
            if self.workflow.readme == Some(number) {
                self.describe(&lines);
                continue;
            }
            let text = notes::remark(&lines);
            match self.belongs(note, &written) {
                Place::Step(step) => above[step].push(text),
                Place::Trigger(trigger) => self.draft.triggers[trigger].remarks.insert(0, text),
                Place::Head => self.draft.remarks.push(text),
            }
        }
        let mut above = above.into_iter();
        for step in &mut self.draft.steps {
            step.each_mut(&mut |step| drop(step.remarks.splice(0..0, above.next().unwrap_or_default())));
        }
        once_each(&mut self.draft);
    }

    fn node_of(&self, step: &Step) -> Option<usize> {
        let origin = step.origin.as_ref()?;
        self.flow.order.iter().copied().find(|node| self.workflow.nodes[*node].name == *origin)
    }

    /// Whether the node that is nearest to the note is in this scenario.
    fn is_mine(&self, note: &Note) -> bool {
        self.workflow.nearest(note).is_some_and(|(node, _)| self.flow.place.contains_key(&node))
    }

    fn describe(&mut self, lines: &[notes::Line]) {
        let readme = notes::readme(lines);
        self.draft.description = readme.description.filter(|about| *about != self.draft.name);
        if !readme.rest.is_empty() {
            self.draft.remarks.insert(0, readme.rest);
        }
    }

    /// The step, by its place in the text, that a note is about.
    fn belongs(&self, note: &Note, written: &[Option<usize>]) -> Place {
        let mut covered = self.workflow.covered(note);
        if covered.is_empty() {
            covered.extend(self.workflow.nearest(note).filter(|(_, far)| *far <= NEAR).map(|(node, _)| node));
        }
        covered.retain(|node| self.flow.place.contains_key(node));
        let is_whole = self.flow.order.len() > 3 && covered.len() * 100 > self.flow.order.len() * SOME;
        if covered.is_empty() || is_whole {
            return Place::Head;
        }
        let first = written.iter().position(|node| node.is_some_and(|node| covered.contains(&node)));
        let trigger = self.triggers.iter().find(|(node, _)| covered.contains(node)).map(|(_, trigger)| *trigger);
        match (first, trigger) {
            // A frame around the beginning is about what starts it, too.
            (_, Some(trigger)) => Place::Trigger(trigger),
            (Some(step), None) => Place::Step(step),
            (None, None) => self.next_step(&covered, written).map_or(Place::Head, Place::Step),
        }
    }

    /// The first step behind nodes that became none.
    fn next_step(&self, covered: &[usize], written: &[Option<usize>]) -> Option<usize> {
        let rank = |node: &usize| self.flow.order.iter().position(|other| other == node);
        let last = covered.iter().filter_map(rank).min()?;
        written.iter().position(|node| node.as_ref().and_then(rank).is_some_and(|rank| rank > last))
    }
}

/// Leaves out what a remark before said, or the name of the step itself.
fn once_each(draft: &mut Draft) {
    let mut said: BTreeSet<String> = BTreeSet::new();
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    said.extend(draft.description.as_deref().map(plain));
    said.insert(plain(&draft.name));
    let mut kept = |remarks: &mut Vec<String>| remarks.retain(|remark| said.insert(plain(remark)));
    kept(&mut draft.remarks);
    draft.triggers.iter_mut().for_each(|trigger| kept(&mut trigger.remarks));
    for step in &mut draft.steps {
        step.each_mut(&mut |step| {
            let own = [step.name.as_deref(), step.id.as_deref(), step.origin.as_deref()].map(|name| name.map(plain));
            step.remarks.retain(|remark| !own.contains(&Some(plain(remark))));
            kept(&mut step.remarks);
        });
    }
}
