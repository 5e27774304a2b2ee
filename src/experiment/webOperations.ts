/**
 * What a user of the web service does: a page, rendered by PHP with the help of cache and database, and then static
 * files, one request after the other.
 */
export interface WebOperation {
  readonly name: string;
  /** Share of operations, relative to the others. */
  readonly weight: number;
  /** PHP time of the page. */
  readonly php_ms: number;
  /** Queries of the page, one after the other. */
  readonly cacheQueries: number;
  readonly databaseQueries: number;
  /** Static files that follow the page. */
  readonly assets: number;
  readonly page_bytes: number;
  readonly asset_bytes: number;
  /** Expected time for completion; what an operation takes longer is its delay. */
  readonly target_ms: number;
}

/**
 * The operations of Cloudsuite's web serving (the Elgg social network) that section 6.2 names or describes. All numbers
 * are assumed, since neither paper nor benchmark states them: page times of a PHP with byte code cache, session and
 * objects from memcached, a browser cache that spares all but the first page most of its files.
 */
export const WEB_OPERATIONS: readonly WebOperation[] = [
  operation('BrowsetoElgg', 0.25, { php: 3, cache: 20, database: 4, assets: 40, page: 40, asset: 20, target: 20 }),
  operation('Login', 0.1, { php: 5, cache: 15, database: 6, assets: 10, page: 30, asset: 15, target: 15 }),
  operation('PostSelfWall', 0.15, { php: 4, cache: 10, database: 8, assets: 4, page: 20, asset: 10, target: 12 }),
  operation('SendChatMessage', 0.15, { php: 2, cache: 6, database: 4, assets: 0, page: 4, asset: 0, target: 6 }),
  operation('ReceiveChatMessage', 0.15, { php: 1.5, cache: 6, database: 2, assets: 0, page: 4, asset: 0, target: 5 }),
  operation('UpdateActivity', 0.15, { php: 3, cache: 15, database: 5, assets: 8, page: 30, asset: 10, target: 12 }),
  operation('AddFriend', 0.05, { php: 3, cache: 8, database: 6, assets: 2, page: 15, asset: 10, target: 10 }),
];

/** Times in ms, sizes in kB. */
interface Short {
  readonly php: number;
  readonly cache: number;
  readonly database: number;
  readonly assets: number;
  readonly page: number;
  readonly asset: number;
  readonly target: number;
}

function operation(name: string, weight: number, of: Short): WebOperation {
  return {
    name,
    weight,
    php_ms: of.php,
    cacheQueries: of.cache,
    databaseQueries: of.database,
    assets: of.assets,
    page_bytes: of.page * 1000,
    asset_bytes: of.asset * 1000,
    target_ms: of.target,
  };
}
