import type { StoredRow } from './row-engine.ts';

/** True when the row meets all conditions, as MongoDB would say for scalars. */
export function matches(row: StoredRow, where: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(where).every(([field, condition]) => meets(row[field], condition));
}

/** Orders rows by the fields in turn; a field that is not there comes before all. */
export function compareRows(sort: Readonly<Record<string, 1 | -1 | undefined>>) {
  const fields = Object.entries(sort);
  return (left: StoredRow, right: StoredRow): number => {
    for (const [field, direction = 1] of fields) {
      const order = compare(left[field], right[field]);
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

const operators: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  $exists: (value, operand) => (value !== undefined) === operand,
  $lt: (value, operand) => isComparable(value, operand) && compare(value, operand) < 0,
  $gte: (value, operand) => isComparable(value, operand) && compare(value, operand) >= 0,
  $in: (value, operand) => Array.isArray(operand) && operand.some(one => isEqual(value, one)),
};

function meets(value: unknown, condition: unknown): boolean {
  if (!isOperators(condition)) return isEqual(value, condition);
  return Object.entries(condition).every(([name, operand]) => {
    const operator = operators[name];
    if (operator === undefined) throw new TypeError(`${name} is not a condition that all databases know.`);
    return operator(value, operand);
  });
}

function isOperators(condition: unknown): condition is Record<string, unknown> {
  return typeof condition === 'object' && condition !== null && !(condition instanceof Date);
}

function isEqual(value: unknown, other: unknown): boolean {
  return isComparable(value, other) && compare(value, other) === 0;
}

function isComparable(value: unknown, other: unknown): boolean {
  return (
    value !== undefined && typeof value === typeof other && value instanceof Date === other instanceof Date
  );
}

function compare(left: unknown, right: unknown): number {
  const [a, b] = [rank(left), rank(right)];
  if (a === b) return 0;
  if (a === undefined) return -1;
  return b !== undefined && a > b ? 1 : b === undefined ? 1 : -1;
}

function rank(value: unknown): string | number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
