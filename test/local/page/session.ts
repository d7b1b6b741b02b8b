import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { startEnvironment, type Environment } from '../../../local/environment.ts';
import { startPageServer, type PageServer } from '../../../local/page-server.ts';
import type { Credentials } from '../../../local/taskcluster/api.ts';
import { startBrowser } from './browser.ts';

const OUT = '.ci/out';

export const WINDOWS = [
  [1280, 800],
  [800, 600],
  [390, 844],
] as const;
export const FAILED_TEST = '[role=option][data-state=failed][aria-label*=", test-"]';
export const SELECTED = '[role=option][aria-selected=true]';
export const SHOWN = '[role=option]:not([hidden])';
export const CREATED = '[role=option].new';

interface View {
  credentials?: Credentials;
  colorScheme?: 'light' | 'dark';
  window?: readonly [number, number];
  /** Lets `page.clock` move the page's time. */
  clock?: boolean;
}

/** A browser on a local environment; `problems` collects its errors. */
export class PageSession {
  readonly environment: Environment;
  readonly problems: string[] = [];
  readonly #chromium: Awaited<ReturnType<typeof startBrowser>>;
  readonly #servers: PageServer[] = [];

  private constructor(environment: Environment, chromium: Awaited<ReturnType<typeof startBrowser>>) {
    this.environment = environment;
    this.#chromium = chromium;
  }

  static async start(): Promise<PageSession> {
    await mkdir(OUT, { recursive: true });
    const [environment, chromium] = await Promise.all([
      startEnvironment({ port: 0, latencyMs: 0, push: { size: 200 }, functions: true }),
      startBrowser(),
    ]);
    return new PageSession(environment, chromium);
  }

  /** Opens the page as this user, with the whole push loaded. */
  async open(view: View = {}): Promise<Page> {
    const { credentials, colorScheme = 'light', window = [1440, 900], clock = false } = view;
    const server = await startPageServer(this.environment, credentials ?? this.environment.deployment.user);
    this.#servers.push(server);
    const [width, height] = window;
    const page = await this.#chromium.browser.newPage({ viewport: { width, height }, colorScheme });
    page.setDefaultTimeout(120_000);
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(String(error)));
    if (clock) await page.clock.install();
    await page.goto(server.url);
    await page.waitForSelector('body[data-ready]');
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.#chromium.browser.contexts().map((context) => context.close()));
    await this.stopServing();
    this.problems.length = 0;
  }

  async stopServing(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
  }

  async stop(): Promise<void> {
    await this.#chromium.stop();
    await this.environment.stop();
  }
}

/** What axe finds wrong. Injects it through the debugger, since the page's own policy allows no foreign script. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate<string[]>(
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0].html}`))',
  );
}

export const picture = (page: Page, name: string) => page.screenshot({ path: `${OUT}/page-${name}.png` });

/** Names of the jobs that the last press created, without action tasks. */
export const newLabels = (page: Page) =>
  page
    .locator(`${CREATED}:not([aria-label*=", Action: "])`)
    .evaluateAll((options) => options.map((option) => option.getAttribute('aria-label') ?? ''));

export const labelOf = async (page: Page, selector: string) =>
  (await page.locator(selector).first().getAttribute('aria-label'))?.split(', ')[1] ?? 'no job';

/** The message after a press has ended. */
export async function outcome(page: Page): Promise<string> {
  await page.waitForSelector('#message:is([data-kind=done], [data-kind=error])');
  return (await page.locator('#live').textContent()) ?? '';
}

/** How many actions were triggered since the calls were cleared. */
export const triggers = ({ taskcluster }: Environment) =>
  taskcluster.calls().filter(({ service, method }) => service === 'functions' || method === 'triggerHook')
    .length;
