import { describe, expect, it } from 'vitest';
import { artifactAddress, namesRun } from '../../../functions/taskcluster/artifact-address.ts';

const TASK = 'A4u5ov5LQ3mKyPPDwwdYBQ';
const PATH = `https://bucket.example.com/${TASK}/0/public/labels.json`;
const stored = (url: unknown, storageType = 's3') => artifactAddress({ storageType, url });

describe('the address of an artifact', () => {
  it.each([
    'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260501&X-Amz-Date=20260501T100000Z&X-Amz-Expires=1800&X-Amz-Security-Token=t&X-Amz-Signature=00ff&X-Amz-SignedHeaders=host',
    'AWSAccessKeyId=AKIA&Expires=1777629600&Signature=abc%3D',
    'GoogleAccessId=us%40example.com&Expires=1777629600&Signature=abc',
    'X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=us&X-Goog-Date=20260501T100000Z&X-Goog-Expires=60&X-Goog-SignedHeaders=host&X-Goog-Signature=00ff',
    'Expires=1777629600&Policy=eyJ9&Signature=abc&Key-Pair-Id=K1',
  ])('is the URL without its signature: %s', (signature) => {
    expect(stored(`${PATH}?${signature}`)).toBe(PATH);
    expect(stored(`${PATH}?${signature}`, 'object')).toBe(PATH);
  });

  it('has no fragment, which no server sees', () => {
    expect(stored(`${PATH}#part`)).toBe(PATH);
  });

  it('keeps what distinguishes contents', () => {
    expect(stored(`${PATH}?versionId=2&X-Amz-Signature=1`)).toBe(`${PATH}?versionId=2`);
    expect(stored(`${PATH}?b=1&a=2`)).toBe(stored(`${PATH}?a=2&b=1`));
    expect(stored(`${PATH}?se=2026-05-01&sig=abc`)).not.toBe(stored(`${PATH}?se=2026-05-02&sig=abd`));
  });

  it.each([
    [PATH, 'reference'],
    [PATH, 'error'],
    ['labels.json', 's3'],
    [undefined, 's3'],
  ])('is not known of %s, stored as %s', (url, storageType) => {
    expect(stored(url, storageType)).toBeUndefined();
  });

  it.each([
    [PATH, true],
    [`https://objects.example.com/t%2F${TASK}%2F0%2Fpublic%2Flabels.json`, true],
    [PATH.replace('/0/', '/10/'), false],
    [PATH.replace(TASK, 'BBBBBBBBQ3mKyPPDwwdYBQ'), false],
    ['https://bucket.example.com/labels.json', false],
    [`https://bucket.example.com/%ff/${TASK}/0/`, false],
  ])('tells whether it names run 0 of the task: %s', (address, expected) => {
    expect(namesRun(address, TASK, 0)).toBe(expected);
  });
});
