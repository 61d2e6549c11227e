import { registerHooks } from 'node:module';

/** zod's list of the languages that it can speak: sixty modules, where English lies outside of it and is what we print. */
const languages = /\/zod\/v4\/locales\/index\.js$/;

/**
 * Whoever imports zod after this gets it without them: reading them takes a third of what a short command takes
 * (docs/decisions/0070).
 */
registerHooks({
  load: (url, context, nextLoad) =>
    languages.test(url)
      ? { format: 'module', shortCircuit: true, source: 'export {};' }
      : nextLoad(url, context),
});
