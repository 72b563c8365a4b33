// What completion in the text knows: the server's modules, and the names that expressions can use anywhere.
import type { Module } from '../api/editing';
import { library } from '../data/library.svelte';
import type { Editor } from '../editor/editor.svelte';
import type { Language } from '../i18n';
import type { Vocabulary } from './vocabulary';

export function vocabularyOf(editor: Editor, language: Language): Vocabulary {
  const { scope, graph, modules } = editor;
  const ids = graph.all.flatMap(({ id }) => (id === null ? [] : [id]));
  const names = { trigger: scope.trigger, ...Object.fromEntries(ids.map((id) => [id, scope.steps[id]])), vars: scope.vars, secrets: undefined };
  const labels = Object.fromEntries(graph.all.flatMap(({ id, label }) => (id === null ? [] : [[id, label]])));
  return { modules, words: (module) => wordsOf(module, language), known: { names, labels, functions: library.functions }, connections: library.connections.items.map(({ name }) => name) };
}

/** What a module is called, and what it is for. */
export function wordsOf(module: Module, language: Language): { title: string; summary: string } {
  const words = module.i18n?.[language];
  return { title: words?.title ?? module.title ?? module.name, summary: words?.summary ?? module.summary };
}
