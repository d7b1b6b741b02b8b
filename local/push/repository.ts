/** A repository that runs its CI on the deployment. */
export interface Repository {
  /** Name of the repository in routes, index paths and Treeherder. */
  project: string;
  /** SCM level: determines who may push, and so which scopes the tasks get. */
  level: 1 | 2 | 3;
  /** Without a slash at the end. */
  url: string;
}

/** Firefox's trust domain, used by the generated pushes and the seeded deployment. */
export const trustDomain = 'gecko';

/** The base repository of every push. */
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
