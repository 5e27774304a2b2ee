import { join } from 'node:path';

/** The kernel, compiled from its source: tests do not depend on what was built last. */
export async function kernelFromSource(): Promise<WebAssembly.Module> {
  // Not a literal for the type checker: the package's declarations redefine `require` for the whole program.
  const asc = (await import('assemblyscript/asc' as string)) as unknown as {
    main(args: string[], options: object): Promise<{ error: Error | null }>;
  };
  let binary: Uint8Array | undefined;
  const source = join(__dirname, '../../../src/trace/assembly/collapse.ts');
  const { error } = await asc.main(
    [source, '-o', 'collapse.wasm', '-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--disableWarning'],
    {
      writeFile: (name: string, contents: Uint8Array) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined) throw error ?? new Error('asc wrote nothing');
  return new WebAssembly.Module(binary);
}
