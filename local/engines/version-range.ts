/** Versions from `from` (included) up to `below` (excluded), compared number by number. */
export interface VersionRange {
  readonly from: string;
  readonly below: string;
}

/** True when a dotted version (what follows the numbers is ignored: `4.3.6-1`) lies in the range. */
export function isInRange(version: string, { from, below }: VersionRange): boolean {
  return compare(version, from) >= 0 && compare(version, below) < 0;
}

function compare(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}
