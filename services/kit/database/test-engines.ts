import { ParityError } from '../../../domain/errors.ts';

/**
 * Test only: where the test runner's databases are. This file is the one reader of these variables here; they are set
 * by `npm test`, the extra one (a real MongoDB, say) by whoever has one.
 * @throws ParityError `engine_missing`: a test that needs an engine fails without one, it is never skipped.
 */
export function testEngineUrls(): { readonly name: string; readonly url: string }[] {
  const { PARITY_TEST_MONGODB_URL: url, PARITY_TEST_MONGODB_EXTRA_URL: extra } = process.env;
  if (url === undefined) {
    const message = 'Engine tests need a database: run them with `npm test`, or set PARITY_TEST_MONGODB_URL.';
    throw new ParityError('engine_missing', message);
  }
  return [
    { name: 'FerretDB', url },
    ...(extra === undefined ? [] : [{ name: 'the extra database', url: extra }]),
  ];
}
