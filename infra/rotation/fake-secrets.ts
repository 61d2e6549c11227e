import type { Credentials, Secrets } from './ports.ts';
import type { RotatableSecrets } from './secrets.contract.ts';

interface Version {
  stages: string[];
  value?: Credentials;
}

/** Secrets in memory, with the stages that Secrets Manager moves by itself. */
export function fakeSecrets(): RotatableSecrets {
  const kept = new Map<string, Map<string, Version>>();
  const versions = (secret: string) => kept.get(secret) ?? new Map<string, Version>();
  const take = (secret: string, stage: string) => {
    for (const each of versions(secret).values()) each.stages = each.stages.filter(one => one !== stage);
  };
  const secrets: Secrets = {
    stages: async secret =>
      new Map([...versions(secret)].map(([version, { stages }]) => [version, stages] as const)),
    read: async (secret, stage) =>
      [...versions(secret).values()].find(({ stages }) => stages.includes(stage))?.value,
    keepPending: async (secret, version, value) => {
      take(secret, 'AWSPENDING');
      versions(secret).set(version, { stages: ['AWSPENDING'], value });
    },
    makeCurrent: async (secret, { to }) => {
      take(secret, 'AWSCURRENT');
      versions(secret).get(to)?.stages.push('AWSCURRENT');
    },
  };
  return {
    secrets,
    make: async value => {
      const secret = `secret-${kept.size}`;
      kept.set(secret, new Map([['first', { stages: ['AWSCURRENT'], value }]]));
      return secret;
    },
    begin: async (secret, version) => {
      take(secret, 'AWSPENDING');
      versions(secret).set(version, { stages: ['AWSPENDING'] });
    },
  };
}
