import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isJitDso,
  isKernelDso,
  isProcessName,
  splitInlined,
  stripArguments,
  withoutJavaL,
} from '../../../src/trace/collapse/symbols';

describe('stripArguments', () => {
  it.each([
    ['main', 'main'],
    [
      'std::vector<int, std::allocator<int> >::push_back(int const&)',
      'std::vector<int, std::allocator<int> >::push_back',
    ],
    ['Lookup<(Scope)1>::run(int)', 'Lookup<(Scope)1>::run'],
    ['std::function<void (int)>::operator()(int) const', 'std::function<void (int)>::operator()'],
    ['(anonymous namespace)::f(int)', '(anonymous namespace)::f'],
    ['a::(anonymous namespace)::f(int)', 'a::(anonymous namespace)::f'],
    ['main::{lambda(int)#1}::operator()(int) const', 'main::{lambda(int)#1}::operator()'],
    ['foo(int)::{lambda()#1}::operator()() const', 'foo(int)::{lambda()#1}::operator()'],
    ['Box::operator->() const', 'Box::operator->'],
    ['std::operator<< <char>(std::ostream&, char)', 'std::operator<< <char>'],
    ['operator<(A, B)', 'operator<'],
    ['f(int) [clone .cold]', 'f'],
    ['net/http.(*Client).Do', 'net/http.(*Client).Do'],
    ['Lorg/demo/Context;.call(Lorg/demo/Action;)V', 'Lorg/demo/Context;.call'],
    ['Lorg/demo/Context;.call(Lorg/demo/Act', 'Lorg/demo/Context;.call'],
    ['<(A,B) as demo::Run>::run', '<(A,B) as demo::Run>::run'],
    ['a<b(c)', 'a<b'],
    ['myoperator(int)', 'myoperator'],
  ])('%s → %s', (symbol, name) => {
    expect(stripArguments(symbol)).toBe(name);
  });

  it('gives a beginning of the symbol, for any text, and quickly', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a(<{[)>}]-:.; '), maxLength: 40 }), (symbol) => {
        expect(symbol.startsWith(stripArguments(symbol))).toBe(true);
      }),
      { numRuns: 3000 },
    );
    for (const unit of ['(', '<(', '()::', 'operator', '(anonymous ']) stripArguments(unit.repeat(100_000));
  });
});

describe('splitInlined', () => {
  it.each([
    ['a->b', ['a', 'b']],
    ['La;::x->Lb;::y->Lc;::z', ['La;::x', 'Lb;::y', 'Lc;::z']],
    ['operator->', ['operator->']],
    ['Box::operator->() const', ['Box::operator->() const']],
    ['f<fn(u8)->u8>', ['f<fn(u8)->u8>']],
    ['a->', ['a']],
  ])('%s', (symbol, parts) => {
    expect(splitInlined(symbol)).toEqual(parts);
  });
});

it('knows kernel and JIT modules', () => {
  for (const dso of ['[kernel.kallsyms]', '[veth]', '/boot/vmlinux-5.4.0', '/lib/x/veth.ko.xz', 'bpf_prog_6dee']) {
    expect(isKernelDso(dso), dso).toBe(true);
  }
  for (const dso of ['[unknown]', '/usr/lib/libc.so.6', '/home/vmlinux/app', ''])
    expect(isKernelDso(dso), dso).toBe(false);
  expect(isJitDso('/tmp/perf-12.map')).toBe(true);
  expect(isJitDso('/root/.debug/jitted-12-3.so')).toBe(true);
  expect(isJitDso('/tmp/perf-x.map')).toBe(false);
});

it('tells process names from anonymous namespaces', () => {
  expect(isProcessName('(java)')).toBe(true);
  expect(isProcessName('(anonymous namespace)::f')).toBe(false);
});

it('takes the L of Java classes away, for each frame of a label', () => {
  expect(withoutJavaL('Lorg/a/B:::x;Lorg/c/D:::y_[i]')).toBe('org/a/B:::x;org/c/D:::y_[i]');
  expect(withoutJavaL('LoadLibrary')).toBe('LoadLibrary');
});
