// How wide the panel is, remembered from one visit to the next.

export const narrowest = 320;
export const widest = 640;
const usual = 420;
const name = 'panel width';

export function remembered(): { read: () => number; write: (width: number) => void } {
  return {
    read() {
      const kept = Number(localStorage.getItem(name));
      return kept >= narrowest && kept <= widest ? kept : usual;
    },
    write(width) {
      localStorage.setItem(name, String(width));
    },
  };
}
