-- Rows without key do not meet here: their nulls differ.
CREATE UNIQUE INDEX tramline_held_key ON tramline_held (topic, key);
