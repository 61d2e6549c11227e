import { json } from '../aws-request.ts';
import { found, now, put, removed, type Route } from './route.ts';

const plan = /^\/restore-testing\/plans\/([^/]+)$/;
const selectionOfPlan = /^\/restore-testing\/plans\/([^/]+)\/selections\/([^/]+)$/;
const selection = /^\/backup\/plans\/([^/]+)\/selections\/([^/]+)$/;

const selections: Route[] = [
  [
    'backup',
    'PUT',
    /^\/backup\/plans\/([^/]+)\/selections\/?$/,
    ({ body, path: [planId] }, kept) => {
      const SelectionId = `s-${kept.size}`;
      const answer = { BackupPlanId: planId, SelectionId, CreationDate: now() };
      put(kept, `selection/${planId}/${SelectionId}`, {
        ...answer,
        BackupSelection: body['BackupSelection'],
      });
      return json(answer);
    },
  ],
  [
    'backup',
    'GET',
    selection,
    ({ path }, kept) => found(kept, `selection/${path.join('/')}`, value => value),
  ],
  [
    'backup',
    'DELETE',
    selection,
    ({ path }, kept) => removed(kept, `selection/${path.join('/')}`, () => ({})),
  ],
];

const restoreTests: Route[] = [
  [
    'backup',
    'PUT',
    /^\/restore-testing\/plans$/,
    ({ body, arn }, kept) => {
      const wanted = body['RestoreTestingPlan'] as Record<string, unknown>;
      const name = String(wanted['RestoreTestingPlanName']);
      const born = { RestoreTestingPlanArn: arn(`restore-testing-plan:${name}`), CreationTime: now() };
      put(kept, `restore-test/${name}`, { ...wanted, ...born });
      put(kept, `tags/${born.RestoreTestingPlanArn}`, { Tags: body['Tags'] ?? {} });
      return json({ RestoreTestingPlanName: name, ...born });
    },
  ],
  [
    'backup',
    'GET',
    plan,
    ({ path: [name] }, kept) => found(kept, `restore-test/${name}`, value => ({ RestoreTestingPlan: value })),
  ],
  ['backup', 'DELETE', plan, ({ path: [name] }, kept) => removed(kept, `restore-test/${name}`, () => ({}))],
  [
    'backup',
    'PUT',
    /^\/restore-testing\/plans\/([^/]+)\/selections$/,
    ({ body, path: [planName], arn }, kept) => {
      const wanted = body['RestoreTestingSelection'] as Record<string, unknown>;
      const name = String(wanted['RestoreTestingSelectionName']);
      const RestoreTestingPlanArn = arn(`restore-testing-plan:${planName}`);
      const born = { RestoreTestingPlanArn, CreationTime: now() };
      put(kept, `restore-selection/${planName}/${name}`, {
        ...wanted,
        ...born,
        RestoreTestingPlanName: planName,
      });
      return json({ RestoreTestingPlanName: planName, RestoreTestingSelectionName: name, ...born });
    },
  ],
  [
    'backup',
    'GET',
    selectionOfPlan,
    ({ path }, kept) =>
      found(kept, `restore-selection/${path.join('/')}`, value => ({ RestoreTestingSelection: value })),
  ],
  [
    'backup',
    'DELETE',
    selectionOfPlan,
    ({ path }, kept) => removed(kept, `restore-selection/${path.join('/')}`, () => ({})),
  ],
];

/** One whole recovery point of each resource of a selection, made at the last full hour, as the plan promises. */
const recoveryPoints: Route[] = [
  [
    'backup',
    'GET',
    /^\/backup-vaults\/([^/]+)\/recovery-points\/?$/,
    ({ path: [vault], arn }, kept) => {
      const selected = [...kept].filter(([key]) => key.startsWith('selection/')).map(([, value]) => value);
      const resources = selected.flatMap(
        ({ BackupSelection }) => (BackupSelection as Selected).Resources ?? [],
      );
      const hour = 60 * 60;
      const CreationDate = Math.floor(now() / hour) * hour;
      const RecoveryPoints = resources.map((ResourceArn, at) => ({
        RecoveryPointArn: arn(`recovery-point:${at}`),
        BackupVaultName: vault,
        ResourceArn,
        CreationDate,
        Status: 'COMPLETED',
      }));
      return json({ RecoveryPoints });
    },
  ],
];

interface Selected {
  readonly Resources?: readonly string[];
}

/** Tags, which moto takes and does not give back. There is one plan, so its tags need no name. */
const tags: Route[] = [
  [
    'backup',
    'PUT',
    /^\/backup-vaults\/([^/]+)$/,
    ({ body, path: [name], arn }, kept) => {
      put(kept, `tags/${arn(`backup-vault:${name}`)}`, { Tags: body['BackupVaultTags'] ?? {} });
      return undefined;
    },
  ],
  [
    'backup',
    'PUT',
    /^\/backup\/plans\/?$/,
    ({ body }, kept) => {
      put(kept, 'tags/plan', { Tags: body['BackupPlanTags'] ?? {} });
      return undefined;
    },
  ],
  [
    'backup',
    'GET',
    /^\/tags\/(.+?)\/?$/,
    ({ path: [arn] }, kept) => {
      const found = kept.get(/:backup-plan:/.test(arn ?? '') ? 'tags/plan' : `tags/${arn}`);
      return found === undefined ? undefined : json(found);
    },
  ],
];

/** Which kinds of objects the account lets AWS Backup in. Nothing takes them out again: it is a setting, no object. */
const kinds: Route[] = [
  [
    'backup',
    'PUT',
    /^\/account-settings$/,
    ({ body }, kept) => {
      put(kept, 'region-settings/kinds', body);
      return json({});
    },
  ],
  [
    'backup',
    'GET',
    /^\/account-settings$/,
    (_, kept) => json({ ResourceTypeManagementPreference: {}, ...kept.get('region-settings/kinds') }),
  ],
];

/** Selections of backup plans, recovery points, restore tests, tags, and the account's settings. */
export const backupRoutes: readonly Route[] = [
  ...selections,
  ...recoveryPoints,
  ...restoreTests,
  ...tags,
  ...kinds,
];
