/** Preloaded with `node --import`: puts the process's clock ahead by CLOCK_AHEAD_MS. */
const RealDate = Date;
const aheadMs = Number(process.env['CLOCK_AHEAD_MS']);

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + aheadMs] : args));
  }

  static now() {
    return RealDate.now() + aheadMs;
  }
};
