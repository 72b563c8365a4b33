// A key with what is held down with it, as text: `ctrl+shift+z`. Pure but for the element it asks about.

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

export function chordOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Key): string {
  const name = key.toLowerCase();
  const sign = name.length === 1 && !/[a-z0-9]/.test(name);
  const held = [ctrlKey || metaKey ? 'ctrl' : '', altKey ? 'alt' : '', shiftKey && !sign ? 'shift' : ''];
  return [...held, name].filter((part) => part !== '').join('+');
}

/** Whether keys write into this element. */
export function writes(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
