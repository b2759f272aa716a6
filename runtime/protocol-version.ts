/**
 * Raised with every incompatible change of `protocol.ts`. A client and a daemon of different versions say so and do
 * nothing else. In a file of its own: clients need the number, but not the schemas.
 */
export const PROTOCOL_VERSION = 1;
