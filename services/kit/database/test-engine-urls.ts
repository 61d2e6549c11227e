/** Test only: where the test runner's engines are. The one reader of these variables (local/test/run.ts sets them). */
export function testEngineUrls(): { readonly name: string; readonly url: string }[] {
  const { PARITY_TEST_MONGODB_URL: url, PARITY_TEST_MONGODB_EXTRA_URL: extra } = process.env;
  return [
    ...(url === undefined ? [] : [{ name: 'FerretDB', url }]),
    ...(extra === undefined ? [] : [{ name: 'the extra MongoDB', url: extra }]),
  ];
}
