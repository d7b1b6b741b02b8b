/**
 * Loaded before each script of package.json (`node -r`): says what to do if dependencies are not installed. CommonJS
 * without types, so that an old Node can run it.
 */
'use strict';

const NEEDED = 24;

/** @param {string} sentence */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  refuse(
    `This needs Node ${NEEDED} and runs on Node ${process.versions.node}. ` +
      '`npm ci` installs Node 24 with the other dependencies, unless it is given --ignore-scripts.',
  );
}

process.on('uncaughtExceptionMonitor', (error) => {
  const [, name] = /^Cannot find (?:package|module) '([^./'][^']*)'/.exec(error.message) ?? [];
  if (name) refuse(`${name} is not installed. \`npm ci\` installs all dependencies.`);
});
