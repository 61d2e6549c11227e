import { ParityError } from '../../domain/errors.ts';
import type { BrokerRole, BrokerUsers, Credentials } from './ports.ts';

/** Users of a broker that is not there. */
export function fakeBrokerUsers(administrator: Credentials): BrokerUsers {
  const known = new Map<string, { password: string; role: BrokerRole }>([
    [administrator.username, { password: administrator.password, role: 'administrator' }],
  ]);
  const roleOf = ({ username, password }: Credentials) => {
    const user = known.get(username);
    return user?.password === password ? user.role : undefined;
  };
  return {
    put: async (as, { username, password }, role) => {
      if (roleOf(as) !== 'administrator')
        throw new ParityError('forbidden', `The broker refuses ${as.username} a user.`);
      known.set(username, { password, role });
    },
    roleOf: async credentials => roleOf(credentials),
  };
}
