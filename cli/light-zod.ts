import { registerHooks } from 'node:module';

const entry = /\/node_modules\/zod\/index\.js$/;
const languages = /\/node_modules\/zod\/v4\/locales\/index\.js$/;

/**
 * Whoever imports zod after this gets it as a short command wants it (docs/decisions/0070): without its list of the
 * languages that it can speak, sixty modules, where English lies outside of it; and `jitless`, for a parser compiled for
 * each shape, to read a few small objects, takes longer than reading them.
 */
registerHooks({
  load: (url, context, nextLoad) => {
    if (languages.test(url)) return { format: 'module', shortCircuit: true, source: 'export {};' };
    const loaded = nextLoad(url, context);
    return entry.test(url)
      ? { ...loaded, source: `${loaded.source}\nz.config({ jitless: true });\n` }
      : loaded;
  },
});
