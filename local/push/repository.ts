/** A repository that runs its CI on the deployment. */
export interface Repository {
  /** Name of the repository in routes, index paths and Treeherder. */
  project: string;
  /** SCM level: who may push, and with that which scopes its tasks get. */
  level: 1 | 2 | 3;
  /** Without a slash at the end. */
  url: string;
}

/** Firefox's trust domain; the generated pushes and the seeded deployment are all of this one. */
export const trustDomain = 'gecko';

/** Where everything is merged from; the base repository of every push. */
export const baseRepositoryUrl = 'https://hg.mozilla.org/mozilla-unified';

export const autoland: Repository = {
  project: 'autoland',
  level: 3,
  url: 'https://hg.mozilla.org/integration/autoland',
};

export const tryRepository: Repository = { project: 'try', level: 1, url: 'https://hg.mozilla.org/try' };

/** The repository's part of role names: `repo:<this>:branch:default`. */
export const repositoryPath = (repository: Repository): string =>
  new URL(repository.url).href.slice('https://'.length);
