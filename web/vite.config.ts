// How the page is built: hashed files, nothing inlined (the server's content security policy allows neither inline
// code nor data: URLs). `npm run dev` hands everything that is not the page to a server on the default port.
import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { packed } from './packed';

const server = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), packed()],
  resolve: { alias: { 'd3-color': fileURLToPath(new URL('src/lib/canvas/colourless.ts', import.meta.url)) } },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': server, '/login': server, '/hook': server } },
  test: { include: ['build.test.ts', 'src/**/*.test.ts'], environment: 'node' },
});
