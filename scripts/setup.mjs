// Makes a clone ready to use: checks Node, installs the locked dependencies, compiles.
// Runs before `npm start` and `npm test`; does nothing, quickly, when all is in place.
// Nothing newer than the check may be loaded before it.
import { fileURLToPath } from 'url';
import { checkNode } from './lib/node-version.mjs';

checkNode();
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
void import('./lib/set-up.mjs').then(({ setUp }) => setUp());
