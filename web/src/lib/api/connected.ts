// Which connections there are, for those who only need their names.
import { get } from './http';

export interface Named {
  name: string;
  type: string;
}

/** None where the server tells of none. */
export async function connections(): Promise<Named[]> {
  const answer = await get<{ items: Named[] }>('/connections', AbortSignal.timeout(5000)).catch(() => undefined);
  return answer?.items ?? [];
}
