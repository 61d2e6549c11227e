/**
 * The one door to cdktf's core. It is archived upstream; whoever continues it (today `cdktn`) is taken in here or by
 * an alias in package.json, and `cdktn-alias.infra.test.ts` proves that what comes out stays the same.
 */
export {
  App,
  Fn,
  LocalBackend,
  S3Backend,
  TerraformOutput,
  TerraformStack,
  Token,
  type ITerraformDependable,
  type TerraformProvider,
  type TerraformResource,
} from 'cdktf';

// Its archived core calls what Node has deprecated, on every synthesis; nobody can mend that there any more.
if (process.noDeprecation !== true) process.noDeprecation = true;
