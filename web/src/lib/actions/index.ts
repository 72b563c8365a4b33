// Everything that can be done in the editor. Buttons, keys, menus and the list of commands all come from here.
import type { Action } from './action';
import { add } from './add';
import { addBranch } from './add-branch';
import { addTrigger } from './add-trigger';
import { canvasNote } from './canvas-note';
import { commands } from './commands';
import { copy } from './copy';
import { cut } from './cut';
import { disable } from './disable';
import { discard } from './discard';
import { duplicate } from './duplicate';
import { exportSvg } from './export-svg';
import { exportYaml } from './export-yaml';
import { find } from './find';
import { fit } from './fit';
import { importFile } from './import';
import { note } from './note';
import { open } from './open';
import { outline } from './outline';
import { paste } from './paste';
import { pin } from './pin';
import { publish } from './publish';
import { redo } from './redo';
import { remove } from './remove';
import { rename } from './rename';
import { replay } from './replay';
import { run } from './run';
import { runStep } from './run-step';
import { runTo } from './run-to';
import { runWith } from './run-with';
import { selectAll } from './select-all';
import { shortcuts } from './shortcuts';
import { tidy } from './tidy';
import { undo } from './undo';
import { walkDown } from './walk-down';
import { walkLeft } from './walk-left';
import { walkRight } from './walk-right';
import { walkUp } from './walk-up';
import { zoomIn } from './zoom-in';
import { zoomOut } from './zoom-out';

export const actions: readonly Action[] = [
  add,
  addTrigger,
  open,
  run,
  runWith,
  runTo,
  runStep,
  replay,
  pin,
  disable,
  rename,
  note,
  addBranch,
  copy,
  cut,
  paste,
  duplicate,
  remove,
  undo,
  redo,
  publish,
  discard,
  find,
  commands,
  shortcuts,
  outline,
  zoomIn,
  zoomOut,
  fit,
  tidy,
  canvasNote,
  selectAll,
  walkLeft,
  walkRight,
  walkUp,
  walkDown,
  importFile,
  exportYaml,
  exportSvg,
];
