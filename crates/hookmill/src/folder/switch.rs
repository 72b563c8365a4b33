//! Writes `enabled:` into a scenario's text and leaves every other byte as it is.

use server::library::Switch;

/// The text with its triggers switched.
pub(crate) fn switched(text: &str, enabled: Switch) -> String {
    let line = match enabled {
        Switch::On => "enabled: true",
        Switch::Off => "enabled: false",
    };
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    match lines.iter().position(|line| line.starts_with("enabled:")) {
        Some(at) => {
            let old = lines[at];
            let rest = old.find(" #").map_or_else(|| &old[old.trim_end().len()..], |comment| &old[comment..]);
            let new = format!("{line}{rest}");
            lines[at] = &new;
            lines.concat()
        }
        None => {
            // Where `hookmill fmt` puts it: behind the name and what is said about it.
            let after_name = lines.iter().position(|line| line.starts_with("name:")).map_or(0, |at| end_of(&lines, at));
            let is_described = lines.get(after_name).is_some_and(|line| line.starts_with("description:"));
            let after_name = if is_described { end_of(&lines, after_name) } else { after_name };
            let is_below_a_block = after_name > 0 && lines[after_name - 1].starts_with([' ', '\t']);
            let new = if is_below_a_block { format!("\n{line}\n") } else { format!("{line}\n") };
            let needs_break = after_name > 0 && !lines[after_name - 1].ends_with('\n');
            lines.insert(after_name, &new);
            if needs_break {
                lines.insert(after_name, "\n");
            }
            lines.concat()
        }
    }
}

/// Behind which line the value of a key at the top ends: what goes on is indented.
fn end_of(lines: &[&str], at: usize) -> usize {
    let goes_on = |line: &&&str| line.starts_with([' ', '\t']) || line.trim().is_empty();
    let more = lines[at + 1..].iter().take_while(goes_on).collect::<Vec<_>>();
    let blank = more.iter().rev().take_while(|line| line.trim().is_empty()).count();
    at + 1 + more.len() - blank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_switch_changes() {
        for (text, enabled, expected) in [
            ("name: A\nsteps: []\n", Switch::Off, "name: A\nenabled: false\nsteps: []\n"),
            ("# top\nsteps: []\n", Switch::Off, "enabled: false\n# top\nsteps: []\n"),
            (
                "name: A\nenabled: false  # for now\nsteps: []\n",
                Switch::On,
                "name: A\nenabled: true # for now\nsteps: []\n",
            ),
            ("enabled: true\r\nname: A\r\n", Switch::Off, "enabled: false\r\nname: A\r\n"),
            (
                "name: >-\n  A\n\n  B\n\nsteps: []\n",
                Switch::Off,
                "name: >-\n  A\n\n  B\n\nenabled: false\n\nsteps: []\n",
            ),
            (
                "name: A\ndescription: |-\n  B\nsteps: []\n",
                Switch::Off,
                "name: A\ndescription: |-\n  B\n\nenabled: false\nsteps: []\n",
            ),
            ("name: A", Switch::Off, "name: A\nenabled: false\n"),
            (
                "steps:\n  - set: { enabled: true }\n",
                Switch::Off,
                "enabled: false\nsteps:\n  - set: { enabled: true }\n",
            ),
        ] {
            assert_eq!(switched(text, enabled), expected, "{text:?}");
        }
    }
}
