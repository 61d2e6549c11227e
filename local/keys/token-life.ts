/** How long a laptop's token is good, in seconds: a working day. */
export const tokenLifeS = 12 * 60 * 60;
