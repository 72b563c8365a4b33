// Asks a person to allow a connection at its provider, in a window of its own. What comes of it is told by the page to
// which the provider sends them back, to every window of this browser.
import { authorizeConnection } from '../api/connections';
import { Refused } from '../api/http';
import { t } from '../i18n';

export type Phase = 'none' | 'asking' | 'waiting' | 'blocked' | 'allowed' | 'refused';

const channelName = 'hookmill';
const look = 'popup,width=560,height=720';

/** What the page of return tells; `reason` where it was refused. */
interface Told {
  type: 'connection';
  name: string;
  ok: boolean;
  reason?: string;
}

export class Consent {
  phase = $state<Phase>('none');
  /** The provider's page, for whoever has to open it by hand. */
  url = $state('');
  /** Why it was refused. */
  reason = $state('');
  #name: string;
  #allowed: () => void;

  constructor(name: string, allowed: () => void) {
    this.#name = name;
    this.#allowed = allowed;
  }

  /** Hears what comes of it, until the function it returns is called. */
  listen(): () => void {
    const channel = new BroadcastChannel(channelName);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isTold(data)) this.#hear(data);
    };
    return () => channel.close();
  }

  async begin(): Promise<void> {
    // At once, while the press of the button counts: later, browsers take it for an advertisement.
    const popup = open('', '_blank', look);
    this.phase = 'asking';
    this.reason = '';
    try {
      this.url = ofWeb((await authorizeConnection(this.#name)).url);
      this.phase = popup ? 'waiting' : 'blocked';
      if (!popup) return;
      popup.opener = null;
      popup.location.replace(this.url);
    } catch (error) {
      popup?.close();
      this.#refuse(error instanceof Refused ? error.message : t.unreachable);
    }
  }

  #hear({ name, ok, reason }: Told): void {
    // Who comes back too late, or in another browser, is told so without a name.
    const isMeant = name === this.#name || (name === '' && (this.phase === 'waiting' || this.phase === 'blocked'));
    if (!isMeant) return;
    if (!ok) return this.#refuse(reason ?? '');
    this.phase = 'allowed';
    this.#allowed();
  }

  #refuse(reason: string): void {
    this.phase = 'refused';
    this.reason = reason;
  }
}

function isTold(data: unknown): data is Told {
  const told = data as Partial<Told> | null;
  return told?.type === 'connection' && typeof told.name === 'string' && typeof told.ok === 'boolean';
}

/** A page of the web: no other kind of address is opened. */
function ofWeb(url: string): string {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError(`no page of the web: ${protocol}`);
  return href;
}
