// What an import says of modules and files, in Chinese. Pure; loaded only for readers of Chinese.
import { alike } from '../diagnostics/translated';
import { told, type Column, type Sentence } from '../diagnostics/template';
import { files } from './files';
import { flows } from './flows';
import { nodes } from './nodes';
import { reasons } from './reasons';
import { scripts, unsaid } from './scripts';

const columns: Record<string, Column> = { 'zh-TW': 1, 'zh-CN': 2 };

/** Every sentence that an import says, but for those of the check. */
export const all: readonly Sentence[] = [...flows, ...reasons, ...nodes, ...scripts, ...files, ...unsaid];

/** The same in this language; a reason may be several. What has no translation stays as it is. */
export function translated(said: string, language: string): string {
  const column = columns[language];
  if (!column) return said;
  const parts = said.split('; ').map((part) => one(part, column));
  if (parts.every((part) => part !== undefined)) return parts.join('；');
  return one(said, column) ?? said;
}

function one(said: string, column: Column): string | undefined {
  for (const sentence of all) {
    const translation = told(sentence, said, column, (part) => one(part, column));
    if (translation !== undefined) return translation;
  }
  const checked = alike(said, column);
  return checked !== undefined && /\p{Script=Han}/u.test(checked) ? checked : undefined;
}
