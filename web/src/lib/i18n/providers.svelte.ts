// Who can sign a webhook, in the language in use; English is what the server says.
import { lazily } from './lazily.svelte';

const words = lazily({
  'zh-TW': () => import('./providers/zh-TW'),
  'zh-CN': () => import('./providers/zh-CN'),
});

/** What a way of signing is called, and how it works. The server writes `Name: how.`, and an address below. Reactive. */
export function signer(name: string, description: string): { title: string; description: string } {
  const [line = ''] = description.split('\n');
  const [, title = name, how = line] = /^([^:]+): (.*)$/.exec(line) ?? [];
  const known = words()?.providers[name];
  return { title: known?.title ?? title, description: (known?.description ?? how).replaceAll('`', '') };
}
