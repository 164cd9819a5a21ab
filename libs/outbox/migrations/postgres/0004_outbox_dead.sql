CREATE INDEX tramline_outbox_dead ON tramline_outbox (id) WHERE state = 1;
