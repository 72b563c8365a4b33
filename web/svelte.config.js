// Component compilation: TypeScript in script blocks, styles as files.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default { preprocess: vitePreprocess(), compilerOptions: { runes: true, css: 'external' } };
