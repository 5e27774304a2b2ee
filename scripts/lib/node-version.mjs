// Kept in the syntax of old Node versions, which are the ones that must be able to read it.
/* global process */

export const MINIMUM = [20, 19];

/** Ends the process with one clear line if this Node is too old: it cannot `require` the ES modules in use. */
export function checkNode() {
  const parts = process.versions.node.split('.').map(Number);
  if (parts[0] > MINIMUM[0] || (parts[0] === MINIMUM[0] && parts[1] >= MINIMUM[1])) return;
  process.stderr.write(
    'falcon-lab: needs Node ' +
      MINIMUM.join('.') +
      ' or newer, this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      '). Install a newer one, e.g. from https://nodejs.org, and run the command again.\n',
  );
  process.exit(1);
}
