import { stringify } from 'yaml';
import { FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import type { JsonObject } from '../read/definition.ts';
import type { Deployment, Level } from '../read/deployment.ts';
import { families, globalHookId, type Family } from '../read/families.ts';
import { globalTask, globalTriggerSchema } from './global.ts';
import { loadTemplate } from './template.ts';
import { WRAPPER_VERSION } from './wrap.ts';

/** A file for a checkout of fxci-config. */
export interface OutputFile {
  path: string;
  text: string;
}

/**
 * All files for fxci-config: the wrapper as data that in_tree_actions.py loads (docs/fxci-config.md has the code) or,
 * in mode global, the entry for hooks.yml with its variants, and its template file.
 */
export function fxciConfig(deployment: Deployment): OutputFile[] {
  return deployment.mode === 'global' ? globalFiles(deployment) : [wrapperFile(deployment)];
}

/**
 * The wrapper's text once, and the data that differs by trust domain and level. Leaves out levels that are switched
 * off.
 */
function wrapperFile(deployment: Deployment): OutputFile {
  const active = families(deployment).filter((family) => !family.level.killSwitch);
  const { mode } = deployment;
  const data = {
    hooks: active.map(({ hookGroupId, prefix, level: { taskQueueId, fastActions, priority } }) => ({
      prefix: `${hookGroupId}/${prefix}`,
      // The data that wrapHook adds, without the two names that depend on the hook.
      retriggerHooks: { version: WRAPPER_VERSION, mode, taskQueueId, fastActions, priority },
    })),
    // In snippet mode the text is in the repositories' .taskcluster.yml.
    ...(mode === 'wrap' ? { wrapper: loadTemplate('wrapper.yml') } : {}),
  };
  const head =
    '# Written by retrigger-hooks (npm run hooks -- render --for fxci-config); do not edit by hand.\n';
  return {
    path: 'retrigger-hooks.yml',
    text: head + stringify(data, { lineWidth: 110, aliasDuplicateObjects: false }),
  };
}

const TEMPLATE_FILE = 'hook-templates/retrigger.yml';

/**
 * One entry with a variant for each trust domain and level. Each file has its own rules: Python's `str.format`
 * processes the fields of hooks.yml, HookInterpolator the template file (`escapeInterpolation`), and neither processes
 * trigger_schema, so that allows the hooks and the actions of every variant; the role and the template are stricter.
 */
function globalFiles(deployment: Deployment): OutputFile[] {
  const active = families(deployment);
  const task = globalTask({
    hookGroupId: 'project-{trust_domain}',
    trustDomain: '{trust_domain}',
    level: '{level}',
    permission: '{permission}',
    taskQueueId: '{task_queue_id}',
    fastActions: '{fast_actions}',
    priority: '{priority}',
  });
  const fastSomewhere = FAST_ACTIONS.filter((name) =>
    active.some(({ level }) => level.fastActions.includes(name)),
  );
  const entry = {
    variants: active.map(variant),
    name: 'project-{trust_domain}/{hook_id}',
    description: 'Retriggers and reruns tasks of level {level} without the task graph.',
    owner: deployment.owner,
    email_on_error: true,
    scopes: [
      'assume:hook-id:project-{trust_domain}/in-tree-action-{level}-{permission}/*',
      'hooks:trigger-hook:project-{trust_domain}/in-tree-action-{level}-{permission}/*',
    ],
    template_file: TEMPLATE_FILE,
    trigger_schema: globalTriggerSchema('in-tree-action-[1-9]-[a-zA-Z0-9_-]+/', fastSomewhere),
  };
  const head =
    '# Add to hooks.yml. Written by retrigger-hooks (npm run hooks -- render --for fxci-config).\n';
  return [
    {
      path: 'hooks.retrigger.yml',
      text: head + stringify({ 'project-{trust_domain}/{hook_id}': entry }, { lineWidth: 110 }),
    },
    { path: TEMPLATE_FILE, text: interpolatedYaml(task) },
  ];
}

function variant(family: Family): JsonObject {
  const { trustDomain, level, taskQueueId }: Level = family.level;
  return {
    trust_domain: trustDomain,
    level,
    permission: family.permission,
    hook_id: globalHookId(family),
    task_queue_id: taskQueueId,
    fast_actions: `[${family.level.fastActions.join(', ')}]`,
    // The template file is interpolated before it is parsed as YAML, so this becomes null or a string, and the list
    // above becomes a list.
    priority: family.level.priority ?? 'null',
  };
}

/** Names that the variants define. Only these are interpolated; everything else in the text is literal. */
const ATTRIBUTES = [
  'trust_domain',
  'level',
  'permission',
  'hook_id',
  'task_queue_id',
  'fast_actions',
  'priority',
];

function interpolatedYaml(task: JsonObject): string {
  const text = escapeInterpolation(
    stringify(task, { lineWidth: 0, aliasDuplicateObjects: false }),
    ATTRIBUTES,
  );
  // Unquoted, so that null stays null and a list a list; the others must stay strings (a level is not a number).
  return text
    .replace(/^(\s*priority: )"?'?\{priority\}'?"?$/m, '$1{priority}')
    .replace(/^(\s*fastActions: )"?'?\{fast_actions\}'?"?$/m, '$1{fast_actions}')
    .replace(
      /^/,
      '# Written by retrigger-hooks (npm run hooks -- render --for fxci-config); do not edit by hand.\n',
    );
}

/**
 * Escapes text for fxci-config's HookInterpolator (src/ciadmin/generate/hooks.py; if its rules change, change this):
 * `{{` is a literal `{`; `{word}` without a `$` before it is an attribute; everything else, including `${…}`, stays
 * unchanged.
 */
export function escapeInterpolation(text: string, attributes: string[]): string {
  return text.replaceAll(/\{\{|(?<!\$)\{(\w+)\}/g, (found, word: string | undefined) => {
    if (found === '{{') return '{{{{';
    return word !== undefined && attributes.includes(word) ? found : `{${found}`;
  });
}
