//! Writes `enabled:` into a scenario's text and leaves every other byte as it is.

use server::library::Switch;

/// The text with its triggers switched.
pub(super) fn switched(text: &str, enabled: Switch) -> String {
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
            let after_name = lines.iter().position(|line| line.starts_with("name:")).map_or(0, |at| at + 1);
            let new = format!("{line}\n");
            let needs_break = after_name > 0 && !lines[after_name - 1].ends_with('\n');
            lines.insert(after_name, &new);
            if needs_break {
                lines.insert(after_name, "\n");
            }
            lines.concat()
        }
    }
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
