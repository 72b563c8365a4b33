// The language in use: chosen before, or the browser's. Switching shows every sentence anew, without a reload. Only the
// sentences of this language are fetched, and those of pages and panels with the first of these.
import type { Dictionary } from './en';
import type { Frame } from './en/frame';
import type { Rooms } from './en/rooms';
import { nearest, type Language } from './languages';

const remembered = 'language';

interface Loaders {
  frame: () => Promise<{ frame: Frame }>;
  rooms: () => Promise<{ rooms: Rooms }>;
}

const loaders: Record<Language, Loaders> = {
  en: { frame: () => import('./en/frame'), rooms: () => import('./en/rooms') },
  'zh-TW': { frame: () => import('./zh-TW/frame'), rooms: () => import('./zh-TW/rooms') },
  'zh-CN': { frame: () => import('./zh-CN/frame'), rooms: () => import('./zh-CN/rooms') },
};

let spoken = $state.raw<Partial<Dictionary>>({});
let chosen: Language = 'en';
let beyondFrame = false;
let turn: Promise<void> = Promise.resolve();
let complete: Promise<void> | undefined;

/** Every sentence, in the language in use. */
export const t = new Proxy({} as Dictionary, { get: (_, key) => Reflect.get(spoken, key) });

/** The language in use. */
export function language(): Language {
  return nearest([spoken.locale ?? '']);
}

/** Begins in the language that was chosen before, or the browser's. */
export function begin(): Promise<void> {
  return show(nearest([localStorage.getItem(remembered) ?? '', ...navigator.languages]));
}

/** Goes on in this language, and remembers it. */
export function speak(wanted: Language): Promise<void> {
  localStorage.setItem(remembered, wanted);
  return show(wanted);
}

/** A page or panel that says more than the frame does, with its sentences. */
export function withWords<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => (await Promise.all([load(), allWords()]))[0];
}

function allWords(): Promise<void> {
  beyondFrame = true;
  complete ??= show(chosen).catch((error) => {
    complete = undefined;
    throw error;
  });
  return complete;
}

/** One after the other: what was asked for last is what stays. */
function show(wanted: Language): Promise<void> {
  chosen = wanted;
  turn = turn.catch(() => undefined).then(async () => {
    const { frame, rooms } = loaders[wanted];
    const words = await Promise.all([frame(), beyondFrame ? rooms() : undefined]);
    spoken = { ...words[0].frame, ...words[1]?.rooms };
    document.documentElement.lang = wanted;
  });
  return turn;
}
