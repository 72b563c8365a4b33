//! Where boxes stand: in layers from top to bottom, each behind all that lead to it, and in a layer near to those.

use super::Picture;

/// How wide a box is.
pub(super) const WIDTH: f64 = 200.0;
/// How high a box is.
pub(super) const HEIGHT: f64 = 46.0;
/// What stays free between boxes side by side, and between layers.
const GAP: (f64, f64) = (24.0, 44.0);
/// What stays free around everything.
const MARGIN: f64 = 12.0;
/// How often the order within layers is made better.
const SWEEPS: usize = 4;

/// Boxes with their places.
#[derive(Debug)]
pub(super) struct Arranged {
    /// The upper left corners of the boxes.
    pub(super) places: Vec<(f64, f64)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Finds the places.
pub(super) fn arrange(picture: &Picture) -> Arranged {
    let layers = ordered(picture, &layers(picture));
    let most = layers.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let width = most * (WIDTH + GAP.0) - GAP.0 + 2.0 * MARGIN;
    let mut places = vec![(0.0, 0.0); picture.boxes.len()];
    for (depth, layer) in layers.iter().enumerate() {
        let own = layer.len() as f64 * (WIDTH + GAP.0) - GAP.0;
        for (at, shape) in layer.iter().enumerate() {
            let x = (width - own) / 2.0 + at as f64 * (WIDTH + GAP.0);
            places[*shape] = (x, MARGIN + depth as f64 * (HEIGHT + GAP.1));
        }
    }
    let height = layers.len() as f64 * (HEIGHT + GAP.1) - GAP.1 + 2.0 * MARGIN;
    Arranged { places, width: width.max(2.0 * MARGIN), height: height.max(2.0 * MARGIN) }
}

/// The layer of each box: one more than the deepest that leads to it. Lines that lead back are left out of account.
fn layers(picture: &Picture) -> Vec<usize> {
    let count = picture.boxes.len();
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut into = vec![0_usize; count];
    for (from, to) in forward(picture) {
        out[from].push(to);
        into[to] += 1;
    }
    let mut depth = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|at| into[*at] == 0).collect();
    while let Some(at) = ready.pop() {
        for to in &out[at] {
            depth[*to] = depth[*to].max(depth[at] + 1);
            into[*to] -= 1;
            if into[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    depth
}

/// The lines without those that close a circle, found by walking from each box in order.
fn forward(picture: &Picture) -> Vec<(usize, usize)> {
    let count = picture.boxes.len();
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for line in picture.lines.iter().filter(|line| line.from != line.to) {
        out[line.from].push(line.to);
    }
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Closed,
    }
    let (mut seen, mut kept) = (vec![Seen::No; count], Vec::new());
    for start in 0..count {
        let mut way = if seen[start] == Seen::No { vec![(start, 0)] } else { Vec::new() };
        while let Some((at, next)) = way.pop() {
            seen[at] = Seen::Open;
            let Some(to) = out[at].get(next).copied() else {
                seen[at] = Seen::Closed;
                continue;
            };
            way.push((at, next + 1));
            if seen[to] != Seen::Open {
                kept.push((at, to));
            }
            if seen[to] == Seen::No {
                way.push((to, 0));
            }
        }
    }
    kept
}

/// The boxes of each layer, in an order that keeps lines short.
fn ordered(picture: &Picture, depth: &[usize]) -> Vec<Vec<usize>> {
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); depth.iter().max().map_or(0, |most| most + 1)];
    for (at, layer) in depth.iter().enumerate() {
        layers[*layer].push(at);
    }
    let mut beside: Vec<(Vec<usize>, Vec<usize>)> = vec![Default::default(); depth.len()];
    for line in &picture.lines {
        beside[line.to].0.push(line.from);
        beside[line.from].1.push(line.to);
    }
    let mut place = vec![0.0; depth.len()];
    let note = |layers: &[Vec<usize>], place: &mut Vec<f64>| {
        for layer in layers {
            for (at, shape) in layer.iter().enumerate() {
                place[*shape] = at as f64 - layer.len() as f64 / 2.0;
            }
        }
    };
    note(&layers, &mut place);
    for sweep in 0..SWEEPS {
        for layer in &mut layers {
            let wanted = |shape: usize| {
                let near = if sweep % 2 == 0 { &beside[shape].0 } else { &beside[shape].1 };
                let sum: f64 = near.iter().map(|it| place[*it]).sum();
                if near.is_empty() { place[shape] } else { sum / near.len() as f64 }
            };
            layer.sort_by(|a, b| wanted(*a).total_cmp(&wanted(*b)));
        }
        note(&layers, &mut place);
    }
    layers
}
