import type { Parity } from '../../domain/parity.ts';

/** One weighted record of the name that clients look up. */
export interface Target {
  readonly parity: Parity;
  /** 0–255, as Route 53 has it. */
  readonly weight: number;
  readonly healthy: boolean;
}

/**
 * Which cluster a new connection goes to, as Route 53 answers weighted records with health checks: the unhealthy are
 * left out, unless all are; weight 0 is used only when nothing heavier is left, and then all share equally.
 * Source: Amazon Route 53 Developer Guide, "How Amazon Route 53 chooses records when health checking is configured".
 * @param draw a number in [0, 1) that decides between weights.
 */
export function chooseTarget(targets: readonly [Target, ...Target[]], draw: number): Parity {
  const eligible = eligibleTargets(targets);
  let left = draw * eligible.reduce((sum, target) => sum + target.share, 0);
  for (const target of eligible) {
    left -= target.share;
    if (left < 0) return target.parity;
  }
  return eligible.at(-1)?.parity ?? targets[0].parity;
}

function eligibleTargets(targets: readonly Target[]): { parity: Parity; share: number }[] {
  const healthy = targets.filter(target => target.healthy);
  const answering = healthy.length > 0 ? healthy : targets;
  const weighted = answering.filter(target => target.weight > 0);
  if (weighted.length > 0) return weighted.map(({ parity, weight }) => ({ parity, share: weight }));
  return answering.map(({ parity }) => ({ parity, share: 1 }));
}
