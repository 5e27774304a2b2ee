import type { DataFrame } from 'danfojs-node';
import type { Table } from './table';

/**
 * The table as a danfo DataFrame. Columns are copied into plain arrays, since danfo takes no typed
 * arrays; select rows first where there are many (danfo needs about 1.6 kB a row, and seconds to
 * sort 10^5). Loading danfo costs about a second, so it is loaded here and not before.
 */
export function toDataFrame(table: Table): DataFrame {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const danfo = require('danfojs-node') as typeof import('danfojs-node');
  const data: Record<string, unknown[]> = {};
  for (const name of table.columnNames) data[name] = Array.from(table.column(name) as Iterable<unknown>);
  return new danfo.DataFrame(data);
}
