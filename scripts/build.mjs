// Compiles src to dist: TypeScript, and AssemblyScript kernels to WebAssembly where there are any.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const bin = (name) => join('node_modules', '.bin', name);

/** The tools say themselves what is wrong; a stack trace of this script would only hide it. */
function run(name, args) {
  try {
    execFileSync(bin(name), args, { stdio: 'inherit' });
  } catch {
    process.exit(1);
  }
}

run('tsc', ['-p', 'tsconfig.json']);
chmodSync('dist/cli/main.js', 0o755);
// Scripts that run in a page, not in Node: shipped as they are.
cpSync('src/plot/browser', 'dist/plot/browser', { recursive: true });

// src/trace/assembly/NAME.ts → dist/trace/NAME.wasm
const assembly = 'src/trace/assembly';
if (existsSync(assembly)) {
  mkdirSync('dist/trace', { recursive: true });
  for (const file of readdirSync(assembly).filter((f) => f.endsWith('.ts'))) {
    const out = `dist/trace/${file.replace(/\.ts$/, '.wasm')}`;
    run('asc', [
      join(assembly, file),
      '-o',
      out,
      '-O3',
      '--noAssert',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--disableWarning',
      '112',
    ]);
  }
}
