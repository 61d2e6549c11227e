import { json } from '../aws-request.ts';
import { found, now, put, removed, type Route } from './route.ts';

const addOns: Route[] = [
  [
    'eks',
    'POST',
    /^\/clusters\/([^/]+)\/addons$/,
    ({ body, path: [cluster], arn }, kept) => {
      const name = String(body['addonName']);
      return json({
        addon: put(kept, `addon/${cluster}/${name}`, {
          addonName: name,
          addonVersion: 'v1.0.0-eksbuild.1',
          addonArn: arn(`addon/${cluster}/${name}/1`),
          clusterName: cluster,
          status: 'ACTIVE',
          createdAt: now(),
          modifiedAt: now(),
          health: { issues: [] },
          tags: body['tags'] ?? {},
        }),
      });
    },
  ],
  [
    'eks',
    'GET',
    /^\/clusters\/([^/]+)\/addons\/([^/]+)$/,
    ({ path }, kept) => found(kept, `addon/${path.join('/')}`, addon => ({ addon })),
  ],
  [
    'eks',
    'DELETE',
    /^\/clusters\/([^/]+)\/addons\/([^/]+)$/,
    ({ path }, kept) => removed(kept, `addon/${path.join('/')}`, addon => ({ addon })),
  ],
];

const entry = /^\/clusters\/([^/]+)\/access-entries\/([^/]+)$/;
const accessEntries: Route[] = [
  [
    'eks',
    'POST',
    /^\/clusters\/([^/]+)\/access-entries$/,
    ({ body, path: [cluster], arn }, kept) => {
      const principalArn = String(body['principalArn']);
      return json({
        accessEntry: put(kept, `access/${cluster}/${principalArn}`, {
          clusterName: cluster,
          principalArn,
          accessEntryArn: arn(`access-entry/${cluster}/${principalArn}`),
          kubernetesGroups: [],
          type: body['type'],
          username: principalArn,
          createdAt: now(),
          modifiedAt: now(),
          tags: body['tags'] ?? {},
        }),
      });
    },
  ],
  [
    'eks',
    'GET',
    entry,
    ({ path }, kept) => found(kept, `access/${path.join('/')}`, accessEntry => ({ accessEntry })),
  ],
  ['eks', 'DELETE', entry, ({ path }, kept) => removed(kept, `access/${path.join('/')}`, () => ({}))],
  [
    'eks',
    'POST',
    /^\/clusters\/([^/]+)\/access-entries\/([^/]+)\/access-policies$/,
    ({ body, path }, kept) => {
      const associatedAccessPolicy = { ...body, associatedAt: now(), modifiedAt: now() };
      put(kept, `access-policy/${path.join('/')}/${String(body['policyArn'])}`, associatedAccessPolicy);
      return json({ clusterName: path[0], principalArn: path[1], associatedAccessPolicy });
    },
  ],
  [
    'eks',
    'GET',
    /^\/clusters\/([^/]+)\/access-entries\/([^/]+)\/access-policies$/,
    ({ path }, kept) => {
      const prefix = `access-policy/${path.join('/')}/`;
      const associatedAccessPolicies = [...kept]
        .filter(([key]) => key.startsWith(prefix))
        .map(([, value]) => value);
      return json({ clusterName: path[0], principalArn: path[1], associatedAccessPolicies });
    },
  ],
  [
    'eks',
    'DELETE',
    /^\/clusters\/([^/]+)\/access-entries\/([^/]+)\/access-policies\/(.+)$/,
    ({ path }, kept) => removed(kept, `access-policy/${path.join('/')}`, () => ({})),
  ],
];

const identity = /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/;
const podIdentities: Route[] = [
  [
    'eks',
    'POST',
    /^\/clusters\/([^/]+)\/pod-identity-associations$/,
    ({ body, path: [cluster], arn }, kept) => {
      const associationId = `a-${kept.size.toString().padStart(17, '0')}`;
      return json({
        association: put(kept, `identity/${cluster}/${associationId}`, {
          ...body,
          clusterName: cluster,
          associationId,
          associationArn: arn(`podidentityassociation/${cluster}/${associationId}`),
          createdAt: now(),
          modifiedAt: now(),
        }),
      });
    },
  ],
  [
    'eks',
    'GET',
    identity,
    ({ path }, kept) => found(kept, `identity/${path.join('/')}`, association => ({ association })),
  ],
  [
    'eks',
    'DELETE',
    identity,
    ({ path }, kept) => removed(kept, `identity/${path.join('/')}`, association => ({ association })),
  ],
];

/** Add-ons, access entries and pod identities. */
export const eksRoutes: readonly Route[] = [...addOns, ...accessEntries, ...podIdentities];
