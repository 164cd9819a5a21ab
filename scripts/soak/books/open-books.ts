import type { DatabasePlace } from '../places.ts';
import type { Books } from './books.ts';
import { PostgresBooks } from './postgres-books.ts';
import { SqliteBooks } from './sqlite-books.ts';

/** @param connections - of a process at once, where the database has a server */
export function openBooks(place: DatabasePlace, connections: number): Books {
  return place.kind === 'sqlite' ? new SqliteBooks(place.file) : new PostgresBooks(place.url, connections);
}
