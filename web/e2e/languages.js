// Every page and panel in Chinese: nothing is left in English but names, code and values.
import assert from 'node:assert/strict';

import { forms, places } from './languages/panels.js';

export const languageTests = ['zh-TW', 'zh-CN'].flatMap((language) => [
  [`m19 no page shows an English sentence in Chinese (${language})`, (visitor) => leavesNoEnglish(visitor, language, places)],
  [`m19 no form shows an English sentence in Chinese (${language})`, (visitor) => leavesNoEnglish(visitor, language, forms)],
]);

async function leavesNoEnglish(visitor, language, list) {
  const { page } = visitor;
  visitor.expect(/status of (404|409|410|422)/);
  await page.addInitScript((chosen) => localStorage.setItem('language', chosen), language);
  await visitor.enter();
  const left = new Map();
  const places = await list(visitor);
  const code = new Set([...(await words(visitor)), ...(await brands(visitor))]);
  for (const [title, open] of places) {
    await open();
    const names = await namesOf(visitor);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    const isLeft = ({ text }) => !code.has(text) && isEnglish(text, names);
    let said = await spoken(page);
    // Sentences that few pages need come a moment later.
    for (const end = Date.now() + 2000; said.some(isLeft) && Date.now() < end; ) {
      await page.evaluate(() => new Promise(requestAnimationFrame));
      said = await spoken(page);
    }
    assert.ok(said.some(({ text }) => han.test(text)), `${title} says nothing in Chinese`);
    for (const { text, where } of said.filter(isLeft)) left.set(text, `${title}: ${text} (${where})`);
  }
  assert.ok(left.size === 0, `left in English:\n${[...left.values()].join('\n')}`);
}

const han = /\p{Script=Han}/u;

/** Names that are the same in every language. */
const same = /Connection refused \(os error \d+\)|\b(Svelte Flow attribution|GitHub|Base64|base64|HMAC-SHA256|Hookmill|Webhook|English|Google|Slack|LINE|SurveyCake|Bearer|OAuth|Telegram|Svelte Flow|JSON Schema|Hash [Kk]ey|IV [Kk]ey|curl|HTTPie|fetch|Enter|Ctrl|Shift|Alt|Esc|Del|Tab|Home|End)\b/g;

/** Whether words are left that are neither names nor code: three in a row within Chinese, one without it. */
function isEnglish(text, names) {
  const rest = names.reduce((left, name) => left.replaceAll(name, ' '), text).replace(same, ' ');
  const plain = rest.replace(/[“"「『‘'`][^”"」』’'`]*[”"」』’'`]/g, ' ').replace(/\b[\w-]*[\w./:@$-]*[._/:@$][\w./:@-]*/g, ' ');
  return han.test(plain) ? /[A-Za-z]?[a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(plain) : /[A-Z]?[a-z]{2,}/.test(plain);
}

/** The words of the scenarios' texts: keys, values and names of modules are the same in every language. */
async function words(visitor) {
  const texts = await Promise.all(['gaps', 'every-module'].map((id) => visitor.get(`/scenarios/${id}/draft`)));
  const live = await Promise.all(['all-steps', 'planned', 'signed-github'].map((id) => visitor.get(`/scenarios/${id}`)));
  return new Set([...texts, ...live].flatMap(({ text }) => text.match(/[\w.-]+/g) ?? []));
}

/** What people called their things, the longest names first. */
async function namesOf(visitor) {
  const lists = await Promise.all(['/scenarios', '/connections', '/stores', '/drafts', '/hooks'].map((path) => visitor.get(path)));
  const names = lists.flatMap(({ items, hooks }) => items ?? hooks).flatMap(({ id, name, description, scenario, path }) => [id, name, description, scenario, path]);
  return names.filter((name) => name && /[a-z]/i.test(name)).sort((a, b) => b.length - a.length);
}

/** What services call themselves, in whatever language. */
async function brands(visitor) {
  const [{ items }, { types }] = [await visitor.get('/modules'), await visitor.get('/connections')];
  return [...items.flatMap(({ app }) => [app?.title, ...Object.values(app?.i18n ?? {})]), ...types.map(({ title }) => title)];
}

/** Every text that is seen or read aloud, but for code and values, and where it stands. */
function spoken(page) {
  return page.evaluate(() => {
    const written = 'code, pre, kbd, bdi, [translate=no], .cm-editor, [role=treeitem] .value, svg, script, style, .tree, .identity';
    const found = [];
    const where = (element) => [element.closest('[class]')?.className.toString().split(' ')[0] ?? '', element.tagName.toLowerCase()].join(' ');
    const add = (text, element) => {
      const line = text.replace(/\s+/g, ' ').trim();
      if (line) found.push({ text: line, where: where(element) });
    };
    for (const element of document.querySelectorAll('body, body *')) {
      if (element.closest('[aria-hidden=true]') || (!element.checkVisibility({ visibilityProperty: true }) && element.tagName !== 'OPTION')) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-roledescription', 'aria-valuetext']) {
        const told = element.getAttribute(name);
        if (told && !element.matches(written) && !element.closest('.cm-content')) add(told, element);
      }
      if (element.closest(written)) continue;
      for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) add(child.data, element);
    }
    add(document.title, document.documentElement);
    return found;
  });
}
