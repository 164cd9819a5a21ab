CREATE INDEX tramline_outbox_sent ON tramline_outbox (settled_at) WHERE state = 2;
