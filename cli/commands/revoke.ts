import type { Command } from 'commander';
import { parseDocumentId } from '../../domain/document-id.ts';
import type { Cli } from '../cli.ts';
import { openPairApi } from '../pair-api.ts';

const examples = `
A link opens one version of a document for whoever holds it. With PARITY_LINK_SIGN_IN=yes npm start, it opens only for
the signed-in owner, an agent or an admin.

Example:
  $ ./parity revoke 0199b2f0-…       from now on, every link that was sent until now is refused with 410`;

/** `parity revoke <document>` */
export function addRevoke(program: Command, cli: Cli): void {
  program
    .command('revoke <document>')
    .description('take back every link to a document')
    .addHelpText('after', examples)
    .action(async (text: string) => {
      const id = parseDocumentId(text);
      const api = await openPairApi(cli, { user: 'parity-cli', roles: ['admin'] });
      await api.ask({ method: 'POST', path: `/v1/documents/${id}/links/revoke` });
      cli.show({
        text: `Every link to ${id} that was sent until now is refused (410).`,
        json: { revoked: id },
      });
    });
}
