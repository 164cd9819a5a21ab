CREATE UNIQUE INDEX tramline_held_key ON tramline_held (topic, key) WHERE key IS NOT NULL;
