/**
 * Calls on files that a process has under way at once. Node's own four keep a processor waiting: a small document is six
 * calls, each a round trip where the file system is a server.
 */
export const filesAtOnce = 16;
