const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Cells of a printed table as numbers; null for what the tool prints where there is none (`absent`);
 * undefined if any cell is neither.
 */
export function parseCells(cells: readonly string[], absent: readonly string[] = []): (number | null)[] | undefined {
  const values: (number | null)[] = [];
  for (const cell of cells) {
    if (NUMBER.test(cell)) values.push(Number(cell));
    else if (absent.includes(cell)) values.push(null);
    else return undefined;
  }
  return values;
}
