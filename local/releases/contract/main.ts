/**
 * Says what a release's source says of itself, as one line of JSON: `main.ts <folder>`. Runs by itself, with the
 * release's own Node and packages, for modules of another release must not come into our process.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Catalogue from '../../../domain/catalogue.ts';
import type * as Environment from '../../../domain/environment.ts';

const folder = process.argv[2] ?? '';

function from<T>(file: string): Promise<T> {
  return import(pathToFileURL(join(folder, 'domain', file)).href) as Promise<T>;
}

const { catalogue } = await from<typeof Catalogue>('catalogue.ts');
const { environmentOf } = await from<typeof Environment>('environment.ts');

const services = Object.entries(catalogue).map(([name, { routes }]) => ({
  name,
  routes,
  environment: environmentOf([name as keyof typeof catalogue]),
}));
process.stdout.write(JSON.stringify({ services }));
