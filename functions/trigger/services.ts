import type { Log } from '../platform/log.ts';
import type { TriggerSettings } from '../platform/settings.ts';
import { credentialsSource } from '../taskcluster/stored-credentials.ts';
import { TaskclusterAuth } from '../taskcluster/auth.ts';
import { CachingReader } from '../taskcluster/caching-reader.ts';
import { nameTemporaryCredentials, TaskclusterClient } from '../taskcluster/client.ts';
import { derivedCredentials } from '../taskcluster/credentials.ts';
import { TaskclusterHooks } from '../taskcluster/hooks.ts';
import { Pace } from '../taskcluster/pace.ts';
import { TaskclusterReader } from '../taskcluster/reader.ts';
import { TaskclusterWriter } from '../taskcluster/writer.ts';
import { FULL_SUFFIX } from '../tasks/hook-name.ts';
import type { TriggerServices } from './trigger.ts';

/** Long enough for the slowest action, short enough to be worthless afterwards. */
const CREDENTIALS_MS = 15 * 60 * 1000;

/** Connects the direct way in with a Taskcluster. */
export function createServices(settings: TriggerSettings, log: Log): TriggerServices {
  const { rootUrl, hooksRootUrl, switchedOff } = settings;
  const credentials = credentialsSource(settings.credentials, log);
  const ownClientId = settings.credentials.clientId;
  const client = new TaskclusterClient({ rootUrl, credentials });
  const uncached = new TaskclusterReader(client);
  const reader = new CachingReader(uncached);
  const hooks = new TaskclusterHooks(new TaskclusterClient({ rootUrl: hooksRootUrl, credentials }), uncached);
  const pace = new Pace();
  /** Our own client in a user's name, with no more than the given scopes. */
  const inNameOf = (clientId: string, scopes: string[], root: string) => {
    const named = derivedCredentials(credentials, (own) =>
      nameTemporaryCredentials(
        own,
        `${ownClientId}/for/${clientId}`,
        scopes,
        new Date(Date.now() + CREDENTIALS_MS),
      ),
    );
    return new TaskclusterClient({ rootUrl: root, credentials: named, authorizedScopes: scopes });
  };
  return {
    auth: new TaskclusterAuth(client),
    reader,
    writerFor: ({ hookGroupId, hookId }, clientId, outOfTime) => {
      const writing = inNameOf(clientId, [`assume:hook-id:${hookGroupId}/${hookId}`], rootUrl);
      // A frozen Lambda that thaws must not go on with what was answered for.
      void outOfTime.then(() => writing.close());
      return new TaskclusterWriter(writing, uncached, pace);
    },
    hooksFor: ({ hookGroupId, hookId }, clientId) => {
      const scope = `hooks:trigger-hook:${hookGroupId}/${hookId}`;
      return new TaskclusterHooks(
        inNameOf(clientId, [scope, `${scope}${FULL_SUFFIX}`], hooksRootUrl),
        uncached,
      );
    },
    hookExists: (hookGroupId, hookId) => hooks.exists(hookGroupId, hookId),
    ownClientId,
    switchedOff,
    log,
    now: () => new Date(),
  };
}
