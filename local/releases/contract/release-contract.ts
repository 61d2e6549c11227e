import { join } from 'node:path';
import { z } from 'zod';
import { serviceNames, type Route, type RouteAccess, type ServiceName } from '../../../domain/catalogue.ts';
import { environmentOf } from '../../../domain/environment.ts';
import { ParityError } from '../../../domain/errors.ts';
import { routeClasses } from '../../../domain/route-classes.ts';
import { runToEnd } from '../../engines/child.ts';
import { catalogueRoutes, type OwnedRoute } from '../../gateway/gateway-view.ts';

const name = z.string().regex(/^[a-z][a-z-]*$/);

const route = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  path: z.string().startsWith('/'),
  access: name.transform(text => text as RouteAccess),
  class: z.enum(Object.keys(routeClasses) as (keyof typeof routeClasses)[]),
}) satisfies z.ZodType<Route>;

const variables = z.array(z.string().regex(/^PARITY_[A-Z_]+$/));

/** What a release of another time has may not be in our own catalogue: its names are known at run time alone. */
const answer = z.object({
  services: z.array(
    z.object({
      name: name.transform(text => text as ServiceName),
      routes: z.record(z.string(), route),
      environment: z.object({ required: variables, optional: variables }),
    }),
  ),
});

/** Which variables a process reads: with all of `required` it starts. */
export interface EnvironmentContract {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** What a release says of itself: its own catalogue, not ours. */
export interface ReleaseContract {
  readonly services: readonly ServiceName[];
  readonly routes: readonly OwnedRoute[];
  /** The contract of a process that runs these of its services. */
  readonly environmentOf: (services: readonly ServiceName[]) => EnvironmentContract;
}

/** What our own source says of itself. */
export const ownContract: ReleaseContract = {
  services: serviceNames,
  routes: catalogueRoutes,
  environmentOf,
};

/** It imports two files; a source that hangs must not have the pair hang. */
const answerWithinMs = 60_000;

/**
 * Asks the source in `folder` for its contract. @throws ParityError `release_unfit` when it does not say one that this
 * pair understands
 */
export async function askContract(folder: string, node: string): Promise<ReleaseContract> {
  const program = join(import.meta.dirname, 'main.ts');
  try {
    const said = await runToEnd({
      name: `The contract of ${folder}`,
      program: node,
      args: [program, folder],
      env: {},
      cwd: folder,
      withinMs: answerWithinMs,
    });
    return contractOf(answer.parse(JSON.parse(said)));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new ParityError('release_unfit', `${folder} does not say what it is made of: ${why}`, { cause });
  }
}

function contractOf({ services }: z.infer<typeof answer>): ReleaseContract {
  const all = (of: readonly ServiceName[], kind: keyof EnvironmentContract) =>
    services.filter(service => of.includes(service.name)).flatMap(({ environment }) => environment[kind]);
  return {
    services: services.map(service => service.name),
    routes: services.flatMap(service =>
      Object.entries(service.routes).map(([own, rest]) => ({
        ...rest,
        name: `${service.name}.${own}`,
        service: service.name,
      })),
    ),
    environmentOf: of => ({
      required: [...new Set(all(of, 'required'))],
      optional: [...new Set(all(of, 'optional'))],
    }),
  };
}
