/**
 * What a user of the social network does (Cloudsuite web serving runs Elgg). Names are the benchmark's as far as the
 * paper gives them; weights and service times are assumed, since neither states them.
 */
export interface WebOperation {
  readonly name: string;
  /** Share of operations, relative to the others. */
  readonly weight: number;
  /** PHP time of the page. */
  readonly php_ms: number;
  readonly cacheQueries: number;
  readonly databaseQueries: number;
  /** Static files that follow the page, one request each. */
  readonly assets: number;
  /** Of the page and of each asset. */
  readonly response_bytes: number;
  /** Expected time for completion; what an operation takes longer is its delay. */
  readonly target_ms: number;
}

export const WEB_OPERATIONS: readonly WebOperation[] = [
  {
    name: 'BrowsetoElgg',
    weight: 0.25,
    php_ms: 3,
    cacheQueries: 20,
    databaseQueries: 4,
    assets: 40,
    response_bytes: 40000,
    target_ms: 20,
  },
  {
    name: 'Login',
    weight: 0.1,
    php_ms: 5,
    cacheQueries: 15,
    databaseQueries: 6,
    assets: 10,
    response_bytes: 30000,
    target_ms: 15,
  },
  {
    name: 'PostSelfWall',
    weight: 0.15,
    php_ms: 4,
    cacheQueries: 10,
    databaseQueries: 8,
    assets: 4,
    response_bytes: 20000,
    target_ms: 12,
  },
  {
    name: 'SendChatMessage',
    weight: 0.15,
    php_ms: 2,
    cacheQueries: 6,
    databaseQueries: 4,
    assets: 0,
    response_bytes: 4000,
    target_ms: 6,
  },
  {
    name: 'ReceiveChatMessage',
    weight: 0.15,
    php_ms: 1.5,
    cacheQueries: 6,
    databaseQueries: 2,
    assets: 0,
    response_bytes: 4000,
    target_ms: 5,
  },
  {
    name: 'UpdateActivity',
    weight: 0.15,
    php_ms: 3,
    cacheQueries: 15,
    databaseQueries: 5,
    assets: 8,
    response_bytes: 30000,
    target_ms: 12,
  },
  {
    name: 'AddFriend',
    weight: 0.05,
    php_ms: 3,
    cacheQueries: 8,
    databaseQueries: 6,
    assets: 2,
    response_bytes: 15000,
    target_ms: 10,
  },
];

/** nginx's time for a static file. */
export const ASSET_NS = 40_000;
/** memcached's and MySQL's time for a query. */
export const CACHE_NS = 4_000;
export const DATABASE_NS = 120_000;
export const REQUEST_BYTES = 600;
export const QUERY_BYTES = 120;
export const REPLY_BYTES = 900;
/** Segments that one acknowledgement covers, with GRO at the client. */
export const SEGMENTS_PER_ACK = 4;
