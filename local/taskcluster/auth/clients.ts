import { slugid } from '../slugid.ts';

export interface Client {
  clientId: string;
  accessToken: string;
  description: string;
  scopes: string[];
  /** ISO timestamps. */
  expires: string;
  created: string;
  lastModified: string;
  lastDateUsed: string;
  lastRotated: string;
  deleteOnExpiration: boolean;
  disabled: boolean;
}

export interface NewClient {
  clientId: string;
  scopes: string[];
  description: string;
  expires: string;
  deleteOnExpiration: boolean;
}

/** Every client of the deployment, by its id. */
export class Clients {
  readonly #clients = new Map<string, Client>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(clientId: string): Client | undefined {
    return this.#clients.get(clientId);
  }

  list(prefix = ''): Client[] {
    const all = [...this.#clients.values()].filter(({ clientId }) => clientId.startsWith(prefix));
    return all.toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
  }

  /** Creates or replaces a client; the access token is always new. */
  create(client: NewClient): Client {
    const time = new Date(this.#now()).toJSON();
    const created: Client = {
      ...client,
      accessToken: slugid() + slugid(),
      created: time,
      lastModified: time,
      lastDateUsed: time,
      lastRotated: time,
      disabled: false,
    };
    this.#clients.set(client.clientId, created);
    return created;
  }

  delete(clientId: string): void {
    this.#clients.delete(clientId);
  }
}
