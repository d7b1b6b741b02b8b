import { readFile, rm } from 'node:fs/promises';
import { parseDocument, visit } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTriggerSettings, loadWorkerSettings } from '../../functions/platform/settings.ts';
import { SETTINGS } from '../../functions/platform/setting-declarations.ts';
import { packageStage } from '../../infra/package.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import { objectAt } from '../support/json.ts';
import { problemsOf, type Template } from './cloudformation.ts';

const STAGES = ['level1', 'level3'];
/** The runtime's own variables, besides those in docs/settings.md. */
const RUNTIME_VARIABLES = ['NODE_OPTIONS'];

const folder = (stage: string) => `dist/test-package-${process.pid}/${stage}`;
const templates = new Map<string, Template>();

beforeAll(async () => {
  for (const stage of STAGES) {
    await packageStage(stage, folder(stage));
    const file = `${folder(stage)}/cloudformation-template-update-stack.json`;
    const template: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isTemplate(template)) templates.set(stage, template);
  }
});
afterAll(() => rm(`dist/test-package-${process.pid}`, { recursive: true, force: true }));

describe.each(STAGES)('the template of %s', (stage) => {
  const template = () => templates.get(stage) ?? { Resources: {} };

  it('is what it was', () => {
    expect(normalised(template())).toMatchSnapshot();
  });

  it('has nothing that CloudFormation does not know', () => {
    expect(Object.keys(template().Resources).length).toBeGreaterThan(20);
    expect(problemsOf(template())).toEqual([]);
  });

  it('configures the functions completely, with tokens from SSM and no unused settings', () => {
    const trigger = variables(template(), 'Trigger');
    const worker = variables(template(), 'Worker');
    expect(loadTriggerSettings(trigger)).toMatchObject({
      stage,
      credentials: { accessTokenParameter: `/retrigger-hooks/${stage}/trigger/access-token` },
    });
    // Lambda itself sets its function's name.
    const named = { ...worker, AWS_LAMBDA_FUNCTION_NAME: 'worker' };
    expect(loadWorkerSettings(named)).toMatchObject({
      stage,
      credentials: { accessTokenParameter: `/retrigger-hooks/${stage}/worker/access-token` },
      taskQueueIds: [`gecko-${stage.at(-1)}/retrigger`],
    });
    const known = [...Object.keys(SETTINGS), ...RUNTIME_VARIABLES];
    expect(known).toEqual(expect.arrayContaining([...Object.keys(trigger), ...Object.keys(worker)]));
  });

  it('logs each request at the gateway, without its credentials, for as long as the functions log', () => {
    const { AccessLogSettings: log } = objectAt(template().Resources['HttpApiStage'], 'Properties');
    const format = String(objectAt({ log }, 'log')['Format']);
    expect(JSON.parse(format)).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(format).not.toMatch(/authorizer|header|authorization/i);
    expect(objectAt({ log }, 'log')['DestinationArn']).toMatchObject({
      'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'],
    });
    const group = objectAt(template().Resources['HttpApiLogGroup'], 'Properties');
    expect(group['RetentionInDays']).toBe(30);
  });

  it('lets each function read only its own token', () => {
    for (const [role, name] of [
      ['TriggerRole', 'trigger'],
      ['WorkerRole', 'worker'],
    ] as const) {
      const parameters = JSON.stringify(template().Resources[role]).match(/parameter\/[^"]+/g);
      expect(parameters).toEqual([`parameter/retrigger-hooks/${stage}/${name}/access-token`]);
    }
  });
});

it('the stages share no token and no queue', () => {
  const [one, three] = STAGES.map((stage) => JSON.stringify(templates.get(stage)));
  expect(one).not.toMatch(/level3|level-3|gecko-3/);
  expect(three).not.toMatch(/level1|level-1|gecko-1/);
});

describe('IAM statements', () => {
  it('are exactly what the functions use', () => {
    const roles = templates.get('level1')?.Resources ?? {};
    const actions = (role: string) =>
      JSON.stringify(roles[role]).match(/(?<=")(logs|ssm|lambda|kms|s3|iam):[A-Za-z*]+(?=")/g);
    expect(actions('TriggerRole')).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'ssm:GetParameter']);
    expect(actions('WorkerRole')).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ssm:GetParameter',
      'lambda:InvokeFunction',
    ]);
    const types = Object.values(roles).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::IAM::Role')).toHaveLength(2);
    expect(types).not.toContain('AWS::IAM::Policy');
  });

  it.each(['infra/roles.yml', 'infra/resources.yml', 'serverless.yml'])(
    'have no undefended wildcard in %s',
    async (file) => {
      expect(undefended(await readFile(file, 'utf8'))).toEqual([]);
    },
  );

  it('with an unexplained wildcard are found', () => {
    const roles =
      'Statement:\n  - Action: "ssm:*"\n    Resource:\n      - a:*\n      # because\n      - b:*\n';
    expect(undefended(roles)).toEqual(['ssm:*', 'a:*']);
    expect(undefended("Resource: '*'\n")).toEqual(['*']);
    expect(undefended("# because\nResource: '*'\n")).toEqual([]);
  });
});

/** Actions and resources with a `*` but without a comment above. */
function undefended(yaml: string): string[] {
  const found: string[] = [];
  const document = parseDocument(yaml);
  visit(document, {
    Scalar(_key, node, path) {
      const keys = path.flatMap((step) => ('key' in step ? [String(step.key)] : []));
      if (!keys.some((key) => key === 'Resource' || key === 'Action')) return;
      if (typeof node.value !== 'string' || !node.value.includes('*') || node.range == null) return;
      const lines = yaml.slice(0, node.range[0]).split('\n');
      const before = lines.at(-2)?.trim() ?? '';
      if (!before.startsWith('#')) found.push(node.value);
    },
  });
  return found;
}

function isTemplate(value: unknown): value is Template {
  return isObject(value) && isObject(value['Resources']);
}

function variables(template: Template, name: string): Record<string, string> {
  const found = objectAt(
    template.Resources[`${name}LambdaFunction`],
    'Properties',
    'Environment',
    'Variables',
  );
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)]));
}

/** The template without the packaging time. */
function normalised(template: Template): unknown {
  const text = JSON.stringify(template).replaceAll(/\/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z\//g, '/<time>/');
  return JSON.parse(text);
}
