// What the engine says of a scenario's text or of an expression, in Chinese. Pure; loaded only for readers of Chinese.
import { hints } from './hints';
import { alarms } from './messages/alarms';
import { doctor, remedies } from './messages/doctor';
import { expressions } from './messages/expressions';
import { lints } from './messages/lints';
import { names } from './messages/names';
import { shape } from './messages/shape';
import { triggers } from './messages/triggers';
import { told, type Column, type Sentence, type Sentences } from './template';
import { terms } from './terms';

/** What the engine says: the code names the kind of finding. */
export interface Said {
  code: string;
  message: string;
  hint?: string | null | undefined;
}

const messages: Sentences = { ...shape, ...names, ...expressions, ...triggers, ...lints };

/** What has no code of its own. */
const others: Sentence[] = [...doctor, ...alarms, ...terms];

const columns: Record<string, Column> = { 'zh-TW': 1, 'zh-CN': 2 };

/** The same finding in this language; what has no translation stays as it is. */
export function translated<Finding extends Said>(finding: Finding, language: string): Finding {
  const column = columns[language];
  if (!column) return finding;
  const message = sentence(messages[finding.code] ?? others, finding.message, column) ?? finding.message;
  if (!finding.hint) return { ...finding, message };
  return { ...finding, message, hint: sentence(hints, finding.hint, column) ?? sentence(remedies, finding.hint, column) ?? finding.hint };
}

/** What the check says, where its code is not told along; none where that is not known. */
export function alike(said: string, column: Column): string | undefined {
  return sentence(Object.values(messages).flat(), said, column);
}

function sentence(known: Sentence[], said: string, column: Column): string | undefined {
  const part = (text: string) => sentence(terms, text, column);
  for (const one of known) {
    const translation = told(one, said, column, part);
    if (translation !== undefined) return translation;
  }
  return undefined;
}
