-- What a relay reads, without what lies aside. By id alone: with the bucket in it the planner, where its statistics are old,
-- collects the rows bucket by bucket and sorts them all for one page.
CREATE INDEX tramline_outbox_pending ON tramline_outbox (id) WHERE state = 0;
