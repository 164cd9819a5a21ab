-- By the key's hash, because an index takes no long values. Rows without key do not meet here: their nulls differ.
CREATE UNIQUE INDEX tramline_held_key ON tramline_held (topic, sha256(key));
