import type { Company } from './company.ts';
import type { Database } from './database.ts';
import type { TransactionFloor } from './floors/transactionFloor.ts';
import type { WorkflowFloor } from './floors/workflowFloor.ts';
import type { Http } from './http.ts';
import type { Samples } from './samples.ts';
import type { Stock } from './stock.ts';
import type { WorkflowStore } from './workflowStore.ts';
import type { ProductionLikeSet } from '../tools/productionLike/set.ts';

/** What every group of measurements works with. */
export interface Bench {
  readonly set: ProductionLikeSet;
  readonly database: Database;
  /** The platform's own API. */
  readonly http: Http;
  /** The bare routes. */
  readonly floor: Http;
  readonly transactions: TransactionFloor;
  readonly workflows: WorkflowFloor;
  readonly store: WorkflowStore;
  readonly company: Company;
  /** Conversations that wait in the reception all the time: what lists and single reads show. */
  readonly standing: readonly string[];
  readonly stock: Stock;
  /** What the groups have measured so far: for the chart and the table of operations. */
  readonly samples: Samples;
  readonly quick: boolean;
  /** The median of so many blocks decides. */
  readonly blocks: number;
  /** Tells what stands behind a figure as well. */
  readonly verbose: boolean;
  readonly tell: (line: string) => void;
}

/** Callers side by side. */
export const LEVELS = [1, 16, 64] as const;
