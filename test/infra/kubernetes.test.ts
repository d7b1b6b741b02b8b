import { readFileSync } from 'node:fs';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadTriggerSettings, loadWorkerSettings } from '../../functions/platform/settings.ts';
import { environmentOf } from '../../functions/serve/environment.ts';

const FOLDER = new URL('../../infra/kubernetes/', import.meta.url);
const MODELS = { Deployment, PodDisruptionBudget, Service };

interface Manifest {
  kind: keyof typeof MODELS;
  metadata?: object;
}

const text = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');
const documents = (file: string): Manifest[] =>
  parseAllDocuments(text(file), { merge: true }).map((document) => document.toJS());

/** @throws Error with what Kubernetes' own schema refuses */
const validate = (document: Manifest) => {
  new MODELS[document.kind](document).validate();
};

const deployment = (file: string) => {
  const found = documents(file).find(({ kind }) => kind === 'Deployment');
  const container = new Deployment(found).spec?.template.spec?.containers[0];
  if (!found || !container) throw new Error(`${file} has no Deployment`);
  return { found, container };
};

describe.each(['trigger', 'worker'] as const)('the manifests of %s', (name) => {
  const file = `${name}.yml`;

  it('match Kubernetes’ schemas', () => {
    expect(parse(text('kustomization.yml'))).toMatchObject({ resources: ['trigger.yml', 'worker.yml'] });
    for (const document of documents(file)) validate(document);
  });

  it('would be refused with a value of the wrong type', () => {
    const { found } = deployment(file);
    expect(() => validate(Object.assign(found, { spec: { replicas: 'two' } }))).toThrow(/replicas|selector/);
  });

  it('give the function settings that it accepts', () => {
    const { container } = deployment(file);
    const values = (container.env ?? []).map(
      ({ name: variable, value = 'retrigger-worker-5d4f8c7b9-x2x4z' }): [string, string] => [variable, value],
    );
    const env = environmentOf(name, Object.fromEntries(values));
    expect(() => (name === 'trigger' ? loadTriggerSettings(env) : loadWorkerSettings(env))).not.toThrow();
    expect(container.args).toStrictEqual(['--only', name]);
    const [mount] = container.volumeMounts ?? [];
    expect(env['TASKCLUSTER_ACCESS_TOKEN_FILE']).toBe(`${mount?.mountPath}/access-token`);
  });

  it('run it without root, on a read-only file system', () => {
    const { container, found } = deployment(file);
    expect(container.securityContext).toStrictEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(new Deployment(found).spec?.template.spec?.securityContext).toMatchObject({ runAsNonRoot: true });
  });
});
