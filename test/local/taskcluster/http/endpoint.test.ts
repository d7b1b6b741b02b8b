import { describe, expect, it } from 'vitest';
import { Api } from '../../../../local/taskcluster/http/endpoint.ts';
import { inputSchema } from '../../../../local/taskcluster/http/input-schema.ts';
import { queryPattern } from '../../../../local/taskcluster/http/params.ts';

const answer = () => ({ json: {} });
const anything = inputSchema<object>('queue/v1/some-request', { type: 'object' });

describe('a row of the table of methods', () => {
  const queue = new Api('queue');

  it('has the published route and scopes', () => {
    const { method, route, query, scopes, paramNames, pattern } = queue.method('listArtifacts', answer);
    expect({ method, route, scopes, paramNames }).toEqual({
      method: 'get',
      route: '/task/<taskId>/runs/<runId>/artifacts',
      scopes: 'queue:list-artifacts:<taskId>:<runId>',
      paramNames: ['taskId', 'runId'],
    });
    expect(Object.keys(query).toSorted()).toEqual(['continuationToken', 'limit']);
    expect(pattern.exec('/task/a/runs/0/artifacts/')?.slice(1)).toEqual(['a', '0']);
  });

  it('accepts slashes in the name of an artifact, but not in a taskId', () => {
    const { pattern } = queue.method('getLatestArtifact', answer);
    expect(pattern.exec('/task/a/artifacts/public/b/c')?.slice(1)).toEqual(['a', 'public/b/c']);
    expect(pattern.test('/task/a/b/artifacts/c')).toBe(false);
  });

  it('allows leaving out an optional parameter', () => {
    const { pattern } = new Api('index').method('listTasks', answer, { optional: 'namespace' });
    expect(pattern.exec('/tasks/a.b')?.[1]).toBe('a.b');
    expect(pattern.exec('/tasks')?.[1]).toBeUndefined();
  });

  it('is an error if Taskcluster has no such method', () => {
    expect(() => queue.method('listArtefacts', answer)).toThrow(
      "Taskcluster's queue service has no method listArtefacts",
    );
  });

  it('is an error if the method has a body but no schema, or vice versa', () => {
    expect(() => queue.method('createTask', answer)).toThrow('queue.createTask takes a body');
    expect(() => queue.methodWithInput('task', anything, answer)).toThrow('queue.task takes no body');
  });

  it('is an error if a query parameter is unknown', () => {
    expect(() => queryPattern('page')).toThrow('The query parameter page has no pattern here');
  });
});
