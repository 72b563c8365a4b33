//! What one journaled step costs: time of the processor, bytes written, bytes kept. How these grow with the number of
//! steps and with the size of what the steps pass on.

use std::thread;

use anyhow::{Context, ensure};

use super::connection::Connection;
use super::figure::{Bound, Figure};
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::Server;
use super::{Bench, gauge, runs};

/// The webhook of `bench/scenarios/cost.yaml`.
const PATH: &str = "/hook/cost";

/// How many times as much one unit may cost when there are ten times as many: linear, and some noise.
const GROWTH: Bound = Bound::AtMost(2.0);

/// Who post at once.
const CLIENTS: u64 = 4;

/// How many runs there are at least, and at most.
const FEWEST: u64 = CLIENTS;
const MOST: u64 = 20_000;

/// Runs of this many steps, each of which passes on a body of this many bytes.
#[derive(Clone, Copy)]
struct Shape {
    steps: u64,
    size: u64,
}

/// Of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    /// Time of the processor, in microseconds.
    micros: f64,
    /// Bytes that were written, overwritten ones included.
    written: f64,
    /// Bytes that the disk has given to the folder in the end.
    kept: f64,
}

/// Both tables: the number of steps grows, then the size.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "cost")?;
    let (least, usual) = (profile.number("size")?, profile.number("usual")?);
    let cost = |shape: Shape| Ok((shape, cost(bench, &profile, shape)?));
    let steps = profile.numbers("steps")?.into_iter().map(|steps| cost(Shape { steps, size: least }));
    let steps = steps.collect::<anyhow::Result<Vec<_>>>()?;
    let sizes = profile.numbers("sizes")?.into_iter().map(|size| cost(Shape { steps: usual, size }));
    let sizes = sizes.collect::<anyhow::Result<Vec<_>>>()?;
    let mut figures: Vec<Figure> =
        steps.iter().chain(&sizes).flat_map(|(shape, cost)| describe(*shape, *cost)).collect();
    figures.extend(growth("steps", &steps, |_| 1.0));
    figures.extend(growth("bytes", &sizes, |shape| shape.size as f64));
    Ok(figures)
}

fn cost(bench: &Bench, profile: &Profile, shape: Shape) -> anyhow::Result<Cost> {
    let scratch =
        Scratch::new(&bench.scratch, "cost", [("cost.yaml".into(), scenario(profile.scenario(), shape.steps)?)])?;
    let mut server = Server::hookmill(bench, &scratch)?;
    let runs = (profile.number("volume")? / (shape.steps * shape.size)).clamp(FEWEST, MOST);
    let (time, written) = (gauge::processor_time(server.pid())?, gauge::written(server.pid())?);
    let empty = gauge::allocated(&scratch.data());
    post_all(&server, shape.size, runs)?;
    server.wait_for("every run to end", |server| runs::running(server) == Some(0))?;
    let (time, written) = (gauge::processor_time(server.pid())? - time, gauge::written(server.pid())? - written);
    let ended = runs::count(&server, "status=succeeded")? as u64;
    ensure!(ended == runs, "{ended} of {runs} runs ended well");
    server.stop()?;
    let kept = gauge::allocated(&scratch.data()).saturating_sub(empty);
    let steps = (runs * shape.steps) as f64;
    Ok(Cost { micros: time.as_secs_f64() * 1e6 / steps, written: written as f64 / steps, kept: kept as f64 / steps })
}

fn post_all(server: &Server, size: u64, runs: u64) -> anyhow::Result<()> {
    thread::scope(|scope| {
        let numbers = |client| (client..runs).step_by(CLIENTS as usize);
        let clients: Vec<_> =
            (0..CLIENTS).map(|client| scope.spawn(move || post(server, size, numbers(client)))).collect();
        let mut ended = clients.into_iter().map(|client| client.join());
        ended.try_for_each(|client| client.unwrap_or_else(|_| Err(anyhow::anyhow!("a client broke off"))))
    })
}

