-- For forgetting: what was last seen long ago, partition by partition.
CREATE INDEX tramline_inbox_seen ON tramline_inbox (group_name, topic, partition, seen_at);
