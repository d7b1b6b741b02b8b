import { parseHook, type HookDefinition } from '../../hooks/read/definition.ts';
import { triggerSchema } from '../../local/seed/trigger-schema.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';

/**
 * A full hook of a small project: its action task joins the push's group, runs on the decision queue and is indexed
 * next to the decision task. What it would run does not matter here.
 *
 * @param trustDomain prefix of its queues, schedulerIds and index paths
 */
export function fullActionHook(name: HookName, trustDomain: string): HookDefinition {
  const project = '${payload.decision.repository.project}';
  const push = `${trustDomain}.v2.${project}.pushlog-id.\${payload.decision.push.pushlog_id}`;
  return parseHook({
    ...name,
    metadata: {
      name: 'Action hook of an acceptance test',
      description: 'Made by the acceptance suite of retrigger-hooks, which also removes it.',
      owner: 'nobody@example.com',
      emailOnError: false,
    },
    schedule: [],
    bindings: [],
    triggerSchema,
    task: {
      taskGroupId: { $eval: 'payload.user.taskGroupId' },
      schedulerId: `${trustDomain}-level-\${payload.decision.repository.level}`,
      taskQueueId: `${trustDomain}-\${payload.decision.repository.level}/decision`,
      priority: 'very-low',
      created: { $fromNow: '' },
      deadline: { $fromNow: '1 day' },
      expires: { $fromNow: '7 days' },
      scopes: ['assume:repo:${payload.decision.repository.url[8:]}:action:generic'],
      routes: [`index.${push}.actions.\${taskId}`],
      metadata: {
        name: 'Action: ${payload.decision.action.title}',
        description: '${payload.decision.action.description} (triggered by `${clientId}`)',
        owner: 'nobody@example.com',
        source:
          '${payload.decision.repository.url}/raw-file/${payload.decision.push.revision}/.taskcluster.yml',
      },
      tags: { kind: 'action-callback' },
      payload: { cbName: '${payload.decision.action.cb_name}' },
      extra: {
        parent: { $eval: 'payload.user.taskGroupId' },
        tasks_for: 'action',
        treeherder: { groupSymbol: 'AC', symbol: '${payload.decision.action.symbol}' },
        action: {
          name: '${payload.decision.action.name}',
          context: {
            taskGroupId: { $eval: 'payload.user.taskGroupId' },
            taskId: { $eval: 'payload.user.taskId' },
            input: { $eval: 'payload.user.input' },
            clientId: { $eval: 'clientId' },
          },
        },
      },
    },
  });
}
