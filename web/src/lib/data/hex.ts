// Bytes as people read them. Pure.

/** How many bytes stand in a line. */
const width = 16;

/** Bytes as a table: where each line begins, the bytes, and what of them is printable ASCII. */
export function hex(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += width) lines.push(line(bytes.subarray(start, start + width), start));
  return lines.join('\n');
}

function line(bytes: Uint8Array, start: number): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return `${start.toString(16).padStart(8, '0')}  ${digits.padEnd(width * 3 - 1)}  ${text}`;
}
