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
 * The operations of Cloudsuite's web serving (the Elgg social network) that section 6.2 names or describes.
 *
 * From public sources: weights as in the flat mix of the benchmark's driver (Web20Driver.java, version 0.1, without Register
 * and Logout); the static files of a home page and a login (ROOT_URLS and LOGIN_URLS of version 1.0; the client has no
 * cache, and RequireJS, jQuery and jQuery UI are most of their bytes); some 110 queries for a page and 40 to 50 before a
 * request does anything of its own (Elgg/Elgg issues 10604 and 11932).
 *
 * Assumed: that memcached answers nine queries in ten, the sizes of pages, and the PHP time, which is such that 200 users
 * keep the web server's four cores highly loaded, as section 6.2 has it. Targets are what an operation takes alone on the
 * idle overlay, so that a delay is the time spent waiting for others. Cloudsuite's own runs show responses of 40 to 430 ms
 * for two users (faban_client/…/output/…/139/summary.xml): with pages that slow, 200 users load the same cores with
 * a small part of the packets.
 */
export const WEB_OPERATIONS: readonly WebOperation[] = [
  operation('BrowsetoElgg', 0.05, { php: 3.5, cache: 100, database: 8, assets: 13, page: 15, asset: 29, target: 10.5 }),
  operation('Login', 0.05, { php: 4.5, cache: 100, database: 10, assets: 3, page: 20, asset: 1, target: 10.5 }),
  operation('PostSelfWall', 0.15, { php: 3.5, cache: 50, database: 6, assets: 0, page: 8, asset: 0, target: 6.5 }),
  operation('SendChatMessage', 0.2, { php: 1.8, cache: 40, database: 3, assets: 0, page: 1, asset: 0, target: 4 }),
  operation('ReceiveChatMessage', 0.2, { php: 1.8, cache: 40, database: 2, assets: 0, page: 1, asset: 0, target: 4 }),
  operation('UpdateActivity', 0.2, { php: 2.7, cache: 50, database: 5, assets: 0, page: 10, asset: 0, target: 6 }),
  operation('AddFriend', 0.1, { php: 2.4, cache: 40, database: 5, assets: 0, page: 2, asset: 0, target: 5 }),
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
