// Text of strangers, with what would hide or turn it around made visible. Pure.

// Controls but tab and line feed, marks that turn the direction of text (Unicode UAX #9), and characters without width.
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text with such characters written as `\u{…}`. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
