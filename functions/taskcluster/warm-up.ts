import type { ServiceName, TaskclusterClient } from './client.ts';
import { ONCE } from './retry.ts';

const SERVICES: readonly ServiceName[] = ['Auth', 'Queue', 'Index', 'Hooks'];
/** About as many calls as an action makes side by side for one label. */
const CONNECTIONS = 8;

/**
 * Does ahead what the first action would wait for otherwise: reading the access token, resolving the host's name, TLS
 * handshakes, and having the client's code compiled. Connections stay open for whichever client of this process calls
 * next. `ping` needs no scopes; whether it goes well does not matter here.
 */
export async function warmUp(client: TaskclusterClient): Promise<void> {
  const pings = Array.from({ length: CONNECTIONS }, (_, nth) =>
    client.call(SERVICES[nth % SERVICES.length] ?? 'Auth', 'ping', [], ONCE),
  );
  await Promise.allSettled(pings);
}
