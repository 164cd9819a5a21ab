export interface DeadFlags {
  readonly after: string;
  readonly limit: string;
}

export interface ReleaseFlags {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export interface PruneFlags {
  readonly olderThan: string;
  readonly group?: readonly string[];
  readonly dryRun?: boolean;
}

export interface MigrateFlags {
  readonly sql?: boolean;
  readonly dryRun?: boolean;
}
