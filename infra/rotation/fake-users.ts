import { ParityError } from '../../domain/errors.ts';
import type { ServerRole, ServerUsers, Credentials } from './ports.ts';

/** Users of a server that is not there. */
export function fakeUsers(administrator: Credentials): ServerUsers {
  const known = new Map<string, { password: string; role: ServerRole }>([
    [administrator.username, { password: administrator.password, role: 'administrator' }],
  ]);
  const roleOf = ({ username, password }: Credentials) => {
    const user = known.get(username);
    return user?.password === password ? user.role : undefined;
  };
  return {
    put: async (as, { username, password }, role) => {
      if (roleOf(as) !== 'administrator')
        throw new ParityError('forbidden', `The server refuses ${as.username} a user.`);
      known.set(username, { password, role });
    },
    roleOf: async credentials => roleOf(credentials),
  };
}
