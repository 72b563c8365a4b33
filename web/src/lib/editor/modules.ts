// The server's modules by name. Where a trigger is called the same as a step, it is `trigger NAME`. Pure.
import type { Module } from '../api/editing';

export function byName(listed: readonly Module[]): Map<string, Module> {
  const modules = new Map<string, Module>();
  const isTrigger = ({ kind }: Module) => kind === 'trigger';
  for (const module of listed.filter((one) => !isTrigger(one))) modules.set(module.name, module);
  for (const module of listed.filter(isTrigger)) modules.set(modules.has(module.name) ? `trigger ${module.name}` : module.name, module);
  return modules;
}
