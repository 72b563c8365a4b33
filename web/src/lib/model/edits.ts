// Every act on a text. Each gives the splices that it takes, and touches only the lines that it means to change.
export { duplicateStep, copySteps, insertStep, moveStep, pasteSteps, type Place, removeSteps, stepSource } from './edits/steps';
export { chain } from './edits/content';
export { removeValue, renameKey, setSource, setValue } from './edits/values';
export { isBare, isFreeId, renameId } from './edits/rename';
export { ensureId, freshId, takenNames } from './edits/names';
export { addBranch, addOtherwise, addTrigger, removeBranch, setDisabled, setModule, setName, setNote, setTrigger, type Switch } from './edits/parts';
