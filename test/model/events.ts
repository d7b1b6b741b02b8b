import type { Settings } from './ask.ts';
import { look, type Command, type Model } from './model.ts';
import type { Seen, World } from './world.ts';

/** Pending tasks end. */
export class Resolve implements Command {
  readonly label: number;
  readonly state: 'completed' | 'failed';
  constructor(label: number, state: 'completed' | 'failed') {
    this.label = label;
    this.state = state;
  }
  check = () => true;
  async run(model: Model, world: World): Promise<void> {
    const names = [...world.labels.keys()];
    const label = names[this.label % names.length] ?? '';
    const isPending = ({ kind, state, label: name }: Seen) =>
      kind === 'job' && state === 'pending' && name === label;
    if (!model.seen.some(isPending)) return;
    await world.resolve(label, this.state);
    await look(this, model, world);
  }
  toString = () => `a task of label ${this.label} ends ${this.state}`;
}

/** The operator changes the settings. */
export class Flip implements Command {
  readonly settings: Settings;
  constructor(settings: Settings) {
    this.settings = settings;
  }
  check = () => true;
  async run(_model: Model, world: World): Promise<void> {
    world.settings = this.settings;
  }
  toString = () => `settings ${JSON.stringify(this.settings)}`;
}
