-- What a relay reads, without what lies aside. The bucket is in it so that rows of other relays cost no look at the table.
CREATE INDEX tramline_outbox_pending ON tramline_outbox (id, bucket) WHERE state = 0;
