/** What cdktf remarks of itself, and which region's provider makes a resource: nothing that a scanner judges. */
const unjudged: ReadonlySet<string> = new Set(['//', 'depends_on', 'lifecycle', 'provider']);

/** Arguments whose value is a map; every other object is a block. */
const maps: ReadonlySet<string> = new Set(['labels', 'resource_type_opt_in_preference', 'tags']);

type Blocks = Readonly<Record<string, Readonly<Record<string, object>>>>;

/**
 * A stack's resources in Terraform's own language. Trivy reads JSON without a schema and so takes no object in it for a
 * block: it would not see half of the settings.
 */
export function hclOf(text: string): string {
  const { resource = {} } = JSON.parse(text) as { resource?: Blocks };
  return Object.entries(resource)
    .flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([name, block]) => {
        const judged = Object.entries(block).filter(([argument]) => !unjudged.has(argument));
        return `resource ${JSON.stringify(type)} ${JSON.stringify(name)} {\n${bodyOf(judged)}}\n`;
      }),
    )
    .join('\n');
}

function bodyOf(body: readonly (readonly [string, unknown])[]): string {
  return body.map(([name, value]) => argument(name, value)).join('');
}

function argument(name: string, value: unknown): string {
  if (value === null) return '';
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (maps.has(name) || values.length === 0 || !values.every(isObject))
    return `${name} = ${expression(value)}\n`;
  return values.map(each => `${name} {\n${bodyOf(Object.entries(each))}}\n`).join('');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expression(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(expression).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([key, each]) => `${JSON.stringify(key)} = ${expression(each)}`)} }`;
}

/** A template: what stands in `${…}` is an expression, in which quotes are quotes. */
function quoted(text: string): string {
  let out = '';
  let depth = 0;
  for (const [at, letter] of [...text].entries()) {
    if (letter === '{' && (depth > 0 || text[at - 1] === '$')) depth += 1;
    out += depth > 0 ? letter : JSON.stringify(letter).slice(1, -1);
    if (letter === '}' && depth > 0) depth -= 1;
  }
  return `"${out}"`;
}
