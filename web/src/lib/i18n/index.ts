// The page's sentences, in the language in use.
export { begin, language, speak, t, withWords } from './language.svelte';
export { languages, names, type Language } from './languages';
