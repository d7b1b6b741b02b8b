/** A build and the tests that run on it. */
export interface Platform {
  /** In build labels: `build-<build>/<type>`. */
  build: string;
  type: 'opt' | 'debug';
  /** In test labels: `test-<test>/<type>-…`. */
  test: string;
  os: 'linux' | 'windows' | 'macosx' | 'android';
  /** The file in `public/build/` that the tests install. */
  installer: string;
  /** The task queue of its tests. */
  testQueue: string;
}

const linux = {
  test: 'linux2404-64',
  os: 'linux',
  installer: 'target.tar.xz',
  testQueue: 'gecko-t/t-linux-docker-noscratch-amd',
} as const;
const windows = {
  test: 'windows11-64-24h2',
  os: 'windows',
  installer: 'target.zip',
  testQueue: 'gecko-t/win11-64-24h2',
} as const;
const macosx = {
  test: 'macosx1500-aarch64',
  os: 'macosx',
  installer: 'target.dmg',
  testQueue: 'releng-hardware/gecko-t-osx-1500-m4',
} as const;
const android = {
  test: 'android-em-14-x86_64',
  os: 'android',
  installer: 'target.apk',
  testQueue: 'gecko-t/t-linux-kvm-noscratch-amd',
} as const;

/** A larger push uses more of them, in this order; every push has at least the first three. */
export const platforms: readonly Platform[] = [
  { ...linux, build: 'linux64', type: 'opt' },
  { ...windows, build: 'win64', type: 'opt' },
  { ...macosx, build: 'macosx64', type: 'opt' },
  { ...linux, build: 'linux64', type: 'debug' },
  { ...windows, build: 'win64', type: 'debug' },
  { ...macosx, build: 'macosx64', type: 'debug' },
  { ...android, build: 'android-x86_64', type: 'opt' },
  { ...android, build: 'android-x86_64', type: 'debug' },
  { ...linux, build: 'linux64-shippable', type: 'opt', test: 'linux2404-64-shippable' },
  { ...windows, build: 'win64-shippable', type: 'opt', test: 'windows11-64-24h2-shippable' },
  { ...macosx, build: 'macosx64-shippable', type: 'opt', test: 'macosx1500-aarch64-shippable' },
  { ...linux, build: 'linux64-asan', type: 'opt', test: 'linux2404-64-asan' },
  { ...linux, build: 'linux64-tsan', type: 'opt', test: 'linux2404-64-tsan' },
  { ...linux, build: 'linux64-ccov', type: 'opt', test: 'linux2404-64-ccov' },
  { ...windows, build: 'win64-ccov', type: 'opt', test: 'windows11-64-24h2-ccov' },
  { ...android, build: 'android-x86_64-shippable', type: 'opt', test: 'android-em-14-x86_64-shippable' },
];
