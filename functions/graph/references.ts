import { resolveParameters, type Resolver } from './parameters.ts';
import { quoted, Uncertain } from './uncertain.ts';
import type { TaskId } from '../tasks/names.ts';

/** What the references in one definition can point to. */
export interface Referents {
  /** The task itself. */
  taskId: TaskId;
  decisionTaskId: TaskId;
  /** Edge name → taskId. */
  dependencies: ReadonlyMap<string, TaskId>;
  rootUrl: string;
}

/** The URL, inside an action task, of the proxy that adds its credentials to requests. */
const PROXY_URL = 'http://taskcluster';

/**
 * Resolves `task-reference` and `artifact-reference` in a definition, as taskgraph's resolve_task_references does.
 *
 * @throws Uncertain if a reference has no referent
 */
export function resolveReferences(definition: unknown, referents: Referents): unknown {
  return resolveParameters(
    definition,
    new Map<string, Resolver>([
      ['task-reference', (text) => replaceTasks(text, referents)],
      ['artifact-reference', (text) => replaceArtifacts(text, referents)],
    ]),
  );
}

/** `<self>`, `<decision>`, `<an edge's name>`; `<<>` is a `<`. Everything between `<` and the next `>` is a name. */
function replaceTasks(text: string, { taskId, decisionTaskId, dependencies }: Referents): string {
  const parts: string[] = [];
  let done = 0;
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open)) {
    const close = text.indexOf('>', open + 1);
    if (close === -1) break;
    if (close === open + 1) {
      // `<>` names nothing and stays.
      open = close;
      continue;
    }
    const name = text.slice(open + 1, close);
    const referent =
      name === 'self'
        ? taskId
        : name === 'decision'
          ? decisionTaskId
          : (dependencies.get(name) ?? (name === '<' ? name : undefined));
    if (referent === undefined) throw new Uncertain(`it has no dependency named ${quoted(name)}`);
    parts.push(text.slice(done, open), referent);
    done = close + 1;
    open = done;
  }
  return parts.join('') + text.slice(done);
}

/** `<decision/path>` and `<an edge's name/path>`: the URL of that artifact. */
function replaceArtifacts(text: string, referents: Referents): string {
  const parts: string[] = [];
  let done = 0;
  // Places that are still ahead are not searched for again, so a text of many `</` takes linear time.
  let slash = -1;
  // mutant stays: only a slash without a name is at 1
  let close = -1;
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open)) {
    // mutants stay: to search again is only slower, and no place has both
    if (slash <= open) slash = text.indexOf('/', open + 1);
    if (slash === -1) break;
    // mutants stay: to search again is only slower, and no place has both
    if (close < slash) close = text.indexOf('>', slash + 1);
    if (close === -1) break;
    if (slash === open + 1 || close === slash + 1) {
      // Without a name or a path, it stays.
      open++;
      continue;
    }
    parts.push(
      text.slice(done, open),
      artifactUrl(text.slice(open + 1, slash), text.slice(slash + 1, close), referents),
    );
    done = close + 1;
    open = done;
  }
  return parts.join('') + text.slice(done);
}

function artifactUrl(name: string, path: string, referents: Referents): string {
  const { decisionTaskId, dependencies, rootUrl } = referents;
  if (name === 'self') throw new Uncertain('it refers to one of its own artifacts');
  const taskId = name === 'decision' ? decisionTaskId : dependencies.get(name);
  if (taskId === undefined) throw new Uncertain(`it has no dependency named ${quoted(name)}`);
  const root = path.startsWith('public/') ? rootUrl.replace(/\/$/, '') : PROXY_URL;
  return `${root}/api/queue/v1/task/${taskId}/artifacts/${path}`;
}
