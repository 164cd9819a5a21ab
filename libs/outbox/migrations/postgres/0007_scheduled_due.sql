CREATE INDEX tramline_scheduled_due ON tramline_scheduled (due_at, id);
