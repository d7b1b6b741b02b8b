import type { ServiceName, TaskclusterClient } from './client.ts';
import { ONCE } from './retry.ts';

const SERVICES: readonly ServiceName[] = ['Auth', 'Queue', 'Index', 'Hooks'];
/** About as many calls as an action for one label makes in parallel. */
const CONNECTIONS = 8;

/**
 * Does in advance what the first action would otherwise wait for: reading the access token, resolving the host name,
 * TLS handshakes, and compiling the client's code. The connections stay open for the next client of this process that
 * makes a call. `ping` needs no scopes, and may fail.
 */
export async function warmUp(client: TaskclusterClient): Promise<void> {
  const pings = Array.from({ length: CONNECTIONS }, (_, nth) =>
    client.call(SERVICES[nth % SERVICES.length] ?? 'Auth', 'ping', [], ONCE),
  );
  await Promise.allSettled(pings);
}