fn post(server: &Server, size: u64, numbers: impl Iterator<Item = u64>) -> anyhow::Result<()> {
    let mut connection = Connection::open(server.address)?;
    for number in numbers {
        let status = connection.post(PATH, body(number, size).as_bytes())?;
        ensure!(status == 200, "a body of {size} bytes is answered {status}");
    }
    Ok(())
}

/// The scenario with its one step as often as wanted.
fn scenario(text: &str, steps: u64) -> anyhow::Result<String> {
    let (head, step) = text.split_once("steps:\n").context("bench/scenarios/cost.yaml has no `steps:`")?;
    let steps: Vec<String> = (1..=steps).map(|number| step.replace("NUMBER", &number.to_string())).collect();
    Ok(format!("{head}steps:\n{}", steps.concat()))
}

/// JSON of about this many bytes that no other number has: lines of digits.
fn body(number: u64, size: u64) -> String {
    let mut chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = format!("{{\"number\":{number},\"lines\":[\"\"");
    while (text.len() as u64) + 2 < size {
        let mut digits = String::new();
        for _ in 0..6 {
            // xorshift64 (Marsaglia, 2003): cheap, and nothing that a compressor could learn.
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            digits.push_str(&format!("{chance:016x}"));
        }
        text.push_str(&format!(",\"{digits}\""));
    }
    text + "]}"
}

fn describe(shape: Shape, cost: Cost) -> [Figure; 3] {
    let Shape { steps, size } = shape;
    let figure = |what: &str, unit, value| {
        Figure::new(format!("{what} for a step, {steps} of {} KB", size as f64 / 1e3), unit, vec![value])
    };
    [
        figure("processor's time", "µs", cost.micros),
        figure("written", "bytes", cost.written),
        figure("kept on disk", "bytes", cost.kept),
    ]
}

/// The last two of a row, ten times apart: what one unit costs in the greater against what it costs in the smaller.
fn growth(of: &str, row: &[(Shape, Cost)], units: fn(&Shape) -> f64) -> Vec<Figure> {
    let [.., (smaller, less), (greater, more)] = row else { return vec![] };
    let ratio = |value: fn(&Cost) -> f64| (value(more) / units(greater)) / (value(less) / units(smaller));
    let figure = |what: &str, ratio: f64| {
        Figure::new(format!("{what} for one of ten times as many {of}"), "times", vec![ratio]).bound(GROWTH)
    };
    vec![figure("processor's time", ratio(|cost| cost.micros)), figure("kept on disk", ratio(|cost| cost.kept))]
}

#[cfg(test)]
mod tests {
    use super::super::figure::Verdict;
    use super::*;

    #[test]
    fn bodies_are_json_of_their_size_and_differ() -> anyhow::Result<()> {
        let value: serde_json::Value = serde_json::from_str(&body(7, 10_000))?;
        assert_eq!(value["number"], 7);
        assert!((10_000..10_200).contains(&body(7, 10_000).len()), "{}", body(7, 10_000).len());
        assert_ne!(body(1, 1000)[30..], body(2, 1000)[30..]);
        Ok(())
    }

    #[test]
    fn a_scenario_has_as_many_steps_as_wanted() -> anyhow::Result<()> {
        let text = scenario("name: Cost\nsteps:\n  - id: s_NUMBER\n    set: 1\n", 2)?;
        assert_eq!(text, "name: Cost\nsteps:\n  - id: s_1\n    set: 1\n  - id: s_2\n    set: 1\n");
        Ok(())
    }

    #[test]
    fn growth_is_of_one_unit() {
        let row = |less: f64, more: f64| {
            let cost = |micros| Cost { micros, written: 1.0, kept: 1.0 };
            [(Shape { steps: 5, size: 100 }, cost(less)), (Shape { steps: 5, size: 1000 }, cost(more))]
        };
        let verdict = |row: &[(Shape, Cost)]| growth("bytes", row, |shape| shape.size as f64)[0].verdict();
        assert_eq!(verdict(&row(1.0, 10.0)), Verdict::Kept);
        assert_eq!(verdict(&row(1.0, 21.0)), Verdict::Broken);
        assert!(growth("bytes", &row(1.0, 1.0)[..1], |_| 1.0).is_empty());
    }
}
