// Which keys are around a place in a YAML text that may be half written: found by indentation, without parsing. Pure.

export interface Around {
  key: string;
  /** Whether the place is in an item of the list that the key holds. */
  item: boolean;
}

export interface Place {
  /** What stands before the place in its line, without indentation and dash. */
  typed: string;
  indent: number;
  /** Whether the line begins an item of a list. */
  dash: boolean;
  /** Innermost first. */
  around: Around[];
}

/** `above`: the lines above, nearest first; `before`: what stands before the place in its own. */
export function placeIn(before: string, above: Iterable<string>): Place {
  const [, blanks = '', dash = '', typed = ''] = /^(\s*)((?:- +)?)(.*)$/.exec(before) ?? [];
  const around: Around[] = [];
  let column = blanks.length + dash.length;
  let item = dash !== '';
  let listColumn = blanks.length;
  for (const line of above) {
    const [, lead = '', mark = '', name] = /^(\s*)((?:- +)?)([\w.]+):/.exec(line) ?? [];
    if (name === undefined) continue;
    const at = lead.length + mark.length;
    if (item ? at > listColumn : at > column) continue;
    if (!item && at === column) {
      item = mark !== '';
      listColumn = lead.length;
      if (!item && column === 0) break;
      continue;
    }
    around.push({ key: name, item });
    column = at;
    item = mark !== '';
    listColumn = lead.length;
  }
  return { typed, indent: blanks.length, dash: dash !== '', around };
}
