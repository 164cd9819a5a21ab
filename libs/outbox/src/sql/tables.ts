/** Where the tables are. */
export interface TableOptions {
  /** The schema on PostgreSQL; not used on SQLite. Default: the connection's `search_path` decides. */
  readonly schema?: string;
  /** What the tables' names begin with. Default `tramline_`. */
  readonly prefix?: string;
}
