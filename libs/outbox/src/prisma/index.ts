export { prisma } from './prisma.js';
export type { PrismaOptions } from './options.js';
export {
  PrismaSqlClient,
  type PrismaDatabase,
  type PrismaExecutor,
  type PrismaLimits,
  type PrismaTransaction,
} from './prisma-client.js';
