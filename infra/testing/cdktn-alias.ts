import { registerHooks } from 'node:module';

/**
 * Loaded before anything else (`node --import`), it gives whoever asks for `cdktf` its living continuation `cdktn`,
 * the provider's own modules included: what an alias in package.json would do, without a second installation.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier === 'cdktf' || specifier.startsWith('cdktf/')
        ? specifier.replace('cdktf', 'cdktn')
        : specifier,
      context,
    ),
});
