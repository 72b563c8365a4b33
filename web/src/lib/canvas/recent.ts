// Which modules were put in lately, in this browser.

const name = 'recent modules';
const kept = 5;

export const recent = {
  read(): string[] {
    try {
      const names: unknown = JSON.parse(localStorage.getItem(name) ?? '[]');
      return Array.isArray(names) ? names.filter((one) => typeof one === 'string') : [];
    } catch {
      return [];
    }
  },

  add(module: string): void {
    const names = [module, ...this.read().filter((one) => one !== module)].slice(0, kept);
    localStorage.setItem(name, JSON.stringify(names));
  },
};
