// Type checks a program that uses the whole public interface, as a notebook cell would: with tslab's own
// TypeScript, its module resolution, and the declaration files in dist. Declarations of other packages are
// not checked, as in tslab; names that its TypeScript does not know would silently become `any` there.
import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const require = createRequire(import.meta.url);
const ts = createRequire(require.resolve('tslab/package.json'))('@tslab/typescript-for-tslab');

const declarations = readdirSync('dist', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.d.ts'))
  .map((file) => resolve('dist', file));
const program = ts.createProgram(declarations, {
  target: ts.ScriptTarget.ES2017,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10 ?? ts.ModuleResolutionKind.NodeJs,
  lib: ['lib.es2022.d.ts'],
  types: ['node'],
  strict: true,
  noEmit: true,
  esModuleInterop: true,
});
const ours = join(process.cwd(), 'dist');
const diagnostics = declarations.flatMap((file) => {
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
});
for (const { file, start, messageText } of diagnostics) {
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
  const where = file.fileName.slice(ours.length + 1);
  console.error(`dist/${where}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}
console.log(`TypeScript ${ts.version}: ${declarations.length} declaration files, ${diagnostics.length} errors`);
process.exit(diagnostics.length === 0 ? 0 : 1);
